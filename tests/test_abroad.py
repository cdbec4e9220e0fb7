"""What a right claim may say in quite other words, or in another language than its article, and a wrong one may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summarizer.ground import find
from tests.cases import make_case

# Claim, its language, the cited sentence, its language.
Told = tuple[str, str, str, str]


def kinds(claim: str, language: str, evidence: str, article: str, *, before: tuple[str, ...] = ()) -> list[str]:
    """Return the kinds of all findings."""
    case = make_case(claim, [evidence], language=article, claim_language=language, before=before)
    return [finding.kind for finding in find(replace(case, asked_language=language))]


NOT_RULED_OUT: list[tuple[Told, str]] = [
    (
        ("The bank may sell its branches.", "en", "La banque n’exclut pas de vendre ses agences.", "fr"),
        "The bank rules out a sale of its branches.",
    ),
    (
        (
            "Der Minister könnte die Steuer senken.",
            "de",
            "Der Minister schließt nicht aus, die Steuer zu senken.",
            "de",
        ),
        "Der Minister schließt aus, die Steuer zu senken.",
    ),
    (
        ("La empresa podría cerrar la planta.", "es", "La empresa no descarta cerrar la planta.", "es"),
        "La empresa descarta cerrar la planta.",
    ),
    (
        (
            "L’azienda potrebbe chiudere lo stabilimento.",
            "it",
            "L’azienda non esclude di chiudere lo stabilimento.",
            "it",
        ),
        "L’azienda esclude di chiudere lo stabilimento.",
    ),
    (
        ("O governo pode baixar o imposto.", "pt", "O governo não descarta baixar o imposto.", "pt"),
        "O governo descarta baixar o imposto.",
    ),
    (
        ("The club could appeal the ruling.", "en", "The club has not ruled out an appeal of the ruling.", "en"),
        "The club has ruled out an appeal of the ruling.",
    ),
]


@pytest.mark.parametrize(("right", "wrong"), NOT_RULED_OUT)
def test_what_is_not_ruled_out_may_come(right: Told, wrong: str) -> None:
    assert kinds(*right) == []
    assert "negation" in kinds(wrong, *right[1:])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            ("Die Brücke wird nicht vor 2031 eröffnet.", "de", "A ponte não será inaugurada antes de 2031.", "pt"),
            "Die Brücke wird vor 2031 eröffnet.",
        ),
        (
            ("The court will not rule before 3 May.", "en", "The court will rule no earlier than 3 May.", "en"),
            "The court will rule before 3 May.",
        ),
    ],
)
def test_not_before_a_day_is_on_or_after_it(right: Told, wrong: str) -> None:
    assert kinds(*right) == []
    assert "negation" in kinds(wrong, *right[1:])


@pytest.mark.parametrize(
    "told",
    [
        (
            "“Je ne partirai pas d’ici”, disse a médica Ana Prado.",
            "pt",
            "« Je ne partirai pas d’ici, je reste », a dit Ana Prado, médecin.",
            "fr",
        ),
        ("Personne n’est blessé.", "fr", "Nobody was hurt.", "en"),
        ("Sales fell to a low not seen since 2009.", "en", "Las ventas cayeron a su nivel más bajo desde 2009.", "es"),
        (
            "The lawyer, Rui Sena, denies that he has resigned.",
            "en",
            "Segundo fonte ligada ao caso, o diretor terá renunciado; o advogado, Rui Sena, desmente-o.",
            "pt",
        ),
        (
            "Der Bau wird im Mai 2030 beginnen, wenn das Geld kommt.",
            "de",
            "Si l’argent arrive, les travaux commenceront en mai 2030.",
            "fr",
        ),
        (
            "Ida Sander noted that prices had risen in 2018.",
            "en",
            "Ida Sander verwies darauf, dass die Preise schon 2018 gestiegen wären.",
            "de",
        ),
        ("The conversion is put at €20 million.", "en", "Der Umbau wird 20 Millionen Euro kosten.", "de"),
        ("Se ha comprometido a bajar los precios.", "es", "She promised to cut prices.", "en"),
    ],
)
def test_what_is_kept_in_another_language_is_no_doubt(told: Told) -> None:
    assert kinds(*told) == []


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        (
            ("La fonderie a produit 2,4 Mt de fonte.", "fr", "The foundry made 2.4 million tonnes of iron.", "en"),
            "La fonderie a produit 2,4 kt de fonte.",
            "number",
        ),
        (
            ("A 16th-century altar was found.", "en", "Un altare del Cinquecento è stato ritrovato.", "it"),
            "A 15th-century altar was found.",
            "number",
        ),
        (
            (
                "Der Ausstoß sank 2018 gegenüber 2017.",
                "de",
                "Nel 2018 la produzione è scesa rispetto all’anno precedente.",
                "it",
            ),
            "Der Ausstoß sank 2018 gegenüber 2015.",
            "date",
        ),
        (
            ("Sales rose between July and December.", "en", "Les ventes ont augmenté au second semestre.", "fr"),
            "Sales rose between May and December.",
            "date",
        ),
        (
            ("Ogni cinque alunni, due vengono in bici.", "it", "Dois em cada cinco alunos vêm de bicicleta.", "pt"),
            "Ogni dieci alunni, due vengono in bici.",
            "number",
        ),
        (
            ("Der Verein bekam 40.000 Euro.", "de", "Le club voulait 60 000 euros ; il en a eu 40 000.", "fr"),
            "Der Verein bekam 50.000 Euro.",
            "number",
        ),
    ],
)
def test_numbers_and_dates_are_what_they_mean(right: Told, wrong: str, kind: str) -> None:
    assert kinds(*right) == []
    assert kind in kinds(wrong, *right[1:])


@pytest.mark.parametrize(
    "told",
    [
        ("Em dez dias, a obra acaba.", "pt", "In ten days the work ends.", "en"),
        ("El Parlamento aprobó la ley.", "es", "The legislature passed the law.", "en"),
        ("Aktien stiegen in Kopenhagen um 3 %.", "de", "Shares rose 3% on the Copenhagen exchange.", "en"),
        (
            "El sueldo medio subió, dijo la delegada Ana Prado.",
            "es",
            "Le salaire moyen a augmenté, a dit Ana Prado, de l’Union des mineurs.",
            "fr",
        ),
        ("Gli inquirenti cercano un’auto.", "it", "La police recherche une voiture.", "fr"),
    ],
)
def test_words_of_another_language_are_no_names_and_no_others(told: Told) -> None:
    assert kinds(*told) == []


def test_whom_a_sentence_means_by_its_possessive_stands_before_it() -> None:
    evidence = "„Wir wurden nie gefragt“, sagte ihre Sprecherin Petra Lorenz dem Unternehmen."
    before = ("Die Gewerkschaft fordert mehr Lohn.",)
    assert kinds("The union was never asked, Petra Lorenz said.", "en", evidence, "de", before=before) == []
    assert kinds("The court was never asked, Petra Lorenz said.", "en", evidence, "de", before=before) == ["name"]


def test_a_claim_may_add_for_whom_somebody_works() -> None:
    evidence = "Lo ha detto al giornale Eco Ponente la direttrice, Ida Sander."
    before = ("La Nordbau ha offerto 3 milioni.",)
    assert kinds("Ida Sander, diretora da Nordbau, confirmou isso.", "pt", evidence, "it", before=before) == []


def test_it_is_said_by_whom_and_not_by_what_is_said() -> None:
    evidence = "Der Verkauf könnte im Mai beginnen, heißt es in Branchenkreisen."
    assert (
        kinds("Der Verkauf könnte im Mai anlaufen, heißt es bei denen, die sich auskennen.", "de", evidence, "de") == []
    )


def test_who_stays_unnamed_is_the_same_without_that_word() -> None:
    evidence = "Según dos directivos que pidieron no ser identificados, Juan Sanz estuvo a punto de dimitir en enero."
    assert kinds("Juan Sanz casi dimitió en enero, según dos directivos.", "es", evidence, "es") == []


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        (
            ("Exports rose 6%.", "en", "Die Ausfuhren sind um 6 Prozent gestiegen.", "de"),
            "Exports fell 6%.",
            "negation",
        ),
        (
            ("Orvane sold for €40m, Beltus for €90m.", "en", "Orvane a vendu pour 40 M€, Beltus pour 90 M€.", "fr"),
            "Orvane sold for €90m, Beltus for €40m.",
            "number",
        ),
        (
            ("O leilão será até 4 de abril.", "pt", "L’asta si terrà entro il 4 aprile.", "it"),
            "O leilão será depois de 4 de abril.",
            "date",
        ),
    ],
)
def test_what_is_turned_round_is_found_in_another_language(right: Told, wrong: str, kind: str) -> None:
    assert kinds(*right) == []
    assert kind in kinds(wrong, *right[1:])
