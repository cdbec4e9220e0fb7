"""Names: each stands in what is cited, in some form, and none in another's place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.case import Case
from summarizer.ground.reading.namesake import same_word, spell
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.written import spans
from summarizer.records import Article
from tests import cases
from tests.cases import case_about, doubts, make_case, naming
from tests.strategies import texts

MERGER = "Halden Cell is in talks to buy Norvane Storage, according to Moira Tennant, its chief executive."


def written(text: str, language: str = "en") -> list[str]:
    return [name.raw for name in spans(Passage(text, language))]


kinds = partial(cases.kinds, naming)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the bank of Sam Altman", ["Sam Altman"]),
        ("with J. R. Smith of the F.B.I. today", ["J. R. Smith of the F.B.I."]),
        ("a GPT-4 and an iPhone", ["GPT-4", "iPhone"]),
        ("for Samuel Adeyemi-Clarke there", ["Samuel Adeyemi-Clarke"]),
        ("de la société d’Électrane", ["Électrane"]),
        ("no name at all", []),
    ],
)
def test_a_name_is_a_run_of_capitals_with_what_joins_them(text: str, found: list[str]) -> None:
    assert written(text) == found


@pytest.mark.parametrize(
    ("one", "other", "language", "same"),
    [
        ("Altman", "altman", "en", True),
        ("Altmans", "Altman", "de", True),
        ("Électrane", "Electrane", "fr", True),
        ("Łódź", "Lodz", "pl", True),
        ("Москвы", "Москва", "ru", True),
        ("Путин", "Putin", "ru", True),
        ("Apple", "Appel", "en", False),
        ("Norvane", "Norvana", "en", False),
        ("Iran", "Iraq", "en", False),
        ("Mali", "Malta", "en", False),
    ],
)
def test_two_words_are_one_name_but_for_accents_endings_and_script(
    one: str, other: str, language: str, same: bool
) -> None:
    assert same_word(spell(one.casefold()), spell(other.casefold()), language) is same


@pytest.mark.parametrize(
    "claim",
    [
        "Halden Cell may buy Norvane Storage.",
        "Norvane's rival is in talks to buy it.",
        "HALDEN CELL MAY BUY NORVANE",
        "According to Tennant, Halden is in talks with Norvane.",
        "Ms. Tennant says Halden may buy Norvane on Monday.",
        "Investors wait.",
    ],
)
def test_names_of_the_cited_sentence_pass_in_any_form(claim: str) -> None:
    assert kinds(claim, MERGER) == []


@pytest.mark.parametrize(
    "claim",
    [
        "Halden Cell is in talks to buy Northvolt.",
        "Halden Cell is in talks to buy Norvana Storage.",
        "According to Peter Tennant, Halden is in talks.",
        "Halden is in talks with the EU about LB-207.",
    ],
)
def test_a_name_the_article_does_not_have_is_found(claim: str) -> None:
    assert set(kinds(claim, MERGER)) == {"name"}


def test_a_name_inside_a_word_is_no_match() -> None:
    assert kinds("The prize went to Apple.", "Deux millions de développeurs.", language="fr") == ["name"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It sued the DOJ.", "It sued the Department of Justice."),
        ("It sued the Department of Justice.", "It sued the DOJ."),
        ("The UN agreed.", "The United Nations agreed."),
        ("It is used for AI.", "It is used for artificial intelligence."),
        ("The British minister left for Germany.", "The minister of the United Kingdom left for a German town."),
        ("The U.S. agreed.", "The US agreed."),
        ("It left the F.B.I.", "It left the FBI."),
    ],
)
def test_acronyms_and_demonyms_stand_for_what_they_shorten(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_a_german_compound_has_an_acronym_and_parts() -> None:
    evidence = "Vor der Weltmeisterschaft spielte das Opernhaus."
    assert kinds("Vor der WM spielte die Karlsburger Oper.", evidence, language="de", before=["Karlsburger Oper"]) == []
    assert kinds("Vor der EM spielte die Oper.", evidence, language="de") == ["name"]


def test_the_government_is_not_doubted_where_its_ministry_acts() -> None:
    evidence = "El Ministerio de Energía descarta problemas."
    assert kinds("Según dijo el Gobierno, no hay problemas.", evidence, language="es") == []
    assert kinds("Según dijo el Parlamento, no hay problemas.", evidence, language="es") == ["name"]


@pytest.mark.parametrize(
    ("claim", "language", "evidence", "source"),
    [
        ("The German minister went to Moscow.", "en", "Le ministre allemand est allé à Moscou.", "fr"),
        ("L’Union européenne a averti la Suisse.", "fr", "Die Europäische Union warnte die Schweiz.", "de"),
        ("Putin met Zelensky.", "en", "Путин встретился с Зеленским. Zelensky", "ru"),
    ],
)
def test_names_match_across_languages(claim: str, language: str, evidence: str, source: str) -> None:
    assert kinds(claim, evidence, language=source, claim_language=language) == []


@pytest.mark.parametrize(
    ("claim", "language", "evidence", "source", "other"),
    [
        ("The factory in Gdansk will close.", "en", "Das Werk in Danzig wird schließen.", "de", "Krakow"),
        ("L’usine de Saragosse fermera.", "fr", "La planta de Zaragoza cerrará.", "es", "Pampelune"),
        ("La fabbrica di Lione chiuderà.", "it", "L’usine de Lyon fermera.", "fr", "Strasburgo"),
        ("A fábrica de Antuérpia vai fechar.", "pt", "The factory in Antwerp will close.", "en", "Lovaina"),
        ("Das Gemälde stammt vom Maler Tizian.", "de", "Il quadro è del pittore Tiziano.", "it", "Raffael"),
        ("El equipo del Bósforo jugó en Estambul.", "es", "L’équipe du Bosphore a joué à Istanbul.", "fr", "Bucarest"),
    ],
)
def test_a_city_has_another_name_in_another_language(
    claim: str, language: str, evidence: str, source: str, other: str
) -> None:
    place = max((word for word in claim.rstrip(".").split() if word[0].isupper()), key=claim.index)
    assert kinds(claim, evidence, language=source, claim_language=language) == []
    wrong = claim.replace(place.rpartition("’")[2], other)
    assert wrong != claim
    assert kinds(wrong, evidence, language=source, claim_language=language) == ["name"]


def test_a_city_elsewhere_in_the_article_is_not_the_one_that_is_meant() -> None:
    """A country is what an article is about; of cities it may name many."""
    evidence, rest = "The paintings were stolen in Lyon.", ["One had been shown.", "It hung in Ljubljana until March."]
    assert kinds("The paintings were stolen in Ljubljana.", evidence, before=["A theft."], after=rest) == ["name"]
    assert kinds("The paintings were stolen in Lyon.", evidence, before=["A theft."], after=rest) == []


@pytest.mark.parametrize("claim", ["Es macht 25 Millionen Verlust im Monat.", "Es fielen 45 Zentimeter Neuschnee."])
def test_what_an_amount_is_of_is_no_name(claim: str) -> None:
    evidence = "Perde 25 milioni al mese; sono caduti 45 centimetri di neve."
    assert kinds(claim, evidence, language="it", claim_language="de") == []


def test_who_is_from_a_german_city_is_named_after_it() -> None:
    assert kinds("Die Firma aus Bremen wächst.", "Die Bremer Firma wächst.", language="de") == []
    assert kinds("Die Firma aus Dresden wächst.", "Die Bremer Firma wächst.", language="de") == ["name"]


def test_a_first_name_the_article_does_not_give_only_completes_a_name() -> None:
    assert kinds("The plan of Barack Obama failed.", "The plan failed, Obama said.") == []


def test_an_adverb_that_opens_a_sentence_is_nobody() -> None:
    case = make_case("Additionally, airline fees add up quickly.", ["Airline fees can add up quickly."])
    assert list(naming(case)) == []


def test_a_word_that_only_opens_a_sentence_is_no_name_without_a_cite() -> None:
    case = make_case("Action needs to be taken on the airline's fees.", ["The airline raised its fees in May."])
    assert [doubts(naming, one) for one in (case, replace(case, guessed=True))] == [["name"], []]


def test_another_first_name_is_another_person() -> None:
    assert kinds("The plan of Dave Altman failed.", "The plan of Sam Altman failed.") == ["name"]


def test_a_name_from_elsewhere_in_place_of_a_cited_one_is_found() -> None:
    rest = ["The study was made by Wexcombe University.", "It was long.", "It was good.", "It was read.", "It ended."]
    assert kinds("The merger was blocked by Wexcombe University.", "The merger was blocked by the Competition Office.",
                 before=["The story begins."], after=rest) == ["name"]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The prefecture offers 2%.", "The strikers ask for 6%; the management offers 2%."),
        ("fr", "La préfecture offre 2 %.", "Les grévistes réclament 6 % ; la direction propose 2 %."),
        ("es", "El Gobierno pide una investigación.", "La oposición pide una investigación."),
        ("de", "Der Aufsichtsrat tagt am Montag.", "Am Montag tagt der Verkehrsausschuss."),
        ("it", "I sindacati scelgono a novembre.", "I commissari scelgono a novembre."),
        ("pt", "A polícia quer mais dinheiro.", "Os bombeiros querem mais dinheiro."),
    ],
)
def test_an_institution_in_another_s_place_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["name"]
    assert kinds(evidence.rpartition("; ")[2], evidence, language=language) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The firm wants more time.", "Halden wants more time."),
        ("The mayor wants more time.", "Ann Lee, the mayor, wants more time."),
        ("Officials want more time.", "The ministry wants more time."),
        (
            "The Allied Energy Workers union speaks for 3,500 people.",
            "The Allied Energy Workers speak for 3,500 people.",
        ),
        ("The union of Ann Lee is striking.", "Ann Lee, a delegate of the Federation of Sailors, is striking."),
    ],
)
def test_an_office_that_may_be_the_cited_one_s_passes(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_a_name_with_the_office_of_another_is_found() -> None:
    evidence = "Senator Paul Restrick blamed Ann Lee of Norvane."
    assert kinds("Senator Ann Lee blamed Paul Restrick of Norvane.", evidence)[:1] == ["name"]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Lund, an analyst at Fenwick Marsh, expects sales of 3 million.", []),
        ("Lund, an analyst at Halden Cell, expects sales of 3 million.", ["name"]),
    ],
)
def test_a_name_that_belongs_elsewhere_is_found(claim: str, found: list[str]) -> None:
    evidence = "Priya Lund, an analyst at Fenwick Marsh, expects sales of 3 million."
    assert kinds(claim, evidence, before=["Halden Cell makes batteries.", "It is new."]) == found


def test_two_names_with_their_words_exchanged_are_found() -> None:
    evidence = "Farmers in the Lowe Valley rely on the dam; farmers in the Harbor Party rely on votes."
    assert kinds("Farmers in the Harbor Valley rely on the dam.", evidence) == ["name"]


@pytest.mark.parametrize(
    ("claim", "found"), [("It is in the Fortune 500.", []), ("It is in the Fortune 900.", ["name"])]
)
def test_the_number_of_a_name_belongs_to_it(claim: str, found: list[str]) -> None:
    assert kinds(claim, "It is one of the Fortune 500.") == found


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (
            "Norvane may be bought by its rival Halden for cash.",
            "Halden is in talks to buy its rival Norvane for cash.",
        ),
        ("Tameka Raymond, wife of Usher, joined Ann Lee.", "Usher's wife Tameka Raymond joined Ann Lee."),
        (
            "Marta Olmedo of Friends of Nature noted that the fine is small.",
            "“The fine is small”, said Marta Olmedo of Friends of Nature.",
        ),
        ("Messi, Suarez and Neymar scored 102 goals.", "The trio Suarez, Neymar and Messi scored 102 goals."),
    ],
)
def test_an_owner_an_agent_and_a_list_may_be_told_the_other_way_round(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_names_that_change_places_are_found() -> None:
    evidence = "The Swedish group Nordmalm offered 870 million euros for the steelworks in Montesolo."
    assert kinds("The Swedish Nordmalm offered 870 million euros for the steelworks in Montesolo.", evidence) == []
    assert kinds("The Swedish Montesolo offered 870 million euros for the steelworks in Nordmalm.", evidence) == [
        "name"
    ]


@pytest.mark.parametrize(
    "claim",
    [
        "It plays on Super Bowl weekend.",
        "It met Acme Corp.",
        "Europeans live there.",
        "It crossed the Pacific.",
        "It flew from John F. Kennedy International (JFK).",
        "It flew from JFK.",
        "He studied at UAB.",
    ],
)
def test_what_every_reader_knows_a_name_by_passes(claim: str) -> None:
    evidence = (
        "It flew from John F. Kennedy International on Superbowl weekend, met Acme, and saw the Italian sailors who "
        "live there; he studied at the University of Alabama at Birmingham."
    )
    assert kinds(claim, evidence) == []


def test_an_ocean_in_place_of_another_is_found() -> None:
    assert kinds("It crossed the Pacific.", "It crossed the Atlantic.") == ["name"]


def test_a_claim_that_cites_nothing_may_rest_on_more_than_was_found() -> None:
    before = ["Rain fell.", "Then Moira Tennant of Halden spoke.", "It was late."]
    case = make_case("The custom of Tennant is old.", ["The custom is old."], before=[*before, "Snow fell."])
    guess = Case.of(case.claim, [], case.article).citing(case.cites)
    assert (doubts(naming, case), doubts(naming, guess)) == (["name"], [])


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Der Laden in Mühlhafen meldet Insolvenz an.", []),
        ("Der Laden in Lübeck meldet Insolvenz an.", ["name"]),
        ("Der Laden in Not meldet Insolvenz an.", []),
    ],
)
def test_a_place_the_article_does_not_have_is_found_where_nouns_are_large(claim: str, found: list[str]) -> None:
    evidence = "Der Laden in Mühlhafen meldet Insolvenz an."
    assert kinds(claim, evidence, language="de", after=["In Mühlhafen regnet es."]) == found


def test_a_lead_tells_of_whom_the_sentence_behind_it_names() -> None:
    claim, lead = "Causeway Lines will stop its crossings.", "The operator of the ferry will stop its crossings."
    assert kinds(claim, lead, after=["Causeway Lines carried 412,000 people last year."]) == []
    assert kinds(claim, lead, after=["It said so to Causeway Lines last year."]) == ["name"]
    assert kinds(claim, lead, before=["It rains.", "Nobody came."], after=["Causeway Lines is old."]) == ["name"]


def test_a_name_said_just_before_may_be_meant_by_a_pronoun() -> None:
    assert kinds("Tennant promised to cut costs.", "She promised to cut costs.", before=["Moira Tennant spoke."]) == []


def test_an_ordinal_in_roman_letters_is_no_name() -> None:
    evidence = "François fit bâtir le château au 16e siècle."
    assert kinds("Le château de François Ier date du XVIe siècle.", evidence, language="fr") == []


def test_a_headline_in_title_case_is_no_row_of_names() -> None:
    assert kinds("Battery Maker Weighs Bid For Smaller Rival", MERGER) == []


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Die Strecke nach Altenbrück bleibt gesperrt, teilte Nordschiene mit.", []),
        ("Die Sperrung der Strecke betrifft viele Reisende.", []),
        ("Die Strecke nach Altenbrück bleibt gesperrt, sagte Ministerin Pohlmann.", ["name"]),
    ],
)
def test_german_nouns_are_no_names(claim: str, found: list[str]) -> None:
    evidence = "Die Bahnstrecke nach Altenbrück bleibt gesperrt. Das teilte Nordschiene am Montag mit."
    assert kinds(claim, evidence, language="de") == found


@pytest.mark.parametrize(("claim", "found"), [("同社はNvidiaと競う。", []), ("同社はIntelと競う。", ["name"])])
def test_latin_letters_are_names_where_a_script_has_no_capitals(claim: str, found: list[str]) -> None:
    assert kinds(claim, "このプロジェクトはNvidiaと競合する。", language="ja") == found


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("Google a investi plus de 10 milliards de dollars dans OpenAI.", "fr", [7]),
        ("Amazon a investi plus de 10 milliards de dollars dans OpenAI.", "fr", [7]),
        ("Google has invested more than $10 billion in OpenAI.", "en", [7]),
        ("Satya Nadella a révélé que ChatGPT compte plus de 100 millions d’utilisateurs.", "fr", [6]),
        ("Satya Nadella revealed that ChatGPT has more than 100 million users.", "en", [6]),
        ("Selon Reuters, OpenAI envisage de lever 100 milliards de dollars.", "fr", [1]),
    ],
)
def test_the_sample_s_swapped_names_are_found(sample: Article, claim: str, language: str, cites: list[int]) -> None:
    assert doubts(naming, case_about(sample, claim, cites, language=language)) == ["name"]


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("Microsoft a investi plus de 10 milliards de dollars dans OpenAI.", "fr", [7]),
        ("Microsoft has invested more than $10 billion in OpenAI.", "en", [7]),
        ("Sam Altman a dévoilé GPT-4 Turbo.", "fr", [8]),
        ("Altman also wants chips, in a project called Tigris.", "en", [10]),
    ],
)
def test_the_sample_s_own_names_pass(sample: Article, claim: str, language: str, cites: list[int]) -> None:
    assert doubts(naming, case_about(sample, claim, cites, language=language)) == []


@given(texts())
def test_what_is_taken_from_the_article_names_nobody_new(text: str) -> None:
    assert kinds(text, text) == []


@pytest.mark.parametrize(
    ("language", "claim", "first", "second"),
    [
        ("en", "Idris Kallow left the race.", "Idris Kallow was calm.", "Moira Tennant left the race after a fall."),
        ("fr", "Paul Giraudet a quitté la course.", "Paul Giraudet sourit.", "Luc Marchetti a quitté la course."),
        (
            "de",
            "Paul Stolz schied nach einem Sturz aus.",
            "Paul Stolz siegte.",
            "Jan Moser schied nach einem Sturz aus.",
        ),
        ("es", "Luis Lara abandonó la carrera.", "Luis Lara ganó.", "Iván Roca abandonó la carrera."),
        ("it", "Ugo Riva ha lasciato la gara.", "Ugo Riva sorride.", "Aldo Conti ha lasciato la gara."),
        ("pt", "Rui Lobo abandonou a corrida.", "Rui Lobo venceu.", "Ivo Reis abandonou a corrida."),
    ],
)
def test_whom_another_cited_sentence_begins_with_did_not_do_it(
    language: str, claim: str, first: str, second: str
) -> None:
    mine, theirs = (" ".join(text.split()[:2]) for text in (claim, second))
    before = [f"“{mine} & {theirs}”"]  # what is only a first word may be none of a name
    assert kinds(claim, first, second, language=language, before=before) == ["name"]
    for right in (first, second):
        assert kinds(right, first, second, language=language, before=before) == []


@pytest.mark.parametrize(
    ("claim", "first", "second"),
    [
        ("Moira Tennant left the race.", "Moira Tennant was calm.", "She left the race after a fall."),
        ("Leeds topped the table again.", "People in Leeds like rats.", "The Yorkshire city topped the table again."),
        ("Tennant runs, and Kallow left the race.", "Moira Tennant runs.", "Idris Kallow left the race."),
        ("Moira Tennant’s team left the race.", "Moira Tennant was calm.", "Kallow’s team left the race."),
    ],
)
def test_who_may_be_meant_by_another_sentence_is_left_alone(claim: str, first: str, second: str) -> None:
    assert kinds(claim, first, second) == []
