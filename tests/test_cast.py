"""Who acts in a text: names with their offices, and offices without a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from summarizer.ground.reading import lexicon, offices
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.lexicon import languages
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.slot import preposition
from summarizer.plan import split
from tests.growth import grows_within
from tests.strategies import texts


def cast(text: str, language: str = "en") -> tuple[Cast, list[Actor]]:
    view = ArticleView(split(text, language), language)
    found = Cast(view)
    return found, [actor for passage in view.passages for actor in found.actors(passage)]


def described(text: str, language: str = "en") -> list[tuple[str, list[str]]]:
    return [(" ".join(sorted(actor.names)), sorted(actor.kinds)) for actor in cast(text, language)[1]]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Yesterday the mayor, Ann Lee, left.", [("ann lee", ["mayor"])]),
        ("en", "Yesterday Ann Lee, the mayor, left.", [("ann lee", ["mayor"])]),
        ("en", "Yesterday the head of the company, Ann Lee, left.",
         [("ann lee", ["ceo", "director"]), ("", ["company"])]),
        ("en", "Yesterday Ann Lee left the mayor.", [("ann lee", []), ("", ["mayor"])]),
        ("fr", "Hier, le maire, Marc Andrieux, est parti.", [("andrieux marc", ["mayor"])]),
        ("fr", "Hier, la présidente du groupe Électrane, Anne Roy, a démissionné.",
         [("electrane", ["company"]), ("anne roy", ["president"])]),
        ("de", "Gestern ging Verkehrsministerin Annegret Pohlmann.", [("annegret pohlmann", ["minister"])]),
        ("it", "Ieri la storica dell’arte Giulia Pontremoli ha parlato.", [("giulia pontremoli", ["researcher"])]),
        ("es", "Ayer los sindicatos hablaron.", [("", ["union"])]),
        ("pt", "Ontem a oposição falou.", [("", ["opposition"])]),
    ],
)  # fmt: skip
def test_an_office_is_the_name_s_that_stands_beside_it(
    language: str, text: str, found: list[tuple[str, list[str]]]
) -> None:
    assert described(text, language) == found


def test_what_the_article_calls_a_name_holds_everywhere() -> None:
    found, _ = cast("The mayor, Ann Lee, left. Later Lee wrote a book.")
    assert found.kinds(["lee"]) == {"mayor"}


def test_a_name_and_its_office_are_one_actor() -> None:
    found, actors = cast("The mayor, Ann Lee, left. The mayor wrote. The union wrote.")
    assert [found.is_same(actors[0], actor) for actor in actors] == [True, True, False]


def test_a_name_near_an_office_may_hold_it() -> None:
    found, _ = cast("The prefecture and Ann Lee wrote. Bob Roy left. The prefecture closed.")
    assert [found.are_strangers([name], ["prefecture"]) for name in ("lee", "roy")] == [False, True]
    assert not found.are_strangers(["roy"], ["union"])


@pytest.mark.parametrize(("one", "other", "same"), [
    (["mayor"], ["city"], True), (["mayor"], ["union"], False), (["ceo"], ["company"], True), ([], ["union"], False)
])  # fmt: skip
def test_some_offices_may_be_one_actor(one: list[str], other: list[str], same: bool) -> None:
    assert offices.may_be(one, other) is same


@pytest.mark.parametrize(("language", "text", "at", "kind"), [
    ("en", "paid by the union", 3, "by"), ("fr", "le plan de la mairie", 4, "of"), ("de", "in Lübeck", 1, "in"),
    ("en", "the union", 1, None),
])  # fmt: skip
def test_the_preposition_before_an_actor_is_found_over_its_determiner(
    language: str, text: str, at: int, kind: str | None
) -> None:
    assert preposition(Passage(text, language), at) == kind


@pytest.mark.parametrize(("language", "word"), [
    ("en", "minister"), ("fr", "ministre"), ("es", "ministro"), ("de", "verkehrsminister"), ("it", "ministra"),
    ("pt", "ministra"),
])  # fmt: skip
def test_every_language_has_the_same_tables(language: str, word: str) -> None:
    assert language in languages()
    assert offices.subjects(language)
    assert set(offices.prepositions(language).values()) >= {"by", "of", "in", "with", "for"}
    assert {hit.label for hit in lexicon.offices(language).find([word])} == {"minister"}


@given(texts())
def test_any_text_has_actors_that_are_slices_of_it(text: str) -> None:
    _, actors = cast(text)
    assert all(actor.text in text for actor in actors)


@pytest.mark.parametrize(
    "piece", ["Moira Tennant the mayor and ", "the union of the mayor, Altman of ", "A, the mayor "]
)
def test_the_time_grows_with_the_text(piece: str) -> None:
    def prepared(size: int) -> Callable[[], object]:
        passage = Passage((piece * size)[:size], "en")
        view = ArticleView([], "en")
        return lambda: Cast(view).actors(passage)

    assert grows_within(20, lambda: prepared(4_000), lambda: prepared(32_000))
