"""Who said it: the same one as in the evidence."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts import attribution
from summarizer.ground.reading.text import Passage
from summarizer.plan import split
from summarizer.records import Article
from tests import cases
from tests.cases import case_about, doubts
from tests.strategies import texts

kinds = partial(cases.kinds, attribution.check)


def speakers(text: str, language: str) -> list[str]:
    return [source.text for source in attribution.sources(Passage(text, language))]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Moira Tennant said that costs fell", ["Moira Tennant"]),
        ("en", "“Costs fell,” said Moira Tennant of Halden", ["Moira Tennant of Halden"]),
        ("en", "Costs fell, according to three people familiar with it", ["three people familiar with it"]),
        ("fr", "« Rien n’est signé », a averti Hélène Marchetti", ["Hélène Marchetti"]),
        ("fr", "D’après un cadre, rien n’est signé", ["un cadre"]),
        ("de", "Löwenich zufolge sanken die Kosten", ["Löwenich"]),
        ("en", "It has been accused of much", []),
        ("en", "“He said no” was all", []),
    ],
)
def test_a_source_stands_before_behind_or_after_its_cue(language: str, text: str, found: list[str]) -> None:
    assert speakers(text, language) == found


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The governor said the plan was near.", "Two aides speaking anonymously said the plan was near."),
        (
            "en",
            "According to Moira Tennant, a deal is near.",
            "A deal is near, according to people familiar with the matter.",
        ),
        ("fr", "Selon le maire, trois villes sont en lice.", "Trois villes sont en lice, selon un proche du dossier."),
        ("es", "El presidente asegura que el banco vende.", "Fuentes próximas aseguran que el banco vende."),
        ("en", "Nobody was asked, according to Mayor Pell.", "Nobody was asked, the local paper reports."),
        ("fr", "Personne n’a été consulté, selon le maire Pell.", "Personne n’a été consulté, selon le journal local."),
        ("de", "Niemand wurde gefragt, sagte Bürgermeister Pell.", "Niemand wurde gefragt, schreibt die Lokalzeitung."),
        (
            "it",
            "Nessuno è stato sentito, ha detto il sindaco Pelli.",
            "Nessuno è stato sentito, scrive il giornale locale.",
        ),
        ("pt", "Ninguém foi ouvido, disse o prefeito Pell.", "Ninguém foi ouvido, escreve o jornal local."),
        ("es", "Nadie fue consultado, dijo el alcalde Pell.", "Nadie fue consultado, escribe el periódico local."),
    ],
)
def test_another_speaker_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["attribution"]
    assert kinds(claim.replace("Paul Restrick", "Idris Kallow"), evidence, language=language) == ["attribution"]


@pytest.mark.parametrize(
    ("language", "claim", "first", "second"),
    [
        ("en", "Smith said 400 jobs were at risk.", "Smith said it was fair.", "Jones said 400 jobs were at risk."),
        ("en", "The company said jobs were at risk.", "The company was calm.", "The union said jobs were at risk."),
        (
            "en",
            "Lund noted that costs fell.",
            "“No,” said Ann Pell. She noted that costs fell.",
            "Priya Lund was calm.",
        ),
        (
            "fr",
            "L'entreprise affirme que 400 emplois sont menacés.",
            "L'entreprise affirme que l'usine restera ouverte.",
            "Selon le syndicat, 400 emplois sont menacés.",
        ),
        (
            "de",
            "Anna Kern sagte, 400 Stellen seien in Gefahr.",
            "Anna Kern sagte, das Werk bleibe offen.",
            "Nach Angaben von Paul Stolz sind 400 Stellen in Gefahr.",
        ),
        ("es", "Según Ibarra, faltan médicos.", "Ibarra asegura que hay camas.", "Según Ana Lara, faltan médicos."),
        ("pt", "Segundo Reis, faltam médicos.", "Reis garante que há camas.", "Ana Lara disse que faltam médicos."),
    ],
)
def test_a_speaker_of_another_cited_sentence_did_not_say_it(language: str, claim: str, first: str, second: str) -> None:
    """And says what is his own, which the same sentences say."""
    evidence = [unit.text for unit in split(f"{first} {second}", language)]
    assert kinds(claim, *evidence, language=language) == ["attribution"]
    for one in evidence:
        assert kinds(one, *evidence, language=language) == []


def test_what_is_told_behind_a_colon_may_be_of_another_sentence() -> None:
    evidence = "“Nothing is signed,” Ann Pell warned.", "Three cities were left in spring, said a source close to it."
    assert kinds("Nothing is decided, warns Ann Pell: three cities were left in spring.", *evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Nobody was asked, according to Professor Pell.", "Nobody was asked, the paper reports."),
        ("Nobody was asked, according to the Marsh Gazette.", "Nobody was asked, the local paper reports."),
        ("Nobody was asked, according to the local paper.", "Nobody was asked, said Mayor Pell in the paper."),
        ("Nobody was asked, according to Mayor Pell.", "Nobody was asked, Mayor Pell told the local paper."),
        ("Nobody was asked, the paper reports, and Mayor Pell said so.", "Nobody was asked, the local paper reports."),
        ("The town was not asked, said Mayor Pell.", "The town was not asked, said Mayor Pell."),
    ],
)
def test_who_may_write_is_not_told_from_a_paper(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Tennant said costs fell.", "“Costs fell,” Halden’s chief executive, Moira Tennant, told analysts."),
        (
            "en",
            "The boss of Halden said costs fell.",
            "“Costs fell,” Halden’s chief executive, Moira Tennant, told analysts.",
        ),
        ("en", "Sources say a deal is near.", "A deal is near, three people familiar with the matter said."),
        ("en", "She said costs fell.", "Moira Tennant said costs fell."),
        ("en", "Costs fell.", "Moira Tennant said costs fell."),
        ("fr", "Un cadre anonyme dit que le plan existe.", "D’après un cadre qui a requis l’anonymat, le plan existe."),
        (
            "de",
            "Es soll Pläne geben, sagen zwei ungenannte Ingenieure.",
            "Zwei anonyme Ingenieure sprechen von Plänen.",
        ),
        ("fr", "La presse rapporte que le plan existe.", "Selon des sources citées par le journal, le plan existe."),
    ],
)
def test_the_same_speaker_in_other_words_passes(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "es",
            "Petrol niega que hubiera explosión y rechaza la acusación de Fuerza Obrera de que la revisión se aplazó.",
            [
                "Un portavoz de Petrol negó que se hubiera producido una explosión.",
                "El sindicato Fuerza Obrera sostiene que la revisión se aplazó; la compañía lo desmiente.",
            ],
        ),
        (
            "de",
            "Nadja Osterkamp will das Netz ergänzen, während der VTM vor Ausfällen warnt, was Orbicell bestreitet.",
            [
                "„Wir ergänzen das Netz“, sagte Gründerin Nadja Osterkamp.",
                "Es gebe Ausfälle, erklärte der VTM.",
                "Orbicell wies die Rechnung als veraltet zurück.",
            ],
        ),
    ],
)
def test_who_answers_may_speak_elsewhere_or_by_a_spokesperson(language: str, claim: str, evidence: list[str]) -> None:
    assert kinds(claim, *evidence, language=language) == []


def test_a_pronoun_may_be_anybody() -> None:
    assert kinds("Tennant said costs fell.", "She said costs fell.", before=["Moira Tennant spoke."]) == []


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("Si l’accord se concrétise, il consolidera la position d’OpenAI, selon Sam Altman.", "fr", [2]),
        ("If the deal goes through, it will cement OpenAI’s position, Sam Altman said.", "en", [2]),
        ("OpenAI cherche à consolider sa position de leader, a déclaré Sam Altman.", "fr", [5]),
        ("OpenAI cherche à consolider sa position de leader grâce à cette injection de fonds.", "fr", [5]),
    ],
)
def test_the_sample_s_nameless_sources_get_no_name_and_are_not_dropped(
    sample: Article, claim: str, language: str, cites: list[int]
) -> None:
    assert doubts(attribution.check, case_about(sample, claim, cites, language=language)) == ["attribution"]


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("Sam Altman a révélé que ChatGPT compte plus de 100 millions d’utilisateurs.", "fr", [6]),
        ("Le PDG de l’entreprise a révélé que ChatGPT compte plus de 100 millions d’utilisateurs.", "fr", [6]),
        ("Sam Altman revealed that ChatGPT has more than 100 million users.", "en", [6]),
        ("Une source proche des négociations dit qu’OpenAI cherche à consolider sa position.", "fr", [5]),
    ],
)
def test_the_sample_s_own_speakers_pass(sample: Article, claim: str, language: str, cites: list[int]) -> None:
    assert doubts(attribution.check, case_about(sample, claim, cites, language=language)) == []


@given(texts())
def test_a_text_has_the_speakers_it_has(text: str) -> None:
    assert kinds(text, text) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Costs will fall, said Allied Workers of Graham Oduya.",
         "“Costs will fall,” said Graham Oduya of Allied Workers."),
        ("fr", "Bloomberg veut lever des fonds, selon Électrane.", "Électrane veut lever des fonds, selon Bloomberg."),
        ("es", "El plan es caro, lamentó Partido Norte, de Marcos Ibarrola.",
         "«El plan es caro», lamentó Marcos Ibarrola, de Partido Norte."),
    ],
)  # fmt: skip
def test_a_speaker_who_changes_places_with_who_is_told_of_is_found(language: str, claim: str, evidence: str) -> None:
    known = ["C’est Électrane, et c’est Bloomberg."]
    assert kinds(claim, evidence, language=language, after=known) == ["attribution"]
    assert kinds(evidence, evidence, language=language, after=known) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (
            "Falih Essawi, deputy head of the Anbar Council, reported that the city of Ramadi may fall.",
            "Essawi, the deputy head of the Anbar Council, told reporters that the city of Ramadi may fall.",
        ),
        (
            "Influencers like Mark Cuban and Taylor Swift urged fans to take tests.",
            "Mark Cuban had tests, and singer Taylor Swift urged her fans to take tests.",
        ),
        (
            "Washington may trade Chase Young, according to CBS Sports' Josina Anderson.",
            "CBS Sports' Josina Anderson reports that Washington may trade Chase Young.",
        ),
    ],
)
def test_a_name_beside_the_one_that_speaks_may_speak(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language="en") == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "found"),
    [
        ("it", "Secondo gli analisti lo stabilimento perde 20 milioni.",
         "Lo stabilimento perde 20 milioni, stando all’ultima relazione dei commissari.", ["attribution"]),
        ("it", "Secondo i commissari lo stabilimento perde 20 milioni.",
         "Lo stabilimento perde 20 milioni, stando all’ultima relazione dei commissari.", []),
        ("it", "Secondo il ministero l’offerta vale 600 milioni.",
         "L’offerta, secondo indiscrezioni, vale 600 milioni.", ["attribution"]),
        ("en", "A deal is near, according to Halden's chief executive.", "A deal is near, one of the people added.",
         ["attribution"]),
        ("en", "A deal is near, the CDC said.", "A deal is near, the Centers for Disease Control said.", []),
        ("en", "Halden said a deal is near.", "The company said a deal is near.", []),
    ],
)  # fmt: skip
def test_sources_are_compared_by_their_office(language: str, claim: str, evidence: str, found: list[str]) -> None:
    assert kinds(claim, evidence, language=language) == found


@pytest.mark.parametrize(
    "text",
    [
        "An alleged crime shook Rolling Stone.",
        "He was criticized for claiming that.",
        "Ann Lee, a judge, expressed doubts.",
    ],
)
def test_what_is_no_predicate_has_no_subject(text: str) -> None:
    assert [name for name in speakers(text, "en") if name != "Ann Lee, a judge"] == []


def test_a_quotation_is_looked_up_in_the_whole_article() -> None:
    before = ["“We need to be the cheapest of all,” said Ann Lee."]
    claim = "“We need to be the cheapest of all,” said Bob Roy."
    assert kinds(claim, "Bob Roy left the city.", before=before) == ["attribution"]


def test_who_is_not_named_has_no_name_where_every_noun_has_a_capital() -> None:
    told = "Le prototype aurait été testé au large de Brest, selon deux ingénieurs qui ont requis l’anonymat."
    claim = "Der Prototyp soll vor Brest getestet worden sein, sagen zwei {} Ingenieure."
    assert kinds(claim.format("ungenannte"), told, language="fr", claim_language="de") == []
    assert kinds(claim.format("bekannte"), told, language="fr", claim_language="de") == ["attribution"]


@pytest.mark.parametrize("piece", ["Bloomberg said, ", "unnamed sources cited by Bloomberg said "])
def test_many_speakers_take_time_in_proportion(piece: str) -> None:
    assert cases.is_linear(attribution.check, piece, evidence="unnamed sources cited by Reuters said, ")
