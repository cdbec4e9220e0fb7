"""Fit the weights of the risk score to what annotators marked, and write them into `summarizer/ground/data/risk.json`.

    python benchmarks/fit_risk.py FOLDER [--validate] [--write]

Two logistic functions, both with each set and each class weighing the same. The first is of single terms: marked are
those inside an annotated span (RAGTruth, CLIFF, XSumFaith), or, where sentences were edited (SummEdits, BUMP), those
that the faithful sentences about the same article do not have. The second is of sentences: the soft maximum of the
first, the share of terms missing in the best unit, and the kinds of findings; each set has a constant of its own,
because sets differ in how many sentences are wrong and how freely they are written.

Only sets whose licence lets a product learn from them are used: RAGTruth, BUMP, StorySumm (MIT), SummEdits, CLIFF
(Apache-2.0), XSumFaith (CC BY 4.0). FaithBench, MEMERAG (non-commercial) and QAGS (none stated) are never fitted on.

`--validate` prints what the score is worth on articles it was not fitted on (out of fold), and on sets none of which it
was fitted on (left out). Both take about two minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from faithfulness import FOLDS, Item, auc, balanced, check, read

from summarizer.ground import risk
from summarizer.ground.case import Case
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.risk.terms import Term, laid, tables, terms
from summarizer.plan import split

# A set's share in the fit: summaries by language models are what the score is for; XSum's systems are of 2019.
TERM_SETS = {"ragtruth": 1.5, "summedits": 1.0, "cliff": 1.0, "bump": 1.0, "xsumfaith": 0.3}
CLAIM_SETS = {**TERM_SETS, "storysumm": 0.3}
REASONS = tuple(tables()["terms"])
KINDS = ("number", "date", "name", "quote", "negation", "attribution", "hedge", "overlap")
# Ridge against the sum of the weights of all examples, which is that of the sets.
RIDGE = 1 / 60
LEAST_ALIKE = 0.5

Row = Sequence[float]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence: reasons to doubt its terms, which terms are marked (None: not known), and what the checks found."""

    item: Item
    fold: int
    reasons: tuple[Row, ...]
    marked: tuple[bool, ...] | None
    missing: float
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Model:
    """Both logistic functions; the weights of the second are those of `worst`, `missing` and the kinds."""

    terms: Row
    claim: Row
    constant: float

    def score(self, example: Example) -> float:
        """The log-odds of a sentence."""
        return self.constant + sum(a * b for a, b in zip(self.claim, sentence(example, self.terms), strict=True))


def sentence(example: Example, weights: Row) -> list[float]:
    """What the second function sees of a sentence."""
    doubts = [sum(a * b for a, b in zip(weights, reasons, strict=True)) for reasons in example.reasons]
    return [risk.soft_maximum(doubts), example.missing, *(float(kind in example.kinds) for kind in KINDS)]


# ------------------------------------------------------------------------------------------------------------- examples


def examples(items: Sequence[Item]) -> list[Example]:
    """Lay every sentence over its article and look up what was marked."""
    faithful: dict[str, list[Passage]] = defaultdict(list)
    for item in items:
        if not item.unfaithful:
            faithful[item.article].append(Passage(item.sentence, item.language))
    views: dict[str, ArticleView] = {}
    found = []
    for item, checked in zip(items, check(items), strict=True):
        if item.source not in views:
            views[item.source] = ArticleView(split(item.source, item.language), item.language)
        case = Case.of(Passage(item.sentence, item.language), (), views[item.source])
        doubts = risk.doubts(case)
        found.append(
            Example(
                item,
                int(hashlib.sha1(item.article.encode()).hexdigest(), 16) % FOLDS,
                tuple([doubt.reasons.get(name, 0.0) for name in REASONS] for doubt in doubts),
                marks(item, case.claim, [doubt.place for doubt in doubts], faithful[item.article]),
                risk.missing(case),
                frozenset(finding.kind for finding in checked.findings),
            )
        )
    return found


