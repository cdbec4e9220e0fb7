"""The evaluation suite: correct claims, and the wrong ones made out of them.

`fixtures/eval/*.jsonl` holds sentences that a careful editor would call fully supported by the units they cite, with
slots: places where one wrong word makes the sentence false. A check is good when it stays silent on the claims and
speaks on what `perturbations` yields. Everything here is deterministic: no randomness, files in order of name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from summarizer.records import FindingKind

FIXTURES = Path(__file__).parent.parent / "fixtures"

SlotKind = Literal[
    "number", "scale", "unit", "name", "date", "speaker", "negation", "hedge", "quote", "antonym",
    "role", "pairing", "compare", "quantifier", "order", "cause",
]  # fmt: skip
Source = Literal["slot", "digit", "scale", "swap"]

# What a check may call the fault. The first kind is the right one; the others say the same thing in other words.
FINDINGS: Mapping[SlotKind, tuple[FindingKind, ...]] = {
    "number": ("number",),
    "scale": ("number",),
    "unit": ("number",),
    "name": ("name", "attribution"),
    "date": ("date", "number"),
    "speaker": ("attribution", "name"),
    "negation": ("negation",),
    "hedge": ("hedge", "attribution"),
    "quote": ("quote",),
    "antonym": ("negation",),
    "role": ("name", "attribution"),
    "pairing": ("number", "name"),
    "compare": ("negation", "number"),
    "quantifier": ("number", "negation"),
    "order": ("date", "negation"),
    "cause": ("negation",),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a claim where one wrong word makes it false.

    Attributes:
        find: Stands exactly once in the claim.
        replace: Fluent alternatives; each makes the claim unsupported. The empty one drops a source or a hedge.
    """

    kind: SlotKind
    find: str
    replace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvalClaim:
    """A correct sentence of a summary.

    Attributes:
        article: File name in `fixtures/articles`.
        lang: ISO 639-1 code of the claim; the article may be in another language.
        cites: Numbers of the units it rests on.
    """

    id: str
    article: str
    lang: str
    claim: str
    cites: tuple[int, ...]
    slots: tuple[Slot, ...]

    @property
    def article_lang(self) -> str:
        """ISO 639-1 code of the article, from its file name."""
        return self.article.split(".")[-2]

    @property
    def article_text(self) -> str:
        """The article exactly as its bytes say."""
        return (FIXTURES / "articles" / self.article).read_bytes().decode("utf-8")


@dataclass(frozen=True, slots=True)
class Perturbed:
    """A false sentence.

    Attributes:
        source: The slot of the suite, or the mechanical generator, that made it.
    """

    kind: SlotKind
    text: str
    claim: EvalClaim
    source: Source = "slot"


