"""Note templates in sandboxed Jinja2.

``{% call block("id") %}`` begins a managed block. The user's templates are untrusted: they get only plain values, can't
read files, and are limited in steps and size. An endless template fails with an error that names its line.
"""

from __future__ import annotations

import re
import traceback
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from briefreader.errors import BriefreaderError, UsageError
from briefreader.exporting.blocks import ManagedBlock, without_markers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEMPLATES = Path(__file__).parent / "templates"
MAX_STEPS = 100_000
"""Maximum number of loop iterations and calls of macros and blocks in one rendering."""
MAX_SIZE = 4_000_000
"""Maximum characters of any text that a template produces; a long briefing has about 200,000."""
MAX_SOURCE = 200_000  # maximum characters of a template

_FILTERS = (
    "abs batch capitalize d default e escape first float int join last length list lower map max min reject rejectattr "
    "replace reverse round select selectattr slice sort string sum title trim truncate unique upper wordcount"
).split()
_TEXT_METHODS = frozenset(
    "capitalize count endswith find isdigit lower lstrip removeprefix removesuffix rstrip split splitlines startswith "
    "strip title upper".split()
)
_ID = re.compile(r"[a-z][a-z0-9.:-]{0,60}")
_PLACE = re.compile("\x00(\\d+)\x00")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")


class _Budget:
    """A counter of the steps of one rendering. The compiled template calls ``tick`` as ``_tick``."""

    def __init__(self) -> None:
        self.steps = 0

    def tick(self) -> str:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TemplateError(f"more than {MAX_STEPS:,} steps")
        return ""


def _check(size: int) -> None:
    if size > MAX_SIZE:
        raise TemplateError(f"a text is longer than {MAX_SIZE:,} characters")


def _replace(text: object, old: str, new: str, count: int = -1) -> str:
    """Implement the ``replace`` filter, limited in size."""
    text = str(text)
    _check(len(text) + text.count(old) * len(new))
    return text.replace(old, new, count)


def _join(items: Any, between: str = "", attribute: str | None = None) -> str:
    """Implement the ``join`` filter, limited in size."""
    texts = [str(item[attribute] if attribute else item) for item in items]
    _check(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


def _concat(*items: object) -> str:
    """Implement the ``~`` operator, limited in size."""
    return _join(items)


def _call(name: str, args: list[nodes.Expr]) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load"), args, [], None, None)


class _BoundConcat(NodeTransformer):
    """Replace ``~`` by ``_concat``, since the sandbox can't intercept it."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _call("_concat", node.nodes).set_lineno(node.lineno, override=True)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, which also counts steps and limits the size of texts."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=False, keep_trailing_newline=True)
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.filters |= {"replace": _replace, "join": _join}
        self.globals = {"range": self.globals["range"], "namespace": self.globals["namespace"]}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator != "+" and not all(isinstance(side, int | float) for side in (left, right)):
            raise TemplateError(f"{operator} is for numbers only")
        if operator == "**":
            raise TemplateError("** is not allowed")
        made = super().call_binop(context, operator, left, right)
        _check(len(made) if isinstance(made, str | list | tuple) else 0)
        return made

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Disable ``str.format``, whose widths could create texts of any size."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            raise TemplateSyntaxError("templates can't use include, import or extends", node.lineno)
        for owner in tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock)):
            assert isinstance(owner, nodes.For | nodes.Macro | nodes.CallBlock)
            owner.body.insert(0, nodes.Output([_call("_tick", [])]).set_lineno(owner.lineno, override=True))
        _BoundConcat().visit(tree)
        return tree


@lru_cache(maxsize=1)
def _sandbox() -> Environment:
    return _Sandbox()


@lru_cache(maxsize=1)
def _trusted() -> Environment:
    """Return the environment of the shipped templates. Steps are not counted, since this would double the time."""
    return Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701 - notes are Markdown, escaped before


class NoteTemplate:
    """A compiled template; errors refer to it as ``name``. Only shipped templates may be ``trusted``.

    Raises:
        UsageError: the template is too long or invalid.
    """

    def __init__(self, source: str, name: str, *, trusted: bool = False) -> None:
        self.name = name
        self.source = source
        self._environment = _trusted() if trusted else _sandbox()
        if len(source) > MAX_SOURCE:
            raise UsageError(f"the template is longer than {MAX_SOURCE:,} characters", where=name)
        try:
            code = self._environment.compile(source.replace("\x00", ""), name, name)
            self._template: Template = Template.from_code(self._environment, code, dict(self._environment.globals))
        except TemplateSyntaxError as error:
            raise UsageError((error.message or "not a template").rstrip("."), where=f"{name}:{error.lineno}") from error
        except RecursionError as error:
            raise UsageError("the template is nested too deeply", where=name) from error

    @classmethod
    def load(cls, path: Path) -> NoteTemplate:
        """Load a template from a file.

        Raises:
            UsageError: it can't be read or is invalid; the error has its file and line.
        """
        try:
            return cls(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise UsageError(f"the template cannot be read: {reason}", where=str(path)) from error

    def blocks(self, values: Mapping[str, object]) -> tuple[ManagedBlock, ...]:
        """Render the template, and return its blocks in order.

        ``values`` are plain data, escaped for Markdown. Text outside any ``call block`` becomes blocks ``body``,
        ``body-2`` …

        Raises:
            UsageError: rendering fails; the error has the file and line.
        """
        made: list[ManagedBlock] = []
        budget = _Budget()

        def block(name: str, section: str = "", heading: str = "", *, caller: Callable[[], str]) -> str:
            if not _ID.fullmatch(str(name)) or any(name == known.id for known in made):
                raise TemplateError(f"block {name!r}: its name must be unique and match {_ID.pattern}")
            made.append(ManagedBlock(str(name), _trimmed(caller()), str(section), str(heading)))
            return f"\x00{len(made) - 1}\x00"

        parts: list[str] = []
        size = 0
        try:
            for chunk in self._template.generate(**values, block=block, _tick=budget.tick, _concat=_concat):
                parts.append(chunk)
                size += len(chunk)
                if self._environment is not _trusted():
                    _check(size)
        except BriefreaderError:
            raise
        except Exception as error:  # templates may raise anything
            raise UsageError(f"the template failed: {error}", where=f"{self.name}:{self._line(error)}") from error
        return tuple(_in_order("".join(parts), made))

    def _line(self, error: Exception) -> int:
        """Return the line of the template that raised an error. Jinja2 puts it into the traceback."""
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.name]
        return (lines[-1] if lines else None) or getattr(error, "lineno", None) or 1


def _in_order(text: str, made: list[ManagedBlock]) -> list[ManagedBlock]:
    """Return the named blocks, and those of the text between them, in order."""
    done: list[ManagedBlock] = []
    bodies = 0
    for number, part in enumerate(_PLACE.split(text)):
        if number % 2:
            done.append(made[int(part)])
        elif part.strip():
            bodies += 1
            done.append(ManagedBlock("body" if bodies == 1 else f"body-{bodies}", _trimmed(part)))
    return done


def _trimmed(text: str) -> str:
    start = _BLANK_LINES.match(text)
    return without_markers(text[start.end() if start else 0 :].rstrip())


@lru_cache(maxsize=8)
def shipped(name: str) -> NoteTemplate:
    """Return a template shipped with the program."""
    return NoteTemplate((TEMPLATES / name).read_text(encoding="utf-8"), name, trusted=True)
