"""The lexicons: well-formed, complete, and quick to ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.ground.reading.clause import clauses, cues, stems
from summarizer.ground.reading.lexicon import (
    concepts,
    inflections,
    languages,
    lexicon,
    offices,
    opposites,
    stop_words,
)
from summarizer.ground.reading.namesake import entities
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage, fold
from tests.strategies import texts

LANGUAGES = sorted(languages())


def labels(text: str, language: str) -> set[str]:
    return {hit.label for hit in Passage(text, language).once(cues)}


def test_six_languages_have_a_lexicon() -> None:
    assert LANGUAGES == ["de", "en", "es", "fr", "it", "pt"]


@pytest.mark.parametrize("language", ["xx", "", None, "../en"])
def test_other_languages_have_none_and_no_stop_words(language: str | None) -> None:
    assert lexicon(language) is None
    assert stop_words(language) == frozenset()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_is_read_once(language: str) -> None:
    assert lexicon(language) is lexicon(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_as_tokens_have_them(language: str) -> None:
    known = lexicon(language)
    assert known is not None
    words = known.function_words | known.pronouns | known.titles | known.calendar | known.auxiliaries
    assert sorted(word for word in words if fold(word) != word) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pair_of_marks_opens_and_closes(language: str) -> None:
    known = lexicon(language)
    assert known is not None
    assert all(opening and closing for opening, closing in known.quotes)


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("fr", "OpenAI envisage de lever 100 milliards", "hedge/wish"),
        ("fr", "L’État apporterait 640 millions", "hedge/mood"),
        ("fr", "d’après un article", "source"),
        ("fr", "selon des initiés proches du dossier", "anonymous"),
        ("fr", "le PDG de l’entreprise", "role/ceo"),
        ("fr", "ce montant n’a pas été confirmé", "negation/word"),
        ("fr", "une injection de fonds sans précédent", "negation/pseudo"),
        ("en", "is in talks to buy its rival", "hedge/wish"),
        ("en", "the talks could still collapse", "hedge/modal"),
        ("en", "he reportedly turned it down", "hedge/hearsay"),
        ("en", "three people familiar with the matter", "anonymous"),
        ("en", "she didn’t comment", "negation/word"),
        ("en", "not only that", "negation/pseudo"),
        ("en", "it'll come", "future"),
        ("es", "una fuente cercana al banco", "anonymous"),
        ("es", "la fusión habría creado", "hedge/unreal"),
        ("de", "bleibt voraussichtlich gesperrt", "hedge/adverb"),
        ("de", "nach Angaben des Unternehmens", "source"),
        ("it", "avrebbe messo a disposizione", "hedge/mood"),
        ("pt", "segundo uma fonte ligada à investigação", "source"),
    ],
)
def test_a_cue_is_found_in_its_class(language: str, text: str, label: str) -> None:
    assert label in labels(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "two executives who asked not to be named"),
        ("en", "an official who requested anonymity"),
        ("en", "a manager who declined to be identified"),
        ("fr", "deux cadres qui ont souhaité garder l’anonymat"),
        ("es", "dos directivos que pidieron no ser identificados"),
        ("es", "una fuente que quiso mantener el anonimato"),
        ("de", "zwei Manager, die nicht genannt werden wollten"),
        ("de", "eine Beamtin, die anonym bleiben wollte"),
        ("it", "due dirigenti che hanno chiesto di non essere citati"),
        ("pt", "dois executivos que pediram para não ser identificados"),
    ],
)
def test_who_asked_not_to_be_named_plans_and_denies_nothing(language: str, text: str) -> None:
    found = labels(text, language)
    assert "anonymous" in found
    assert not {label for label in found if label == "hedge/plan" or label.startswith("negation/")}


@pytest.mark.parametrize(
    ("phrase", "words", "found"),
    [
        ("a|b c", "b c", True),
        ("a b", "a c b", False),
        ("a ~ b", "a x y z b", True),
        ("a ~ b", "a w x y z b", False),
        ("a ~ b", "a , b", False),
        ("a b? c", "a c", True),
        ("plan*", "planned", True),
        ("*rait", "serait", True),
        ("*rait", "rait", False),
        ("porte-parole", "porte - parole", True),
    ],
)
def test_a_phrase_is_read_as_its_notation_says(phrase: str, words: str, found: bool) -> None:
    assert bool(Phrases({"x": [phrase]}).find(words.split())) is found


def test_the_longest_phrase_of_a_class_wins() -> None:
    (hit,) = Phrases({"x": ["no", "no longer", "no longer here"]}).find(["are", "no", "longer", "here", "now"])
    assert (hit.start, hit.end) == (1, 4)


def test_a_phrase_that_may_begin_with_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a word that may be missing"):
        Phrases({"x": ["a? b"]})


def test_every_concept_of_an_opposition_has_words_in_six_languages() -> None:
    table = read_data("concepts")
    named = {name for pair in (*opposites(), *table["further"], *table["converse"]) for name in pair}
    assert named <= table["concepts"].keys()
    assert {language for name in named for language in LANGUAGES if not table["concepts"][name].get(language)} == set()


@pytest.mark.parametrize("phrase", ["raise|fund-raising", "fund-raising|raise", "a|b-c|d e"])
def test_a_hyphen_among_alternatives_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="a hyphen cuts the alternatives"):
        Phrases({"x": [phrase]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_a_language_can_be_read(language: str) -> None:
    assert lexicon(language) is not None
    assert [hit.label for hit in concepts(language).find(["euro"])] == ["euro"]


def test_words_for_one_concept_share_a_stem_across_languages() -> None:
    found = {language: stems(Passage(text, language)) for language, text in (("fr", "acquérir"), ("en", "bought"))}
    assert found == {"fr": ("=buy",), "en": ("=buy",)}


def test_endings_are_tried_from_the_longest() -> None:
    lengths = [len(ending) for ending in inflections()]
    assert lengths == sorted(lengths, reverse=True)


def test_a_cue_is_not_cut_in_two_by_a_clause() -> None:
    passage = Passage("OpenAI lève des fonds, d’après un article", "fr")
    last = passage.once(clauses)[-1]
    assert passage.tokens[last.start].text == "d'"


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Nothing has been signed and the talks could still collapse", 2),
        ("en", "Jobs in Aberdeen and Cork", 1),
        ("fr", "La société, fondée en 2015, envisage une levée", 3),
        ("de", "Er kam, weil sie rief", 2),
    ],
)
def test_clauses_end_at_marks_openers_and_between_predicates(language: str, text: str, count: int) -> None:
    assert len(Passage(text, language).once(clauses)) == count


@given(texts(), st.sampled_from(LANGUAGES))
def test_no_text_breaks_the_search_for_cues(text: str, language: str) -> None:
    passage = Passage(text, language)
    assert all(0 <= hit.start < hit.end <= len(passage.tokens) for hit in passage.once(cues))
    assert all(clause.start < clause.end for clause in passage.once(clauses))


def test_an_endless_repetition_is_searched_in_linear_time() -> None:
    passage = Passage("no longer not only in talks to " * 3000, "en")
    assert len(passage.once(cues)) > 3000


@given(texts(), st.sampled_from(LANGUAGES))
def test_one_pass_finds_what_each_search_finds(text: str, language: str) -> None:
    passage = Passage(text, language)
    found, known = passage.once(opened), lexicon(language)
    assert tuple(found.concepts) == concepts(language).find(passage.texts)
    assert tuple(found.offices) == offices(language).find(passage.texts)
    assert tuple(found.entities) == entities().find(passage.texts)
    assert tuple(found.cues) == (() if known is None else known.phrases.find(passage.texts))
