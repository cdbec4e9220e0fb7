"""How good the checks are on the evaluation suite, and the least that is accepted: `python tests/eval_gate.py`.

    python tests/eval_gate.py                    measure, print, exit with 1 below a floor
    python tests/eval_gate.py --kinds            also print how many of each kind of change were caught
    python tests/eval_gate.py --misses           also print what was missed and what was flagged without cause
    python tests/eval_gate.py --pairs FOLDER     measure what was held out there, by the languages of article and claim
    python tests/eval_gate.py --raise            write better figures down as the new floors
    python tests/eval_gate.py --lower REASON     write worse ones down too; the reason is kept beside them

*Caught* is the share of false sentences that are unsupported with a finding of the right kind (`perturb.FINDINGS`);
*at all* those that are unsupported for whatever reason, *flagged* the share of correct claims that are. Opposites
without a negation word (rose, fell) and names that change places are measured apart: no word of such a sentence is
wrong in itself.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from summarizer.ground import ground
from summarizer.plan import split
from summarizer.records import Check
from summarizer.schema import Claim
from tests.perturb import FINDINGS, FIXTURES, EvalClaim, Perturbed, load_claims, perturbations, slot_perturbations

FLOORS = FIXTURES / "eval" / "floors.json"
_WHOLE = (
    "heldout-contrasts",
    "heldout-roles",
    "heldout-abroad",
    "heldout-domains",
    "heldout-everyday",
    "heldout-summaries",
    "abroad",
    "everyday",
    "summaries",
    "plain",
)  # opposites and exchanged names are what these are about: not apart
FOLDERS = ("heldout", "heldout-names", "heldout-rewrites", *_WHOLE)


@dataclass(slots=True)
class Score:
    """What was measured on one language.

    Attributes:
        claims: Correct claims.
        false: False sentences made out of them.
        kinds: How many of them are of each kind.
        missed: Those that were not caught with the right kind.
        alarms: Correct claims that were flagged.
    """

    claims: int = 0
    false: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[Perturbed, Check]] = field(default_factory=list)
    alarms: list[tuple[EvalClaim, Check]] = field(default_factory=list)

    @property
    def caught(self) -> float:
        """Share of the false sentences, in [0, 1]."""
        return 1 - len(self.missed) / self.false if self.false else 1.0

    @property
    def at_all(self) -> float:
        """Share of the false sentences that are unsupported for one reason or another, in [0, 1]."""
        return 1 - sum(found.supported for _, found in self.missed) / self.false if self.false else 1.0

    @property
    def flagged(self) -> float:
        """Share of the correct claims, in [0, 1]."""
        return len(self.alarms) / self.claims if self.claims else 0.0


def check(claims: Sequence[tuple[EvalClaim, str]]) -> list[Check]:
    """Ground sentences about one article as the flow does, each on what its correct claim cites."""
    about = claims[0][0]
    text = (FIXTURES / "articles" / about.article).read_bytes().decode("utf-8")
    asked = about.lang if about.lang != about.article_lang else None
    cited = [("", Claim(text=text, cites=list(claim.cites))) for claim, text in claims]
    units = split(text, about.article_lang)
    return list(ground(cited, units, language=about.article_lang, asked_language=asked).checks)


def is_apart(wrong: Perturbed) -> bool:
    """Whether a false sentence is measured apart."""
    return wrong.kind == "antonym" or wrong.source == "swap"


def measure(*names: str) -> dict[str, Score]:
    """Measure each language (`cross` is English about other languages) and, as `apart`, what is hard in itself.

    Unless files are named, also what was held out at first: as `heldout` hedges and negations, as `heldout-names`
    names and speakers, as `heldout-rewrites` sentences that are far from the article's words, as `heldout-contrasts`
    bounds, opposites, exchanged parties and denials, as `heldout-roles` who did what to whom, which figure is whose,
    which of two is more, how many of all, what came first and what it came of, as `heldout-abroad` claims in another
    language than their article's, as `heldout-domains` texts that are no news, as `heldout-everyday` results, funding,
    matches, rulings, recalls, warnings, elections and lives, as `heldout-summaries` ordinary summaries of news; and,
    that words were chosen on, as `abroad` more claims in another language, with denials above all, as `everyday`,
    `summaries` and `plain` more of what summaries say.
    """
    scores: dict[str, Score] = defaultdict(Score)
    for claims in _by_article(load_claims(*names)):
        _add(claims, scores[claims[0].lang if claims[0].lang == claims[0].article_lang else "cross"], scores["apart"])
    for folder in () if names else FOLDERS:
        for claims in _by_article(load_claims(folder=f"eval/{folder}")):
            _add(claims, scores[folder], scores[folder if folder in _WHOLE else "apart"])
    return dict(scores)


def measure_pairs(folder: str) -> dict[str, Score]:
    """Measure one of `FOLDERS` by the languages of article and claim: `fr-en` is English about a French article."""
    scores: dict[str, Score] = defaultdict(Score)
    for claims in _by_article(load_claims(folder=f"eval/{folder}")):
        score = scores[f"{claims[0].article_lang}-{claims[0].lang}"]
        _add(claims, score, score)
    return dict(scores)


def _by_article(claims: Sequence[EvalClaim]) -> Iterator[list[EvalClaim]]:
    for _, group in groupby(claims, key=lambda claim: (claim.article, claim.lang)):
        yield list(group)


def _add(claims: Sequence[EvalClaim], score: Score, apart: Score) -> None:
    """Measure claims about one article, and what is made out of them; what is hard in itself goes elsewhere."""
    score.claims += len(claims)
    checks = check([(claim, claim.claim) for claim in claims])
    score.alarms += [(claim, found) for claim, found in zip(claims, checks, strict=True) if not found.supported]
    wrongs = [wrong for claim in claims for wrong in _changes(claim)]
    for wrong, found in zip(wrongs, check([(wrong.claim, wrong.text) for wrong in wrongs]), strict=True):
        place = apart if is_apart(wrong) else score
        place.false += 1
        place.kinds[wrong.kind] += 1
        if not any(finding.kind in FINDINGS[wrong.kind] for finding in found.findings):
            place.missed.append((wrong, found))


def _changes(claim: EvalClaim) -> Iterator[Perturbed]:
    """What is made out of a claim; of those held out only what their slots are about, not their numerals."""
    return slot_perturbations(claim) if claim.id.startswith(FOLDERS) else perturbations(claim)


def floors() -> dict[str, dict[str, float]]:
    """Return the least that is accepted, by language; none where nothing was written down yet."""
    if not FLOORS.exists():
        return {}
    values: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8"))["floors"]
    return values


def below(scores: dict[str, Score]) -> Iterator[str]:
    """Yield a line for each figure that is worse than its floor."""
    for name, floor in floors().items():
        if scores[name].caught < floor["caught"]:
            yield f"{name}: caught {scores[name].caught:.4f}, the floor is {floor['caught']}"
        if scores[name].flagged > floor["flagged"]:
            yield f"{name}: flagged {scores[name].flagged:.4f}, the floor is {floor['flagged']}"


def write(scores: dict[str, Score], reason: str | None) -> None:
    """Write new floors; worse ones only with a reason."""
    old = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {"floors": {}, "lowered": []}
    new = {}
    for name, score in sorted(scores.items()):
        caught, flagged = math.floor(score.caught * 1000) / 1000, math.ceil(score.flagged * 1000) / 1000
        least = old["floors"].get(name, {"caught": 0.0, "flagged": 1.0})
        better = {"caught": max(least["caught"], caught), "flagged": min(least["flagged"], flagged)}
        new[name] = {"caught": caught, "flagged": flagged} if reason else better
    lowered = [*old["lowered"], reason] if reason else old["lowered"]
    FLOORS.write_text(json.dumps({"floors": new, "lowered": lowered}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> int:
    """Measure, print, and compare with the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="LANGUAGE", help="files of fixtures/eval; all by default")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--pairs", choices=FOLDERS, metavar="FOLDER")
    parser.add_argument("--raise", dest="raised", action="store_true")
    parser.add_argument("--lower", metavar="REASON")
    chosen = parser.parse_args()
    scores = measure_pairs(chosen.pairs) if chosen.pairs else measure(*chosen.names)
    print(f"{'':17}{'claims':>7}{'flagged':>9}{'false':>7}{'caught':>9}{'at all':>9}")
    for name, score in sorted(scores.items()):
        print(f"{name:17}{score.claims:7}{score.flagged:9.1%}{score.false:7}{score.caught:9.1%}{score.at_all:9.1%}")
        missed = Counter(wrong.kind for wrong, _ in score.missed)
        for kind, count in sorted(score.kinds.items()) if chosen.kinds else ():
            print(f"  {kind:15}{'':16}{count:7}{1 - missed[kind] / count:9.1%}")
    if chosen.misses:
        for score in scores.values():
            for claim, found in score.alarms:
                print(
                    f"\nFLAGGED {claim.id}: {claim.claim}\n   {[(item.kind, item.detail) for item in found.findings]}"
                )
            for wrong, found in score.missed:
                print(f"\nMISSED {wrong.kind}/{wrong.source} {wrong.claim.id}: {wrong.text}")
                print(f"   found {[(item.kind, item.detail) for item in found.findings]}")
    if (chosen.raised or chosen.lower) and not chosen.pairs:
        write(scores, chosen.lower)
    worse = list(below(scores)) if not chosen.names and not chosen.pairs else []
    print(*worse, sep="\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
