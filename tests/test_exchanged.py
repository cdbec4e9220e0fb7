"""Parts, days and figures that have changed places, and what only looks like it: the checks that need few words."""

from __future__ import annotations

import pytest
from hypothesis import given

from summarizer import Summarizer
from summarizer.ground.doubts.change import check as change
from summarizer.ground.doubts.compared import check as compared
from summarizer.ground.doubts.contest import check as contest
from summarizer.ground.doubts.extent import check as extent
from summarizer.ground.doubts.lasting import check as lasting
from summarizer.ground.doubts.order import check as order
from summarizer.ground.doubts.pairing import check as pairing
from summarizer.ground.reading.tables import read_data
from tests.cases import Check, is_linear, kinds
from tests.strategies import texts

SIX = ("de", "en", "es", "fr", "it", "pt")


@pytest.mark.parametrize(
    ("check", "language", "right", "wrong", "evidence"),
    [
        (extent, "en", "Some farms closed.", "All farms closed.", "Several farms have closed since May."),
        (extent, "en", "Most farms closed.", "Few farms closed.", "Of them 70 percent of the farms closed."),
        (extent, "en", "Most farms closed.", "All the farms closed.", "The storm closed 30 of the 40 farms."),
        (extent, "en", "The cases were mostly mild.", "All cases were mild.", "The cases were mostly mild."),
        (
            extent,
            "fr",
            "La plupart des fermes ferment.",
            "Toutes les fermes ferment.",
            "Presque toutes les fermes ferment.",
        ),
        (
            extent,
            "es",
            "La mayoría de las granjas cierra.",
            "Todas las granjas cierran.",
            "Cierra el 80 % de las granjas.",
        ),
        (extent, "de", "Die meisten Höfe schlossen.", "Alle Höfe schlossen.", "Mehr als die Hälfte der Höfe schloss."),
        (extent, "es", "Hay uno grave.", "Hay cinco, todos ellos graves.", "Cinco heridos, uno de ellos de gravedad."),
        (
            extent,
            "de",
            "Zwei sind schwer verletzt.",
            "Alle sind schwer verletzt.",
            "17 Verletzte, zwei von ihnen schwer.",
        ),
        (
            extent,
            "fr",
            "Deux sont grièvement touchés.",
            "Tous gravement touchés.",
            "Dix blessés, deux d'entre eux gravement.",
        ),
        (extent, "it", "Alcune fattorie chiudono.", "Tutte le fattorie chiudono.", "Chiudono alcune fattorie."),
        (
            extent,
            "fr",
            "Trois blessés, dont un gravement.",
            "Trois blessés, tous gravement.",
            "Trois, dont un gravement.",
        ),
        (extent, "pt", "A maioria das quintas fecha.", "Todas as quintas fecham.", "Fecham 30 das 40 quintas."),
        (order, "en", "Ann Lee leaves before 6 May.", "Ann Lee leaves after 6 May.", "Ann Lee must leave by 6 May."),
        (
            order,
            "en",
            "Ann Lee goes before May ends.",
            "Ann Lee goes once it is May 2026.",
            "Ann Lee goes before May 2026.",
        ),
        (
            order,
            "en",
            "It is shut until Monday.",
            "It is shut until Friday.",
            "Shut until Monday, Ann Lee said on Friday.",
        ),
        (order, "de", "Bis 6. Mai zu.", "Bis 3. Mai zu.", "Bis zum 6. Mai bleibt es zu, sagte er am 3. Mai."),
        (order, "fr", "Le juge part avant le 6 mai.", "Le juge part dès le 6 mai.", "Le juge part avant le 6 mai."),
        (order, "es", "Sale antes del 6 de mayo.", "Sale después del 6 de mayo.", "Sale a más tardar el 6 de mayo."),
        (order, "de", "Sie geht spätestens am 6. Mai.", "Sie geht nach dem 6. Mai.", "Sie geht vor dem 6. Mai."),
        (order, "it", "Lascia prima del 6 maggio.", "Lascia dopo il 6 maggio.", "Lascia entro il 6 maggio."),
        (order, "pt", "Sai antes de 6 de maio.", "Sai a partir de 6 de maio.", "Sai antes de 6 de maio."),
        (pairing, "en", "Ada got 5 votes, Bo 7 votes.", "Ada got 7 votes, Bo 5 votes.", "Bo had 7 votes; Ada had 5."),
        (pairing, "en", "It saw 9 cars and 4 buses.", "It saw 4 cars and 9 buses.", "Police saw 4 buses and 9 cars."),
        (
            pairing,
            "fr",
            "Lille perd 3 %, Metz gagne 9 %.",
            "Lille gagne 9 %, Metz perd 3 %.",
            "Metz gagne 9 % ; Lille perd 3 %.",
        ),
        (
            pairing,
            "es",
            "Ana da 6 euros y Luis, 2 euros.",
            "Ana da 2 euros y Luis, 6 euros.",
            "Luis da 2 euros; Ana, 6 euros.",
        ),
        (
            pairing,
            "de",
            "Ulm hat 8 Betten, Fürth 3 Betten.",
            "Ulm hat 3 Betten, Fürth 8 Betten.",
            "In Fürth gibt es 3 Betten, in Ulm 8.",
        ),
        (
            pairing,
            "it",
            "Milano ha 4 milioni, Torino 2.",
            "Milano ha 2 milioni, Torino 4.",
            "Torino ha 2 milioni; Milano ne ha 4.",
        ),
        (
            pairing,
            "pt",
            "Braga tem 12 casos e Faro 31.",
            "Braga tem 31 casos e Faro 12.",
            "Faro tem 31 casos; Braga, 12.",
        ),
        (
            change,
            "en",
            "It went from 4 million to 3 million.",
            "It went from 3 to 4 million.",
            "It fell from 4 million in 2013 to 3 million.",
        ),
        (
            change,
            "fr",
            "Le prix passe de 9 à 4 euros.",
            "Le prix passe de 4 à 9 euros.",
            "Il passe de 9 euros à 4 euros.",
        ),
        (
            change,
            "es",
            "El paro bajó del 18 % al 11 %.",
            "El paro pasó del 11 % al 18 %.",
            "El paro cayó del 18 al 11 %.",
        ),
        (
            change,
            "de",
            "Die Zahl fiel von 310 auf 85.",
            "Die Zahl stieg von 85 auf 310.",
            "Sie ging von 310 Paaren auf 85 zurück.",
        ),
        (
            change,
            "it",
            "Passa da 120 mila a 75 mila.",
            "Passa da 75 mila a 120 mila.",
            "È sceso a 75 mila da 120 mila.",
        ),
        (
            change,
            "pt",
            "Passou de 90 para 35 milhões.",
            "Passou de 35 para 90 milhões.",
            "Desceu de 90 para 35 milhões.",
        ),
        (
            change,
            "pt",
            "Abre 15 lojas, e não 40.",
            "Abre 40 lojas, e não 15.",
            "O plano de 40 lojas foi reduzido a 15.",
        ),
    ],
)
def test_what_is_exchanged_is_found(check: Check, language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(check, right, evidence, language=language) == []
    assert kinds(check, wrong, evidence, language=language) == ["date" if check is order else "number"]


@pytest.mark.parametrize(
    ("check", "claim", "evidence"),
    [
        (extent, "All farms closed.", "The farms closed, some barns too."),
        (extent, "All farms closed.", "Some farms closed in May, and all farms by June."),
        (extent, "Some farms closed.", "All farms closed."),
        (extent, "Not all farms closed.", "Some of the farms closed."),
        (extent, "It comes every 5 years.", "It took half a year."),
        (extent, "All 40 farms closed.", "It closed 40 farms."),
        (order, "The museum opens not before 6 May.", "The museum, it said, remains closed until 6 May."),
        (order, "He does not leave before 6 May.", "He leaves after 6 May."),
        (order, "She vanished from Detroit in 2001.", "She was missed by her family in 2001."),
        (order, "It runs until 6 May.", "It runs from 2 April to 6 May."),
        (order, "Ann Lee leaves after 6 May.", "Ann Lee leaves before 7 May."),
        (order, "Ann Lee leaves after 6 May.", "The vote on the dam is before 6 May."),
        (pairing, "Ada won 7-5 against Bo.", "Bo lost 5-7 to Ada."),
        (pairing, "Ada, 14, and Bo, 16, are well.", "Two boys, 16 and 14, are well: Bo and Ada."),
        (pairing, "Ada spent $12, above the $9 planned.", "Planned at $9, Ada said, it cost $12 as is now planned."),
        (pairing, "Ada got 5 votes.", "Bo had 7 votes; Ada had 5."),
        (pairing, "Ada got 5 votes, Bo got 7 days.", "Bo had 7 days; Ada had 5 votes."),
        (pairing, "Ada got 5 votes and Bo got 5 votes.", "Bo had 7 votes; Ada had 5."),
        (pairing, "Of the 640 million euros Halden spent 640 million.", "Halden spent 640 million on it."),
        (
            pairing,
            "Sales were 5 million, costs 7 million.",
            "Costs of 7 million, sales of 5 million; in June 7 million.",
        ),
        (lasting, "It lasted for years.", "It lasted for decades."),
        (lasting, "After sixty years of work he left.", "He worked for weeks."),
        (lasting, "It lasted for three months.", "It lasted for years."),
        (change, "It fell from 40 to 3.", "It rose from 3 to 40, then fell from 40 to 3."),
        (change, "It takes from 3 to 40 days.", "Of 40 trips, 3 went to Rome."),
        (change, "It fell to 3 from 40.", "It fell from 40 to 3."),
        (change, "From 3 to 40 people came.", "From 1990 to 2000 it had 40 staff."),
    ],
)
def test_what_only_looks_like_it_is_left_alone(check: Check, claim: str, evidence: str) -> None:
    assert kinds(check, claim, evidence) == []


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("en", "It went at 60 km/h, below the limit of 80.", "It went at 60 km/h, above the limit of 80."),
        ("en", "It made $9 million, up from $5 million.", "It made $9 million, down from $5 million."),
        ("fr", "Il coûte 9 euros, plus que les 5 prévus.", "Il coûte 9 euros, moins que les 5 prévus."),
        ("de", "Es kostet 9 Euro, mehr als die 5 Euro von 2020.", "Es kostet 9 Euro, weniger als die 5 Euro von 2020."),
        ("es", "Cuesta 9 euros, más que los 5 previstos.", "Cuesta 9 euros, menos que los 5 previstos."),
        ("it", "È durato tre anni, meno dei cinque previsti.", "È durato tre anni, più dei cinque previsti."),
        ("pt", "Custou R$ 9, acima dos R$ 5 previstos.", "Custou R$ 9, abaixo dos R$ 5 previstos."),
    ],
)
def test_a_comparison_that_its_own_figures_refute_is_found(language: str, right: str, wrong: str) -> None:
    assert kinds(compared, right, "", language=language) == []
    assert kinds(compared, wrong, "", language=language) == ["number"]


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("en", "It killed 60 people, more than 80 were hurt."),
        ("en", "The top 5% earn more than the other 10%."),
        ("en", "It made $9 million on sales of $5 million, up from $7 million."),
        ("en", "It made at least $9 million, more than the $12 million planned."),
        ("en", "Pay is to rise by 6%, less than twice the 4% on offer."),
        ("it", "Vale 9 milioni, inferiore del 30% a quello di prima."),
        ("it", "Durò sette anni e quattro mesi, più dei cinque anni previsti."),
    ],
)
def test_what_only_looks_like_such_a_comparison_is_left_alone(language: str, claim: str) -> None:
    assert kinds(compared, claim, "", language=language) == []


