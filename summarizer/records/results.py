"""Nouns of what comes out: checks, results, failures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Literal, overload

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypeVar

from summarizer.errors import Outcome, SchemaError
from summarizer.records.articles import Span
from summarizer.records.quick import quick
from summarizer.records.requests import Usage
from summarizer.records.untyped import untyped
from summarizer.schema import Claim, Summary, field_values, find_claims, from_field_values

S = TypeVar("S", bound=BaseModel, default=Summary)
T = TypeVar("T", bound=BaseModel, default=Summary)

RESULT_FORMAT = "summarizer.result/1"
MADE_ELSEWHERE = "none"  # the model of a summary that was only checked

Verdict = Literal["supported", "unsupported"]
Origin = Literal["model", "repair", "extract"]
FindingKind = Literal[
    "cite", "number", "date", "name", "negation", "hedge", "attribution", "quote", "overlap", "language", "entailment"
]


@quick
@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit that a claim rests on.

    Attributes:
        unit: Its number.
        span: Where it stands in the article.
        text: Exactly `article.text[span.start:span.end]`.
    """

    unit: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to doubt a claim.

    Attributes:
        kind: What is doubted.
        detail: What the claim says, what the evidence says, in one line.
    """

    kind: FindingKind
    detail: str


@quick
@dataclass(frozen=True, slots=True)
class Check:
    """Our look at one claim.

    Attributes:
        path: JSON pointer of the claim in the summary.
        verdict: `supported` unless a finding says otherwise.
        evidence: The units the claim rests on, in the order of the article.
        findings: Every reason to doubt it; empty when supported.
        risk: In [0, 1]; orders claims by how likely they are wrong, also among the supported ones.
        origin: Who wrote the claim: the model, the model on a second try, or nobody (a sentence of the article itself,
            as the schema writes it).
        rejected: The model's sentence that this one replaced, or None.
        corrected: The units the model had cited, when others were found to say it; None when its own hold.
    """

    path: str
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    risk: float = 0.0
    origin: Origin = "model"
    rejected: str | None = None
    corrected: tuple[int, ...] | None = None

    @property
    def supported(self) -> bool:
        """Whether the evidence says what the claim says, as far as the checks see."""
        return self.verdict == "supported"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a long article that was read by itself.

    Attributes:
        first: Number of its first unit.
        last: Number of its last unit.
        span: Where it stands: parts joined are the article.
        path: The headings that it stands under where it begins, the largest first.
        cited: How many of its units the summary rests on.
        is_read: Whether a model read it; False where the call failed.
    """

    first: int
    last: int
    span: Span
    path: tuple[str, ...] = ()
    cited: int = 0
    is_read: bool = True


