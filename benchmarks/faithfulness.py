"""How well verdict and risk agree with people who looked for what a summary says and its article does not.

    python benchmarks/faithfulness.py FOLDER [--sets ragtruth,cliff] [--reference FILE] [--alarms 20] [--json]

FOLDER holds `NAME.SPLIT.jsonl.gz` files, also in parts (`NAME.SPLIT.part1.jsonl.gz`): one sentence of a summary a row,
with `source`, `sentence`, `label` (`faithful` or `unfaithful`) and what `Item` names besides. No sentence cites
anything: evidence is searched. All sentences about an article are checked together, so that it is analysed once.

*Precision*, *recall* and *alarms* (of the faithful ones, how many are flagged) are the verdict's. *AUC* and *balanced*
(accuracy: the mean of the shares found in both classes) are the risk's, the latter at a threshold fitted on the other
four of five folds, cut by article. *In 22 %* and *in 35 %* is the share of all unfaithful sentences among the riskiest
of a set: what a judge who sees only these would see. FILE holds summaries with a judge's verdict; only sentences of
those judged faithful count, as false alarms. `--alarms` prints some of these, so that one can see what they are.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from summarizer.ground import ground
from summarizer.plan import split
from summarizer.records import Check
from summarizer.schema import Claim

SETS = (
    *("ragtruth", "summedits", "memerag_fr", "cliff", "bump", "faithbench", "qags", "storysumm", "xsumfaith"),
    *("memerag_en", "memerag_de", "memerag_es"),
)
# What else was measured on the same sentences, or is published for the same data: other tools, and a prototype of this.
BASELINES = {
    "ragtruth": "prototype 70.8, SummaC-ZS 65.6, AlignScore 71.7, MiniCheck 78.0, GPT-4o 84.3",
    "summedits": "prototype 58.8; whole: SummaC 57.1, QAFactEval 67.4, GPT-4 83.2, people 90.6",
    "memerag_fr": "prototype 69.0, LLM judges 60-71",
    "cliff": "prototype 82.3",
    "bump": "prototype 59.2",
    "faithbench": "prototype 63.8, GPT-4o 56",
}
FOLDS = 5
SHOWN = (0.22, 0.35)
MOST_ALARMS = 0.05
MOST_CLAIM_CHARS = 600


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence of a summary with what people said of it."""

    group: str
    article: str
    summary: str
    source: str
    sentence: str
    language: str
    unfaithful: bool
    error: str
    spans: tuple[tuple[int, int], ...]


def names(folder: Path) -> list[str]:
    """The sets of a folder, the well-known ones first."""
    found = {path.name.split(".")[0] for path in folder.glob("*.jsonl.gz")}
    return [name for name in SETS if name in found]


def read(folder: Path, name: str) -> list[Item]:
    """Read a set, without lines that are no claims, and without those whose annotators were in doubt."""
    return [
        Item(
            group=name,
            article=str(row["doc_id"]),
            summary=f"{row['doc_id']}/{row['summary_id']}",
            source=row["source"],
            sentence=row["sentence"],
            language=row["lang"],
            unfaithful=row["label"] == "unfaithful",
            error=row.get("error_type") or "",
            spans=tuple((start, end) for start, end in row.get("span") or ()),
        )
        for row in rows(sorted(folder.glob(f"{name}.*.jsonl.gz")))
        if not row.get("meta") and row.get("grade") not in ("questionable", "benign")
    ]


def rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The rows of JSON Lines files; a line separator inside a string ends no row."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            yield from map(json.loads, lines)


def check(items: Sequence[Item]) -> list[Check]:
    """Check all items, those about one article together; the checks are in the items' order."""
    found: list[Check | None] = [None] * len(items)
    order = sorted(range(len(items)), key=lambda at: items[at].source)
    for source, group in groupby(order, key=lambda at: items[at].source):
        places = list(group)
        language = items[places[0]].language
        claims = [(f"/{at}", Claim(text=items[at].sentence[:MOST_CLAIM_CHARS], cites=[])) for at in places]
        for at, one in zip(places, ground(claims, split(source, language), language=language).checks, strict=True):
            found[at] = one
    return [one for one in found if one is not None]


# ------------------------------------------------------------------------------------------------------------- measures