def marks(item: Item, claim: Passage, places: Sequence[int], others: Sequence[Passage]) -> tuple[bool, ...] | None:
    """Which terms of a sentence, by their places, are wrong; None when that is not known."""
    row = claim.once(terms)
    if not item.unfaithful:
        return (False,) * len(places)
    if item.spans:
        where = extents(claim)
        found = [overlaps(item.spans, *where[place]) for place in places]
    elif item.group == "summedits":
        known = {term.key for other in others for term in other.once(terms)}
        found = [row[place].key not in known for place in places]
    elif item.group == "bump" and others:
        changed = changes(row, max((other.once(terms) for other in others), key=alike(row)))
        found = [place in changed for place in places]
    else:
        return None
    return tuple(found) if any(found) else None


def extents(claim: Passage) -> list[tuple[int, int]]:
    """Where each term of a sentence starts and ends in its text; marks that follow a term are none of it."""
    firsts = [at for at, term in enumerate(claim.once(laid)) if term]
    lasts = [
        max(at for at in range(first, after) if at == first or claim.kinds[at] != "punct")
        for first, after in pairwise([*firsts, len(claim.tokens)])
    ]
    return [(claim.tokens[first].start, claim.tokens[last].end) for first, last in zip(firsts, lasts, strict=True)]


def overlaps(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < last and first < end for first, last in spans)


def alike(row: Sequence[Term]) -> Callable[[Sequence[Term]], float]:
    keys = [term.key for term in row]
    return lambda other: SequenceMatcher(None, [term.key for term in other], keys, autojunk=False).ratio()


def changes(row: Sequence[Term], original: Sequence[Term]) -> frozenset[int]:
    """Places of the terms that the sentence most like it does not have there; none when that one is unlike it too."""
    matcher = SequenceMatcher(None, [term.key for term in original], [term.key for term in row], autojunk=False)
    if matcher.ratio() <= LEAST_ALIKE:
        return frozenset()
    return frozenset(
        place for sort, _, _, start, end in matcher.get_opcodes() if sort != "equal" for place in range(start, end)
    )


# ------------------------------------------------------------------------------------------------------------------ fit


def logistic(
    data: Sequence[Row], labels: Sequence[bool], weights: Row, *, free: int = 0, steps: int = 12
) -> list[float]:
    """Fit by Newton's method, with a ridge on standardized columns; the last `free` ones are constants without it."""
    width = len(data[0])
    scaled = width - free
    total = sum(weights)
    means = [sum(w * row[at] for row, w in zip(data, weights, strict=True)) / total for at in range(scaled)]
    spread = [
        math.sqrt(sum(w * (row[at] - means[at]) ** 2 for row, w in zip(data, weights, strict=True)) / total) or 1.0
        for at in range(scaled)
    ]
    table = [[*((row[at] - means[at]) / spread[at] for at in range(scaled)), *row[scaled:]] for row in data]
    found = [0.0] * width
    ridge = [RIDGE * total / len(TERM_SETS)] * scaled + [1e-6] * free
    for _ in range(steps):
        slope = [-r * value for r, value in zip(ridge, found, strict=True)]
        curve = [[ridge[i] if i == j else 0.0 for j in range(width)] for i in range(width)]
        for row, label, weight in zip(table, labels, weights, strict=True):
            chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(a * b for a, b in zip(found, row, strict=True))))))
            pull, bend = weight * (label - chance), weight * chance * (1 - chance)
            active = [at for at, value in enumerate(row) if value]
            for i in active:
                slope[i] += pull * row[i]
                scale, line = bend * row[i], curve[i]
                for j in active:
                    line[j] += scale * row[j]
        found = [value + step for value, step in zip(found, solve(curve, slope), strict=True)]
    slopes = [value / size for value, size in zip(found, spread, strict=False)]
    shift = sum(a * b for a, b in zip(slopes, means, strict=True))
    return [*slopes, *(value - shift for value in found[scaled:])]