@pytest.mark.parametrize(
    ("check", "article", "language", "right", "wrong", "evidence"),
    [
        (pairing, "fr", "en", "Ada got 5, Bo got 7.", "Ada got 7, Bo got 5.", "Bo a 7 voix ; Ada en a 5."),
        (change, "de", "pt", "Caiu de 310 para 85.", "Subiu de 85 para 310.", "Die Zahl fiel von 310 auf 85."),
        (extent, "en", "fr", "Deux des 23 cadres partent.", "Les 23 cadres partent.", "Two of the 23 managers go."),
        (extent, "en", "de", "Nur wenige der 90 gehen weg.", "Alle 90 gehen weg.", "A handful of the 90 people go."),
    ],
)
def test_figures_are_the_same_in_another_language(
    check: Check, article: str, language: str, right: str, wrong: str, evidence: str
) -> None:
    assert kinds(check, right, evidence, language=article, claim_language=language) == []
    assert kinds(check, wrong, evidence, language=article, claim_language=language) == ["number"]


@pytest.mark.parametrize(
    ("check", "claim", "evidence"),
    [
        (pairing, "It lost €7m on sales of €95m in 2021.", "En 2021, pour 95 M€ de ventes, le moulin a perdu 7 M€."),
        (extent, "The 23 managers stay, and none goes.", "Trois des 23 cadres partent."),
        (extent, "The 23 managers met.", "Les cadres se sont réunis en mai ; trois des 23 cadres partent."),
        (extent, "All managers go.", "Quelques cadres partent."),
    ],
)
def test_what_words_alone_would_tell_is_not_compared_across_languages(check: Check, claim: str, evidence: str) -> None:
    assert kinds(check, claim, evidence, language="fr", claim_language="en") == []


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence", "source"),
    [
        ("en", "It passed by 41 votes to 33.", "It passed by 33 votes to 41.", "41 votos a favor, 33 en contra", "es"),
        ("fr", "Voté par 187 voix contre 142.", "Voté par 142 voix contre 187.", "187 votes to 142", "en"),
        ("de", "Mit 98 zu 71 Stimmen.", "Mit 71 zu 98 Stimmen.", "98 voti a favore, 71 contrari", "it"),
        ("it", "Passa con 98 sì e 71 no.", "Passa con 71 sì e 98 no.", "Es gab 98 Ja-Stimmen, 71 Gegenstimmen.", "de"),
        ("pt", "Com 71 contra e 98 a favor.", "Com 98 contra e 71 a favor.", "98 voix pour, 71 voix contre", "fr"),
        ("es", "Con 98 síes y 71 noes.", "Con 71 síes y 98 noes.", "Com 98 votos a favor e 71 contra.", "pt"),
    ],
)
def test_those_for_it_are_not_those_against_it(
    language: str, right: str, wrong: str, evidence: str, source: str
) -> None:
    assert kinds(pairing, right, evidence, language=source, claim_language=language) == []
    assert kinds(pairing, wrong, evidence, language=source, claim_language=language) == ["number"]


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Halden was sued by Acme.", "Acme was sued by Halden.", "Acme sued Halden over a patent."),
        ("en", "Acme sued Halden.", "Halden sued Acme.", "Acme sued Halden over a patent."),
        ("fr", "Dupont a été critiqué par Martin.", "Martin a été critiqué par Dupont.", "Martin a critiqué Dupont."),
        ("es", "Iriarte fue denunciado por Lumbre.", "Iriarte denunció a Lumbre.", "Lumbre denunció a Iriarte."),
        ("it", "Ferval ha citato Morselli.", "Morselli ha citato Ferval.", "Ferval ha citato Morselli in giudizio."),
        ("pt", "Trilhos processou Moura.", "Moura processou Trilhos.", "Trilhos processou Moura em maio."),
    ],
)
def test_who_does_it_is_not_to_whom_it_is_done(language: str, right: str, wrong: str, evidence: str) -> None:
    names = [word.rstrip(".") for word in evidence.split() if word[0].isupper()]
    before = [f"(Photo) {names[0]}, {names[1]}"]
    assert kinds(contest, right, evidence, language=language, before=before) == []
    assert kinds(contest, wrong, evidence, language=language, before=before) == ["name"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Halden met Acme.", "Acme met Halden in May."),
        ("Halden did not sue Acme.", "Acme sued Halden."),
        ("Halden spoke to Acme.", "Acme spoke to Halden."),
        ("Halden and Acme sued.", "Acme sued Halden."),
    ],
)
def test_what_two_do_together_has_no_order(claim: str, evidence: str) -> None:
    assert kinds(contest, claim, evidence, before=["(Photo) Acme, Halden"]) == []


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "It moves from Paris to Lyon.", "It moves from Lyon to Paris.", "The move from Paris to Lyon is off."),
        ("fr", "Il va de Paris à Lyon.", "Il va de Lyon à Paris.", "Le train de Paris à Lyon est complet."),
        ("de", "Er fährt von Ulm nach Fürth.", "Er fährt von Fürth nach Ulm.", "Der Zug von Ulm nach Fürth ist voll."),
        ("es", "Va de Ourense a Sarria.", "Va de Sarria a Ourense.", "El tren de Ourense a Sarria no para."),
    ],
)
def test_a_way_is_not_the_way_back(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(change, right, evidence, language=language) == []
    assert kinds(change, wrong, evidence, language=language) == ["name"]
    assert kinds(change, wrong, evidence, f"{wrong} {right}", language=language) == []


def test_of_what_was_rejected_the_first_number_may_be_of_those_against_it() -> None:
    told = "Of the members, 142 votes were in favour, 187 votes against."
    assert kinds(pairing, "It was rejected by 187 votes to 142.", "142 votes in favour, 187 votes against", told) == []


def test_an_exchange_over_two_sentences_is_found() -> None:
    evidence = "Halden had sales of $2.3 billion.", "Norvane had sales of $640 million."
    assert kinds(pairing, "Norvane sold for $640 million, and Halden for $2.3 billion.", *evidence) == []
    assert kinds(pairing, "Norvane sold for $2.3 billion, and Halden for $640 million.", *evidence) == ["number"]


def test_an_exchange_counts_against_a_claim_without_cites() -> None:
    article = "Halden had sales of $2.3 billion; Norvane had $640 million. Both are old."
    wrong = "Norvane sold for $2.3 billion, and Halden for $640 million."
    (check,) = Summarizer().check(article, wrong).checks
    assert [finding.kind for finding in check.findings] == ["number"]


def test_who_did_it_counts_against_a_claim_without_cites_that_has_the_same_words() -> None:
    article = "The market watched Acme and Halden. Acme sued Halden over a patent on Monday. Nobody expected it."
    wrong, right, other = (
        Summarizer().check(article, text).checks[0]
        for text in (
            "Halden sued Acme over a patent on Monday.",
            "Acme sued Halden over a patent on Monday.",
            "Halden sued Acme over the unpaid bills of a shipyard.",
        )
    )
    assert [finding.kind for finding in wrong.findings] == ["name"]
    assert right.supported
    assert all("changed places" not in finding.detail for finding in other.findings)


@pytest.mark.parametrize(
    ("name", "table", "sorts"),
    [
        ("extent", "parts", {"all", "most", "not all", "some", "few", "mostly"}),
        ("order", "sides", {"before", "until", "after", "wide before", "wide after"}),
        ("tacit", "groups", {"against", "half", "remain"}),
    ],
)
def test_each_sort_has_words_in_six_languages(name: str, table: str, sorts: set[str]) -> None:
    rows = read_data(name)[table]
    assert sorts <= set(rows)
    assert {tuple(sorted(row)) for row in rows.values()} == {SIX}


@given(texts(), texts())
def test_no_text_makes_a_check_raise(claim: str, evidence: str) -> None:
    kinds(extent, f"All {claim}", evidence)
    kinds(order, f"{claim} before 6 May", f"{evidence} after 6 May")
    kinds(pairing, claim, evidence)
    kinds(change, f"{claim} from 40 to 3", f"{evidence} from 3 to 40")


@pytest.mark.parametrize(
    ("check", "start", "piece"),
    [
        (extent, "All men. ", "all men, "),
        (extent, "All men. ", "3 of 4 men "),
        (extent, "All men. ", "some of the "),
        (order, "Before 6 May. ", "after 6 May "),
        (order, "Before 6 May. ", "not before 6 May, "),
        (order, "Before 6 May. ", "no no after May "),
        (pairing, "Ada 5, Bo 7. ", "5 men, "),
        (pairing, "Ada 5, Bo 7. ", "5 men and "),
        (pairing, "Ada 5, Bo 7. ", "Ada 5; Bo "),
        (pairing, "A vote: ", "5 votes to 7, "),
        (pairing, "A vote: ", "5 votes for, 7 against, "),
        (change, "", "from 3 to 40 "),
        (change, "", "from Paris to Lyon "),
        (compared, "", "$9, more than the $12, "),
    ],
)
def test_the_time_grows_with_the_text(check: Check, start: str, piece: str) -> None:
    assert is_linear(check, piece, start=start)
