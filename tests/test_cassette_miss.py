"""A miss names its cause: what changed since the recording, and how to record it again."""

from __future__ import annotations

import json
import pickle
import random
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from summarizer import Cassette, Claim, Completion, ScriptedProvider, Summarizer
from summarizer.errors import CassetteMiss
from summarizer.records import Article, ModelInfo, Provider, Request
from summarizer.templates import packaged_folder

ARTICLES = (
    "The council of Marrow Falls voted on Tuesday to repair the dam. Mayor Ann Pell said it begins in May.\n\nLate.",
    "Halden may buy Norvane for 2 billion euros, sources say. Both firms declined to comment. Norvane rose 8 percent.",
    "A vaccine that is sprayed into the nose protected 61 percent of 900 volunteers. The study has not been reviewed.",
)


class Brief(BaseModel):
    headline: Claim
    mood: Literal["calm", "tense"]
    points: list[Claim] = Field(max_length=5, description="What matters most.")


def reply(request: Request) -> str:
    number, text = re.findall(r"^\[(\d+)\] (.+)$", request.messages[1].content, re.MULTILINE)[0]
    claim = {"text": text, "cites": [int(number)]}
    assert request.format is not None
    whole = {"title": claim, "claims": [claim], "headline": claim, "mood": "calm", "points": [claim]}
    return json.dumps({name: whole[name] for name in request.format.schema["properties"]})


