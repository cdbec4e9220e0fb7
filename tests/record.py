"""Record the completions of a real model that the tests replay: `.venv/bin/python tests/record.py [NAME...]`.

The model is SmolLM2-135M-Instruct, the small one that the package index holds; it is run by llama.cpp in a child
process, reached through the real `openai` client, and decodes what the schema allows. It writes English falsehoods
fluently, which is what the checks are for. Every recording names the model, the hash of its file, and the server.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from summarizer import Budget, Cassette, Limits, Summarizer
from summarizer.providers.local import LocalDoor
from summarizer.providers.weights import CATALOG, pull

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fixtures" / "cassettes"
# The model costs nothing but time, of which a flow that repairs for ever would take all.
BUDGET = Budget(max_requests=20)
# No repairs: what is sent back depends on what the checks find, and they get better without being recorded anew.
ONCE = Limits(timeout_s=600, max_repairs=0)
# One folder of recordings for each: the article, and how it is summarized.
SUITES: dict[str, tuple[str, dict[str, object]]] = {
    "dam": ("marrow-falls-dam.en.txt", {"max_words": 60, "limits": ONCE}),
    "merger": ("halden-norvane-merger.en.txt", {"max_words": 60, "limits": ONCE}),
    "vaccine": ("nasal-flu-vaccine.en.md", {"max_words": 60, "preset": "bullets", "limits": ONCE}),
    "sample": ("openai-levee-de-fonds.fr.txt", {"max_words": 30, "limits": ONCE}),
}
# The app in `examples/`.
APP = "newsdesk"


def main(names: list[str]) -> None:
    """Record the suites of these names, or all."""
    pull("smollm2")
    provenance = {
        "weights": CATALOG["smollm2"].member,
        "weights_sha256": CATALOG["smollm2"].sha256,
        "server": f"llama.cpp in xllamacpp {version('xllamacpp')}",
        "client": f"openai {version('openai')}",
    }
    for name in names or [*SUITES, APP]:
        if name == APP:
            record_app()
            continue
        article, options = SUITES[name]
        folder = FOLDER / name
        shutil.rmtree(folder, ignore_errors=True)
        door = LocalDoor("smollm2", limits=ONCE)
        cassette = Cassette(folder, inner=door, mode="record", budget=BUDGET, provenance=provenance)
        with Summarizer(cassette, **options) as summarizer:  # type: ignore[arg-type]
            result = summarizer.summarize(ROOT / "fixtures" / "articles" / article)
        door.close()
        print(f"{name}: {len(list(folder.glob('??/*.json')))} recordings, grounded={result.grounded}")


def record_app() -> None:
    """Record the example app as its reader would: by its own test run."""
    folder = ROOT / "examples" / APP
    shutil.rmtree(folder / "recordings", ignore_errors=True)
    options = ["--summarizer-mode=record", "--summarizer-model=local:smollm2", "--summarizer-max-requests=20"]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=folder, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