def auc(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that an unfaithful sentence has a higher score than a faithful one; half for the same."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    rank, total = 0, 0.0
    for _, group in groupby(order, key=scores.__getitem__):
        places = list(group)
        total += sum(labels[at] for at in places) * (rank + (len(places) + 1) / 2)
        rank += len(places)
    bad = sum(labels)
    good = len(labels) - bad
    return (total - bad * (bad + 1) / 2) / (bad * good) if bad and good else float("nan")


def balanced(labels: Sequence[bool], scores: Sequence[float], groups: Sequence[str]) -> float:
    """Balanced accuracy, each fold at the threshold that is best on the others."""
    fold = [int(hashlib.sha1(group.encode()).hexdigest(), 16) % FOLDS for group in groups]
    hits = Counter[bool]()
    for held in range(FOLDS):
        rest = [at for at in range(len(labels)) if fold[at] != held]
        threshold = best_threshold([labels[at] for at in rest], [scores[at] for at in rest])
        for at in range(len(labels)):
            if fold[at] == held:
                hits[labels[at]] += (scores[at] >= threshold) == labels[at]
    bad = sum(labels)
    return (hits[True] / bad + hits[False] / (len(labels) - bad)) / 2


def best_threshold(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The score from which on to say unfaithful; the middle of a window of thresholds, against lucky ones."""
    bad, order = sum(labels), sorted(range(len(scores)), key=scores.__getitem__)
    good = len(labels) - bad
    caught, passed, curve = bad, 0, []
    for at in order:
        curve.append(caught / max(1, bad) + passed / max(1, good))
        caught, passed = caught - labels[at], passed + (not labels[at])
    half = max(1, len(curve) // 60)
    means = [sum(part) / len(part) for at in range(len(curve)) if (part := curve[max(0, at - half) : at + half + 1])]
    return scores[order[max(range(len(means)), key=means.__getitem__)]]


def caught_at(alarms: float, labels: Sequence[bool], scores: Sequence[float], chosen: Sequence[bool]) -> float:
    """The share of the chosen ones above the threshold that so many of the faithful exceed."""
    good = sorted(score for label, score in zip(labels, scores, strict=True) if not label)
    threshold = good[min(len(good) - 1, int((1 - alarms) * len(good)))]
    picked = [score for score, use in zip(scores, chosen, strict=True) if use]
    return sum(score > threshold for score in picked) / len(picked) if picked else float("nan")


def among_riskiest(share: float, labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The share of all unfaithful ones that are in the riskiest part."""
    first = sorted(range(len(scores)), key=lambda at: -scores[at])[: round(share * len(scores))]
    return sum(labels[at] for at in first) / sum(labels)


def whole(items: Sequence[Item], scores: Sequence[float]) -> tuple[list[bool], list[float], list[str]]:
    """Labels, risks and articles of whole summaries: as bad as their worst sentence."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        places[item.summary].append(at)
    return (
        [any(items[at].unfaithful for at in group) for group in places.values()],
        [max(scores[at] for at in group) for group in places.values()],
        [items[group[0]].article for group in places.values()],
    )


def measure(items: Sequence[Item], checks: Sequence[Check]) -> dict[str, Any]:
    """Everything about one set."""
    labels = [item.unfaithful for item in items]
    flagged = [not one.supported for one in checks]
    risks = [one.risk for one in checks]
    both = sum(label and flag for label, flag in zip(labels, flagged, strict=True))
    bad, good = sum(labels), len(labels) - sum(labels)
    found: dict[str, Any] = {
        "items": len(items),
        "unfaithful": bad,
        "precision": both / max(1, sum(flagged)),
        "recall": both / bad,
        "false_alarms": (sum(flagged) - both) / good,
        "auc": auc(labels, risks),
        "balanced": balanced(labels, risks, [item.article for item in items]),
        **{f"among_riskiest_{share:.0%}": among_riskiest(share, labels, risks) for share in SHOWN},
        "findings": dict(_findings(labels, checks)),
    }
    if items[0].group == "summedits":
        every, worst, articles = whole(items, risks)
        found["whole"] = {
            "items": len(every),
            "auc": auc(every, worst),
            "balanced": balanced(every, worst, articles),
        }
    if items[0].group == "bump":
        for sort in ("extrinsic", "intrinsic"):
            chosen = [item.error.startswith(sort) for item in items]
            found[sort] = {
                "items": sum(chosen),
                f"risk_recall_at_{MOST_ALARMS:.0%}_alarms": caught_at(MOST_ALARMS, labels, risks, chosen),
                "verdict_recall": sum(flag for flag, use in zip(flagged, chosen, strict=True) if use) / sum(chosen),
            }
    return found


def _findings(labels: Sequence[bool], checks: Sequence[Check]) -> Iterator[tuple[str, dict[str, int]]]:
    """For each kind of finding, how many unfaithful and faithful sentences have one."""
    kinds = Counter(
        (kind, label)
        for label, one in zip(labels, checks, strict=True)
        for kind in {finding.kind for finding in one.findings}
    )
    for kind in sorted({kind for kind, _ in kinds}):
        yield kind, {"unfaithful": kinds[kind, True], "faithful": kinds[kind, False]}


def judged(path: Path) -> list[Item]:
    """The sentences of summaries judged faithful; headings and lines that announce a list are no claims."""
    return [
        Item("reference", str(row["doc_id"]), row["id"], row["source"], unit.text, row["lang"], False, "", ())
        for row in rows([path])
        if row["judge_label"] == "faithful"
        for unit in split(row["summary"], row["lang"])
        if not unit.text.startswith("#") and not unit.text.endswith(":")
    ]


def alarms(checks: Sequence[Check]) -> dict[str, Any]:
    """What the verdict says of sentences that are all faithful."""
    kinds = Counter(kind for one in checks for kind in {finding.kind for finding in one.findings})
    flagged = sum(not one.supported for one in checks)
    return {"items": len(checks), "false_alarms": flagged / len(checks), "findings": dict(kinds)}


def show_alarms(items: Sequence[Item], checks: Sequence[Check], most: int) -> None:
    """Print faithful sentences that are flagged, spread over the whole set."""
    found = [(item, one) for item, one in zip(items, checks, strict=True) if not item.unfaithful and not one.supported]
    for item, one in found[:: max(1, len(found) // most)] if most else ():
        print(f"    {item.sentence}")
        for finding in one.findings:
            print(f"      {finding.kind}: {finding.detail}")


# --------------------------------------------------------------------------------------------------------------- output

COLUMNS: tuple[tuple[str, str, Callable[[dict[str, Any]], str]], ...] = (
    ("set", "<12", lambda row: row["name"]),
    ("n", ">6", lambda row: str(row["items"])),
    ("bad", ">6", lambda row: str(row["unfaithful"])),
    ("precision", ">10", lambda row: f"{row['precision']:.0%}"),
    ("recall", ">7", lambda row: f"{row['recall']:.0%}"),
    ("alarms", ">7", lambda row: f"{row['false_alarms']:.1%}"),
    ("AUC", ">6", lambda row: f"{row['auc']:.3f}"),
    ("balanced", ">9", lambda row: f"{100 * row['balanced']:.1f}"),
    ("in 22 %", ">8", lambda row: f"{row['among_riskiest_22%']:.0%}"),
    ("in 35 %", ">8", lambda row: f"{row['among_riskiest_35%']:.0%}"),
    ("others", "  <1", lambda row: BASELINES.get(row["name"], "")),
)


def _line(values: Iterable[str]) -> str:
    return "".join(f"{value:{width.strip()}}" for value, (_, width, _) in zip(values, COLUMNS, strict=True))


def show(name: str, found: dict[str, Any]) -> None:
    """Print a set's line, and what only it has."""
    print(_line(cell({"name": name, **found}) for _, _, cell in COLUMNS), flush=True)
    if "whole" in found:
        part = found["whole"]
        print(f"  whole summaries: {part['items']}, AUC {part['auc']:.3f}, balanced {100 * part['balanced']:.1f}")
    for sort in ("extrinsic", "intrinsic"):
        if sort in found:
            part = found[sort]
            at = part[f"risk_recall_at_{MOST_ALARMS:.0%}_alarms"]
            print(f"  {sort}: {part['items']}, recall at {MOST_ALARMS:.0%} alarms {at:.0%}, ", end="")
            print(f"verdict {part['verdict_recall']:.0%}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", help="names, with commas between them; all by default")
    parser.add_argument("--reference", type=Path, help="summaries judged as a whole (JSON Lines, gzipped)")
    parser.add_argument(
        "--alarms", type=int, default=0, metavar="N", help="show about so many false alarms of each set"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON instead")
    options = parser.parse_args()
    wanted = options.sets.split(",") if options.sets else names(options.folder)
    if not wanted:
        sys.exit(f"no sets in {str(options.folder)!r}")
    results: dict[str, Any] = {}
    if not options.json:
        print(_line(name for name, _, _ in COLUMNS))
    for name in wanted:
        items = read(options.folder, name)
        if not items:
            sys.exit(f"no set {name!r} in {str(options.folder)!r}")
        start = time.process_time()
        checks = check(items)
        results[name] = {**measure(items, checks), "cpu_ms": 1000 * (time.process_time() - start) / len(items)}
        if not options.json:
            show(name, results[name])
            show_alarms(items, checks, options.alarms)
    if options.reference:
        items = judged(options.reference)
        checks = check(items)
        found = results["reference"] = alarms(checks)
        if not options.json:
            print(
                f"judged faithful: {found['items']} sentences, {found['false_alarms']:.2%} flagged", found["findings"]
            )
            show_alarms(items, checks, options.alarms)
    if options.json:
        json.dump(results, sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
