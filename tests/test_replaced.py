"""Which sentence of the article takes the place of a claim that nothing supports."""

from __future__ import annotations

import json
from typing import TypeVar

import pytest
from pydantic import BaseModel

from summarizer import Claim, Limits, Result, ScriptedProvider, Summarizer, Summary
from summarizer.pipeline.draft import UNPLACED, UNREPLACED

from . import replies

VOTE = "The council of Marrow Falls voted on Tuesday to repair the dam."
COST = "The work will cost 40 million dollars, according to Mayor Ann Pell."
SHARE = "Of the 40 million dollars, the work at the gates takes 9 million."
START = "It begins in May."
ARTICLE = f"{VOTE} {COST} {START}"
S = TypeVar("S", bound=BaseModel)

NO_REPAIR = Limits(max_repairs=0)


class Facts(BaseModel):
    headline: Claim
    cost: Claim


def false(text: str = "The work will cost 90 million dollars.", *cites: int) -> dict[str, object]:
    return {"text": text, "cites": list(cites or [2])}


def replaced(reply: dict[str, object], schema: type[S], article: str = ARTICLE) -> Result[S]:
    provider = ScriptedProvider(lambda _: json.dumps(reply))
    return Summarizer(provider, schema=schema, limits=NO_REPAIR).summarize(article)


def of_claims(*claims: tuple[str, list[int]], article: str) -> list[str]:
    provider = ScriptedProvider(lambda _: replies.summary(("The council voted on Tuesday", [1]), *claims))
    result = Summarizer(provider, limits=NO_REPAIR).summarize(article)
    assert isinstance(result.summary, Summary)
    return [claim.text for claim in result.summary.claims]


def test_each_field_gets_its_best_sentence_whatever_stands_in_another() -> None:
    result = replaced({"headline": false("The dam will cost 90 million dollars."), "cost": false()}, Facts)

    assert (result.summary.headline.text, result.summary.cost.text) == (COST, COST)


def test_two_claims_of_a_list_become_different_sentences_where_both_say_something_of_it() -> None:
    wrong = "The work will cost 90 million dollars."

    texts = of_claims((wrong, [2]), (wrong.replace("90", "80"), [2]), article=f"{VOTE} {COST} {SHARE} {START}")

    assert texts == [COST, SHARE]


def test_a_claim_of_a_list_repeats_its_best_sentence_before_it_takes_an_unrelated_one() -> None:
    wrong = "The work will cost 90 million dollars."

    assert of_claims((wrong, [2]), (wrong.replace("90", "80"), [2]), article=ARTICLE) == [COST, COST]


def test_a_claim_of_which_no_sentence_says_anything_stays_marked() -> None:
    result = replaced({"headline": false("Penguins swim.", 77), "cost": false()}, Facts)

    assert [check.verdict for check in result.checks] == ["unsupported", "supported"]
    assert result.summary.headline.text == "Penguins swim."
    assert UNREPLACED in result.warnings
    assert UNPLACED not in result.warnings
    assert not result.grounded


def test_a_warning_names_no_schema_that_the_user_has_not_written() -> None:
    provider = ScriptedProvider(lambda _: json.dumps({"headline": false(), "cost": false()}))

    result = Summarizer(provider, schema=Facts).summarize(ARTICLE)

    assert result.warnings == (
        "the unsupported statements could not be repaired: the reply was invalid: /claims: Field required",
    )


@pytest.mark.parametrize(
    ("cost", "language", "is_told"),
    [("The work will cost 90 million dollars.", "en", True), ("Penguins swim.", "de", False)],
)
def test_the_article_s_own_sentences_are_said_to_be_in_its_language(cost: str, language: str, is_told: bool) -> None:
    reply = json.dumps({"headline": false(cost, 77), "cost": false(cost, 77)})
    with Summarizer(ScriptedProvider(lambda _: reply), schema=Facts, language="de", limits=NO_REPAIR) as summarizer:
        result = summarizer.summarize(ARTICLE)

    assert result.language == language
    assert (
        any("the article's own sentences, which stand for others, are in 'en'" in line for line in result.warnings)
        == is_told
    )
