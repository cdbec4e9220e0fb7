"""Two figures that have changed places, and what only looks like it."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer import Summarizer
from summarizer.ground import pairing
from tests import cases
from tests.cases import doubts, make_case
from tests.strategies import texts

kinds = partial(cases.kinds, pairing.check)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Ada got 5 votes, Bo got 7 votes.", "Ada got 7 votes, Bo got 5 votes.", "Bo had 7 votes; Ada had 5."),
        (
            "en",
            "It saw 900 cars and 40 buses.",
            "It saw 40 cars and 900 buses.",
            "Police counted 40 buses and 900 cars.",
        ),
        (
            "fr",
            "Lille perd 3 %, Metz gagne 9 %.",
            "Lille gagne 9 %, Metz perd 3 %.",
            "Metz a gagné 9 % ; Lille a perdu 3 %.",
        ),
        (
            "es",
            "Ana pide 6 euros y Luis da 2 euros.",
            "Ana pide 2 euros y Luis da 6 euros.",
            "Luis ofrece 2 euros; Ana, 6 euros.",
        ),
        (
            "de",
            "Ulm hat 80 Betten, Fürth 30 Betten.",
            "Ulm hat 30 Betten, Fürth 80 Betten.",
            "In Fürth gibt es 30 Betten, in Ulm 80.",
        ),
        (
            "it",
            "Milano spende 4 milioni, Torino 2 milioni.",
            "Milano spende 2 milioni, Torino 4 milioni.",
            "Torino spende 2 milioni; Milano ne spende 4 milioni.",
        ),
        (
            "pt",
            "Braga tem 12 casos e Faro tem 31.",
            "Braga tem 31 casos e Faro tem 12.",
            "Faro registou 31 casos; Braga, 12.",
        ),
    ],
)
def test_figures_that_changed_places_are_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language) == ["number"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Ada won 7-5 against Bo.", "Bo lost 5-7 to Ada."),
        ("Ada, 14, and Bo, 16, are well.", "Two boys, 16 and 14, are well: Bo and Ada."),
        ("Ada got 5 votes.", "Bo had 7 votes; Ada had 5."),
        ("Ada got 5 votes, Bo got 7 days.", "Bo had 7 days; Ada had 5 votes."),
        ("Ada got 5 votes and Bo got 5 votes.", "Bo had 7 votes; Ada had 5."),
        (
            "Sales were 5 million, costs 7 million.",
            "Costs of 7 million and sales of 5 million were told in May; 7 million in June.",
        ),
    ],
)
def test_what_is_no_exchange_is_left_alone(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_an_exchange_over_two_sentences_is_found() -> None:
    evidence = "Halden had sales of $2.3 billion.", "Norvane had sales of $640 million."
    assert kinds("Norvane sold for $640 million, and Halden for $2.3 billion.", *evidence) == []
    assert kinds("Norvane sold for $2.3 billion, and Halden for $640 million.", *evidence) == ["number"]


def test_an_exchange_counts_against_a_claim_without_cites() -> None:
    article = "Halden had sales of $2.3 billion; Norvane had $640 million. Both are old."
    wrong = "Norvane sold for $2.3 billion, and Halden for $640 million."
    (check,) = Summarizer().check(article, wrong).checks
    assert [finding.kind for finding in check.findings] == ["number"]


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("Ada got 7, Bo got 5.", "Bo a 7 voix ; Ada en a 5.", ["number"]),
        ("Ada got 5, Bo got 7.", "Bo a 7 voix ; Ada en a 5.", []),
        ("The mill lost €7m on sales of €95m in 2021.", "En 2021 le moulin a perdu 7 M€, pour 95 M€ de ventes.", []),
    ],
)
def test_across_languages_the_words_that_are_alike_are_compared(claim: str, evidence: str, found: list[str]) -> None:
    case = make_case(claim, [evidence], language="fr", claim_language="en")
    assert doubts(pairing.check, case) == found


@given(texts(), texts())
def test_no_text_makes_the_check_raise(claim: str, evidence: str) -> None:
    kinds(claim, evidence)


@pytest.mark.parametrize("piece", ["5 men, ", "5 men and ", "Ada 5; Bo "])
def test_the_time_grows_with_the_text(piece: str) -> None:
    assert cases.is_linear(pairing.check, piece, start="Ada 5, Bo 7. ")
