"""Stage 3: templates and variables become messages.

Every word a model reads stands in `prompts/*.jinja` (and in the field descriptions of a schema). An article enters a
template as a value, one line a sentence, between two marks made from its hash, which it therefore cannot contain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarizer.errors import TemplateError
from summarizer.records import MANY_UNITS, Evidence, Finding, Message, Unit, digest, numbered
from summarizer.schema import Claim
from summarizer.shape import ReplyFormat

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_PACKAGE = Path(__file__).resolve().parent


# A tag that takes in another template, and the names in it; one without is only known when it is rendered.
_TAKES_IN = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b(.*?)%\}", re.DOTALL)
_QUOTED = re.compile(r"""["']([^"']+)["']""")
# Templates that only long articles are read with.
_FOR_LONG = frozenset({"_notes", "_part", "_material"})
# What of a heading is shown as the place of a part.
_MOST_HEADING_CHARS = 80
# What of a failing claim is worth sending back: a reply that went round for ever must not fill the window again.
_MOST_CHARS, _MOST_CITES, _MOST_PROBLEMS = 600, 12, 6
# One run asks in one or two ways; an app may let people choose the length, and must not remember every choice.
_MOST_RULES = 64


def packaged_folder() -> Path:
    """Return the folder of the templates that come with the package: in a wheel inside it, in a checkout beside it."""
    inside = _PACKAGE / "prompts"
    return inside if inside.is_dir() else _PACKAGE.parent / "prompts"


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


def _stem(name: str) -> str:
    """Return what a template is called, as another one names it."""
    return name.removesuffix(".jinja")


def _line(text: str) -> str:
    return " ".join(text.split())


def _mark(article_id: str) -> str:
    return f"=== {article_id[:16]} ==="


class Prompts:
    """The templates of a run: the user's own folder first, then those of the package.

    A preset is a template whose name does not begin with an underscore.

    Args:
        folder: A folder with `*.jinja` files that add presets or replace templates of the package.

    Raises:
        TemplateError: The folder does not exist.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise TemplateError(f"no folder of prompts at {str(folder)!r}")
        self.folders = tuple(path.resolve() for path in (folder, packaged_folder()) if path is not None)
        self._environment: Environment | None = None
        self._compiled: dict[str, Template] = {}
        self._sources: dict[str, str] = {}
        self._versions: dict[tuple[str, bool], str] = {}
        self._rules: dict[tuple[Any, ...], Message] = {}

    def presets(self) -> tuple[str, ...]:
        """Return the names of all presets, sorted."""
        return tuple(sorted(name for name in self._names() if not name.startswith("_")))

    def path(self, name: str) -> Path:
        """Return the file of a template, the user's own before the package's.

        Raises:
            TemplateError: No such template, or one that is a link out of its folder.
        """
        for folder in self.folders:
            path = folder / f"{name}.jinja"
            if path.is_file():
                if path.resolve().parent != folder:
                    raise TemplateError(f"template {name!r} is a link out of {str(folder)!r}: copy the file instead")
                return path
        known = ", ".join(self.presets())
        raise TemplateError(f"no prompt named {name!r}; there are: {known}")

    def __getstate__(self) -> dict[str, Any]:
        """All but what is compiled: in another process, too, a template stays as it was read first."""
        return {**self.__dict__, "_environment": None, "_compiled": {}}

    def source(self, name: str) -> str:
        """Return the text of a template; it is read once in the life of this object."""
        if name not in self._sources:
            try:
                self._sources[name] = self.path(name).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateError(f"template {name!r} cannot be read: {error}") from error
        return self._sources[name]

    def fingerprint(self, preset: str) -> str:
        """Return a hash of every template that a preset can reach: it changes when any word of them does."""
        return digest("\0".join(f"{name}\0{self.source(name)}" for name in self._reached(preset)))

    def versions(self, preset: str, *, in_parts: bool = False) -> str:
        """Return the templates that a preset can reach, each with the start of its hash: `_rules:0f3c... news:a81d...`.

        Args:
            preset: Name of a preset.
            in_parts: Whether an article is meant that is read in parts.
        """
        found = self._versions.get((preset, in_parts))
        if found is None:
            names = (name for name in self._reached(preset) if in_parts or name not in _FOR_LONG)
            found = " ".join(f"{name}:{digest(self.source(name))[:12]}" for name in names)
            self._versions[preset, in_parts] = found
        return found

    def _reached(self, preset: str) -> list[str]:
        found = {name for name in self._names() if name.startswith("_")}
        left = {preset} | found
        while left:
            found |= left
            left = {name for reached in left for name in self._taken_in(reached)} - found
        return sorted(found)

    def _taken_in(self, name: str) -> set[str]:
        """Return the templates that one names; all where it makes a name up."""
        known = self._names()
        found: set[str] = set()
        for tag in _TAKES_IN.findall(self.source(name)):
            named = {_stem(one) for one in _QUOTED.findall(tag)} & known
            found |= named or known
        return found

    def _names(self) -> set[str]:
        return {path.stem for folder in self.folders for path in folder.glob("*.jinja") if path.is_file()}

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

    def _loaded(self, name: str) -> str | None:
        """Return the text of a template as another one names it; None when there is none, which it may allow."""
        stem = _stem(name)
        return self.source(stem) if any((folder / f"{stem}.jinja").is_file() for folder in self.folders) else None

    def _render(self, name: str, **values: Any) -> str:
        try:
            template = self._compiled.get(name)
            if template is None:
                template = self._compiled[name] = self._jinja().get_template(name)
            # What every template knows is given as it is: `render` puts it together anew, in twice the time.
            context = template.new_context({**template.environment.globals, **values}, shared=True)
            return "".join(template.root_render_func(context)).strip()
        except Exception as error:
            fault = self._fault(name, error)
            if fault is None:
                raise
            raise fault from error

    def _fault(self, name: str, error: Exception) -> TemplateError | None:
        """Return what to say of a template that does not render; None where it is not to blame."""
        from jinja2 import TemplateError as JinjaError
        from jinja2 import TemplateNotFound

        if isinstance(error, TemplateNotFound):
            return TemplateError(f"template {str(self.path(name))!r} needs a template {error.name!r} that is not there")
        if isinstance(error, RecursionError):
            return TemplateError(f"template {str(self.path(name))!r} takes itself in: give it a name of its own")
        if isinstance(error, (JinjaError, ArithmeticError, LookupError, TypeError, ValueError)):
            line = getattr(error, "lineno", None)
            where = f", line {line}" if line else ""
            return TemplateError(f"template {str(self.path(name))!r}{where}: {error}")
        return None

    def _jinja(self) -> Environment:
        if self._environment is None:
            from jinja2 import FunctionLoader, StrictUndefined
            from jinja2.sandbox import ImmutableSandboxedEnvironment

            self._environment = ImmutableSandboxedEnvironment(
                loader=FunctionLoader(self._loaded),
                undefined=StrictUndefined,
                autoescape=False,
                trim_blocks=True,
                lstrip_blocks=True,
            )
        return self._environment
