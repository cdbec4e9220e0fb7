"""One article: the public calls."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Self

import pytest
from pydantic import BaseModel, Field, field_serializer, field_validator, model_serializer, model_validator

import summarizer
from summarizer import Article, Budget, Claim, Result, ScriptedProvider, Summarizer, Summary
from summarizer.errors import BudgetReached, SchemaError, TemplateError, Ungrounded, Unreadable, UsageError
from summarizer.records import Completion, Limits, Request

from . import replies
from .server import Server

TEXT = "Acme plans to raise 100 million euros in May. The money will pay for a plant in Lyon."
FALSE = replies.summary(("Acme plans", [1]), ("Acme plans to raise 900 million euros.", [1]))

Summarize = Callable[..., Result[Any]]


def sync(article: Any, **options: Any) -> Result[Any]:
    return summarizer.summarize(article, **options)


def awaited(article: Any, **options: Any) -> Result[Any]:
    return asyncio.run(summarizer.asummarize(article, **options))


@pytest.fixture(params=[sync, awaited], ids=["sync", "async"])
def summarize(request: pytest.FixtureRequest) -> Summarize:
    chosen: Summarize = request.param
    return chosen


class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]


def test_a_text_is_the_text_and_a_path_is_a_file(summarize: Summarize, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    provider = ScriptedProvider(replies.verbatim)

    from_text = summarize(TEXT, model=provider)
    from_path = summarize(path, model=provider)
    from_article = summarize(Article(TEXT, source="mine"), model=provider)

    assert from_text.article_id == from_path.article_id == from_article.article_id
    assert (from_text.source, from_path.source, from_article.source) == (None, str(path), "mine")


def test_a_text_that_looks_like_a_path_is_still_the_text(summarize: Summarize) -> None:
    result = summarize("/etc/passwd is a file of accounts.", model="extractive")

    assert result.summary.text == "/etc/passwd is a file of accounts."


@pytest.mark.parametrize("name", ["my notes/article.txt", "page.HTML", "https://example.org/news?id=1"])
def test_a_name_in_the_place_of_a_text_is_summarized_with_a_warning(summarize: Summarize, name: str) -> None:
    warning = f"the article is the text {name!r} itself: give a Path to read a file"

    assert warning in summarize(name, model="extractive").warnings
    for article in (f"{name} is here.", f"Look at\n{name}", Article(name, source="mine")):
        assert not any("itself" in one for one in summarize(article, model="extractive").warnings)


def test_an_encoding_that_was_guessed_is_said_in_the_warnings(summarize: Summarize, tmp_path: Path) -> None:
    path = tmp_path / "ancien.txt"
    path.write_bytes("Le café a été fermé mardi. La société espère le rouvrir à l'été.".encode("cp1252"))
    warning = "the article was read as cp1252, a guess: save it as UTF-8 if letters look wrong"

    assert warning in summarize(path, model="extractive").warnings
    path.write_text("Le café a été fermé mardi.", "utf-8")
    assert not any("guess" in one for one in summarize(path, model="extractive").warnings)


def test_nothing_configured_means_the_embedded_default(summarize: Summarize, sample: Article) -> None:
    result = summarize(sample)

    assert result.model == "extractive"
    assert result.grounded
    assert result.language == "fr"
    assert "no language model was used" in result.warnings[0]
    assert all(claim.text in sample.text for claim in result.summary.claims)


def test_without_a_model_the_language_is_the_article_s_whatever_was_asked_for(
    summarize: Summarize, sample: Article
) -> None:
    english, french = (summarize(sample, model="extractive", language=code) for code in ("en", "fr"))

    assert (english.language, french.language) == ("fr", "fr")
    assert english.grounded
    assert "the summary is in the article's language, not in 'en': no model translates it" in english.warnings
    assert not any("translates" in warning for warning in french.warnings)


def test_the_environment_names_the_model(summarize: Summarize, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMARIZER_MODEL", "nonsense")

    with pytest.raises(UsageError, match="nonsense"):
        summarize(TEXT)


def test_a_key_alone_chooses_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-one")

    with Summarizer() as app:
        assert app.model.label == "openai:gpt-5-mini"
        assert "sk-not" not in repr(vars(app))


def test_a_schema_of_one_s_own_keeps_its_type(summarize: Summarize) -> None:
    reply = '{"headline": {"text": "Acme plans", "cites": [1]}, "who_said_it": [], "mood": "calm"}'

    result = summarize(TEXT, model=ScriptedProvider(lambda _: reply), schema=Brief)

    assert isinstance(result.summary, Brief)
    assert [check.path for check in result.checks] == ["/headline"]
    assert result.unchecked == ("/mood",)


def test_a_summary_without_claims_says_that_nothing_was_checked(summarize: Summarize) -> None:
    class Plain(BaseModel):
        mood: str

    result = summarize(TEXT, model=ScriptedProvider(lambda _: '{"mood": "calm"}'), schema=Plain)

    assert (result.checks, result.unchecked) == ((), ("/mood",))
    assert result.warnings == ("nothing was checked: the summary holds no claim",)


def test_strict_raises_where_a_claim_is_unsupported(summarize: Summarize) -> None:
    with pytest.raises(Ungrounded) as caught:
        summarize(TEXT, model=ScriptedProvider(lambda _: FALSE), strict=True)

    assert caught.value.result.checks[1].verdict == "unsupported"


def test_without_strict_the_article_s_own_sentence_stands_in(summarize: Summarize) -> None:
    result = summarize(TEXT, model=ScriptedProvider(lambda _: FALSE))

    assert result.grounded
    assert result.summary.claims[0].text == "Acme plans to raise 100 million euros in May."


def test_any_object_with_two_methods_is_a_provider(summarize: Summarize) -> None:
    class Mine:
        def complete(self, request: Request, /) -> Completion:
            return Completion(replies.verbatim(request), "mine")

        async def acomplete(self, request: Request, /) -> Completion:
            return self.complete(request)

    assert summarize(TEXT, model=Mine()).model == "Mine"


def test_a_summarizer_serves_many_articles() -> None:
    provider = ScriptedProvider(replies.verbatim)

    with Summarizer(provider) as app:
        results = [app.summarize(f"{TEXT} Number {number}.") for number in range(3)]

    assert len(provider.requests) == 3
    assert len({result.article_id for result in results}) == 3


def test_threads_and_event_loops_share_a_summarizer() -> None:
    texts = [f"{TEXT} Number {number}." for number in range(24)]

    async def many(some: list[str]) -> list[Result[Summary]]:
        return await asyncio.gather(*map(app.asummarize, some))

    with Server() as server:
        app = Summarizer("openai:test-model", base_url=server.url, budget=Budget(max_requests=24))
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(app.summarize, texts[:12]))
        app.close()
        results += asyncio.run(many(texts[12:18]))
        results += asyncio.run(many(texts[18:]))
        with pytest.raises(BudgetReached):
            app.summarize(TEXT)
        app.close()

    assert [result.article_id for result in results] == [Article(text).id for text in texts]
    assert len(server.requests) == 24


@pytest.mark.parametrize(
    ("options", "error", "problem"),
    [
        ({"max_words": 0}, UsageError, "max_words"),
        ({"preset": "haiku"}, TemplateError, "haiku"),
        ({"model": "gpt-5-mini"}, UsageError, "openai:NAME"),
        ({"model": "openai:"}, UsageError, "openai:NAME"),
        ({"model": ""}, UsageError, "openai:NAME"),
        ({"model": ScriptedProvider}, UsageError, "complete"),
        ({"model": 3}, UsageError, "complete"),
        ({"schema": Literal}, SchemaError, "pydantic"),
        ({"max_words": "120"}, UsageError, "max_words must be a whole number of at least 1, not '120'"),
        ({"max_words": None}, UsageError, "max_words"),
        ({"max_words": float("nan")}, UsageError, "max_words"),
        ({"sentences": 2.5}, UsageError, "sentences"),
        ({"schema": Summary.model_construct()}, SchemaError, "pydantic class"),
        ({"schema": "module:Class"}, SchemaError, "pydantic class"),
        ({"language": 3}, UsageError, "ISO 639-1"),
        ({"language": "xx"}, UsageError, "ISO 639-1"),
        ({"language": "pt-BR"}, UsageError, "write 'pt'"),
        ({"language": "English"}, UsageError, "ISO 639-1"),
    ],
)
def test_a_wrong_call_is_refused_at_once(
    summarize: Summarize, options: dict[str, Any], error: type[Exception], problem: str
) -> None:
    with pytest.raises(error, match=problem):
        summarize(TEXT, **{"model": "extractive", **options})


@pytest.mark.parametrize("wrong", [{"budget": 5}, {"limits": 60}], ids=str)
def test_a_number_in_the_place_of_a_record_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"such as {next(iter(wrong)).title()}"):
        Summarizer("extractive", **wrong)


def test_a_summarizer_is_shown_by_its_model() -> None:
    assert repr(Summarizer("extractive")) == "<Summarizer 'extractive', schema=Summary, preset='summary'>"


@pytest.mark.parametrize("text", ["…", "\0", "\ud800", "\u200b", "--- !!! ---", "\N{CLAPPING HANDS SIGN}"], ids=ascii)
def test_a_text_without_words_costs_no_call(text: str) -> None:
    provider = ScriptedProvider(replies.verbatim)

    with pytest.raises(Unreadable, match="holds no words"):
        Summarizer(provider).summarize(text)
    (failure,) = Summarizer(provider).batch([text])

    assert failure.outcome == "unreadable"
    assert provider.requests == []


def test_an_empty_text_is_refused(summarize: Summarize) -> None:
    with pytest.raises(Unreadable, match="white space"):
        summarize(" \n")


@pytest.mark.parametrize("wrong", [None, b"bytes", ["a list"]], ids=repr)
def test_what_is_no_article_is_refused_by_name(summarize: Summarize, wrong: Any) -> None:
    with pytest.raises(UsageError, match=type(wrong).__name__):
        summarize(wrong, model="extractive")


def test_the_language_of_an_article_may_name_a_country() -> None:
    article = Article(
        "A Acme planeja construir uma fábrica em Lyon. Ela custará 100 milhões de euros.", language="pt-BR"
    )
    provider = ScriptedProvider(replies.verbatim)

    result = Summarizer(provider).summarize(article)

    assert result.language == "pt"
    assert result.grounded
    assert len(provider.requests) == 1  # no claim was doubted, and sent back, for its language


def test_a_base_url_goes_with_openai_only() -> None:
    with pytest.raises(UsageError, match="openai:NAME"):
        Summarizer("extractive", base_url="http://127.0.0.1:1/v1")


def test_a_plain_text_summary_is_checked_sentence_by_sentence() -> None:
    summary = (
        "Acme plans to raise 100 million euros.\nAcme plans to raise 900 million euros. The money pays for a plant"
    )

    result = Summarizer().check(TEXT, summary)

    assert [claim.text for claim in result.summary.claims] == [
        "Acme plans to raise 100 million euros.",
        "Acme plans to raise 900 million euros.",
        "The money pays for a plant",
    ]
    assert [check.supported for check in result.checks] == [True, False, True]
    assert result.checks[1].findings[0].kind == "number"
    assert [item.unit for item in result.checks[2].evidence] == [2]


def test_a_summary_of_a_schema_is_checked_as_it_is() -> None:
    summary = Summary(title=Claim(text="Acme plans", cites=[1]), claims=[Claim(text="A plant in Lyon.", cites=[2])])

    result = Summarizer().check(TEXT, summary)

    assert result.summary == summary
    assert result.grounded
    assert result.usage.requests == 0


def test_an_empty_summary_has_nothing_to_check() -> None:
    with pytest.raises(UsageError, match="empty"):
        Summarizer().check(TEXT, " \n- \n")


def test_half_a_character_in_a_summary_is_a_wrong_use() -> None:
    with pytest.raises(UsageError, match="half a character"):
        Summarizer().check(TEXT, "The bridge \ud800 was closed.")


@pytest.mark.parametrize("article", ["", " \n"], ids=repr)
def test_an_empty_article_has_nothing_to_check_against(article: str) -> None:
    with pytest.raises(Unreadable, match="white space"):
        Summarizer().check(article, TEXT)


@pytest.mark.parametrize("wrong", [None, {}, {"title": "Acme raised 900 million euros."}, Summary, 3], ids=repr)
def test_what_is_no_summary_is_refused_not_taken_for_grounded(wrong: Any) -> None:
    with pytest.raises(UsageError, match="a text or an instance of a schema"):
        Summarizer().check(TEXT, wrong)


def test_a_short_summary_that_sounds_foreign_is_read_in_the_language_of_its_article(sample: Article) -> None:
    result = Summarizer().check(sample, "OpenAI a levé 200 milliards.")  # fastText takes it for English

    assert result.language == "fr"
    assert not result.grounded
    assert result.warnings == ()


@pytest.mark.parametrize("one", [TEXT, Path("news"), Article(TEXT)], ids=["text", "path", "article"])
def test_a_batch_of_one_article_is_a_list_of_one(one: Any) -> None:
    with pytest.raises(UsageError, match="list"):
        Summarizer("extractive").batch(one)
    with pytest.raises(UsageError, match="list"):
        Summarizer("extractive").abatch(one)


@pytest.mark.parametrize("wrong", [None, 3, object()], ids=lambda wrong: type(wrong).__name__)
def test_what_holds_no_articles_is_no_batch(wrong: Any) -> None:
    with pytest.raises(UsageError, match="a batch takes a list of articles"):
        Summarizer("extractive").batch(wrong)


@pytest.mark.parametrize("calls", [0, -1, "many", 1.5, None, 10**9], ids=repr)
def test_a_batch_has_a_number_of_calls_that_a_machine_can_make(calls: Any) -> None:
    with pytest.raises(UsageError, match="concurrency must be a whole number of at least 1 and at most 65535"):
        Summarizer("extractive").batch([TEXT], concurrency=calls)


@pytest.mark.parametrize(
    "limits",
    [
        {"timeout_s": "60"},
        {"timeout_s": float("nan")},
        {"max_attempts": float("inf")},
        {"max_attempts": None},
        {"max_repairs": 1.5},
        {"max_reply_bytes": "2 MiB"},
        {"requests_per_minute": "60"},
        {"tokens_per_minute": 0},
    ],
    ids=repr,
)
def test_a_limit_is_a_number(limits: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(limits))} must be a"):
        Limits(**limits)


@pytest.mark.parametrize("wrong", ["", 3, b"out"], ids=repr)
@pytest.mark.parametrize("name", ["prompts", "cache"])
def test_what_names_no_place_is_not_taken_for_the_folder_one_is_in(name: str, wrong: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} is the path of a file or folder, not"):
        Summarizer("extractive", **{name: wrong})
    with pytest.raises(UsageError, match="out is the path of a file or folder, not"):
        Summarizer("extractive").batch([TEXT], out=wrong)


@pytest.mark.parametrize("taken", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda taken: taken.__name__)
def test_a_summarizer_that_is_sent_to_another_process_says_what_to_do(taken: Callable[[object], object]) -> None:
    with pytest.raises(UsageError, match="make one in each worker"):
        taken(Summarizer("extractive"))


class Short(Claim):
    text: str = Field(max_length=40)


class Points(BaseModel):
    points: list[Short] = Field(min_length=2)


FALSE_POINT = {"text": "Acme raised 900 million euros.", "cites": [1]}
TRUE_POINT = {"text": "The talks may fail.", "cites": [2]}
LONG = "Acme plans to raise 100 million euros, as Bloomberg reported on Monday."


def test_no_sentence_of_the_article_breaks_the_bounds_of_a_schema(tmp_path: Path) -> None:
    provider = ScriptedProvider(lambda _: json.dumps({"points": [FALSE_POINT, TRUE_POINT]}))

    for _ in range(2):  # the second reads what the first has kept
        with Summarizer(provider, schema=Points, limits=Limits(max_repairs=0)) as app:
            (result,) = app.batch([f"{LONG} The talks may fail."], out=tmp_path / "out")

        assert isinstance(result, Result)
        assert [(check.verdict, check.origin) for check in result.checks] == [
            ("unsupported", "model"),
            ("supported", "model"),
        ]
        assert any("does not take the article's own sentence" in warning for warning in result.warnings)
        assert Result.from_json(result.to_json(), schema=Points) == result
    assert len(provider.requests) == 1


def test_no_repair_breaks_the_bounds_of_a_schema() -> None:
    def answer(request: Request) -> str:
        if request.purpose == "mend":
            return json.dumps({"claims": [{"text": LONG, "cites": [1]}]})
        return json.dumps({"points": [FALSE_POINT, TRUE_POINT]})

    provider = ScriptedProvider(answer)

    result = Summarizer(provider, schema=Points, on_unsupported="report").summarize(f"{LONG} The talks may fail.")

    assert [request.purpose for request in provider.requests] == ["summary", "mend"]
    assert result.summary.points[0].text == FALSE_POINT["text"]


class NoDot(Claim):
    @field_validator("text")
    @classmethod
    def _without_dot(cls, text: str) -> str:
        return text.rstrip(".")


class Undotted(BaseModel):
    points: list[NoDot]
    words: int = 0

    @model_validator(mode="after")
    def _counted(self) -> Self:
        self.words = sum(len(point.text.split()) for point in self.points)
        return self


@pytest.mark.parametrize("mended", [None, {"text": "Acme plans to raise 100 million euros.", "cites": [1]}])
def test_what_is_put_in_a_claim_s_place_is_written_as_the_schema_writes_it(mended: dict[str, Any] | None) -> None:
    def answer(request: Request) -> str:
        claims = [FALSE_POINT, TRUE_POINT] if mended is None or request.purpose != "mend" else [mended]
        return json.dumps({"points" if request.purpose != "mend" else "claims": claims})

    result = Summarizer(ScriptedProvider(answer), schema=Undotted).summarize(f"{LONG} The talks may fail.")

    placed = (mended["text"] if mended else LONG).removesuffix(".")
    assert [point.text for point in result.summary.points] == [placed, "The talks may fail"]
    assert result.summary.words == len(f"{placed} The talks may fail".split())
    assert result.checks[0].origin == ("repair" if mended else "extract")
    assert result.checks[0].evidence[0].text == LONG
    assert result.grounded
    assert Result.from_json(result.to_json(), schema=Undotted) == result


class Distinct(BaseModel):
    points: list[Claim]

    @field_validator("points")
    @classmethod
    def _distinct(cls, points: list[Claim]) -> list[Claim]:
        return list({claim.text: claim for claim in points}.values())


def test_a_claim_is_not_replaced_where_the_schema_would_leave_it_out() -> None:
    provider = ScriptedProvider(lambda _: json.dumps({"points": [{"text": LONG, "cites": [1]}, FALSE_POINT]}))

    result = Summarizer(provider, schema=Distinct, limits=Limits(max_repairs=0)).summarize(LONG)

    assert [(check.path, check.verdict) for check in result.checks] == [
        ("/points/0", "supported"),
        ("/points/1", "unsupported"),
    ]
    assert Result.from_json(result.to_json(), schema=Distinct) == result


class Passing(BaseModel):
    claims: Iterable[Claim]


def test_claims_that_nobody_would_see_are_refused_before_a_call_is_paid() -> None:
    provider = ScriptedProvider(lambda _: json.dumps({"claims": [FALSE_POINT]}))

    with pytest.raises(SchemaError, match=r"Passing\.claims"):
        Summarizer(provider, schema=Passing)
    with pytest.raises(SchemaError, match=r"Passing\.claims"):
        Summarizer(provider).check(LONG, Passing(claims=[Claim(**FALSE_POINT)]))
    assert provider.requests == []


class Counted(BaseModel):
    points: list[Claim]
    views: int

    @field_serializer("views")
    def _shown(self, views: int) -> str:
        return f"{views} views"


class Titled(BaseModel):
    title: Claim
    lead: Claim | None

    @model_serializer
    def _title_alone(self) -> dict[str, object]:
        return {"title": self.title, "lead": None}


class Rounded(BaseModel):
    points: list[Claim]
    score: float = 0.0

    @field_serializer("score")
    def _shown(self, score: float) -> float:
        return round(score, 1)


@pytest.mark.parametrize(("schema", "why"), [(Counted, "views"), (Titled, "claims are missing")])
def test_a_batch_whose_results_could_not_be_read_back_ends_at_the_first(
    schema: type[BaseModel], why: str, tmp_path: Path
) -> None:
    provider = ScriptedProvider()
    articles = [f"{TEXT} So says number {number}." for number in range(20)]

    with pytest.raises(SchemaError, match=f"'{schema.__name__}' cannot be kept.*{why}"):
        list(Summarizer(provider, schema=schema).batch(articles, out=tmp_path / "out", concurrency=1))

    assert len(provider.requests) == 1


def test_a_batch_keeps_what_a_serializer_writes_as_its_schema_takes_it(tmp_path: Path) -> None:
    made, read = (list(Summarizer(ScriptedProvider(), schema=Rounded).batch([TEXT], out=tmp_path)) for _ in range(2))

    assert made == read


class Dated(BaseModel):
    points: list[Claim]
    day: str = Field(default="", deprecated="no longer asked for")


def test_a_field_that_is_deprecated_warns_nobody() -> None:
    summarizer = Summarizer(ScriptedProvider(), schema=Dated)

    result = summarizer.summarize(TEXT)

    assert Result.from_json(result.to_json(), schema=Dated) == result
    assert summarizer.check(TEXT, result.summary).grounded


def test_a_repetition_stays_where_a_schema_wants_so_many() -> None:
    provider = ScriptedProvider(lambda _: json.dumps({"points": [TRUE_POINT, TRUE_POINT]}))

    result = Summarizer(provider, schema=Points).summarize(f"{LONG} The talks may fail.")

    assert len(result.summary.points) == 2


LATER = ("_repair", "_mend", "_shorten", "_notes", "_part", "_material", "_judge", "_judged", "_article", "_rules")


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("fault", ["{{ nope }}", "{% if %}", "{% include 'none.jinja' %}"])
def test_a_template_that_does_not_render_is_found_before_anything_is_paid(
    tmp_path: Path, name: str, fault: str
) -> None:
    (tmp_path / f"{name}.jinja").write_text(f"one\n{fault}", "utf-8")

    with pytest.raises(TemplateError, match=rf"{name}\.jinja', line 2: "):
        Summarizer(ScriptedProvider(), prompts=tmp_path, judge=ScriptedProvider())


def test_a_template_that_nothing_uses_or_that_knows_what_is_missing_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "_mend.jinja").write_text(
        "{% if nope is defined %}{{ nope }}{% endif %}{{ nope | default('') }}{% include 'no' ignore missing %}"
        "{{ claims[0].problems[0] }}{% set said = lines[0] %}{% include '_said.jinja' %}{{ outline }}",
        "utf-8",
    )
    (tmp_path / "_said.jinja").write_text("{{ said }}", "utf-8")
    for name in ("_draft", "other", "_judge"):
        (tmp_path / f"{name}.jinja").write_text("{{ nope }}{% if %}", "utf-8")
    provider = ScriptedProvider(lambda request: FALSE)

    result = Summarizer(provider, prompts=tmp_path).summarize(TEXT)

    assert [request.purpose for request in provider.requests] == ["summary", "mend"]
    assert result.checks[1].origin == "extract"


def test_a_block_within_a_block_is_a_templates_own(tmp_path: Path) -> None:
    (tmp_path / "base.jinja").write_text(
        '{% extends "summary" %}{% block task %}{% block mine %}One.{% endblock %}{% endblock %}'
    )
    (tmp_path / "top.jinja").write_text('{% extends "base" %}{% block mine %}Two.{% endblock %}')

    with Summarizer(ScriptedProvider(), preset="top", prompts=tmp_path) as summarizer:
        assert "Two." in summarizer.preview(TEXT)[0].content


def test_a_preset_that_says_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.jinja").write_text("{# later #}\n", "utf-8")

    with pytest.raises(TemplateError, match=r"mine\.jinja' says nothing"):
        Summarizer(ScriptedProvider(), preset="mine", prompts=tmp_path)


def test_a_preview_sends_nothing() -> None:
    provider = ScriptedProvider(replies.verbatim)

    messages = Summarizer(provider).preview(TEXT)

    assert [message.role for message in messages] == ["system", "user"]
    assert provider.requests == []
