"""What a right claim may say in quite other words, or in another language than its article, and a wrong one may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summarizer.ground import find
from tests.cases import make_case


def kinds(article: str, evidence: str, language: str, claim: str, *, before: tuple[str, ...] = ()) -> list[str]:
    """Return the kinds of all findings in a claim, in a language, about a sentence of an article in another."""
    case = make_case(claim, [evidence], language=article, claim_language=language, before=before)
    return [finding.kind for finding in find(replace(case, asked_language=language))]


@pytest.mark.parametrize(
    ("article", "evidence", "language", "right", "wrong", "kind"),
    [
        # What is not ruled out may come; not before a day is on it or after it.
        (
            "fr",
            "La banque n’exclut pas de vendre ses agences.",
            "en",
            "The bank may sell its branches.",
            "The bank rules out a sale of its branches.",
            "negation",
        ),
        (
            "de",
            "Der Minister schließt nicht aus, die Steuer zu senken.",
            "de",
            "Der Minister könnte die Steuer senken.",
            "Der Minister schließt aus, die Steuer zu senken.",
            "negation",
        ),
        (
            "es",
            "La empresa no descarta cerrar la planta.",
            "es",
            "La empresa podría cerrar la planta.",
            "La empresa descarta cerrar la planta.",
            "negation",
        ),
        (
            "it",
            "L’azienda non esclude di chiudere lo stabilimento.",
            "it",
            "L’azienda potrebbe chiudere lo stabilimento.",
            "L’azienda esclude di chiudere lo stabilimento.",
            "negation",
        ),
        (
            "pt",
            "O governo não descarta baixar o imposto.",
            "pt",
            "O governo pode baixar o imposto.",
            "O governo descarta baixar o imposto.",
            "negation",
        ),
        (
            "en",
            "The club has not ruled out an appeal of the ruling.",
            "en",
            "The club could appeal the ruling.",
            "The club has ruled out an appeal of the ruling.",
            "negation",
        ),
        (
            "pt",
            "A ponte não será inaugurada antes de 2031.",
            "de",
            "Die Brücke wird nicht vor 2031 eröffnet.",
            "Die Brücke wird vor 2031 eröffnet.",
            "negation",
        ),
        (
            "en",
            "The court will rule no earlier than 3 May.",
            "en",
            "The court will not rule before 3 May.",
            "The court will rule before 3 May.",
            "negation",
        ),
        # What is denied there is not affirmed here, nor the other way round, whatever the words; so with doubts.
        (
            "fr",
            "Le conseil n’a pas approuvé la vente de la gare.",
            "en",
            "The council did not approve the sale.",
            "The council approved the sale.",
            "negation",
        ),
        (
            "de",
            "Keiner der 19 Arbeiter war versichert.",
            "it",
            "Nessuno dei 19 operai era coperto.",
            "Ciascuno dei 19 operai era coperto.",
            "negation",
        ),
        (
            "es",
            "Ningún barco volvió al puerto, dijo el alcalde.",
            "fr",
            "Aucun bateau n’est rentré, dit le maire.",
            "Les bateaux sont rentrés, dit le maire.",
            "negation",
        ),
        (
            "pt",
            "A seca não afetou a colheita em Beja.",
            "de",
            "Die Dürre hat der Ernte in Beja nicht geschadet.",
            "Die Dürre hat der Ernte in Beja geschadet.",
            "negation",
        ),
        (
            "it",
            "Il sindaco incontra i pescatori.",
            "en",
            "The mayor meets the fishermen.",
            "The mayor does not meet the fishermen.",
            "negation",
        ),
        (
            "en",
            "The firm may lay off 140 people, two workers said.",
            "pt",
            "A firma pode despedir 140 pessoas.",
            "A firma despediu 140 pessoas, dizem dois operários.",
            "hedge",
        ),
        # Numbers and dates are what they mean, and stand where they stand.
        (
            "en",
            "The foundry made 2.4 million tonnes of iron.",
            "fr",
            "La fonderie a produit 2,4 Mt de fonte.",
            "La fonderie a produit 2,4 kt de fonte.",
            "number",
        ),
        (
            "it",
            "Un altare del Cinquecento è stato ritrovato.",
            "en",
            "A 16th-century altar was found.",
            "A 15th-century altar was found.",
            "number",
        ),
        (
            "it",
            "Nel 2018 la produzione è scesa rispetto all’anno precedente.",
            "de",
            "Der Ausstoß sank 2018 gegenüber 2017.",
            "Der Ausstoß sank 2018 gegenüber 2015.",
            "date",
        ),
        (
            "fr",
            "Les ventes ont augmenté au second semestre.",
            "en",
            "Sales rose between July and December.",
            "Sales rose between May and December.",
            "date",
        ),
        (
            "pt",
            "Dois em cada cinco alunos vêm de bicicleta.",
            "it",
            "Ogni cinque alunni, due vengono in bici.",
            "Ogni dieci alunni, due vengono in bici.",
            "number",
        ),
        (
            "fr",
            "Le club voulait 60 000 euros ; il en a eu 40 000.",
            "de",
            "Der Verein bekam 40.000 Euro.",
            "Der Verein bekam 50.000 Euro.",
            "number",
        ),
        ("de", "Die Ausfuhren sind um 6 Prozent gestiegen.", "en", "Exports rose 6%.", "Exports fell 6%.", "negation"),
        (
            "fr",
            "Orvane a vendu pour 40 M€, Beltus pour 90 M€.",
            "en",
            "Orvane sold for €40m, Beltus for €90m.",
            "Orvane sold for €90m, Beltus for €40m.",
            "number",
        ),
        (
            "it",
            "L’asta si terrà entro il 4 aprile.",
            "pt",
            "O leilão será até 4 de abril.",
            "O leilão será depois de 4 de abril.",
            "date",
        ),
    ],
)
def test_what_is_wrong_is_found_and_what_is_right_is_not(
    article: str, evidence: str, language: str, right: str, wrong: str, kind: str
) -> None:
    assert kinds(article, evidence, language, right) == []
    assert kind in kinds(article, evidence, language, wrong)


@pytest.mark.parametrize(
    ("article", "evidence", "language", "claim"),
    [
        # What is kept in other words, and words that are no names.
        (
            "fr",
            "« Je ne partirai pas d’ici, je reste », a dit Ana Prado, médecin.",
            "pt",
            "“Je ne partirai pas d’ici”, disse a médica Ana Prado.",
        ),
        ("en", "Nobody was hurt.", "fr", "Personne n’est blessé."),
        ("es", "Las ventas cayeron a su nivel más bajo desde 2009.", "en", "Sales fell to a low not seen since 2009."),
        (
            "pt",
            "Segundo fonte ligada ao caso, o diretor terá renunciado; o advogado, Rui Sena, desmente-o.",
            "en",
            "The lawyer, Rui Sena, denies that he has resigned.",
        ),
        (
            "fr",
            "Si l’argent arrive, les travaux commenceront en mai 2030.",
            "de",
            "Der Bau wird im Mai 2030 beginnen, wenn das Geld kommt.",
        ),
        (
            "de",
            "Ida Sander verwies darauf, dass die Preise schon 2018 gestiegen wären.",
            "en",
            "Ida Sander noted that prices had risen in 2018.",
        ),
        ("de", "Der Umbau wird 20 Millionen Euro kosten.", "en", "The conversion is put at €20 million."),
        ("en", "She promised to cut prices.", "es", "Se ha comprometido a bajar los precios."),
        ("en", "In ten days the work ends.", "pt", "Em dez dias, a obra acaba."),
        ("en", "The legislature passed the law.", "es", "El Parlamento aprobó la ley."),
        ("en", "Shares rose 3% on the Copenhagen exchange.", "de", "Aktien stiegen in Kopenhagen um 3 %."),
        (
            "fr",
            "Le salaire moyen a augmenté, a dit Ana Prado, de l’Union des mineurs.",
            "es",
            "El sueldo medio subió, dijo la delegada Ana Prado.",
        ),
        ("fr", "La police recherche une voiture.", "it", "Gli inquirenti cercano un’auto."),
        # What one language denies another may say without a negative, and leave out what else is denied.
        ("en", "The road is not open to traffic.", "fr", "La route est fermée à la circulation."),
        ("de", "Der Preis hat sich nicht verändert.", "es", "El precio se mantiene."),
        ("it", "Il ministro non si dimette.", "en", "The minister is staying on."),
        (
            "de",
            "Nicht die Stürme, sondern der Käfer hat die Fichten zerstört.",
            "fr",
            "Le scolyte a détruit les épicéas.",
        ),
        ("en", "No one was hurt when the roof of the school came down.", "de", "Das Schuldach stürzte ein."),
        (
            "es",
            "El juez no dejó libre a Juan Sanz; lo mandó a la cárcel de Soto.",
            "en",
            "The judge sent Juan Sanz to Soto prison.",
        ),
        ("fr", "Le maire n’a pas hésité à critiquer l’État.", "en", "The mayor openly criticised the state."),
        ("en", "The airline may cut its route to Rome.", "it", "La compagnia valuta il taglio della rotta per Roma."),
    ],
)
def test_what_is_the_same_is_no_doubt(article: str, evidence: str, language: str, claim: str) -> None:
    assert kinds(article, evidence, language, claim) == []


def test_whom_a_sentence_means_by_its_possessive_stands_before_it() -> None:
    evidence = "„Wir wurden nie gefragt“, sagte ihre Sprecherin Petra Lorenz dem Unternehmen."
    before = ("Die Gewerkschaft fordert mehr Lohn.",)
    assert kinds("de", evidence, "en", "The union was never asked, Petra Lorenz said.", before=before) == []
    assert kinds("de", evidence, "en", "The court was never asked, Petra Lorenz said.", before=before) == ["name"]


def test_a_claim_may_add_for_whom_somebody_works() -> None:
    evidence = "Lo ha detto al giornale Eco Ponente la direttrice, Ida Sander."
    before = ("La Nordbau ha offerto 3 milioni.",)
    assert kinds("it", evidence, "pt", "Ida Sander, diretora da Nordbau, confirmou isso.", before=before) == []


def test_it_is_said_by_whom_and_not_by_what_is_said() -> None:
    evidence = "Der Verkauf könnte im Mai beginnen, heißt es in Branchenkreisen."
    claim = "Der Verkauf könnte im Mai anlaufen, heißt es bei denen, die sich auskennen."
    assert kinds("de", evidence, "de", claim) == []


def test_who_stays_unnamed_is_the_same_without_that_word() -> None:
    evidence = "Según dos directivos que pidieron no ser identificados, Juan Sanz estuvo a punto de dimitir en enero."
    assert kinds("es", evidence, "es", "Juan Sanz casi dimitió en enero, según dos directivos.") == []
