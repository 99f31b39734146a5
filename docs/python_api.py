"""Generate docs/python-api.md from the code: ``python docs/python_api.py docs/python-api.md``.

Lists each public name with its methods, their signatures and the first paragraph of their docstrings. A test runs the
examples.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import briefreader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INTRODUCTION = """\
# Python API

```python
import briefreader

with briefreader.Library.demo() as library:
    for row in library.list("topic:pricing", limit=3):
        print(row.id, row.title, row.topics)
    best = library.search("mixtur of expert", limit=1)[0]
    print(best.row.id, best.row.text)
    (why,) = library.explain(best.row.briefing_id, "moe")
    print(why.score, [(part.term, part.weight) for part in why.parts[:3]])
    library.decide([best.row.briefing_id], "moe", "accepted")
    library.undo()
```

`Library()` opens your own library in the default folder, and `Library(folder)` a library in another folder. If the
library doesn't exist, it is created; with `create=False` or `readonly=True`, `NoLibraryError` is raised instead.
`taxonomy=FILE` uses another taxonomy file, and `readonly=True` prevents changes. Use the library as a
context manager, or call `close()`.

Methods such as `add`, `tag`, `fetch` and `export` are generators: they work only while you iterate over them.

    with briefreader.Library() as library:
        for added in library.add(["Briefings", "newsletter.eml"]):
            print(added.status, added.id, added.title)
        for tagged in library.tag():  # the briefings that the current model has not tagged yet
            print(tagged.id, [topic.topic for topic in tagged.topics])

You can read and tag texts without a library:

```python
import briefreader

tagger = briefreader.Tagger(briefreader.Taxonomy.load("my-topics.yaml"))
for briefing in briefreader.read("newsletter.md"):
    print(briefing.title, [insight.text for insight in briefing.insights][:1])
    print(tagger.tag([(briefing.title, briefing.body)])[0].tags)
```

Many methods have these arguments:

- `id`: the ID of a briefing, such as `7f3a` (a unique prefix is enough), or of the insight, story or topic that a
  method is about
- `target`: the ID of a briefing, or of an insight, such as `7f3a.2`
- `query`: a query in the [query language](search.md); empty for everything
- `keys`: row keys, which are the numbers of briefings or insights in the database; they are faster than IDs
- `verdict`: `"accepted"` or `"rejected"`; `None` withdraws a decision
- `documents`: pairs of title and text
- `examples`: labelled texts of type `briefreader.tagging.Labelled`
- `options`: for `fetch` a `briefreader.library.fetching.FetchOptions`; for `export` a
  `briefreader.library.export_options.ExportOptions`, whose fields can also be given as keyword arguments
- `progress`: a function that is called with an object whose attributes `done` and `total` are numbers of items;
  `total` is 0 if it is unknown
- `cancelled`: a function that is called between steps; the method stops when the function returns true
- `dry_run`: nothing is written, and the result says what a real run would do

A *batch* is an entry of the history, which `undo` undoes as a whole. Most methods that change the library return their
`Batch`; its `number` is 0 if nothing was changed.

The public API consists of `Library`, `Tagger`, `Taxonomy` and `read`, the classes that their methods take and return,
and `briefreader.errors`. Anything else may change between versions. The four names are loaded when first used, which
keeps `import briefreader` fast. Errors that a user can correct are subclasses of `briefreader.errors.BriefreaderError`,
which have `message`, `where` and `hint`.

The lists below show the first lines of the documentation; `help(library.search)` shows all of a method's. Types are in
the type hints.
"""


def _signature(function: Callable[..., Any], *, bound: bool) -> str:
    """Return a function's parameters with their defaults, without types, which type checkers find in the source."""
    signature = inspect.signature(function)
    shown = [
        each.replace(annotation=each.empty, default=_shown(each.default))
        for each in list(signature.parameters.values())[1 if bound else 0 :]
    ]
    return str(signature.replace(parameters=shown, return_annotation=signature.empty))


def _shown(default: object) -> object:
    """Return a parameter's default, or ``...`` for one that has no short form."""
    short = default is inspect.Parameter.empty or default is None or isinstance(default, str | int | float | tuple)
    return default if short else _Ellipsis()


class _Ellipsis:
    """Replaces a default in a signature."""

    def __repr__(self) -> str:
        return "..."


def _paragraph(documentation: str | None) -> str:
    text = " ".join((documentation or "").partition("\n\n")[0].split()).replace("``", "`")
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", text)


def _sections(kind: type) -> dict[str, str]:
    """Return for each definition in a class the comment that heads its section, such as ``# Topics``."""
    found: dict[str, str] = {}
    section = ""
    for line in inspect.getsource(kind).splitlines():
        if line.startswith("    # "):
            section = line.removeprefix("    # ")
        elif name := re.match(r"    (?:def )?(\w+)(?: = |\()", line):
            found.setdefault(name[1], section)
    return found


def _class(kind: type, instance: object = None) -> Iterator[str]:
    """Describe a class; methods that forward to another object are looked up on ``instance``."""
    yield f"\n## {kind.__name__}\n\n{_paragraph(kind.__doc__)}\n"
    sections, section = _sections(kind), ""
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if sections.get(name, section) != section:
            section = sections[name]
            yield f"\n### {section}\n"
        if instance is not None and not isinstance(member, property | classmethod):
            member = getattr(instance, name).__func__
        text = f"{_paragraph(inspect.getdoc(member))}"
        if isinstance(member, property):
            yield f"- `{name}`: {text}"
        elif isinstance(member, classmethod | staticmethod):
            yield f"- `{kind.__name__}.{name}{_signature(getattr(kind, name), bound=False)}`: {text}"
        elif callable(member):
            yield f"- `{name}{_signature(member, bound=True)}`: {text}"


def page() -> str:
    """Return docs/python-api.md."""
    lines = [INTRODUCTION]
    with TemporaryDirectory() as folder, briefreader.Library(Path(folder)) as library:
        lines += _class(briefreader.Library, library)
    for name in ("Tagger", "Taxonomy"):
        lines += _class(getattr(briefreader, name))
    read = briefreader.read
    lines.append(f"\n## read\n\n`read{_signature(read, bound=False)}`: {_paragraph(read.__doc__)}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
