"""Whether a claim restates a unit, and what is held against a claim that cites nothing and does not."""

from __future__ import annotations

import pytest

from summarizer.ground import ground
from summarizer.ground.restate import HALF, restates, retells
from summarizer.plan import split
from summarizer.records import Article, Check
from summarizer.schema import Claim
from tests.cases import make_case

PLANS = "Norvane plans to close its foundry in Halden next spring, the newspaper Dagens reported on Friday."
ARTICLE = Article(
    f"{PLANS} The foundry employs 420 people. Its furnaces were built in 1961. The union Fellesforbundet called "
    "the plan a disaster. Norvane bought the smelter in Odda for 90 million euros three years ago.",
    language="en",
)


def checked(text: str, cites: list[int]) -> Check:
    found = ground([("/x", Claim(text=text, cites=cites))], split(ARTICLE.text, "en"), language="en")
    return found.checks[0]


def kinds(check: Check) -> set[str]:
    return {finding.kind for finding in check.findings}


@pytest.mark.parametrize(
    "claim",
    [
        "Norvane will close its foundry in Halden next spring.",
        "Norvane plans to close its foundry in Halden.",
        "In Halden Norvane's foundry will close next spring, the newspaper Dagens reported on Friday.",
    ],
)
def test_the_words_of_a_unit_in_their_order_restate_it(claim: str) -> None:
    assert restates(make_case(claim, [PLANS]), 0.7)


@pytest.mark.parametrize(
    "claim",
    [
        "Friday reported Dagens, spring next Halden foundry close Norvane.",
        "Hundreds of jobs are lost because Norvane is leaving the town of Halden.",
        "Norvane.",
        "",
    ],
)
def test_other_words_or_another_order_do_not(claim: str) -> None:
    assert not restates(make_case(claim, [PLANS]), HALF)


def test_the_order_of_a_very_long_claim_is_not_looked_at() -> None:
    assert not restates(make_case(PLANS * 50, [PLANS * 50]))


def test_a_plan_told_as_a_fact_counts_without_a_cite_when_the_words_are_the_same() -> None:
    assert kinds(checked("Norvane closed its foundry in Halden.", [])) == {"hedge"}


LOOSE = "The foundry in Halden closed, a blow to Norvane and a disaster for the union and the town."


def test_a_loose_retelling_is_held_against_the_sentences_it_cites() -> None:
    assert kinds(checked(LOOSE, [1, 4])) == {"hedge"}


def test_a_loose_retelling_without_a_cite_is_supported_and_only_riskier() -> None:
    close, loose = checked("Norvane plans to close its foundry in Halden.", []), checked(LOOSE, [])
    assert (loose.verdict, loose.findings, loose.risk > close.risk) == ("supported", (), True)


def test_a_number_of_something_else_is_no_fault_of_a_loose_retelling_without_a_cite() -> None:
    assert kinds(checked("Workers at the Norvane site, some 420, fear for a town that lived on iron.", [])) == set()


def test_the_same_number_is_a_fault_beside_a_cite() -> None:
    assert "number" in kinds(checked("Norvane bought the smelter in Odda for 420 million euros.", [5]))


def test_a_number_that_stands_nowhere_is_a_fault_without_a_cite_too() -> None:
    assert "number" in kinds(checked("Workers at the Norvane site, some 650, fear for a town that lived on iron.", []))


def test_a_bound_left_out_is_no_fault_without_a_cite_unless_the_words_are_the_same() -> None:
    article = Article("The fire took more than 40 homes on the hill. The wind had turned.", language="en")
    claims = ("The wind turned, and the fire on the hill took 40 homes.", "The fire took 40 homes on the hill.")
    pairs = [(f"/{at}", Claim(text=text, cites=[])) for at, text in enumerate(claims)]
    found = ground(pairs, split(article.text, "en"), language="en").checks
    assert [kinds(check) for check in found] == [set(), {"number"}]


def test_a_date_from_elsewhere_in_the_article_is_no_fault_without_a_cite() -> None:
    assert kinds(checked("What Norvane wants to give up has stood in Halden since 1961.", [])) == set()


def test_a_year_that_stands_nowhere_is_a_fault_without_a_cite_too() -> None:
    assert kinds(checked("What Norvane wants to give up has stood in Halden since 1971.", [])) == {"date", "overlap"}


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Next winter heating will cost 12 percent more, says Karin Dahl, who leads the opposition.", {"number"}),
        ("Next winter heating will cost more than 12 percent more, says the opposition.", {"number"}),
        ("Next winter heating will cost up to 12 percent more, says the opposition.", set()),
        ("Some 212 people work at the plant that the opposition wants to keep, Karin Dahl says.", set()),
    ],
)
def test_an_up_to_left_out_is_a_fault_even_of_a_loose_retelling_without_a_cite(claim: str, expected: set[str]) -> None:
    text = (
        "Opposition leader Karin Dahl said the plan would raise heating bills by up to 12 percent next winter. "
        "The plant employs more than 212 people. Karin Dahl wants to keep it open."
    )
    found = ground([("/x", Claim(text=claim, cites=[]))], split(text, "en"), language="en").checks[0]
    assert kinds(found) == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Karin Dahl said the smelter loses money every month.", {"attribution"}),
        ("The smelter loses money every month, according to Karin Dahl.", {"attribution"}),
        ("Ola Moen said the smelter loses money every month.", set()),
        ("Karin Dahl said the smelter was expensive.", set()),
        ("Karin Dahl said the foundry employs 420 people.", set()),  # nobody says it in the article
        ("The union said that the plan would cost many jobs.", set()),
    ],
)
def test_who_says_what_a_sentence_says_is_compared_without_a_cite(claim: str, expected: set[str]) -> None:
    text = (
        f"{ARTICLE.text} Karin Dahl, who works there, wants to keep it open. The smelter loses money every month, "
        "said Ola Moen of the bank."
    )
    found = ground([("/x", Claim(text=claim, cites=[]))], split(text, "en"), language="en").checks[0]
    assert kinds(found) == expected


def test_what_somebody_says_is_retold_whoever_says_it() -> None:
    case = make_case(
        "Karin Dahl said the plan was a disaster for the town.", ["It was a disaster for the town, she said."]
    )
    assert (restates(case), retells(case)) == (False, False)
    case = make_case(
        "Karin Dahl said it was a disaster for the town.", ["It was a disaster for the town, Ann Lee said."]
    )
    assert (restates(case), retells(case)) == (False, True)
    assert not retells(make_case("It was a disaster for the town.", ["It was a disaster for the town, Ann Lee said."]))
