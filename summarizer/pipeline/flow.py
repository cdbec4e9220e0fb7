"""From an article to a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from summarizer.errors import TooLong, TruncatedInput, Ungrounded, Unreadable
from summarizer.ground.doubts.tongue import read, spoken
from summarizer.ground.reading.text import Passage
from summarizer.language import code_of, detect
from summarizer.pipeline.draft import Draft, grounded, look_of, replaced, with_checks
from summarizer.pipeline.drive import Flow, accounted
from summarizer.pipeline.judge import judge_riskiest
from summarizer.pipeline.mend import mend
from summarizer.pipeline.rooms import Rooms
from summarizer.pipeline.shorten import excess, shorten, with_length
from summarizer.pipeline.task import Given, Measure, Task
from summarizer.pipeline.tree import Reading, smaller_window
from summarizer.pipeline.write import SHORT, most_tokens, question, write
from summarizer.plan import fitted, whole
from summarizer.prompt import Prompts
from summarizer.records import MADE_ELSEWHERE, Article, Check, Coverage, ModelInfo, Part, Plan, Request, Result, Usage
from summarizer.schema import find_claims, find_unchecked

S = TypeVar("S", bound=BaseModel)

NOTHING_CHECKED = "nothing was checked: the summary holds no claim"
# What was hardly meant as the text to summarize: the name of a file, an address.
_NAME = re.compile(
    r"[^\n]{1,200}\.(?:txt|text|md|markdown|html?|pdf|docx?|epub|csv|jsonl?)|https?://\S{1,2000}", re.IGNORECASE
)

# An error holds at most 80 characters of an article: two quotations of a finding, or the beginning of what has none.
_QUOTED = re.compile(r"“((?:[^“”]|“[^“”]*”)*)”")
_MOST_QUOTED = 40
_MOST_SAID = 80
# What findings say around their quotations is shorter; a judge's reason may be of any length.
_OWN_WORDS = 110

# How far off an estimate of tokens may be: it is up to a third high in Latin script. What it calls too long by less may
# fit; the server says so for nothing, and nothing is cut.
_HOPE = 1.2


def summarize(
    article: Article, task: Task[S], *, prompts: Prompts, model: ModelInfo, measure: Measure
) -> Flow[Result[S]]:
    """Describe how an article becomes a result.

    Raises:
        SummarizerError: The article is too long even in parts, the model cannot be reached or declines, no reply fits
            the schema, or a claim is unsupported and the task asks for an error. Its `usage` is what was consumed until
            then.
    """
    return accounted(_summarize(article, task, prompts, model, measure))


def _summarize(
    article: Article, task: Task[S], prompts: Prompts, model: ModelInfo, measure: Measure
) -> Flow[Result[S]]:
    given, wanted = _given(article, task, prompts, model, measure), task.language
    task = given.task
    laid_out, asked = _planned(given)
    reading: Reading[S] | None = None
    if laid_out.kind == "single":
        asked = given.fitted(asked or question(laid_out.units, given))
        draft, scope, request, reading = yield from _read_whole(laid_out, given, asked)
    else:
        reading = Reading(laid_out, given, Rooms.of(given, model.window or 0))
        draft, scope, request = yield from reading.summary()
    given = given if reading is None else reading.given
    too_long = excess(draft, scope, task)
    if too_long:
        draft = yield from shorten(draft, scope, given, too_long)
    measured = draft.summary
    draft = yield from grounded(draft, scope, task)
    if model.writes:
        draft = yield from mend(draft, scope, given, request)
        if task.judge is not None:
            draft = yield from judge_riskiest(draft, scope, task, prompts, task.judge)
    if task.on_unsupported == "replace":
        draft = yield from replaced(draft, scope, task)
    if too_long or draft.summary is not measured:
        draft = with_length(draft, scope, task)
    if wanted not in (task.language, given.article.language):
        said = f"the summary is in the article's language, not in {wanted!r}: no model translates it"
        draft = replace(draft, warnings=(*draft.warnings, said))
    result = _result(draft, laid_out, task, reading)
    if task.on_unsupported == "raise" and not result.grounded:
        error = Ungrounded(_first_doubt(result.checks, article.name), result=result)
        error.usage = result.usage
        raise error
    return result


def lay_out(article: Article, task: Task[Any], *, prompts: Prompts, model: ModelInfo, measure: Measure) -> Plan:
    """Return how an article will be read, before anything is asked: its chunks and the levels of the tree.

    Raises:
        TooLong: The article is too long even in parts.
        Unreadable: It has no text in it.
    """
    return _planned(_given(article, task, prompts, model, measure))[0]


def check(article: Article, summary: S, *, language: str | None = None) -> Result[S]:
    """Ground a summary that was made elsewhere; asks no model.

    Args:
        article: What the summary is about.
        summary: A schema instance; claims without cites get their evidence by search.
        language: The language the summary was asked for; None takes the one it is in.

    Raises:
        Unreadable: The article has no text in it.
    """
    article = article.named(source=article.source, language=_language(article))
    if language is None:
        # "OpenAI a levé 200 milliards." sounds English: of so few words each claim is read by more than its sound.
        claims = [claim.text for _, claim in find_claims(summary)]
        written = spoken(Passage("\n".join(claims)))
        mixed = any(read(text, written).language != written for text in claims)
        language = written if written != article.language and not mixed else None
    cut = whole(article, exact=False)
    task: Task[S] = Task(schema=type(summary), language=language, on_unsupported="report")
    draft = Draft(summary, (), MADE_ELSEWHERE, Usage(), ())
    return _result(with_checks(draft, look_of(draft, cut, task)()), cut, task)


def _language(article: Article) -> str | None:
    """The language that an article says it is in, by its ISO 639-1 code (`pt` for `pt-BR`), or the one it is in."""
    return code_of(article.language or "") or detect(article.text)


def _given(article: Article, task: Task[S], prompts: Prompts, model: ModelInfo, measure: Measure) -> Given[S]:
    article = article.named(source=article.source, language=_language(article))
    task = task if model.writes else replace(task, language=None)  # the article's own sentences are in its language
    return Given(article, task, prompts, model, measure)


def _planned(given: Given[Any]) -> tuple[Plan, Request | None]:
    """Cut the article to what fits beside the instructions and the reply; give the question if it was put for that."""
    measure, window = given.measure, given.model.window
    laid_out = whole(given.article, exact=measure.exact)
    if not any(map(str.isalnum, given.article.text)):
        raise Unreadable(
            f"{given.article.name} holds no words: there is nothing to summarize", source=given.article.source
        )
    if window is None or not given.model.writes:
        return laid_out, None
    left = window - most_tokens(given.task.max_words) // 2
    if laid_out.tokens <= left:
        asked = question(laid_out.units, given)
        if given.has_room(asked.messages, left):  # nearly always: nothing has to be counted
            return laid_out, asked
    left -= given.count(question((), given).messages)
    room = max(0, left if measure.exact else int(left * _HOPE))
    return _in_parts(laid_out, given, Rooms.of(given, window), room), None


def _in_parts(laid_out: Plan, given: Given[Any], rooms: Rooms, room: int) -> Plan:
    cut = fitted(laid_out, count=given.measure.count, room=room, part=rooms.chunk)
    if cut.kind == "single":
        return cut
    return replace(cut, levels=rooms.sized(cut.tokens).levels(cut))


def _read_whole(
    cut: Plan, given: Given[S], request: Request
) -> Flow[tuple[Draft[S], Plan, Request, Reading[S] | None]]:
    """Send the whole article in one request; when the server calls it too long, or cuts it, read it in parts."""

    def shorter() -> Request:
        brief = replace(given.task, max_words=min(SHORT, given.task.max_words))
        return replace(question(cut.units, replace(given, task=brief)), purpose="shorter")

    try:
        return (yield from write(request, given.task.schema, given, shorter)), cut, request, None
    except (TooLong, TruncatedInput) as error:
        counted, reply = given.count(request.messages), request.max_output_tokens or 0
        thought = given.model.window or counted + reply
        try:
            rooms = Rooms.of(given, thought).smaller(given, error, counted, reply)
            reading = Reading(_in_parts(cut, given, rooms, 0), given, rooms)
        except TooLong:
            raise error from None
        reading.usage = error.usage or Usage()
        reading.warnings[smaller_window(error, rooms)] = None
    return *(yield from reading.summary()), reading


def _result(draft: Draft[S], cut: Plan, task: Task[S], reading: Reading[S] | None = None) -> Result[S]:
    cited = sorted({item.unit for found in draft.checks if found.supported for item in found.evidence})
    before = () if reading is None else tuple(reading.warnings)
    unlooked = () if draft.checks else (NOTHING_CHECKED,)
    if cut.article.source is None and _NAME.fullmatch(cut.article.text):
        before += (f"the article is the text {cut.article.text!r:.80} itself: give a Path to read a file",)
    guessed = cut.article.guessed_codec
    if guessed is not None:
        before += (f"the article was read as {guessed}, a guess: save it as UTF-8 if letters look wrong",)
    copied = bool(draft.checks) and all(found.origin == "extract" for found in draft.checks)
    return Result(
        article_id=cut.article.id,
        source=cut.article.source,
        language=cut.article.language if copied else task.language or cut.article.language,
        model=draft.model,
        summary=draft.summary,
        checks=draft.checks,
        unchecked=tuple(find_unchecked(draft.summary)),
        warnings=tuple(dict.fromkeys((*before, *draft.warnings, *unlooked))),
        coverage=_coverage(len(cut.units), cited, reading),
        usage=draft.usage,
        steps=() if reading is None else tuple(reading.steps),
    )


def _coverage(units: int, cited: Sequence[int], reading: Reading[Any] | None) -> Coverage:
    if reading is None:
        return Coverage(units, tuple(cited))
    unread = {chunk.span for chunk in reading.unread}
    parts = tuple(
        Part(
            first := chunk.units[0].number,
            last := chunk.units[-1].number,
            chunk.span,
            tuple(heading.text for heading in chunk.path),
            sum(first <= number <= last for number in cited),
            is_read=chunk.span not in unread,
        )
        for chunk in reading.chunks
    )
    partial = tuple(unit.number for chunk in reading.unread for unit in chunk.units)
    return Coverage(units, tuple(cited), partial, parts)


def _first_doubt(checks: Sequence[Check], name: str) -> str:
    failing = [found for found in checks if not found.supported]
    first = _brief(failing[0].findings[0].detail) if failing[0].findings else "no evidence"
    return f"{len(failing)} of {len(checks)} statements about {name} are unsupported; {failing[0].path}: {first}"


def _brief(detail: str) -> str:
    """Return what a finding says, with no more of the article in it than an error may hold."""
    left = _QUOTED.sub("", detail)
    if len(left) > _OWN_WORDS or "“" in left or "”" in left:
        return _cut(detail, _MOST_SAID)
    return _QUOTED.sub(lambda quoted: f"“{_cut(quoted[1], _MOST_QUOTED)}”", detail)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
