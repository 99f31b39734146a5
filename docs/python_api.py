"""docs/python-api.md, made from the code: ``python docs/python_api.py docs/python-api.md``.

Each public name with its methods: their signatures, and the first paragraph of their documentation. The examples are
run by a test.
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

`Library()` opens your own library in the default folder, `Library(folder)` another. A library that doesn't exist is
created, unless you pass `create=False`. `taxonomy=FILE` and `readonly=True` can be added. Close it, or use it as a
context manager. `add`, `tag`, `fetch` and `export` are generators that work while you iterate over them:

    with briefreader.Library() as library:
        for added in library.add([Path.home() / "Briefings"]):
            print(added.status, added.id, added.title)
        for tagged in library.tag():  # nothing, if all scores are up to date
            print(tagged.id, [topic.topic for topic in tagged.topics])

The public API has four names, loaded on first use so that `import briefreader` stays fast. They are typed (`py.typed`);
anything else may change between versions. Methods raise subclasses of `briefreader.errors.BriefreaderError`, with
`message`, `where` and `hint`.

Without a library:

```python
from pathlib import Path

import briefreader
from briefreader.paths import shipped, shipped_taxonomy

tagger = briefreader.Tagger(briefreader.Taxonomy.load(shipped_taxonomy()))
for briefing in briefreader.read(shipped("sample_docs") / "2025-03-21-the-switchboard.md"):
    print(briefing.title, [insight.text for insight in briefing.insights][:1])
    print(tagger.tag([(briefing.title, briefing.body)])[0].tags)
```
"""


def _signature(function: Callable[..., Any], *, bound: bool) -> str:
    """Return a function's parameters with their defaults; types are in the source, for type checkers."""
    signature = inspect.signature(function)
    shown = [
        each.replace(
            annotation=each.empty,
            default=_Ellipsis() if callable(each.default) and each.default is not each.empty else each.default,
        )
        for each in list(signature.parameters.values())[1 if bound else 0 :]
    ]
    return str(signature.replace(parameters=shown, return_annotation=signature.empty))


class _Ellipsis:
    """Stands for a default that has no short form."""

    def __repr__(self) -> str:
        return "..."


def _paragraph(documentation: str | None) -> str:
    text = " ".join((documentation or "").partition("\n\n")[0].split()).replace("``", "`")
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", text)


def _class(kind: type, made: object = None) -> Iterator[str]:
    """Describe a class; ``made`` is one of its kind, where methods are those of its parts."""
    yield f"\n## {kind.__name__}\n\n{_paragraph(kind.__doc__)}\n"
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if made is not None and not isinstance(member, property | classmethod):
            member = getattr(made, name).__func__
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
