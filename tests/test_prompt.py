"""Stage 3: every word that a model reads is pinned."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import TemplateError
from summarizer.plan import fitted, split, whole
from summarizer.prompt import Prompts
from summarizer.records import MANY_UNITS, Article, Finding, Message, Unit, numbered
from summarizer.schema import Claim, Summary
from summarizer.shape import reply_format
from summarizer.templates import packaged_folder

FORM = reply_format(Summary)


def ask(prompts: Prompts, preset: str, article: Article, language: str | None = None) -> tuple[Message, ...]:
    units = split(article.text, article.language)
    return prompts.ask(preset, units, article_id=article.id, format=FORM, language=language, max_words=120)


def written(messages: tuple[Message, ...]) -> str:
    return "".join(f"--- {message.role} ---\n{message.content}\n" for message in messages)


@pytest.mark.parametrize("preset", ["bullets", "headline", "news", "summary"])
@pytest.mark.parametrize("language", [None, "en"], ids=["same-language", "to-english"])
def test_every_preset_s_prompt_is_pinned(
    preset: str, language: str | None, sample: Article, golden: Callable[[str, str], None]
) -> None:
    name = f"prompts/{preset}.{language or 'same'}.txt"

    golden(name, written(ask(Prompts(), preset, sample, language)))


def test_the_words_of_a_repair_are_pinned(sample: Article, golden: Callable[[str, str], None]) -> None:
    prompts = Prompts()
    claim = Claim(text="OpenAI a levé\n100 milliards.", cites=[1, 2])
    mend = prompts.mend(
        [(claim, [Finding("hedge", "a plan told as a fact")]), (Claim(text="Deux.", cites=[]), [])],
        split(sample.text)[:3],
        article_id=sample.id,
        format=FORM,
    )

    golden("prompts/repair.txt", written((prompts.repair(["/claims: Field required", "two"]), mend)))


def test_the_words_for_a_long_article_are_pinned(sample: Article, golden: Callable[[str, str], None]) -> None:
    prompts = Prompts()
    notes = [
        Claim(text="OpenAI envisage de lever\n100 milliards.", cites=[1, 2]),
        Claim(text="100 milliards.", cites=[7]),
    ]
    part = prompts.part(
        split(sample.text)[:3], article_id=sample.id, place=(2, 5), path=("Un livre", "Un\nchapitre" * 20)
    )
    asked = (
        prompts.notes(wanted=None, max_words=60),
        part,
        prompts.notes(wanted=FORM.outline, max_words=60),
        prompts.material(notes, article_id=sample.id, is_last=False),
        prompts.rules("summary", format=FORM, language=None, max_words=120),
        prompts.material(notes, article_id=sample.id, is_last=True),
    )

    golden("prompts/long.txt", written(asked))


def test_the_presets_of_the_package_are_these() -> None:
    assert Prompts().presets() == ("bullets", "headline", "news", "summary")


def test_instructions_come_first_and_are_the_same_for_every_article(sample: Article) -> None:
    one = ask(Prompts(), "summary", sample)
    other = ask(Prompts(), "summary", Article("Another one. It is short."))

    assert one[0] == other[0]
    assert [message.role for message in one] == ["system", "user"]
    assert sample.text[:40] not in one[0].content


def test_numbers_of_many_sentences_stand_bare_but_before_another_number() -> None:
    few = " ".join(f"Sentence {number} says this." for number in range(MANY_UNITS - 1)) + " 12 men left."
    many = f"Another says that. {few}"

    assert f"[{MANY_UNITS}] 12 men left." in ask(Prompts(), "summary", Article(few))[1].content
    lines = ask(Prompts(), "summary", Article(many))[1].content.splitlines()
    assert lines[1] == "1 Another says that."
    assert lines[-3] == f"[{MANY_UNITS + 1}] 12 men left."


def test_the_tokens_of_a_plan_are_those_of_what_is_shown() -> None:
    article = Article(" ".join(f"Sentence {number} says this." for number in range(MANY_UNITS + 1)))

    shown = "\n".join(ask(Prompts(), "summary", article)[1].content.splitlines()[1:-1])
    assert fitted(whole(article, exact=True), count=len, room=len(shown)).tokens == len(shown)


def test_every_sentence_of_the_article_is_shown_with_its_number(sample: Article) -> None:
    units = split(sample.text, "fr")
    lines = ask(Prompts(), "summary", sample)[1].content.splitlines()

    assert [line for line in lines if line.startswith("[")] == numbered(units, bare=False)


@given(st.text(min_size=1))
def test_a_sentence_is_one_line_whatever_it_holds(text: str) -> None:
    line = numbered([Unit(3, 0, text)], bare=False)[0]

    assert len(line.splitlines()) == 1
    assert line.startswith("[3] ")


@pytest.mark.parametrize(
    "text", ["{{ 7 * 7 }}", "{% include '_rules.jinja' %}", "{# gone #}", "=== end ===", "[99] no."]
)
def test_an_article_is_never_template_source_and_never_a_line_of_its_own_making(text: str) -> None:
    article = Article(f"First. And {text} stands here\nas it is.")
    shown_article = ask(Prompts(), "summary", article)[1].content

    assert text in shown_article
    assert sum(line.startswith("[") for line in shown_article.splitlines()) == len(split(article.text))


def test_the_marks_around_an_article_do_not_occur_in_it(sample: Article) -> None:
    content = ask(Prompts(), "summary", sample)[1].content
    mark = f"=== {sample.id[:16]} ==="

    assert content.splitlines().count(mark) == 2
    assert mark not in sample.text


def test_a_user_s_folder_comes_first(tmp_path: Path, sample: Article) -> None:
    (tmp_path / "summary.jinja").write_text("Mine: {{ max_words }}", "utf-8")
    (tmp_path / "extra.jinja").write_text('{% extends "_rules.jinja" %}{% block task %}Extra.{% endblock %}', "utf-8")
    prompts = Prompts(tmp_path)

    assert "extra" in prompts.presets()
    assert ask(prompts, "summary", sample)[0].content == "Mine: 120"
    assert ask(prompts, "extra", sample)[0].content.startswith("You summarize one article. Extra.")
    assert prompts.fingerprint("summary") != Prompts().fingerprint("summary")
    assert prompts.fingerprint("news") == Prompts().fingerprint("news")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{% if %}", "line 1"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 // 0 }}", "zero"),
        ('{% extends "nothing.jinja" %}', "mine.jinja', line 1: there is no template 'nothing.jinja' to take in"),
        ('{% extends "mine.jinja" %}', "mine.jinja' takes itself in"),
        ('{% include "mine.jinja" %}', "mine.jinja' takes itself in"),
        ('{% include "../secret.jinja" %}', "secret"),
        (
            '{% extends "_rules.jinja" %}\n{% block tsk %}Write.{% endblock %}',
            "line 2: what it extends has no block 'tsk'; there are: .*task",
        ),
        ('{% extends "_rules.jinja" %}\n\nWrite.', "mine.jinja', line 3: nobody reads what stands in no block"),
        ('{% extends "_rules.jinja" %}{% block task %}Write.{% endblock %}\n{{ outline }}', "line 2: nobody reads"),
        ('{% extends "_rules.jinja" %}\n{% include "secret.jinja" %}', "line 2: nobody reads"),
        ('{% extends "stray.jinja" %}', "stray.jinja', line 2: nobody reads"),
        ('{% include "deeper/mine.jinja" %}', "template 'deeper/mine' is not in .*inner' itself"),
    ],
)
def test_a_template_that_does_not_render_says_where(tmp_path: Path, sample: Article, source: str, problem: str) -> None:
    (tmp_path / "inner" / "deeper").mkdir(parents=True)
    (tmp_path / "secret.jinja").write_text("secret", "utf-8")
    (tmp_path / "inner" / "deeper" / "mine.jinja").write_text("deep", "utf-8")
    (tmp_path / "inner" / "stray.jinja").write_text('{% extends "summary.jinja" %}\nWrite.', "utf-8")
    (tmp_path / "inner" / "mine.jinja").write_text(source, "utf-8")

    with pytest.raises(TemplateError, match=problem):
        ask(Prompts(tmp_path / "inner"), "mine", sample)


@pytest.mark.parametrize(
    ("rules", "mine", "at_fault", "problem"),
    [
        ("one\n{{ nope }}{% block task %}{% endblock %}", "", "_rules", "line 2: 'nope' is undefined"),
        ("one\n\n{% if %}", "", "_rules", "line 3: Expected an expression"),
        ("one\n{% endif %}{% block task %}{% endblock %}", "", "_rules", "line 2: Encountered unknown tag 'endif'"),
        ("one\n{% include 'none' %}", "", "_rules", "line 2: there is no template 'none' to take in"),
        ("one {% block task %}{% endblock %}", "\n{{ 1 // 0 }}", "mine", "line 3: integer"),
        ("one\n{% block task %}{{ nope }}{% endblock %}", "{{ super() }}", "_rules", "line 2: 'nope' is undefined"),
        ("one {% include '_rules' %}", "", "_rules", "takes itself in"),
    ],
)
@pytest.mark.parametrize("preset", ["mine", "summary"])
def test_a_fault_is_told_of_the_template_that_it_is_in(
    tmp_path: Path, sample: Article, rules: str, mine: str, at_fault: str, problem: str, preset: str
) -> None:
    source = f'{{% extends "_rules.jinja" %}}\n{{% block task %}}{mine}{{% endblock %}}'
    (tmp_path / "mine.jinja").write_text(source, "utf-8")
    (tmp_path / "summary.jinja").write_text('{% extends "mine.jinja" %}', "utf-8")
    (tmp_path / "_rules.jinja").write_text(rules, "utf-8")

    with pytest.raises(TemplateError) as caught:
        ask(Prompts(tmp_path), preset, sample)
    told = str(caught.value)
    assert told.startswith(f"template {str(tmp_path.resolve() / f'{at_fault}.jinja')!r}")
    assert problem in told


@pytest.mark.parametrize(
    "source",
    [
        '{% extends "news.jinja" %}',
        "{%- include 'news' -%}",
        '{% from "news.jinja" import x %}',
        '{% extends ["no.jinja", "news.jinja"] %}',
        '{% include "new" ~ "s.jinja" %}',
        "{% include _ignored if false else the_one_for_it %}",
        '{% extends "between.jinja" %}',
    ],
)
def test_a_preset_changes_with_another_one_that_it_takes_in(tmp_path: Path, source: str) -> None:
    (tmp_path / "between.jinja").write_text('{% extends "news.jinja" %}', "utf-8")
    (tmp_path / "mine.jinja").write_text(source, "utf-8")
    (tmp_path / "news.jinja").write_text("Write the news.", "utf-8")
    before = Prompts(tmp_path)
    key, versions = before.fingerprint("mine"), before.versions("mine")
    (tmp_path / "news.jinja").write_text("Write the gravest news.", "utf-8")
    after = Prompts(tmp_path)

    assert after.fingerprint("mine") != key
    assert after.versions("mine") != versions
    assert after.fingerprint("summary") == Prompts(tmp_path).fingerprint("summary") == before.fingerprint("summary")


def test_a_template_may_do_without_another_one(tmp_path: Path, sample: Article) -> None:
    (tmp_path / "mine.jinja").write_text('Mine{% include "house.jinja" ignore missing %}.', "utf-8")
    (tmp_path / "folder.jinja").mkdir()

    assert ask(Prompts(tmp_path), "mine", sample)[0].content == "Mine."
    assert "folder" not in Prompts(tmp_path).presets()


@pytest.mark.parametrize(("there", "asked"), list(product(["NFC", "NFD"], repeat=2)))
def test_a_template_is_found_whatever_the_normal_form_of_its_name(
    tmp_path: Path, sample: Article, there: str, asked: str
) -> None:
    name, taken_in = unicodedata.normalize(asked, "résumé"), unicodedata.normalize(asked, "häuser")
    mine = tmp_path / f"{unicodedata.normalize(there, name)}.jinja"
    house = tmp_path / f"{unicodedata.normalize(there, taken_in)}.jinja"
    mine.write_text(f"Mine {{% include '{taken_in}.jinja' %}}.", "utf-8")
    house.write_text("of the house", "utf-8")
    before = Prompts(tmp_path)

    assert ask(before, name, sample)[0].content == "Mine of the house."
    assert before.path(name).samefile(mine)
    assert "résumé" in before.presets()
    house.write_text("of this house", "utf-8")
    assert Prompts(tmp_path).fingerprint(name) != before.fingerprint(name)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", "utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "mine.jinja").symlink_to(tmp_path / "secret")

    with pytest.raises(TemplateError, match=r"is not in .*inner' itself, but at .*secret'"):
        Prompts(tmp_path / "inner").source("mine")


def test_an_unknown_preset_names_those_that_exist() -> None:
    with pytest.raises(TemplateError, match="bullets, headline, news, summary"):
        Prompts().path("haiku")


def test_a_missing_folder_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no folder"):
        Prompts(tmp_path / "none")


def test_a_template_that_is_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.jinja").write_bytes(b"\xff\xfe\xff")

    with pytest.raises(TemplateError, match=r"mine.jinja' is no UTF-8: save it as UTF-8"):
        Prompts(tmp_path).source("mine")


def test_a_template_written_on_windows_reads_as_any_other(tmp_path: Path, sample: Article) -> None:
    macro = "{% macro what() %}Write\nit.{% endmacro %}"
    source = f'{{% extends "_rules.jinja" %}}\n{macro}\n{{% block task %}}{{{{ what() }}}}{{% endblock %}}\n'
    (tmp_path / "mine.jinja").write_bytes(source.encode())
    (tmp_path / "theirs.jinja").write_bytes(b"\xef\xbb\xbf" + source.replace("\n", "\r\n").encode())
    prompts = Prompts(tmp_path)

    assert ask(prompts, "theirs", sample)[0].content == ask(prompts, "mine", sample)[0].content


@pytest.mark.parametrize("name", ["_article", "_part", "_material", "_mend", "_judged"])
@pytest.mark.parametrize("source", ["Read it.", "{{ mark }}"])
def test_a_template_that_leaves_out_what_is_to_be_read_is_refused(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / f"{name}.jinja").write_text(source, "utf-8")

    with pytest.raises(TemplateError, match=f"{name}.jinja' leaves out what is to be read"):
        Prompts(tmp_path).rehearse("summary", format=reply_format(Summary), language=None, max_words=9, is_judged=True)


def test_every_packaged_template_is_used() -> None:
    sources = {path.stem: path.read_text("utf-8") for path in packaged_folder().glob("*.jinja")}
    long = {"_notes", "_part", "_material"}
    named = {"_article", "_repair", "_mend", "_judge", "_judged", "_shorten", *long, *Prompts().presets()}

    assert {name for name in sources if name not in named} == {
        name for name in sources if f'"{name}.jinja"' in "".join(sources.values())
    }
