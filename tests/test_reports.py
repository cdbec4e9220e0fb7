"""Rulings, results, earnings, recalls and polls as summaries word them: other figures and words for the same."""

from __future__ import annotations

import pytest

from summarizer.ground.doubts import attribution, contrast, dates, hedge, negation, numbers, overlap, pairing
from summarizer.ground.reading.tables import read_data
from tests.cases import kinds, naming

LANGUAGES = ("en", "fr", "es", "de", "it", "pt")
pairs = pytest.mark.parametrize


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # parts of all who were asked
        ("it", "Il 60% è contrario.", "Il 40% è contrario.", "Sei italiani su dieci sono contrari."),
        ("it", "Sette partecipanti su dieci.", "Sei partecipanti su dieci.", "I partecipanti, per il 70% donne."),
        ("fr", "Un peu plus d'un Français sur cinq.", "Un peu plus d'un Français sur trois.", "Seuls 22 % des sondés."),
        # cents, months of thirty days, months from one to another, a word for an hour
        ("it", "Un acconto di 22 centesimi.", "Un acconto di 2 centesimi.", "Un acconto di 0,22 euro per azione."),
        ("de", "Es kostet 45 Cent.", "Es kostet 54 Cent.", "Es kostet 0,45 Euro."),
        ("it", "Entro tre mesi.", "Entro due mesi.", "Entro novanta giorni."),
        ("es", "En los nueve primeros meses.", "En los ocho primeros meses.", "Ganó dinero entre enero y septiembre."),
        ("pt", "Desde as 0h00.", "Desde as 3h00.", "Desde a meia-noite."),
        ("en", "From 5.30 to 9.30 a.m.", "From 6.30 to 9.30 a.m.", "Entre as 5h30 e as 9h30."),
        # a result written like a time, a number written like a year
        ("de", "Mit knapper Mehrheit (19:17).", "Mit knapper Mehrheit (19:16).", "Mit 19 zu 17 Stimmen."),
        (
            "de",
            "Rund 1500 Menschen wurden befragt.",
            "Rund 1300 Menschen wurden befragt.",
            "Befragt wurden 1503 Wahlberechtigte.",
        ),
        # to so much, and more than so much
        (
            "es",
            "Subió un 4 % y alcanzó 2.310 millones.",
            "Subió un 4 % y alcanzó 2.130 millones.",
            "Crecieron un 4 %, hasta los 2.310 millones.",
        ),
        ("it", "Superati i 10 mila passi.", "Sotto i 10 mila passi.", "Oltre i 10.000 passi."),
        (
            "es",
            "El beneficio cayó a 143 millones.",
            "El beneficio cayó a 134 millones.",
            "Ganó 143 millones, un 28 % menos.",
        ),
        ("es", "Cuesta ya 13,8 euros.", "Cuesta ya 18,3 euros.", "Subió un 6,3 % en agosto, hasta los 13,8 euros."),
        # two units for one
        ("en", "It took nearly three hours.", "It took over three hours.", "It took two hours and 51 minutes."),
        # *score* counts only with an article
        ("en", "He came on to score a late brace.", "He came on to score three times.", "He scored twice."),
    ],
)
def test_a_figure_has_other_forms(language: str, right: str, wrong: str, evidence: str) -> None:
    told = "pt" if "h30" in evidence else language
    assert kinds(numbers.check, right, evidence, language=told, claim_language=language) == []
    assert kinds(numbers.check, wrong, evidence, language=told, claim_language=language)


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("pt", "Em 1972, foi preso.", "Em 1973, foi preso.", "Gravou em 1970 e foi preso dois anos depois."),
        (
            "en",
            "He was jailed in 1972.",
            "He was jailed in 1971.",
            "He recorded it in 1970 and was jailed two years later.",
        ),
        ("de", "1968 zog sie um.", "1972 zog sie um.", "1970 starb er, zwei Jahre zuvor war sie umgezogen."),
        ("fr", "Il part en 1972.", "Il part en 1968.", "Il arrive en 1970 et part deux ans plus tard."),
        ("es", "Se fue en 1972.", "Se fue en 1968.", "Llegó en 1970 y se fue dos años después."),
        ("it", "Partì nel 1972.", "Partì nel 1968.", "Arrivò nel 1970 e partì due anni dopo."),
    ],
)
def test_a_year_may_be_told_by_another(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(dates.check, right, evidence, language=language) == []
    assert kinds(dates.check, wrong, evidence, language=language)


def test_later_than_planned_tells_no_other_year() -> None:
    assert kinds(dates.check, "Abriu em 2022.", "Foi aberta em 2020, dois anos depois do previsto.", language="pt")


def test_who_voted_against_stands_before_against() -> None:
    evidence = "The motion was rejected, with 18 no and 14 yes votes."
    assert kinds(pairing.check, "The council voted 18 to 14 against the motion.", evidence) == []


def test_a_difference_is_no_figure_that_changes_places() -> None:
    evidence = "Si se votase hoy, el Partido Liberal obtendría 38 escaños, seis menos que en 2022, según Demos."
    claim = "El Partido Liberal perdería seis escaños y se quedaría con 38, según Demos."
    assert kinds(pairing.check, claim, evidence, language="es") == []


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "en",
            "The stock ended the day down 2.1 percent after falling by up to 9 percent earlier.",
            "The mayor spoke for 34 minutes, after having been late by 8 minutes.",
            "Shares fell as much as 9 percent in early trading before recovering to close 2.1 percent lower.",
        ),
        (
            "de",
            "Die Bestellungen aus Übersee legten um zwölf Prozent zu.",
            "Die Bestellungen aus Übersee legten um neun Prozent zu.",
            "Der Auftragseingang stieg dagegen um 12 Prozent auf 815 Millionen Euro.",
        ),
        (
            "de",
            "Betroffen ist Ware mit dem MHD 12.05.2025.",
            "Betroffen ist Ware mit dem MHD 13.06.2025.",
            "Zurückgerufen wird Frischkäse, haltbar bis 12. Mai 2025.",
        ),
        (
            "es",
            "Unos 1.500 niños tomaron parte en el ensayo.",
            "Unos 1.900 niños tomaron parte en el ensayo.",
            "Participaron 1.530 menores, de los que la mitad recibió un placebo.",
        ),
    ],
)
def test_a_figure_in_common_is_the_same_subject(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(overlap.check, right, evidence, language=language) == []
    assert kinds(overlap.check, wrong, evidence, language=language) == ["overlap"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # who is spared does not have to
        (
            "es",
            "No tendrán que pagarla los menores de 16.",
            "Tendrán que pagarla los menores de 16.",
            "Los menores de 16 años no la pagarán.",
        ),
        (
            "it",
            "Le sigle restano fuori dalla protesta.",
            "Le sigle aderiscono alla protesta.",
            "Le sigle non aderiscono alla protesta.",
        ),
        # who is unbeaten does not lose
        (
            "it",
            "La Virtus resta imbattuta da nove giornate.",
            "La Virtus perde da nove giornate.",
            "La Virtus non perde da nove giornate.",
        ),
        # who advises nobody to advises against it
        (
            "de",
            "Ammann rät davon ab, mehr Kaffee zu trinken.",
            "Ammann rät, mehr Kaffee zu trinken.",
            "»Wir raten niemandem, mehr Kaffee zu trinken«, sagte Ammann.",
        ),
        # who votes no votes against it
        (
            "de",
            "Die Fraktion stimmte mit Nein.",
            "Die Fraktion stimmte nicht dagegen.",
            "Die Fraktion stimmte dagegen.",
        ),
        # who says nothing is silent
        (
            "pt",
            "O arguido não prestou declarações.",
            "O arguido não ficou em prisão.",
            "O arguido remeteu-se ao silêncio e ficou em prisão.",
        ),
        # nobody may pass where it is closed
        (
            "pt",
            "Nenhum barco pode passar na barra de Aveiro.",
            "A barra de Aveiro não está fechada.",
            "A barra de Aveiro está fechada a toda a navegação.",
        ),
        (
            "es",
            "El incremento no era tan fuerte desde marzo de 2019.",
            "No es la mayor alza en Soria.",
            "Es la mayor alza en Soria desde marzo de 2019.",
        ),
        # what is closed until then opens again then
        (
            "fr",
            "Le musée rouvrira fin avril.",
            "Le musée est ouvert.",
            "Le musée reste fermé jusqu'à fin avril.",
        ),
        (
            "de",
            "Das Museum öffnet Ende April wieder.",
            "Das Museum ist geöffnet.",
            "Das Museum bleibt bis Ende April geschlossen.",
        ),
        # what comes before it is waited for
        (
            "en",
            "No contract will be awarded before an environmental review is finished.",
            "No environmental review will be completed before any contract.",
            "An environmental review would be completed before any contract was awarded, the ministry said.",
        ),
        # what is not decided is uncertain, and what does not take place is postponed
        (
            "fr",
            "Le sort des onze agents n'est pas tranché, selon la CFDT.",
            "Le sort des onze agents n'est pas incertain, selon la CFDT.",
            "Le sort des onze agents reste incertain, d'après la CFDT.",
        ),
        (
            "en",
            "The vote on the road did not take place.",
            "The vote on the road was not postponed to May.",
            "The vote on the road was postponed to May.",
        ),
        (
            "en",
            "The company did not change its forecast.",
            "The company did not keep its forecast.",
            "The company kept its forecast.",
        ),
        # the first since is what has not been since
        (
            "fr",
            "Cette victoire à l'extérieur est la première depuis août.",
            "Rodez avait gagné à l'extérieur depuis août.",
            "Rodez n'avait plus gagné à l'extérieur depuis août.",
        ),
    ],
)
def test_a_denial_has_other_words(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(negation.check, right, evidence, language=language) == []
    assert kinds(negation.check, wrong, evidence, language=language)


def test_each_way_of_a_denial_is_told_in_all_languages() -> None:
    rows = read_data("otherwise")["rows"]
    assert all(set(words) == set(LANGUAGES) and all(words.values()) for row in rows.values() for words in row.values())
    assert not [name for name in rows if " " in name]


def test_none_of_which_is_told_of_all() -> None:
    evidence = "The regulator said it was aware of 12 fires, none of which caused injuries."
    assert kinds(negation.check, "Twelve fires have been recorded, but no one was hurt.", evidence) == []
    assert kinds(negation.check, "It was aware of 12 fires, some of which caused injuries.", evidence) == ["negation"]


def test_a_profit_that_declined_to_an_amount_was_not_refused() -> None:
    evidence = "Net income slipped to $92 million from $117 million."
    assert kinds(negation.check, "Net profit declined to $92m.", evidence) == []
    assert kinds(negation.check, "Net profit rose to $92m.", evidence) == ["negation"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # a time behind *until* states nothing
        (
            "en",
            "The government may put off the reform until 2027.",
            "The government has put off the reform until 2027.",
            "The government may put off the reform until 2027, ministers say.",
        ),
        # what it lowered its forecast to is what it expects
        (
            "en",
            "Norlake lowered its sales growth forecast to 3 percent.",
            "Norlake's sales grew by 3 percent.",
            "Norlake now expects sales growth of 3 percent.",
        ),
        # to ask for is to ask for
        (
            "it",
            "I legali avevano sollecitato l'annullamento della condanna.",
            "I legali avevano ottenuto l'annullamento della condanna.",
            "La difesa aveva chiesto l'annullamento della condanna.",
        ),
        # what only describes a thing is not what is said of it
        (
            "en",
            "A bone flute found in a cave could be the oldest instrument in Spain.",
            "A bone flute found in a cave was the oldest instrument in Spain.",
            "The bone flute from the cave could be the oldest instrument in Spain, experts say.",
        ),
    ],
)
def test_what_is_left_open_has_other_words(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(hedge.check, right, evidence, language=language) == []
    assert kinds(hedge.check, wrong, evidence, language=language) == ["hedge"]


def test_a_noun_behind_a_preposition_is_no_conditional() -> None:
    evidence = "Compôs mais de 300 canções, muitas em parceria com a irmã, Teresa."
    claim = "Deixa mais de trezentas canções, várias delas escritas com a irmã Teresa."
    assert kinds(hedge.check, claim, evidence, language="pt") == []


def test_english_has_a_plan_that_is_under_way() -> None:
    evidence = "A Frigel vai recolher 23 mil fogões por risco de vazamento de gás."
    right, wrong = "Frigel is recalling 23,000 stoves.", "Frigel has recalled 23,000 stoves."
    assert kinds(hedge.check, right, evidence, language="pt", claim_language="en") == []
    assert kinds(hedge.check, wrong, evidence, language="pt", claim_language="en") == ["hedge"]


@pairs(
    ("claim", "evidence"),
    [
        ("The German weather service has warned of storms.", "Der Deutsche Wetterdienst warnt vor Gewittern."),
        ("Most people in four German states oppose it.", "In vier Bundesländern sind die meisten dagegen."),
        ("Berliners oppose the Olympic Games.", "Berliner lehnen Olympische Spiele ab."),
    ],
)
def test_a_summary_abroad_names_the_country(claim: str, evidence: str) -> None:
    assert kinds(naming, claim, evidence, language="de", claim_language="en") == []
    assert kinds(attribution.check, claim, evidence, language="de", claim_language="en") == []


def test_a_summary_abroad_names_no_other_country() -> None:
    evidence = "In vier Bundesländern sind die meisten dagegen."
    assert kinds(naming, "In four Spanish regions most oppose it.", evidence, language="de", claim_language="en")
    evidence = "In vier Bundesländern in Österreich sind die meisten dagegen."
    assert kinds(naming, "In four German states most oppose it.", evidence, language="de", claim_language="en")


@pairs(
    "opening",
    [
        "Zuletzt hatte sie gewonnen.",
        "Stellenweise sind Gewitter möglich.",
        "Krankheitsfälle wurden gemeldet.",
        "Ausnahmen gibt es nicht.",
    ],
)
def test_what_opens_a_german_sentence_is_seldom_a_name(opening: str) -> None:
    assert kinds(naming, opening, "Sie siegte dort.", language="de") == []
    assert kinds(naming, "Brandeck hatte gewonnen.", "Sie siegte dort.", language="de") == ["name"]


def test_who_is_from_a_town_is_told_by_it() -> None:
    after = ("Laval a fini à dix.",)
    claim, evidence = (
        "Battu par Rodez, Laval chute devant son public.",
        "Le Stade Lavallois s'est incliné contre Rodez.",
    )
    assert kinds(naming, claim, evidence, language="fr", after=after) == []


def test_a_part_of_those_asked_is_no_speaker() -> None:
    claim, evidence = "Un Français sur cinq juge la réforme juste.", "Seuls 22 % des sondés jugent la réforme juste."
    assert kinds(attribution.check, claim, evidence, language="fr") == []


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # the color of a warning
        (
            "fr",
            "Six départements sont en vigilance orange.",
            "Six départements sont en vigilance rouge.",
            "Météo-France a placé six départements en vigilance orange.",
        ),
        (
            "it",
            "Diramata un'allerta arancione per temporali.",
            "Diramata un'allerta rossa per temporali.",
            "La Protezione civile ha diramato un'allerta arancione per temporali in Liguria.",
        ),
        # what became of a judgment, and of a motion
        (
            "es",
            "El Supremo confirma la pena de seis años impuesta a Olmedo.",
            "El Supremo anula la pena de seis años impuesta a Olmedo.",
            "El Supremo ha confirmado la pena de seis años impuesta a Ramón Olmedo.",
        ),
        (
            "fr",
            "Son adjointe, Solène Maury, est relaxée.",
            "Son adjointe, Solène Maury, est condamnée.",
            "Son adjointe, Solène Maury, a été relaxée.",
        ),
        (
            "pt",
            "A Câmara aprovou a venda do antigo quartel.",
            "A Câmara chumbou a venda do antigo quartel.",
            "A Câmara Municipal de Braga aprovou a venda do antigo quartel.",
        ),
        # for it, and against it
        (
            "fr",
            "Deux Français sur trois sont opposés au report de l'âge de la retraite.",
            "Deux Français sur trois sont favorables au report de l'âge de la retraite.",
            "Deux Français sur trois se disent opposés au report de l'âge de la retraite.",
        ),
        # how badly, how warm, how large
        ("en", "A guard was slightly hurt.", "A guard was seriously hurt.", "A night guard was slightly injured."),
        (
            "de",
            "Von Mittwoch an soll es kühler werden.",
            "Ab Mittwoch soll es deutlich wärmer werden.",
            "Ab Mittwoch soll es deutlich kühler werden.",
        ),
        (
            "en",
            "The gap was the smallest since 2016.",
            "The gap was the largest since 2016.",
            "The gap between the two was the smallest since 2016.",
        ),
        # who confesses does not stay silent
        (
            "pt",
            "O arguido ficou em silêncio e em prisão preventiva.",
            "O arguido confessou e ficou em prisão preventiva.",
            "O arguido remeteu-se ao silêncio e ficou em prisão preventiva.",
        ),
    ],
)
def test_an_opposite_is_one_in_reports_too(language: str, right: str, wrong: str, evidence: str) -> None:
    def found(claim: str) -> list[str]:
        return [
            kind for check in (negation, contrast) for kind in kinds(check.check, claim, evidence, language=language)
        ]

    assert found(right) == []
    assert "negation" in found(wrong)
