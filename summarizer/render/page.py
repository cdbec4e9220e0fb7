"""Results as one page of HTML: each sentence of a summary beside the sentences of the article that it rests on.

The page stands by itself and runs nothing: no script, no link, no picture, nothing fetched, which its own policy says
too (`Content-Security-Policy`). No text of an article or a model can become any of these. What is shown of many
results is chosen by style alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from summarizer.records import Failure, Result, Usage
from summarizer.render.outline import Row, clean, closing, cost, many, notes, rows

_DEEPEST = 6  # levels of a schema that are shown as such

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --aside: #888; --doubt: #d33; --own: #b70 }
body { display: flex; flex-direction: column; max-width: 78rem; margin: 2rem auto; padding: 0 1rem;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { order: -2; margin: 0; font-size: 1.5rem }
.totals { order: -1; margin: .5rem 0 1rem }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem }
article { content-visibility: auto; contain-intrinsic-size: auto 20rem; margin-top: 1.5rem; padding-top: 1rem;
  border-top: 1px solid var(--line) }
h2 { margin: 0 0 .5rem; font-size: 1rem; color: var(--aside) }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: .25rem 2rem; margin: .5rem 0 }
.row p { margin: 0 }
sup { line-height: 0 }
.title { font-weight: bold }
.evidence { font-weight: normal; padding-inline-start: .75rem; border-inline-start: 3px solid var(--line) }
.doubted > .said { color: var(--doubt) }
.doubted > .evidence { border-color: var(--doubt) }
.replaced > .evidence { border-color: var(--own) }
.note, .number, .aside, .closing { color: var(--aside); font-weight: normal }
.said > .note { margin-inline-start: 1rem }
.closing { margin: .5rem 0 0; font-size: .875rem }
.d1 { margin-inline-start: 1.5rem } .d2 { margin-inline-start: 3rem } .d3 { margin-inline-start: 4.5rem }
.d4 { margin-inline-start: 6rem } .d5 { margin-inline-start: 7.5rem } .d6 { margin-inline-start: 9rem }
body:has(#doubts:checked) article:not(.with-doubts), body:has(#own:checked) article:not(.with-own),
body:has(#failed:checked) article:not(.failed) { display: none }
body:has(main > :only-child) nav { display: none }
@media (max-width: 45rem) { .row { grid-template-columns: 1fr } }
@media print { nav { display: none } article { content-visibility: visible; break-inside: avoid } }
"""
_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Summaries and their evidence</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Summaries and their evidence</h1>
"""
_CHOICES = {
    "all": "all",
    "doubts": "with an unsupported sentence",
    "own": "with the article's own words in place of the model's",
    "failed": "not summarized",
}
_CHOICE = "\n".join(
    f'<label><input type="radio" name="shown" id="{name}"{" checked" * (name == "all")}> {said}</label>'
    for name, said in _CHOICES.items()
)


class Page:
    """A page that is written piece by piece, for any number of results.

    The pieces in their order: `opening`, one `section` for each result or failure, `ending`, which has the totals; the
    page shows them first.

    Attributes:
        results: How many results it shows.
        failures: How many failures.
    """

    def __init__(self) -> None:
        self.results = self.failures = 0
        self._claims = self._unsupported = self._replaced = 0
        self._usage = Usage()

    def opening(self) -> str:
        """Return what stands before the first section."""
        return f"{_HEAD}<nav>\n{_CHOICE}\n</nav>\n<main>\n"

    def section(self, told: Result[Any] | Failure) -> str:
        """Return what is shown of one article."""
        self._usage += told.usage
        if isinstance(told, Failure):
            self.failures += 1
            return _failure(told)
        self.results += 1
        self._claims += len(told.checks)
        self._unsupported += sum(not check.supported for check in told.checks)
        self._replaced += sum(check.rejected is not None for check in told.checks)
        return _result(told)

    def ending(self) -> str:
        """Return the totals of what was shown, and what ends the page."""
        parts = [many(self.results, "summary", "summaries")]
        parts += [f"{self.failures:,} not summarized"] if self.failures else []
        parts += [f"{self._claims - self._unsupported:,} of {many(self._claims, 'claim')} supported"]
        parts += [f"{self._replaced:,} in the article's own words"] if self._replaced else []
        shown = " · ".join([*parts, *cost(self._usage)])
        return f'</main>\n<p class="totals">{_shown(shown)}</p>\n</body>\n</html>\n'


def page(told: Iterable[Result[Any] | Failure], /) -> Iterator[str]:
    """Yield a page of HTML that shows results and failures, piece by piece: each claim beside what it rests on.

    Args:
        told: What `Summarizer.batch` yields, or results that were read back (`Result.from_json`).
    """
    shown = Page()
    yield shown.opening()
    yield from map(shown.section, told)
    yield shown.ending()


def _result(result: Result[Any]) -> str:
    kinds = [
        *(["with-doubts"] if not result.grounded else []),
        *(["with-own"] if any(check.rejected is not None for check in result.checks) else []),
    ]
    tongue = f' lang="{escape(result.language)}"' if result.language else ""
    lines = [
        f'<article class="{" ".join(kinds)}"{tongue}>',
        f"<h2>{_shown(result.source or result.article_id[:12])}</h2>",
    ]
    lines += map(_row, rows(result))
    lines += [f'<p class="note">Note: {_shown(warning)}</p>' for warning in result.warnings]
    lines += [f'<p class="closing">{_shown(closing(result))}</p>', "</article>\n"]
    return "\n".join(lines)


def _failure(failure: Failure) -> str:
    name = failure.source or (failure.article_id or "article")[:12]
    said = f"<b>{_shown(failure.outcome)}:</b> {_shown(failure.detail)}"
    return f'<article class="failed">\n<h2>{_shown(name)}</h2>\n<p>{said}</p>\n</article>\n'


def _row(row: Row) -> str:
    check = row.check
    kinds = ["row", *(["title"] if row.is_title else []), *([f"d{min(row.depth, _DEEPEST)}"] if row.depth else [])]
    is_doubted = check is not None and not check.supported
    kinds += ["doubted"] if is_doubted else ["replaced"] if check is not None and check.rejected is not None else []
    label = "" if row.label is None else f"<b>{_shown(row.label)}:</b> "
    marks = "".join(f'<sup class="number">[{number}]</sup>' for number in row.numbers)
    if row.is_unchecked and not row.numbers:
        marks = ' <i class="aside">(unchecked)</i>'
    marks += "" if row.risk is None else f' <i class="aside">(risk {row.risk:.2f})</i>'
    said = [f'<p dir="auto">{"✗ " if is_doubted else ""}{label}{_shown(row.text or "")}{marks}</p>']
    said += [f'<p class="note"><i>{note.name}:</i> {note.said(_shown)}</p>' for note in notes(row)]
    there = [] if check is None else check.evidence
    evidence = [f'<p dir="auto"><span class="number">[{item.unit}]</span> {_shown(item.text)}</p>' for item in there]
    beside = f'<div class="evidence">{"".join(evidence)}</div>' if evidence else ""
    return f'<div class="{" ".join(kinds)}"><div class="said">{"".join(said)}</div>{beside}</div>'


def _shown(text: str) -> str:
    return escape(clean(text))
