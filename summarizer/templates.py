"""Templates in files: which there are, what they take in, and where one that does not render is at fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarizer.errors import TemplateError
from summarizer.records import digest

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.nodes import Template as TemplateNode

_PACKAGE = Path(__file__).resolve().parent

# A tag that takes in another template, and the names in it; one without is only known when it is rendered.
_TAKES_IN = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b(.*?)%\}", re.DOTALL)
_QUOTED = re.compile(r"""["']([^"']+)["']""")
# Templates that only long articles are read with.
_FOR_LONG = frozenset({"_notes", "_part", "_material"})


def packaged_folder() -> Path:
    """Return the folder of the templates that come with the package: in a wheel inside it, in a checkout beside it."""
    inside = _PACKAGE / "prompts"
    return inside if inside.is_dir() else _PACKAGE.parent / "prompts"


def _stem(name: str) -> str:
    """Return what a template is called, as another one names it: macOS takes letters apart that people type whole."""
    return unicodedata.normalize("NFC", name.removesuffix(".jinja"))


def _file(folder: Path, name: str) -> Path | None:
    """Return the file of a template in a folder; None when there is none."""
    path = folder / f"{name}.jinja"
    if path.is_file():
        return path
    same = (one for one in _files(folder) if _stem(one.name) == _stem(name))
    return None if name.isascii() else next(same, None)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*.jinja") if path.is_file())


def _place(error: Exception) -> tuple[str, int] | None:
    """Return the name of the template in which an error arose, which others may take in, and the line of it."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return None if error.name is None else (_stem(error.name), error.lineno)
    found, trace = None, error.__traceback__
    while trace is not None:
        # Jinja leaves in the globals of what it compiles what tells the line of the template from that of the code.
        template: Template | None = trace.tb_frame.f_globals.get("__jinja_template__")
        if template is not None and template.name is not None:
            found = _stem(template.name), template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return found


def _beside_blocks(parsed: TemplateNode) -> int | None:
    """Return the line of text that Jinja leaves out without a word: it stands after `extends`, and in no block."""
    from jinja2 import nodes

    extends = next((at for at, node in enumerate(parsed.body) if isinstance(node, nodes.Extends)), len(parsed.body))
    for node in parsed.body[extends:]:
        for part in node.nodes if isinstance(node, nodes.Output) else ():
            said = part.data if isinstance(part, nodes.TemplateData) else "{{"
            if said.strip():
                return part.lineno + said[: -len(said.lstrip())].count("\n")
        if isinstance(node, nodes.Include):
            return node.lineno
    return None


class Templates:
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

    @property
    def has_own(self) -> bool:
        """Whether any template may be the user's own."""
        return len(self.folders) > 1

    def presets(self) -> tuple[str, ...]:
        """Return the names of all presets, sorted."""
        return tuple(sorted(name for name in self._names() if not name.startswith("_")))

    def path(self, name: str) -> Path:
        """Return the file of a template, the user's own before the package's.

        Raises:
            TemplateError: No such template, or one that is not in its folder itself.
        """
        for folder in self.folders:
            path = _file(folder, name)
            if path is not None:
                if (at := path.resolve()).parent != folder:
                    raise TemplateError(
                        f"template {name!r} is not in {str(folder)!r} itself, but at {str(at)!r}: copy the file there"
                    )
                return path
        known = ", ".join(self.presets())
        raise TemplateError(f"no prompt named {name!r}; there are: {known}")

    def __getstate__(self) -> dict[str, Any]:
        """All but what is compiled: in another process, too, a template stays as it was read first."""
        return {**self.__dict__, "_environment": None, "_compiled": {}}

    def source(self, name: str) -> str:
        """Return the text of a template; it is read once in the life of this object.

        Raises:
            TemplateError: There is no such template, or it cannot be read.
        """
        if name not in self._sources:
            try:
                self._sources[name] = self.path(name).read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                raise TemplateError(f"template {str(self.path(name))!r} is no UTF-8: save it as UTF-8") from error
            except OSError as error:
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
        return {_stem(path.name) for folder in self.folders for path in _files(folder)}

    def _loaded(self, name: str) -> str | None:
        """Return the text of a template as another one names it; None when there is none, which it may allow."""
        stem = _stem(name)
        return self.source(stem) if any(_file(folder, stem) for folder in self.folders) else None

    def _render(self, name: str, **values: Any) -> str:
        try:
            template = self._compiled.get(name)
            if template is None:
                self._must_fill(name)
                template = self._compiled[name] = self._jinja().get_template(name)
            # What every template knows is given as it is: `render` puts it together anew, in twice the time.
            context = template.new_context({**template.environment.globals, **values}, shared=True)
            return "".join(template.root_render_func(context)).strip()
        except Exception as error:
            fault = self._fault(name, error)
            if fault is None:
                raise
            raise fault from error

    def _must_fill(self, name: str) -> None:
        """Refuse what nobody would read: a block that no template which this one extends has, or text in no block."""
        from jinja2 import nodes

        parsed = self._jinja().parse(self.source(name), name)
        above, known, at, stem = {name}, set[str](), parsed, name
        while True:
            line = _beside_blocks(at)
            if line is not None:
                where = f"template {str(self.path(stem))!r}, line {line}"
                raise TemplateError(f"{where}: nobody reads what stands in no block of a template that extends another")
            parent = next((node.template for node in at.body if isinstance(node, nodes.Extends)), None)
            stem = _stem(parent.value) if isinstance(parent, nodes.Const) else ""
            if stem in above or self._loaded(stem) is None:
                break
            above.add(stem)
            at = self._jinja().parse(self.source(stem), stem)
            known |= {block.name for block in at.find_all(nodes.Block)}
        for node in parsed.body if known and parent is None else ():
            if isinstance(node, nodes.Block) and node.name not in known:
                where, there = f"template {str(self.path(name))!r}, line {node.lineno}", ", ".join(sorted(known))
                raise TemplateError(f"{where}: what it extends has no block {node.name!r}; there are: {there}")

    def _fault(self, name: str, error: Exception) -> TemplateError | None:
        """Return what to say of a template that does not render; None where it is not to blame."""
        from jinja2 import TemplateError as JinjaError
        from jinja2 import TemplateNotFound

        found, line = _place(error) or (name, None)
        path = str(self.path(found))
        where = f"template {path!r}, line {line}" if line else f"template {path!r}"
        if isinstance(error, TemplateNotFound):
            return TemplateError(f"{where}: there is no template {error.name!r} to take in")
        if isinstance(error, RecursionError):
            return TemplateError(f"template {path!r} takes itself in: give it a name of its own")
        if isinstance(error, (JinjaError, ArithmeticError, LookupError, TypeError, ValueError)):
            return TemplateError(f"{where}: {error}")
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