def load_claims(*names: str, folder: str = "eval") -> list[EvalClaim]:
    """Read the suite, or only the files of these names: languages, or `cross` for English about other languages.

    Args:
        names: File names without their ending; all by default.
        folder: Where in `fixtures`; the claims of `eval/heldout*` were held out when words and thresholds were chosen.
    """
    files = sorted((FIXTURES / folder).glob("*.jsonl"))
    return [
        _claim(json.loads(line))
        for file in files
        if not names or file.stem in names
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _claim(row: Mapping[str, object]) -> EvalClaim:
    values = dict(row)
    slots = tuple(
        Slot(kind=slot["kind"], find=slot["find"], replace=tuple(slot["replace"]))
        for slot in values.pop("slots")  # type: ignore[attr-defined]
    )
    return EvalClaim(**{**values, "cites": tuple(values["cites"]), "slots": slots})  # type: ignore[arg-type]


def perturbations(claim: EvalClaim) -> Iterator[Perturbed]:
    """Yield every false sentence made of a claim: from its slots, then the mechanical ones."""
    yield from slot_perturbations(claim)
    yield from digit_perturbations(claim)
    yield from scale_perturbations(claim)
    yield from swap_perturbations(claim)


def slot_perturbations(claim: EvalClaim) -> Iterator[Perturbed]:
    """Yield the claim once for each alternative of each slot; it still starts upper case when its first words went."""
    for slot in claim.slots:
        for other in slot.replace:
            text = claim.claim.replace(slot.find, other, 1)
            yield Perturbed(slot.kind, text[:1].upper() + text[1:], claim)


_NUMERAL = re.compile(r"(?<![\w-])(?<![^\W\d_]-)\d+(?:[.,:/ \u00a0\u202f]\d+)*")
_QUOTED = re.compile(r"“[^”]*”|„[^“]*“|«[^»]*»")


def digit_perturbations(claim: EvalClaim) -> Iterator[Perturbed]:
    """Change one digit of each numeral: its first, or, within a date, one that leaves it a date."""
    for match in _NUMERAL.finditer(claim.claim):
        kind = _kind_at(claim, match.start(), match.end())
        late_day = kind == "date" and re.fullmatch(r"3\d", match[0])
        at = match.start() if kind != "date" or late_day else match.end() - 1
        digit = "1" if late_day else str((int(claim.claim[at]) + 3) % 9 + 1)
        yield Perturbed(kind, claim.claim[:at] + digit + claim.claim[at + 1 :], claim, "digit")


def _kind_at(claim: EvalClaim, start: int, end: int) -> SlotKind:
    """What a numeral is: part of a quote, of a date or a name that a slot finds, or a plain number."""
    if _in_quote(claim.claim, start):
        return "quote"
    for slot in claim.slots:
        at = claim.claim.index(slot.find)
        if slot.kind in ("date", "name") and at <= start and end <= at + len(slot.find):
            return slot.kind
    return "number"


def _in_quote(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _QUOTED.finditer(text))


# Longer phrases first: a language that says `mil millones` must not have only its second word replaced.
_SCALES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (("million", "billion"), ("billion", "million"), ("bn", "m")),
    "fr": (("milliards", "millions"), ("millions", "milliards"), ("Md€", "M€"), ("Md$", "M$"), ("M€", "Md€")),
    "es": (("mil millones", "millones"), ("millones", "mil millones"), ("M€", "k€")),
    "de": (("Millionen", "Milliarden"), ("Milliarden", "Millionen"), ("Mio.", "Mrd."), ("Mrd.", "Mio.")),
    "it": (("miliardi", "milioni"), ("milioni", "miliardi"), ("mln", "mld"), ("mila", "milioni di")),
    "pt": (("bilhões", "milhões"), ("milhões", "mil milhões"), ("bi", "mi"), ("M€", "mil M€"), ("mil", "milhões de")),
}


def scale_perturbations(claim: EvalClaim) -> Iterator[Perturbed]:
    """Swap the first scale word of the claim for its neighbor in a small table of the claim's language."""
    for word, other in _SCALES[claim.lang]:
        before = r"(?<=[\d ])" if len(word) <= 3 else "(?<= )(?<!mil )"
        match = re.search(rf"{before}{re.escape(word)}(?!\w)", claim.claim)
        if match and not _in_quote(claim.claim, match.start()):
            text = claim.claim[: match.start()] + other + claim.claim[match.end() :]
            yield Perturbed("scale", text, claim, "scale")
            return


_PLAIN_NAME = re.compile(r"(?:[A-ZÀ-Ý][\w'’.-]*)(?: (?:[A-ZÀ-Ý][\w'’.-]*|de|del|da|do|dos|of|di|d'Ouest))*(?<!['’]s)")


def swap_perturbations(claim: EvalClaim) -> Iterator[Perturbed]:
    """Let two names of the claim change places, when both are slots and both are nothing but a name."""
    named = [slot.find for slot in claim.slots if slot.kind in ("name", "speaker") and _PLAIN_NAME.fullmatch(slot.find)]
    for one, two in combinations(sorted(set(named), key=claim.claim.index), 2):
        if (
            one in two or two in one or f"{one} ({two})" in claim.claim
        ):  # Fusco (the union) said is the union (Fusco) said
            continue
        first, rest = claim.claim.split(one, 1)
        yield Perturbed("name", first + two + rest.replace(two, one, 1), claim, "swap")
