"""Opposites beside the same thing, and what only looks like them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer import Summarizer
from summarizer.ground.doubts import contrast
from summarizer.ground.reading.tables import read_data
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, contrast.check)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "It grew by 4%.", "It shrank by 4%.", "Sales, the firm said, rose 4% in May."),
        ("en", "It made $17 million.", "It earned a profit of $17 million.", "It had a loss of $17 million."),
        ("en", "He spoke after the vote.", "He spoke before the vote.", "After the vote, he spoke at length."),
        ("en", "They met in eastern Ghana.", "They met in western Ghana.", "Both met in eastern Ghana."),
        ("fr", "Le prix baisse de 47 %.", "Le prix monte de 47 %.", "Les cellules ont chuté de 47 %."),
        ("fr", "Un déficit de 17 M€.", "Un bénéfice de 17 M€.", "La compagnie a perdu 17 millions d’euros."),
        ("es", "Cedió un 3,6 %.", "Ganó un 3,6 %.", "Las acciones bajaron un 3,6 %."),
        ("de", "Er sank um 14 Prozent.", "Er stieg um 14 Prozent.", "Der Umsatz fiel um 14 Prozent."),
        ("de", "Ein Viertel weniger Gäste.", "Ein Viertel mehr Gäste.", "Die Zahl der Gäste sank um ein Viertel."),
        ("de", "Sie fiel nach dem letzten Lauf.", "Sie fiel vor dem letzten Lauf.", "Nach dem letzten Lauf fiel sie."),
        ("en", "It broke after the last lap.", "It broke before the last lap.", "After the final lap, it broke."),
        ("es", "Un verano seco en Lugo.", "Un verano lluvioso en Lugo.", "El verano fue seco en Lugo."),
        ("it", "È calata del 27%.", "È aumentata del 27%.", "Ha prodotto il 27% in meno."),
        ("pt", "Com vendas 3% maiores.", "Com vendas 3% menores.", "As vendas subiram 3% neste ano."),
        ("en", "Sales are 3% higher.", "Sales are 3% lower.", "Sales rose by 3% in the year."),
        ("es", "Litoral ganaba un 3,6 %.", "Litoral perdía un 3,6 %.", "Las acciones de Litoral subieron un 3,6 %."),
        ("de", "Die Zahl, die auf 6.300 zunahm.", "Die Zahl, die auf 6.300 abnahm.", "Sie stieg auf 6.300."),
        ("pt", "Viu as ações caírem 4,2%.", "Viu as ações subirem 4,2%.", "As ações recuaram 4,2%."),
        ("pt", "Ficou 21% acima.", "Ficou 21% abaixo.", "A oferta é 21% acima do mínimo."),
    ],
)  # fmt: skip
def test_an_opposite_beside_the_same_thing_is_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language)[:1] == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("es", "Los hogares pagan un 20 % más que los bares.", "Los bares pagan un 20 % menos que los hogares."),
        ("en", "She felt dizzy before sitting down.", "The crew cheered after the tall man was sitting."),
        ("en", "Wisconsin defeated Kentucky 71-64.", "Kentucky fell 71-64."),
        ("en", "Halden lost 2% while Norvane gained 17%.", "Norvane rose 17%, while Halden slipped 2%."),
        ("en", "Earnings were $5.52, against a loss last year.", "Earnings of $5.52 compare with a loss of $1.46."),
        ("en", "It did not rise by 4%.", "It fell by 4%."),
        ("de", "Der Gewinn ging um 25 Prozent zurück.", "Der Gewinn sank um ein Viertel."),
        ("en", "It cycles up to 85 miles.", "He went down 85 miles later."),
        ("en", "Profit fell to $5 from $9 despite a rise in sales.", "Sales rose, but profit fell from $9 to $5."),
        ("en", "A tough question about medicine.", "Should it be easy to question medicine?"),
    ],
)  # fmt: skip
def test_what_is_no_contradiction_is_left_alone(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_an_opposite_counts_against_a_claim_without_cites() -> None:
    article = "Shares rose 4% in May. Before the board's vote, Ann Lee had posted a long letter to all the staff."
    found = [
        check.supported for check in Summarizer().check(article, "Shares fell 4%.\nStaff came, and shares rose.").checks
    ]
    assert found == [False, True]


@given(texts(), texts())
def test_any_text_is_compared(one: str, other: str) -> None:
    assert set(kinds(one, other)) <= {"negation"}


def test_the_time_grows_with_claim_and_evidence() -> None:
    claim, evidence = "It rose 4% before the vote, up. ", "It fell 4% after the vote. "
    assert cases.is_linear(contrast.check, claim, evidence=evidence)


def test_the_directions_are_concepts_of_the_table() -> None:
    known = read_data("concepts")["concepts"]
    assert all(concept[1:] in known for concept in contrast.directions("en").every)
