"""What grounding costs: CPU of checking eight claims, against the length of the article.

    python benchmarks/ground.py [--runs 15]         # with LangExtract beside it, where that is installed

The article is the sample, as it is and repeated until it has the length; the claims are three of its sentences, three
paraphrases, and two falsehoods, with cites. *First* is an article that is new, its analysis included; *again* is the
same one as before, as after a repair or for another summary (short ones are kept analyzed). Process-wide caches
(lexicons, words) are warm. To reach: at most 5 ms at 2 kB; the ratio to the length flat to 1 MB.

LangExtract's aligner says where words of a claim stand, and not whether the article says the claim: it is what others
call grounding, and a measure of this machine.

Below stands what one article of a batch costs before and after the model: naming its language, cutting it into
sentences, and grounding six claims, as a model writes them and as the article has them, word for word.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from summarizer.ground import ground
from summarizer.language import detect
from summarizer.plan import split
from summarizer.schema import Claim

SAMPLE = Path(__file__).parent.parent / "fixtures" / "articles" / "openai-levee-de-fonds.fr.txt"
CLAIMS = [
    ("OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", [1]),
    ("L'accord consoliderait sa position, selon des sources anonymes.", [2]),
    ("ChatGPT compte plus de 100 millions d'utilisateurs hebdomadaires, a révélé Sam Altman.", [6]),
    ("Microsoft a investi plus de 10 milliards de dollars.", [7]),
    ("Altman a dévoilé GPT-4 Turbo.", [8]),
    ("Le projet Tigris vise à concurrencer Nvidia.", [10, 11]),
    ("OpenAI a levé 200 milliards de dollars.", [1]),
    ("Satya Nadella a révélé que 29 % des développeurs viennent du Fortune 500.", [9]),
]
IN_A_BATCH = 6
BATCH_TOKENS_KB = 2.7  # about 600 tokens

Pairs = Sequence[tuple[str, Claim]]


def claims(texts: Sequence[tuple[str, list[int]]]) -> Pairs:
    """Claims with the pointers that a summary would have for them."""
    return [(f"/claims/{place}", Claim(text=text, cites=cites)) for place, (text, cites) in enumerate(texts)]


def longer(kilobytes: float) -> str:
    """The sample, repeated and cut to a length; never shorter than it is."""
    text = SAMPLE.read_bytes().decode()
    size = len(text.encode())
    return (
        text
        if kilobytes * 1000 <= size * 1.2
        else ((text + "\n\n") * (int(kilobytes * 1000 / size) + 1))[: int(kilobytes * 1000 * len(text) / size)]
    )


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU that something takes."""
    before = time.process_time()
    work()
    return 1000 * (time.process_time() - before)


def grounding_ms(text: str, pairs: Pairs, runs: int) -> tuple[float, float]:
    """Milliseconds to ground claims on an article that is new, and on the same once more; medians of some runs."""
    units, other = split(text, "fr"), split("Un autre article.", "fr")
    first, again = [], []
    for _ in range(runs):
        ground(pairs, other, language="fr")
        first.append(cpu_ms(lambda: ground(pairs, units, language="fr")))
        again.append(cpu_ms(lambda: ground(pairs, units, language="fr")))
    return statistics.median(first), statistics.median(again)


def aligning_ms(text: str, runs: int) -> float | None:
    """Milliseconds in which LangExtract, as it comes, looks for the claims in an article; None without it."""
    if find_spec("langextract") is None:
        return None
    aligner = import_module("langextract.resolver").WordAligner()
    extraction = import_module("langextract.core.data").Extraction
    wanted = [[extraction(extraction_class="claim", extraction_text=claim) for claim, _ in CLAIMS]]
    return statistics.median(cpu_ms(lambda: aligner.align_extractions(wanted, text)) for _ in range(runs))


def in_a_batch(runs: int) -> dict[str, float]:
    """Milliseconds for each thing that is done to one article of a batch, the model's part left out."""
    text = longer(BATCH_TOKENS_KB)
    units = split(text, "fr")
    return {
        "language": statistics.median(cpu_ms(lambda: detect(text)) for _ in range(runs)),
        "sentences": statistics.median(cpu_ms(lambda: split(text, "fr")) for _ in range(runs)),
        "six claims": grounding_ms(text, claims(CLAIMS[:IN_A_BATCH]), runs)[0],
        "six verbatim": grounding_ms(text, claims([(u.text, [u.number]) for u in units[:IN_A_BATCH]]), runs)[0],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    grounding_ms(longer(2), claims(CLAIMS), 3)
    head = f"{'article':>10} {'first':>10} {'per kB':>10} {'again':>10}"
    print(f"{head} {'LangExtract':>14} {'beside it':>10}" if find_spec("langextract") else head)
    for kilobytes in (2, 20, 200, 1000):
        text = longer(kilobytes)
        first, again = grounding_ms(text, claims(CLAIMS), runs if kilobytes < 200 else 3)
        size = len(text.encode()) / 1000
        row = f"{size:7.0f} kB {first:7.1f} ms {first / size:7.2f} ms {again:7.1f} ms"
        other = aligning_ms(text, min(runs, 5)) if kilobytes < 200 else None
        print(row if other is None else f"{row} {other:11.1f} ms {first / other:10.2f}", flush=True)
    print("\n" + ", ".join(f"{name} {taken:.2f} ms" for name, taken in in_a_batch(runs).items()))


if __name__ == "__main__":
    main()
