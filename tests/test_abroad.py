"""What a right claim may say in quite other words, or in another language than its article, and a wrong one may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summarizer.ground import find
from summarizer.records import Article
from tests.cases import case_about, make_case


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
        # Institutions, people and papers under another language's name; who is cited; units and halves of them.
        (
            "fr",
            "La Cour européenne des droits de l’homme a condamné la France mardi.",
            "en",
            "The European Court of Human Rights ruled against France on Tuesday.",
            "The European Court of Auditors ruled against France on Tuesday.",
            "name",
        ),
        (
            "pt",
            "O Partido Socialista opõe-se à venda.",
            "en",
            "The Socialist Party opposes the sale.",
            "The Liberal Party opposes the sale.",
            "name",
        ),
        (
            "de",
            "Das Bundesverfassungsgericht nahm die Beschwerde am Donnerstag an.",
            "en",
            "The Federal Constitutional Court accepted the complaint on Thursday.",
            "The Federal Labour Court accepted the complaint on Thursday.",
            "name",
        ),
        (
            "es",
            "Un equipo del Consejo Superior de Investigaciones Científicas (CSIC) halló los restos en los Pirineos.",
            "en",
            "A team from the National Research Council (CSIC) found the remains in the Pyrenees.",
            "A team from the National Research Council (CSIC) found the remains in the Alps.",
            "name",
        ),
        (
            "en",
            "President Volodymyr Zelensky met Pope Leo in Rome.",
            "de",
            "Präsident Wolodymyr Selenskyj traf Papst Leo in Rom.",
            "Präsident Wladimir Putin traf Papst Leo in Rom.",
            "name",
        ),
        (
            "es",
            "Según fuentes del Ministerio de Economía, el Gobierno no se opondrá a la venta.",
            "en",
            "Economy Ministry sources said the government would not oppose the sale.",
            "Carlos Cuerpo said the government would not oppose the sale.",
            "name",
        ),
        (
            "de",
            "Das Werk soll verkauft werden, wie das „Handelsblatt“ unter Berufung auf Aufsichtsratskreise berichtet.",
            "en",
            "The plant is to be sold, Handelsblatt reported, citing supervisory board sources.",
            "The plant is to be sold, Katrin Osterhoff said.",
            "attribution",
        ),
        (
            "fr",
            "Le PDG du groupe, Sam Altman, a révélé que l’outil compte 100 millions d’utilisateurs.",
            "en",
            "The tool has 100 million users, according to the company's chief executive, Sam Altman.",
            "The tool has 100 million users, according to the company's chief executive, Satya Nadella.",
            "name",
        ),
        (
            "fr",
            "Il a été condamné en appel à quatre ans de prison.",
            "en",
            "He was sentenced on appeal to four years in prison.",
            "He was sentenced on appeal to five years in prison.",
            "number",
        ),
        (
            "it",
            "Il banchiere fu condannato a sei anni e mezzo di carcere.",
            "en",
            "The banker was sentenced to six and a half years in prison.",
            "The banker was sentenced to six years in prison.",
            "number",
        ),
        (
            "fr",
            "La réunion a duré deux heures et demie.",
            "de",
            "Die Sitzung dauerte zweieinhalb Stunden.",
            "Die Sitzung dauerte zwei Stunden.",
            "number",
        ),
        (
            "en",
            "The storm may bring 15 inches of rain.",
            "fr",
            "La tempête pourrait apporter 38 cm de pluie.",
            "La tempête pourrait apporter 48 cm de pluie.",
            "number",
        ),
        (
            "de",
            "Die Donau stieg am Sonntagabend auf neun Meter.",
            "en",
            "The Danube rose to nine metres on Sunday evening.",
            "The Danube rose to nine metres on Monday evening.",
            "date",
        ),
        (
            "en",
            "Sales reached $980 million in the year to March.",
            "es",
            "Las ventas sumaron 980 millones de dólares en el año cerrado en marzo.",
            "Las ventas sumaron 980 millones de dólares en el año cerrado en mayo.",
            "date",
        ),
        (
            "it",
            "È l’anno più caldo mai registrato in Italia.",
            "en",
            "It is the hottest year ever recorded in Italy.",
            "It is not the hottest year ever recorded in Italy.",
            "negation",
        ),
        (
            "fr",
            "L’inflation est retombée à 1,7 % en septembre.",
            "en",
            "Inflation fell to 1.7% in September.",
            "Inflation rose to 1.7% in September.",
            "negation",
        ),
        (
            "en",
            "Insured losses could exceed $8 billion, Verisk said.",
            "de",
            "Die versicherten Schäden könnten laut Verisk acht Milliarden Dollar übersteigen.",
            "Die versicherten Schäden überstiegen laut Verisk acht Millionen Dollar.",
            "number",
        ),
        (
            "it",
            "L’offerta più alta, presentata dal fondo Bedrock, ammonterebbe a 1,1 miliardi di euro.",
            "en",
            "The highest bid, submitted by the fund Bedrock, is said to amount to €1.1 billion.",
            "The highest bid, submitted by the fund Bedrock, amounted to €1.1 billion.",
            "hedge",
        ),
        (
            "fr",
            "Altman a souligné la volonté d’obtenir des fonds pour le projet de puces, baptisé Tigris.",
            "en",
            "Altman stressed the desire to obtain funds for the chip project, dubbed Tigris.",
            "Altman has obtained funds for his chip project, dubbed Tigris.",
            "hedge",
        ),
        (
            "pt",
            "O banco elevou a taxa em meio ponto percentual, para 3%.",
            "en",
            "The bank raised the rate by half a percentage point to 3%.",
            "The bank raised the rate by a quarter of a percentage point to 3%.",
            "number",
        ),
        (
            "en",
            "Commercial production is unlikely before 2030.",
            "fr",
            "Une production commerciale est peu probable avant 2030.",
            "Une production commerciale a commencé avant 2030.",
            "hedge",
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
        (
            "fr",
            "Les détails de l’accord restent sujets à ajustements.",
            "en",
            "The details of the deal have not been finalized.",
        ),
        (
            "en",
            "Dana Whitfield, a spokeswoman, declined to comment.",
            "es",
            "La portavoz, Dana Whitfield, declinó hacer comentarios.",
        ),
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


@pytest.mark.parametrize(
    ("number", "claim"),
    [
        (2, "It would be one of the most valuable startups, according to unnamed sources cited by Bloomberg."),
        (6, "CEO Sam Altman said last month in San Francisco that ChatGPT has more than 100 million weekly users."),
        (6, "ChatGPT has over 100 million weekly users, according to OpenAI's chief executive, Sam Altman."),
    ],
)
def test_who_speaks_in_the_sample_is_who_speaks_in_english(sample: Article, number: int, claim: str) -> None:
    assert list(find(case_about(sample, claim, [number], language="en"))) == []
