"""Stage 3: templates and variables become messages.

Every word a model reads stands in `prompts/*.jinja` (and in the field descriptions of a schema). An article enters a
template as a value, one line a sentence, between two marks made from its hash, which it therefore cannot contain.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from summarizer.errors import TemplateError
from summarizer.records import MANY_UNITS, Evidence, Finding, Message, Span, Unit, numbered
from summarizer.schema import Claim
from summarizer.shape import ReplyFormat
from summarizer.templates import Templates

# What of a heading is shown as the place of a part.
_MOST_HEADING_CHARS = 80
# What of a failing claim is worth sending back: a reply that went round for ever must not fill the window again.
_MOST_CHARS, _MOST_CITES, _MOST_PROBLEMS = 600, 12, 6
# One run asks in one or two ways; an app may let people choose the length, and must not remember every choice.
_MOST_RULES = 64


def noted(note: Claim) -> str:
    """Return a note as a prompt shows it: the numbers of its sentences and what it says, on one line."""
    numbers, text = ", ".join(map(str, note.cites)), _line(note.text)
    return f"[{numbers}] {text}" if text[:1].isdecimal() else f"{numbers} {text}"


def _paragraphs(units: Sequence[Unit], *, bare: bool) -> list[list[str]]:
    found: list[list[str]] = []
    paragraph = None
    for unit, line in zip(units, numbered(units, bare=bare), strict=True):
        if unit.paragraph != paragraph:
            paragraph = unit.paragraph
            found.append([])
        found[-1].append(line)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def _mark(article_id: str) -> str:
    return f"=== {article_id[:16]} ==="


class Prompts(Templates):
    """The templates of a run, and what is said with them; see `Templates`."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._rules: dict[tuple[Any, ...], Message] = {}

    def rehearse(
        self,
        preset: str,
        *,
        format: ReplyFormat,  # noqa: A002 - the word that `Request` uses
        language: str | None,
        max_words: int,
        sentences: int | None = None,
        is_judged: bool = False,
    ) -> None:
        """Render templates of the user's own with a little of everything: a fault shows before anything is paid.

        A template may still fail with what it is given later. Those of the package are pinned by its tests.

        Args:
            preset: Name of a preset.
            format: What the reply must look like.
            language: ISO 639-1 code to write in; None keeps the article's.
            max_words: How long the summary may be.
            sentences: How many sentences it may have; None for no number.
            is_judged: Whether a judge will be asked.

        Raises:
            TemplateError: A template is missing or does not render.
        """
        if not self.has_own:
            return
        text = "It says two things."
        units = [Unit(1, 0, text), Unit(2, len(text) + 1, text, 2)]
        claims = [Claim(text=text, cites=[1, 2])] * 2
        doubts = [Finding("number", "the evidence says 2")] * 2
        evidence = [Evidence(unit.number, Span(unit.start, unit.start + len(text)), text) for unit in units]
        rules, article = self.ask(
            preset,
            units,
            article_id="",
            format=format,
            language=language,
            max_words=max_words,
            sentences=sentences,
        )
        if not rules.content:
            raise TemplateError(f"template {str(self.path(preset))!r} says nothing")
        self.repair(["two", "problems"])
        self.shorten(["200 words where at most 120 were asked for"] * 2)
        self.notes(wanted=format.outline, max_words=max_words)
        given = [
            ("_article", "paragraphs", article),
            ("_part", "paragraphs", self.part(units, article_id="", place=(1, 2), path=("A book", "A chapter"))),
            ("_mend", "claims", self.mend([(claim, doubts) for claim in claims], units, article_id="", format=format)),
            *(("_material", "lines", self.material(claims, article_id="", is_last=last)) for last in (False, True)),
        ]
        if is_judged:
            _, judged = self.judge([(claim, evidence) for claim in claims], article_id="", format=format)
            given.append(("_judged", "claims", judged))
        for name, variable, message in given:
            if text.casefold() not in _line(message.content).casefold():
                where = f"template {str(self.path(name))!r}"
                raise TemplateError(f"{where} leaves out what is to be read: it shows no line of its {variable!r}")

    def ask(
        self,
        preset: str,
        units: Sequence[Unit],
        *,
        article_id: str,
        format: ReplyFormat,  # noqa: A002 - the word that `Request` uses
        language: str | None,
        max_words: int,
        sentences: int | None = None,
    ) -> tuple[Message, ...]:
        """Render the question: the same instructions for every article of a run first, the article last.

        Args:
            preset: Name of a preset.
            units: The numbered sentences to show.
            article_id: SHA-256 of the article; the marks around it are made from it.
            format: What the reply must look like.
            language: ISO 639-1 code to write in; None keeps the article's.
            max_words: How long the summary may be.
            sentences: How many sentences it may have; None for no number.

        Raises:
            TemplateError: The template is missing or does not render.
        """
        rules = self.rules(preset, format=format, language=language, max_words=max_words, sentences=sentences)
        paragraphs = _paragraphs(units, bare=len(units) > MANY_UNITS)
        return rules, Message("user", self._render("_article", mark=_mark(article_id), paragraphs=paragraphs))

    def rules(
        self,
        preset: str,
        *,
        format: ReplyFormat,  # noqa: A002 - the word that `Request` uses
        language: str | None,
        max_words: int,
        sentences: int | None = None,
    ) -> Message:
        """Render the instructions alone; see `ask`."""
        return self._rules_of(
            preset, outline=format.outline, language=language, max_words=max_words, sentences=sentences
        )

    def _rules_of(self, name: str, **settings: Any) -> Message:
        """Render instructions once for all articles that are asked about in the same way."""
        key = (name, *settings.values())
        if key not in self._rules:
            if len(self._rules) >= _MOST_RULES:
                self._rules.clear()
            self._rules[key] = Message("system", self._render(name, **settings))
        return self._rules[key]

    def notes(self, *, wanted: str | None, max_words: int) -> Message:
        """Render the instructions for taking notes: the same for every part of an article, and for notes on notes.

        Args:
            wanted: The shape of what will be made of the notes in the end; None for the standard summary.
            max_words: How long the notes may be.
        """
        return self._rules_of("_notes", wanted=wanted, max_words=max_words)

    def part(self, units: Sequence[Unit], *, article_id: str, place: tuple[int, int], path: Sequence[str]) -> Message:
        """Render a part of a long article, each sentence after its number.

        Args:
            units: The sentences of the part.
            article_id: SHA-256 of the article.
            place: Which part it is, out of how many.
            path: The headings that it stands under, the largest first.
        """
        return Message(
            "user",
            self._render(
                "_part",
                mark=_mark(article_id),
                paragraphs=_paragraphs(units, bare=True),
                number=place[0],
                of=place[1],
                path=[_line(heading)[:_MOST_HEADING_CHARS] for heading in path],
            ),
        )

    def material(self, notes: Sequence[Claim], *, article_id: str, is_last: bool) -> Message:
        """Render notes in the place of an article, each after the numbers of the sentences that it rests on.

        Args:
            notes: The notes, in the order of the article.
            article_id: SHA-256 of the article.
            is_last: Whether these notes are all, and the summary is made of them.
        """
        lines = [noted(note) for note in notes]
        return Message("user", self._render("_material", mark=_mark(article_id), lines=lines, is_last=is_last))

    def repair(self, problems: Sequence[str]) -> Message:
        """Render what is said to a model whose reply cannot be used."""
        return Message("user", self._render("_repair", problems=problems))

    def shorten(self, excess: Sequence[str]) -> Message:
        """Render what is said to a model whose summary is too long, by what it has too much of."""
        return Message("user", self._render("_shorten", excess=excess))

    def mend(
        self,
        failing: Sequence[tuple[Claim, Sequence[Finding]]],
        units: Sequence[Unit],
        *,
        article_id: str,
        format: ReplyFormat,  # noqa: A002 - the word that `Request` uses
    ) -> Message:
        """Render what is said to a model whose statements the article does not support.

        Args:
            failing: The statements, each with the reasons to doubt it.
            units: The sentences around their evidence.
            article_id: SHA-256 of the article.
            format: What the reply must look like: one new statement for each of these.
        """
        claims = [
            {
                "text": _line(claim.text)[:_MOST_CHARS],
                "cites": claim.cites[:_MOST_CITES],
                "problems": [item.detail for item in findings[:_MOST_PROBLEMS]],
            }
            for claim, findings in failing
        ]
        lines = numbered(units, bare=False)
        return Message(
            "user", self._render("_mend", mark=_mark(article_id), lines=lines, claims=claims, outline=format.outline)
        )

    def judge(
        self,
        claims: Sequence[tuple[Claim, Sequence[Evidence]]],
        *,
        article_id: str,
        format: ReplyFormat,  # noqa: A002 - the word that `Request` uses
    ) -> tuple[Message, ...]:
        """Render what a judge is asked: whether the evidence of each of these claims says it.

        Args:
            claims: The claims, each with its evidence.
            article_id: SHA-256 of the article.
            format: What the reply must look like: one verdict for each of these.
        """
        shown_claims = [
            {"text": _line(claim.text), "lines": [f"[{item.unit}] {_line(item.text)}" for item in evidence]}
            for claim, evidence in claims
        ]
        rules = self._render("_judge", outline=format.outline)
        return Message("system", rules), Message(
            "user", self._render("_judged", mark=_mark(article_id), claims=shown_claims)
        )