def solve(matrix: list[list[float]], right: Row) -> list[float]:
    """Solve a system of linear equations by Gauss's elimination."""
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(lines)
    for at in range(size):
        best = max(range(at, size), key=lambda line: abs(lines[line][at]))
        lines[at], lines[best] = lines[best], lines[at]
        for other in range(size):
            if other != at and (factor := lines[other][at] / lines[at][at]):
                lines[other] = [a - factor * b for a, b in zip(lines[other], lines[at], strict=True)]
    return [lines[at][size] / lines[at][at] for at in range(size)]


def fit(data: dict[str, list[Example]]) -> Model:
    """Fit both functions on these sets."""
    table, labels, weights = [], [], []
    for name in (name for name in TERM_SETS if name in data):
        pairs = [
            (row, mark)
            for example in data[name]
            if example.marked is not None
            for row, mark in zip(example.reasons, example.marked, strict=True)
        ]
        share = shares([mark for _, mark in pairs], TERM_SETS[name])
        table += [[*row, 1.0] for row, _ in pairs]
        labels += [mark for _, mark in pairs]
        weights += [share[mark] for _, mark in pairs]
    found = logistic(table, labels, weights, free=1)[:-1]
    groups = [name for name in CLAIM_SETS if name in data]
    table, labels, weights = [], [], []
    for place, name in enumerate(groups):
        share = shares([example.item.unfaithful for example in data[name]], CLAIM_SETS[name])
        own = [float(other == place) for other in range(len(groups))]
        for example in data[name]:
            table.append([*sentence(example, found), *own])
            labels.append(example.item.unfaithful)
            weights.append(share[example.item.unfaithful])
    second = logistic(table, labels, weights, free=len(groups))
    claim, constants = [max(0.0, weight) for weight in second[: -len(groups)]], second[-len(groups) :]
    return Model(found, claim, sum(constants) / len(constants))


def shares(labels: Sequence[bool], weight: float) -> dict[bool, float]:
    """What one example of each class counts, when both classes together count `weight`."""
    bad = sum(labels)
    return {True: weight / 2 / max(1, bad), False: weight / 2 / max(1, len(labels) - bad)}


def validate(data: dict[str, list[Example]]) -> None:
    """Print the quality on unseen articles, and on unseen sets."""
    folds = [
        fit({name: [example for example in rows if example.fold != fold] for name, rows in data.items()})
        for fold in range(FOLDS)
    ]
    print(f"{'':12}{'out of fold':>18}{'set left out':>18}   (AUC, balanced accuracy)")
    for name, rows in data.items():
        labels, groups = [example.item.unfaithful for example in rows], [example.item.article for example in rows]
        left_out = fit({other: rows for other, rows in data.items() if other != name})
        cells = [
            f"{auc(labels, scores):.3f}{100 * balanced(labels, scores, groups):7.1f}"
            for scores in ([folds[row.fold].score(row) for row in rows], [left_out.score(row) for row in rows])
        ]
        print(f"{name:12}{cells[0]:>18}{cells[1]:>18}", flush=True)


def main() -> None:
    """Fit, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = {name: examples(read(options.folder, name)) for name in CLAIM_SETS}
    if options.validate:
        validate(data)
    model = fit(data)
    weights: dict[str, Any] = {
        "terms": {name: round(value, 3) for name, value in zip(REASONS, model.terms, strict=True)},
        "claim": {
            "constant": round(model.constant, 3),
            **{name: round(value, 3) for name, value in zip(("worst", "missing"), model.claim, strict=False)},
        },
        "findings": {kind: round(value, 3) for kind, value in zip(KINDS, model.claim[2:], strict=True) if value > 0.0},
    }
    print(json.dumps(weights, indent=1))
    if options.write:
        path = Path(str(files("summarizer.ground").joinpath("data", "risk.json")))
        table = {**json.loads(path.read_text("utf-8")), **weights}
        path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
