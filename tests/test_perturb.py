"""The evaluation suite is itself correct: what it cites exists, and what it changes changes something."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from summarizer.plan import split
from tests.eval_gate import FOLDERS
from tests.perturb import (
    FINDINGS,
    FIXTURES,
    EvalClaim,
    digit_perturbations,
    load_claims,
    perturbations,
    slot_perturbations,
)

CLAIMS = load_claims()
EVERY = [*CLAIMS, *(claim for folder in FOLDERS for claim in load_claims(folder=f"eval/{folder}"))]
ARTICLES = sorted((FIXTURES / "articles").glob("*.*"))
LANGUAGES = ("de", "en", "es", "fr", "it", "pt")

# Fewest slot perturbations of a kind in each language's own file: raised when claims are added, never lowered.
FLOORS = {"number": 60, "scale": 9, "unit": 12, "name": 30, "date": 34}
FLOORS |= {"speaker": 37, "negation": 13, "hedge": 17, "quote": 16}

each_article = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@lru_cache(maxsize=64)
def units_of(article: str) -> dict[int, str]:
    text = (FIXTURES / "articles" / article).read_bytes().decode("utf-8")
    return {unit.number: folded(unit.text) for unit in split(text, article.split(".")[-2])}


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\u2019", "'").split())


def cited(claim: EvalClaim) -> str:
    return " ".join(units_of(claim.article)[number] for number in claim.cites)


def numerals(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)?", re.sub(r"(?<=\d)[.,\s](?=\d{3})", "", text)))


def test_every_claim_has_its_own_id_and_its_own_words() -> None:
    assert [name for name, count in Counter(claim.id for claim in EVERY).items() if count > 1] == []
    assert [text for text, count in Counter(claim.claim for claim in EVERY).items() if count > 1] == []


def test_what_a_slot_finds_stands_once_in_its_claim() -> None:
    assert [(claim.id, slot.find) for claim in EVERY for slot in claim.slots if claim.claim.count(slot.find) != 1] == []


def test_a_claim_has_two_to_seven_slots_of_known_kinds() -> None:
    assert [claim.id for claim in CLAIMS if not 2 <= len(claim.slots) <= 7] == []
    assert {slot.kind for claim in EVERY for slot in claim.slots} == FINDINGS.keys()


def test_a_claim_cites_units_that_its_article_has() -> None:
    assert [claim.id for claim in EVERY if not set(claim.cites) <= units_of(claim.article).keys()] == []
    assert [claim.id for claim in EVERY if claim.cites != tuple(sorted(set(claim.cites)))] == []


def test_no_claim_is_a_copy_of_a_unit() -> None:
    assert [claim.id for claim in EVERY if folded(claim.claim) in units_of(claim.article).values()] == []


def test_a_name_that_a_claim_and_its_article_share_stands_in_the_units_it_cites() -> None:
    slots = [(claim, slot) for claim in CLAIMS for slot in claim.slots if slot.kind in ("name", "speaker")]
    names = [(claim, folded(slot.find).removesuffix("'s")) for claim, slot in slots]
    shared = [(claim, name.split()[-1].casefold()) for claim, name in names if name in folded(claim.article_text)]
    assert [(claim.id, name) for claim, name in shared if name not in cited(claim).casefold()] == []


def test_the_alternatives_of_a_claim_are_other_whole_sentences() -> None:
    made = {claim.id: [perturbed.text for perturbed in slot_perturbations(claim)] for claim in EVERY}
    assert [claim.id for claim in EVERY if claim.claim in made[claim.id]] == []
    assert [name for name, texts in made.items() if len(set(texts)) != len(texts)] == []
    assert [text for texts in made.values() for text in texts if "  " in text or text[-1] not in ".”“»"] == []


def test_no_false_sentence_is_what_the_cited_units_say() -> None:
    made = [perturbed for claim in CLAIMS for perturbed in perturbations(claim)]
    assert [perturbed.text for perturbed in made if folded(perturbed.text) in cited(perturbed.claim)] == []


def test_a_changed_digit_leaves_every_other_character() -> None:
    made = [perturbed for claim in CLAIMS for perturbed in digit_perturbations(claim)]
    changes = [sum(a != b for a, b in zip(each.claim.claim, each.text, strict=True)) for each in made]
    assert changes == [1] * len(made)


def test_a_changed_digit_makes_a_number_that_the_cited_units_lack() -> None:
    made = [perturbed for claim in CLAIMS for perturbed in digit_perturbations(claim)]
    new = [(each, numerals(folded(each.text)) - numerals(folded(each.claim.claim))) for each in made]
    assert [each.text for each, values in new if values and values <= numerals(cited(each.claim))] == []


def test_perturbing_twice_gives_the_same_sentences() -> None:
    assert [list(perturbations(claim)) for claim in CLAIMS] == [list(perturbations(claim)) for claim in CLAIMS]


@each_language
def test_each_language_has_enough_claims_about_two_articles_or_more(language: str) -> None:
    claims = load_claims(language)
    assert len(claims) >= 50
    assert {claim.lang for claim in claims} == {claim.article_lang for claim in claims} == {language}
    assert len({claim.article for claim in claims}) >= 2


@each_language
def test_each_language_has_enough_of_each_kind(language: str) -> None:
    counts = Counter[str](perturbed.kind for claim in load_claims(language) for perturbed in slot_perturbations(claim))
    assert {kind: counts[kind] for kind in FLOORS if counts[kind] < FLOORS[kind]} == {}


def test_english_claims_about_other_languages_are_enough() -> None:
    claims = load_claims("cross")
    assert len(claims) >= 30
    assert {claim.lang for claim in claims} == {"en"}
    assert {claim.article_lang for claim in claims} == {"de", "es", "fr"}


def test_the_suite_as_a_whole_is_large_enough() -> None:
    made = Counter(perturbed.source for claim in CLAIMS for perturbed in perturbations(claim))
    assert len(CLAIMS) >= 380
    assert made["slot"] >= 1900
    assert made.keys() == {"slot", "digit", "scale", "swap"}


@each_article
def test_an_article_is_utf8_of_a_useful_length(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert "\ufffd" not in text
    assert 500 <= len(text) <= 4000
    assert len(units_of(path.name)) >= 10


@each_article
def test_an_article_is_listed_in_the_readme(path: Path) -> None:
    assert f"`{path.name}`" in (FIXTURES / "README.md").read_text(encoding="utf-8")


def test_the_articles_keep_the_bytes_that_make_them_hard() -> None:
    read = {path.name: path.read_bytes().decode("utf-8") for path in ARTICLES}
    assert "\r\n" in read["bahnstrecke-gesperrt.de.txt"]
    assert "\u00a0%" in read["greve-des-ferries.fr.txt"]
    assert "\u202f" in read["greve-des-ferries.fr.txt"]
    assert not unicodedata.is_normalized("NFC", read["incendio-na-serra.pt.txt"])
    assert read["nasal-flu-vaccine.en.md"].startswith("# ")
