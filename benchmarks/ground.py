"""What grounding costs: CPU of checking eight claims, against the length of the article.

    python benchmarks/ground.py [--runs 9]

The article is the sample, as it is and repeated until it has the length; the claims are three of its sentences, three
paraphrases, and two falsehoods, with cites. Each length is measured after a first run that fills caches of the process
(lexicons, compiled patterns), not of the article. To reach: at most 5 ms at 2 kB; the ratio to the length flat to 1 MB.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from summarizer.ground import ground
from summarizer.plan import split
from summarizer.records import Article
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


def cpu_ms(article: Article, runs: int) -> float:
    """Milliseconds of CPU to ground all claims, the article's analysis included; the median of some runs."""
    units = split(article.text, "fr")
    claims = [(f"/claims/{place}", Claim(text=text, cites=cites)) for place, (text, cites) in enumerate(CLAIMS)]
    taken = []
    for _ in range(runs):
        before = time.process_time()
        ground(claims, article, units, language="fr")
        taken.append(time.process_time() - before)
    return 1000 * statistics.median(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    text = SAMPLE.read_bytes().decode()
    cpu_ms(Article(text), 3)
    print(f"{'article':>10} {'CPU':>10} {'per kB':>10}")
    for kilobytes in (2, 20, 200, 1000):
        longer = (text + "\n\n") * max(1, round(kilobytes * 1000 / len(text.encode())))
        taken = cpu_ms(Article(longer), runs if kilobytes < 200 else 3)
        size = len(longer.encode()) / 1000
        print(f"{size:7.0f} kB {taken:7.1f} ms {taken / size:7.2f} ms")


if __name__ == "__main__":
    main()
