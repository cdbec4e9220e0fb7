"""What good English summaries say in their own words, and the errors beside it, on sentences that they cite."""

from __future__ import annotations

import pytest

from summarizer.ground import find
from tests.cases import make_case


def kinds(claim: str, *evidence: str, language: str = "en") -> set[str]:
    return {finding.kind for finding in find(make_case(claim, evidence, language=language))}


MOTHER = "A mother furious at her son for apparently taking part in the riots has become a sensation online."
LAWYER = "Clarke tried to persuade jurors that her client was led by his brother."
SUMMITS = "This hasn't stopped recent summits descending into disasters."
EMAIL = "We cannot help but notice that your company, Halden, grows fast."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Recent summits descended into disasters.", SUMMITS),
        ("The firm offers Halden services that can help it grow.", EMAIL),
        ("The father is conscious but unable to move.", "The father is conscious but cannot move."),
        ("Clarke argued that her client was led by his brother.", LAWYER),
        ("A mother furious at her son has become a sensation online.", MOTHER),
        ("The museum does not object to the return of the statue.", "The museum would not oppose the return of it."),
    ],
)
def test_a_true_rewording_passes(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == set()


@pytest.mark.parametrize(
    ("claim", "evidence", "kind"),
    [
        ("This has stopped recent summits.", SUMMITS, "negation"),
        ("We cannot help the company grow.", "We help the company grow, which we cannot help but notice.", "negation"),
        ("The father is conscious and able to move.", "The father is conscious but cannot move.", "negation"),
        ("Clarke persuaded jurors that her client was led by his brother.", LAWYER, "hedge"),
        ("A mother furious at her son for taking part in the riots has become a sensation online.", MOTHER, "hedge"),
        ("He was charged with running a scheme.", "He was charged with allegedly running a scheme.", "hedge"),
        ("The museum objects to the return of it.", "The museum would not oppose the return of it.", "negation"),
    ],
)
def test_the_error_beside_it_is_found(claim: str, evidence: str, kind: str) -> None:
    assert kind in kinds(claim, evidence)


def test_who_is_to_be_determined_is_not_determined_to() -> None:
    evidence = ("The director wants to stage the show.", "The venue has yet to be determined.")
    assert kinds("The director is determined to stage the show.", *evidence) == set()
    assert kinds("The venue has been determined.", *evidence) >= {"negation"}


def test_a_speaker_may_stand_before_an_insertion() -> None:
    said = "Ann Berg, backed by three others, claims that Tom Lee is unfit."
    assert kinds(said, "Ann Berg says that Tom Lee is unfit.") == set()
    assert kinds("Tom Lee claims that Ann Berg is unfit.", "Ann Berg says that Tom Lee is unfit.")


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "kind"),
    [
        ("en", "Three of five members were for the sale.", "Two of five members were for the sale.", "number"),
        ("en", "Rothau holds the rights from 2034.", "Rothau holds the rights until 2034.", "date"),
        ("es", "Rothau tiene los derechos desde 2034.", "Rothau tiene los derechos hasta 2034.", "date"),
        ("it", "Rothau detiene i diritti dal 2034.", "Rothau detiene i diritti fino al 2034.", "date"),
        ("en", "The ministry rejected the estimate.", "The ministry did not comment on the estimate.", "negation"),
    ],
)
def test_a_small_exchange_is_found(language: str, claim: str, evidence: str, kind: str) -> None:
    assert kind in kinds(claim, evidence, language=language)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Mayor Piero Danesi speaks of a thud.", "The mayor, Piero Danesi, speaks of a thud."),
        ("The Danish team won the match.", "The team from Denmark won the match."),
        ("Rothau holds the rights from 2024 to 2034.", "Rothau holds the rights from 2024 until 2034."),
        ("The ministry refused to comment on the estimate.", "The ministry did not comment on the estimate."),
        (
            "The ministry rejected the estimate.",
            "The ministry rejected the estimate and did not comment on the report.",
        ),
    ],
)
def test_what_resembles_an_exchange_passes(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == set()