class Named(Provider):
    """A provider of another model, or one that asks with other parameters."""

    free = True

    def __init__(self, inner: Provider, name: str = "model-a", **parameters: Any) -> None:
        self.info = ModelInfo(label=f"openai:{name}", name=name)
        self._inner = inner
        self._parameters = parameters

    def complete(self, request: Request, /) -> Completion:
        return self._inner.complete(replace(request, **self._parameters))

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of three articles, two presets and two schemas."""
    folder = tmp_path_factory.mktemp("recordings")
    cassette = Cassette(folder, inner=Named(ScriptedProvider(reply)), mode="record")
    for number, text in enumerate(ARTICLES):
        for preset in ("summary", "news"):
            Summarizer(cassette, preset=preset).summarize(Article(text, source=f"{number}.txt"))
        Summarizer(cassette, schema=Brief).summarize(Article(text, source=f"{number}.txt"))
    return folder


def missed(provider: Provider, article: Article, **options: Any) -> CassetteMiss:
    with pytest.raises(CassetteMiss) as caught:
        Summarizer(provider, **options).summarize(article)
    return caught.value


# Each draws a change out of a seed, and returns what a summary is then made with.


def other_template(draw: random.Random, tmp: Path, folder: Path) -> CassetteMiss:
    prompts = tmp / "prompts"
    shutil.copytree(packaged_folder(), prompts)
    preset = draw.choice(["summary", "news"])
    path = prompts / f"{draw.choice(['_rules', '_article', preset])}.jinja"
    text = path.read_text("utf-8")
    # Words that a preset's own blocks take the place of, or that a condition leaves out, are not shown.
    hidden = r"{[#{].*?[#}]}|^[^\n]*{% block[^\n]*" if path.stem == "_rules" else r"{[#%].*?[#%]}"
    shown = re.sub(hidden, lambda match: " " * len(match[0]), text, flags=re.DOTALL | re.MULTILINE)
    at = draw.choice([match.start() for match in re.finditer(r"(?<=\w) (?=\w)", shown)] or [len(text.rstrip())])
    path.write_text(f"{text[:at]} {draw.choice('xyz')}{text[at:]}", "utf-8")
    return missed(Cassette(folder), drawn_article(draw), preset=preset, prompts=prompts)


def other_schema(draw: random.Random, tmp: Path, folder: Path) -> CassetteMiss:
    points = Brief.model_fields["points"]
    fields: dict[str, Any] = {
        "headline": (Claim, ...),
        "mood": (Literal["calm", "tense"], ...),
        "points": (list[Claim], points),
    }
    change = draw.choice(["description", "literal", "new", "gone", "bound"])
    if change == "description":
        fields["points"] = (list[Claim], Field(max_length=5, description=f"What matters {draw.choice('abcdef')}."))
    if change == "literal":
        fields["mood"] = (Literal["calm", "tense", "glad"], ...)
    if change == "new":
        fields[draw.choice(["who", "where", "when"])] = (Claim, ...)
    if change == "gone":
        del fields[draw.choice(["mood", "headline"])]
    if change == "bound":
        fields["points"] = (list[Claim], Field(max_length=draw.choice([2, 3, 4]), description="What matters most."))
    return missed(Cassette(folder), drawn_article(draw), schema=create_model("Brief", **fields))


def other_model(draw: random.Random, tmp: Path, folder: Path) -> CassetteMiss:
    provider = Named(Cassette(folder), draw.choice(["model-b", "model-a-2026-01-01", "gpt-5", "model-A"]))
    return missed(provider, drawn_article(draw), preset=draw.choice(["summary", "news"]))


def other_article(draw: random.Random, tmp: Path, folder: Path) -> CassetteMiss:
    article = drawn_article(draw)
    at = draw.randrange(1, len(article.text) - 1)
    text = draw.choice(
        [
            article.text[:at] + draw.choice("aeiou7") + article.text[at:],
            article.text[:at] + article.text[at + 1 :],
            article.text + " Nothing more was said.",
            article.text.partition(". ")[2],
            "A text that nobody has recorded. It has two sentences.",
        ]
    )
    changed = text if text != article.text else text + "!"
    return missed(Cassette(folder), Article(changed, source=draw.choice([article.source, None])))


def other_parameters(draw: random.Random, tmp: Path, folder: Path) -> CassetteMiss:
    options: dict[str, Any] = draw.choice(
        [
            {"max_words": draw.randrange(20, 119)},
            {"language": draw.choice(["en", "fr", "de"])},
            {"preset": "bullets"},
            {},
        ]
    )
    asked: dict[str, Any] = draw.choice(
        [{"temperature": 0.7}, {"max_output_tokens": 99}, {"sample": draw.randrange(1, 9)}]
    )
    provider = Cassette(folder) if options else Named(Cassette(folder), **asked)
    return missed(provider, drawn_article(draw), **options)


def drawn_article(draw: random.Random) -> Article:
    number = draw.randrange(len(ARTICLES))
    return Article(ARTICLES[number], source=f"{number}.txt")


CHANGES = {
    "template": other_template,
    "schema": other_schema,
    "model": other_model,
    "article": other_article,
    "parameters": other_parameters,
}
SEEDS = 200


@pytest.mark.slow
def test_the_cause_is_right_for_seeded_changes(tmp_path: Path, folder: Path) -> None:
    wrong: Counter[str] = Counter()
    for seed in range(SEEDS):
        kind = list(CHANGES)[seed % len(CHANGES)]
        error = CHANGES[kind](random.Random(seed), tmp_path / str(seed), folder)
        wrong[f"{kind} called {error.causes}: {error}"] += error.causes != (kind,)

    assert sum(wrong.values()) <= 0.05 * SEEDS, +wrong


def test_a_template_that_the_question_does_not_reach_is_no_cause(tmp_path: Path, folder: Path) -> None:
    shutil.copytree(packaged_folder(), tmp_path / "prompts")
    mend = tmp_path / "prompts" / "_mend.jinja"
    mend.write_text("Other words. " + mend.read_text("utf-8"), "utf-8")
    rules = tmp_path / "prompts" / "_rules.jinja"
    rules.write_text("{# A comment. #}" + rules.read_text("utf-8"), "utf-8")

    error = missed(Cassette(folder), Article("Another text. Of two sentences."), prompts=tmp_path / "prompts")

    assert error.causes == ("article",)


def test_several_causes_are_all_named(folder: Path) -> None:
    provider = Named(Cassette(folder), "model-b")

    error = missed(provider, Article(ARTICLES[0] + " More.", source="0.txt"), max_words=50)

    assert set(error.causes) == {"model", "article", "parameters"}


def test_an_article_that_was_never_recorded_is_named_as_such(folder: Path) -> None:
    error = missed(Cassette(folder), Article("Nobody knows this text. It is new.", source="new.txt"))

    assert "article 'new.txt' was never recorded" in str(error)


def test_the_command_that_records_it_is_in_the_message(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my article.txt").write_text("A text of two sentences. This is one.", "utf-8")

    with pytest.raises(CassetteMiss) as caught:
        Summarizer(Cassette(folder), preset="news", max_words=50).summarize(Path("my article.txt"))

    command = f"summarizer fixtures record 'my article.txt' --to {folder} --model openai:model-a --preset news"
    assert f"{command} --max-words 50 --max-requests 20 (1 call, about " in str(caught.value)


def test_no_more_than_a_line_of_the_article_is_shown(folder: Path) -> None:
    text = ARTICLES[1].replace("Both firms", "Not one of the many firms that were asked, as far as anybody can tell,")

    error = missed(Cassette(folder), Article(text, source="1.txt"))

    shown = "".join(line[2:] for line in error.__notes__[0].splitlines())
    assert len(shown) <= 80
    assert pickle.loads(pickle.dumps(error)).causes == ("article",)


def test_a_follow_up_names_the_reply_as_its_cause(tmp_path: Path) -> None:
    """The first question is recorded and its repair is not: other problems were found in the reply."""
    answers = iter(["no JSON"])
    inner = Named(ScriptedProvider(lambda request: next(answers, None) or reply(request)))
    article = Article(ARTICLES[0])
    Summarizer(Cassette(tmp_path, inner=inner, mode="record")).summarize(article)
    shutil.copytree(packaged_folder(), tmp_path / "prompts")

    class Reworded(Named):
        def complete(self, request: Request, /) -> Completion:
            if request.purpose == "repair":
                last = replace(request.messages[-1], content="What you wrote is no JSON.")
                request = replace(request, messages=(*request.messages[:-1], last))
            return super().complete(request)

    error = missed(Reworded(Cassette(tmp_path)), article)

    assert error.causes == ("reply",)


def told(caught: pytest.ExceptionInfo[CassetteMiss]) -> str:
    return str(caught.value).partition("to record it: ")[2].rpartition(" (1 call")[0]


def test_the_command_shows_no_password_of_an_address(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUMMARIZER_FIXTURES", f"replay:{folder}")
    Path("new.txt").write_text("A text of two sentences. This is one.", "utf-8")

    with pytest.raises(CassetteMiss) as caught:
        Summarizer("openai:model-a", base_url="https://me:hunter22@llm.example/v1?token=hunter23").summarize(
            Path("new.txt")
        )

    assert "--base-url https://USER:PASSWORD@llm.example/v1 --max-requests 20" in told(caught)
    assert "hunter" not in str(caught.value)


def test_the_command_caps_dollars_where_a_price_is_known(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("new.txt").write_text("A text of two sentences. This is one.", "utf-8")

    with pytest.raises(CassetteMiss) as caught:
        Summarizer(Cassette(folder, model="openai:gpt-5-mini")).summarize(Path("new.txt"))

    assert told(caught).endswith("--model openai:gpt-5-mini --max-cost 0.05")


def test_a_class_that_no_command_can_name_is_recorded_by_its_own_program(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Local(Brief):
        pass

    monkeypatch.chdir(tmp_path)
    Path("new.txt").write_text("A text of two sentences. This is one.", "utf-8")

    with pytest.raises(CassetteMiss) as caught:
        Summarizer(Cassette(folder), schema=Local).summarize(Path("new.txt"))

    assert told(caught).startswith("run the same with mode='record'")
