"""The abbreviations of a language, which end with a full stop that ends no sentence: `data/abbreviations.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

TAIL_CHARS = 40  # of a text are looked at before and behind a full stop
INITIAL = re.compile(r"(?:^|[\s\W])[^\W\d_]\.$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
_DAY = re.compile(r"(?<!\d)\d{1,2}\.$")


@dataclass(frozen=True, slots=True)
class Rules:
    """A language's table in `data/abbreviations.toml`, which says what the words of each row are.

    Attributes:
        code: What sentencex knows the language by.
    """

    code: str
    before_names: frozenset[str] = frozenset()
    before_numbers: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    after_ordinals: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    time: frozenset[str] = frozenset()


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("summarizer").joinpath("data", "abbreviations.toml").read_text("utf-8"))


@lru_cache(maxsize=256)
def rules_of(language: str | None) -> Rules:
    """Return the table of a language, such as `fr` or `pt-BR`; without one, the commonest words of a few languages."""
    code = re.split(r"[-_]", language or "", maxsplit=1)[0].lower()
    table = _tables().get(code) or _tables()["other"]
    return Rules(code or "en", **{name: frozenset(words.split()) for name, words in table.items()})


def is_abbreviated(before: str, start: str, rules: Rules) -> bool:
    """Whether a text ends with an abbreviation, an initial or an ordinal, seen by what follows it."""
    if not before.endswith("."):
        return False
    word = before[before.rfind(" ") + 1 : -1]
    if len(word) > 1 and word.isalpha() and not start[:1].isdecimal():  # nearly always
        return word in rules.before_names
    at = max(0, before.rfind(" "))  # where the last word begins: a search from the start looks at every word
    if start[:1].isdecimal():
        found = _LAST_WORD.search(before, at)
        return found is not None and found[1] in rules.before_numbers
    if before[-2:-1].isdecimal() and _DAY.search(before, at):
        return _first_word(start) in rules.after_ordinals
    found = _LAST_WORD.search(before, at)
    name = word if found is None else found[1]  # vowel signs are no letters: डॉ.
    if found is None or name in rules.before_names:
        return name in rules.before_names
    is_initial = len(found[1]) == 1 and found[1].isupper() and INITIAL.search(before, at) is not None
    return (is_initial and _first_word(start) not in rules.starters) or (found[1] == "m" and _is_zone(start, rules))


def _is_zone(start: str, rules: Rules) -> bool:
    """Whether a text goes on with the zone of an hour: *6:40 a.m. Eastern time*, *3 p.m. GMT*."""
    zone, *behind = start[:TAIL_CHARS].split(" ", 2)
    zone = _first_word(zone)
    return zone in rules.zones and (zone.isupper() or _first_word("".join(behind[:1])) in rules.time)


def _first_word(text: str) -> str:
    found = _FIRST_WORD.match(text)
    return found[0] if found else ""