@quick
@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the article the summary rests on.

    Attributes:
        units: Number of units of the article.
        cited: Numbers of the units that some claim rests on.
        partial: Units that no model read, because the call for their chunk failed.
        parts: The parts of an article that was too long for one prompt, in order; empty for any other.
    """

    units: int
    cited: tuple[int, ...]
    partial: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def share(self) -> float:
        """Cited units over all units, in [0, 1]."""
        return len(self.cited) / self.units if self.units else 0.0

    @property
    def unused(self) -> tuple[Part, ...]:
        """The parts that no claim rests on."""
        return tuple(part for part in self.parts if not part.cited)


@dataclass(frozen=True, slots=True)
class Step:
    """One note on the way from a long article to its summary.

    Attributes:
        level: 1 for notes on the article itself, 2 for notes on those, and so on.
        part: Which call of that level wrote it, counted from 1.
        first: Number of the first unit of what the call read.
        last: Number of the last unit of it.
        note: The note, with the units that it cites.
        check: Our look at it. What failed was not offered to the next level: it is here as the model wrote it, or the
            article's own sentence took its place (`origin` is `extract`).
    """

    level: int
    part: int
    first: int
    last: int
    note: Claim
    check: Check


@quick
@dataclass(frozen=True, slots=True)
class Result(Generic[S]):
    """A summary and all we found out about it; `summary` is the model's voice, everything else is ours.

    Attributes:
        article_id: SHA-256 of the article's text.
        source: Where the article came from, for people.
        language: Language of the summary (ISO 639-1), or None when unknown.
        model: What wrote the summary, as a user names it.
        summary: The schema instance.
        checks: One for each claim, in the order of the schema's fields.
        unchecked: JSON pointers of the values that are in no claim, so that nothing checked them.
        warnings: What people should know, one line each.
        coverage: Which units the summary rests on.
        usage: What all requests for this result consumed.
        steps: The notes between a long article and its summary, level by level; none for an article that was read
            whole, nor where a result was read back that was written without them.
    """

    article_id: str
    source: str | None
    language: str | None
    model: str
    summary: S
    checks: tuple[Check, ...]
    unchecked: tuple[str, ...]
    warnings: tuple[str, ...]
    coverage: Coverage
    usage: Usage
    steps: tuple[Step, ...] = ()

    def __hash__(self) -> int:
        """Hash what is ours of it: a summary holds lists, and equal results have equal checks."""
        return hash((self.article_id, self.model, self.checks))

    def __repr__(self) -> str:
        """Say who wrote it and what of it is unsupported: all that it holds would fill screens."""
        failing = [check for check in self.checks if not check.supported]
        told = "".join(
            f", not {check.path or 'the claim'} ({', '.join(item.kind for item in check.findings)})"
            for check in failing
        )
        source = "" if self.source is None else f" of {self.source!r}"
        total = len(self.checks)
        return f"<Result{source} by {self.model}: {total - len(failing)} of {total} claims supported{told}>"

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        from summarizer.render.html import html

        return html(self)

    @property
    def checked(self) -> tuple[tuple[Claim, Check], ...]:
        """Every claim with our look at it, in the order of the schema's fields."""
        claims = dict(find_claims(self.summary))
        return tuple((claims[check.path], check) for check in self.checks)

    @property
    def grounded(self) -> bool:
        """Whether every claim is supported."""
        return all(check.supported for check in self.checks)

    def to_dict(self, *, steps: bool = False) -> dict[str, Any]:
        """JSON values in the format `summarizer.result/1`, with the steps of a long article if wanted."""
        head, tail = self._around(steps=steps)
        return head | {"checks": _values(tuple[Check, ...], self.checks)} | tail

    def to_json(self, *, steps: bool = False) -> str:
        """One line of JSON in the format `summarizer.result/1`, with the steps of a long article if wanted."""
        try:
            # Checks are most of it, and pydantic writes them as they stand; JSON values of them take twice as long.
            checks = _adapter(tuple[Check, ...]).dump_json(self.checks, warnings=False).decode()
            head, tail = self._around(steps=steps)
            return f'{_json(head)[:-1]},"checks":{checks},{_json(tail)[1:]}'
        except ValueError:  # half a character, or no number
            return json.dumps(self.to_dict(steps=steps), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def _around(self, *, steps: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """JSON values of what stands before the checks, and after them."""
        coverage = _values(Coverage, self.coverage)
        if not self.coverage.parts:
            del coverage["parts"]
        head = {
            "format": RESULT_FORMAT,
            "article_id": self.article_id,
            "source": self.source,
            "language": self.language,
            "model": self.model,
            "summary": field_values(self.summary),
        }
        tail = {
            "unchecked": list(self.unchecked),
            "warnings": list(self.warnings),
            "coverage": coverage,
            "usage": self.usage.to_dict(),
            "grounded": self.grounded,
        }
        return head, tail | ({"steps": _values(tuple[Step, ...], self.steps)} if steps else {})

    @overload
    @classmethod
    def from_json(cls, text: str | bytes, /, *, schema: None) -> Result[Any]: ...

    @overload
    @classmethod
    def from_json(cls, text: str | bytes, /) -> Result[Summary]: ...

    @overload
    @classmethod
    def from_json(cls, text: str | bytes, /, *, schema: type[T]) -> Result[T]: ...

    @classmethod
    def from_json(cls, text: str | bytes, /, *, schema: type[BaseModel] | None = Summary) -> Result[Any]:
        """Read a result back.

        Args:
            text: What `to_json` wrote, by this version or an older one.
            schema: The class of the summary. None for any, as to show it: its claims, and plain values around them.

        Raises:
            SchemaError: The text is no result, is of a newer format, or its summary is not of this schema.
        """
        kind: object = schema
        if kind is not None and not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            raise SchemaError(f"a schema is a pydantic class, not {schema!r:.60}")
        try:
            values = json.loads(text, parse_constant=_refuse)
            _must_be_of_this_format(values)
            _must_be_plain(values)
            checks = _adapter(tuple[Check, ...]).validate_python(values["checks"])
            return Result(
                article_id=values["article_id"],
                source=values["source"],
                language=values["language"],
                model=values["model"],
                summary=_summary(schema, values, checks),
                checks=checks,
                unchecked=tuple(values["unchecked"]),
                warnings=tuple(values["warnings"]),
                coverage=_adapter(Coverage).validate_python(values["coverage"]),
                usage=Usage.from_dict(values["usage"]),
                steps=_adapter(tuple[Step, ...]).validate_python(values.get("steps", ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise SchemaError(f"this is no result of summarizer: {said}"[:200]) from error


def _must_be_of_this_format(values: Any) -> None:
    if not (isinstance(values, dict) and "format" in values):
        raise SchemaError(f'this is no result of summarizer: JSON with no "format": {RESULT_FORMAT!r}')
    found = values["format"]
    if found != RESULT_FORMAT:
        raise SchemaError(f"a result of format {found!r}; this version reads {RESULT_FORMAT!r}")


def _must_be_plain(values: dict[str, Any]) -> None:
    """Refuse what stands where a text or a number belongs.

    Raises:
        TypeError: Something does.
    """
    texts = [values["article_id"], values["model"], *values["unchecked"], *values["warnings"]]
    perhaps = [value for value in (values["source"], values["language"]) if value is not None]
    numbers = [value for name, value in values["usage"].items() if name != "cost_usd" and value is not None]
    for kind, found in ((str, texts + perhaps), (int, numbers)):
        for value in found:
            if not isinstance(value, kind):
                raise TypeError(f"{value!r:.40} is no {kind.__name__}")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _summary(schema: type[BaseModel] | None, values: Any, checks: tuple[Check, ...]) -> BaseModel:
    if schema is None:
        paths = frozenset(check.path for check in checks)
        return untyped(values["summary"], paths, is_plain=values["model"] == MADE_ELSEWHERE)
    try:
        return from_field_values(schema, values["summary"])
    except ValidationError as error:
        what = f"the summary does not fit schema {schema.__name__!r} (give the class that it was made with)"
        raise SchemaError(f"{what}: {error.errors()[0]['msg']}") from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what turns records into JSON values and back."""
    return TypeAdapter(kind)


def _values(kind: Any, records: Any) -> Any:
    return _adapter(kind).dump_python(records, mode="json", warnings=False)


def _json(values: Any) -> str:
    text = to_json(values).decode()
    if "NaN" in text or "Infinity" in text:
        raise ValueError("no number")
    return text


@dataclass(frozen=True, slots=True)
class Failure:
    """One article that did not become a result.

    Attributes:
        article_id: SHA-256 of the article's text; None where the input could not be read.
        source: Where the article came from, for people; None for a text given as such.
        outcome: The word for it, out of a closed set.
        detail: What happened and what to do, one line.
        usage: What was consumed all the same.
    """

    article_id: str | None
    source: str | None
    outcome: Outcome
    detail: str
    usage: Usage = Usage()  # noqa: RUF009 - immutable
