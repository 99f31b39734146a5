"""Fuzz reading, tagging and showing, and the parsers of queries and taxonomies.

    python tests/safety/fuzzing.py [--inputs 20000] [--queries 5000] [--taxonomies 5000]

Inputs are sample documents with changed, removed, repeated and hostile parts, and random bytes, with file names of all
formats. Each is added to a library, scored, and shown by the command line. Only the program's own errors may be raised,
the output must not have control characters, and no input may take longer than ``BOUND`` seconds of CPU time.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from briefreader import display, paths, query
from briefreader.cli.main import run
from briefreader.cli.session import Session
from briefreader.errors import TaxonomyError
from briefreader.library import Library
from briefreader.tagging.tagger import InsightText
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOUND = 10.0
SUFFIXES = ["", *".txt .md .html .eml .mbox .xml .opml .jsonl .json .pdf .docx .epub .ipynb".split()]
HOSTILE = [
    "\x1b]52;c;ZXZpbA==\x07", "\x9b31m", "\u202e", "\ud800", "\U000e0041", "\x00", "\r", "\ufeff", "[/]",
    "[@click=app.quit]x[/]", "<!--", "</", "<![CDATA[", "&#x1b;", "]]>", "--b", "\n\n", "\nFrom ", "\nSubject: ",
    "\nContent-Type: text/html; charset=x\n", "=?utf-8?b?/w==?=", "# ", "- **a**: ", "→ KEY INSIGHTS ", "---\n", "```",
    "](", "[[", "((((", "🏷 ", "http://a.example/", '"', "\\", "{", "%s", "{{", "é", "日本", "\u200b", "1e999",
    "\t" * 50, "\nDate: Thu, 99 Foo 2090 99:99:99 +9999\n", "mixture of experts (MoE)", "agents per million tokens ",
]  # fmt: skip
WORDS = [
    "topic:", "source:", "after:", "before:", "is:unread", "is:", "score:>", "in:body", "in:notes", "sort:", "-", '"',
    "multi-agent", "gpt-4.1", "don't", "x:y", "*", "OR", "AND", "(", ")", "2026-13-99", "moe", "pricing", "^", "~", ":",
]  # fmt: skip
YAML = [
    "topics:\n", "  - id: ", "moe", "\n", "    label: ", "    keywords: [", "]", "&a ", "*a", "<<: ",
    "!!python/object:", "- ", "{", "}", "|\n", ">\n", "'", '"', "\t", "no", "1:30", "~", "? ", "# ", "aliases:\n",
    "    broader: ", ", ", "    was: [", "    exclude:\n      - ", "\ufeff", "---\n", "%YAML 9\n", "é", "\x1b",
    "[" * 50,
]  # fmt: skip


def pieces(words: list[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.sampled_from(words), st.text(max_size=8)), max_size=most).map("".join)


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def changed(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """Return a sample document, or part of one, with a few edits."""
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = min(at + draw(st.integers(0, 400)), len(data))
        match draw(st.sampled_from("put cut double change".split())):
            case "put":
                data[at:at] = raw(draw(st.sampled_from(HOSTILE))) * draw(st.sampled_from([1, 1, 1, 3, 500]))
            case "cut":
                del data[at:end]
            case "double":
                data[at:at] = data[at:end] * 3
            case _:
                data[at:end] = draw(st.binary(max_size=20))
    return bytes(data)


def inputs() -> st.SearchStrategy[bytes]:
    files = sorted(path for path in paths.shipped("sample_docs").rglob("*") if path.is_file())
    samples = [path.read_bytes()[:12_000] for path in files]
    return st.one_of(changed(samples), changed(samples), pieces(HOSTILE, 40).map(raw), st.binary(max_size=400))


@contextlib.contextmanager
def bounded(seen: object) -> Iterator[None]:
    """Fail if the block takes too long, with the name of the input."""
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    assert took < BOUND, f"{took:.1f} s for {seen!r:.300}"


def shown(*argv: str) -> str:
    """Return the output of a command; fail if it crashes."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        code = run(list(argv))
    text = out.getvalue()
    assert code in (0, 1, 2, 3, 10, 12), (argv, code)
    assert "the program failed" not in text, (argv, text)
    assert text == display.clean(text), (argv, text)
    return text


def read_tag_show(library: Library, folder: Path) -> Callable[[bytes, str], None]:
    """Add, score and show one input."""

    def check(data: bytes, suffix: str) -> None:
        path = folder / f"input{suffix}"
        path.write_bytes(data)
        with bounded(data):
            added = list(library.add([path]))
            assert all(each.message for each in added if each.status == "failed")
            for each in added[:3]:
                if not each.id:
                    continue
                briefing = library.briefing(each.id)
                inside = [InsightText.of(insight, briefing.body) for insight in briefing.insights]
                list(library.tagger().tag_briefings([((briefing.title, briefing.body), inside)]))
                shown("show", each.id)
                if data[-1] % 8 == 0:  # slower
                    shown("explain", each.id)
                    shown("list", "-n", "3", "--", briefing.title[:40])

    return check


def ask(library: Library) -> Callable[[str], None]:
    """Parse a query, write it, parse it again, and run it."""

    def check(text: str) -> None:
        with bounded(text):
            asked = query.parse(text)
            assert query.parse(str(asked)) == query.parse(str(query.parse(str(asked))))
            library.keys(text, limit=20)
            library.search(text, limit=5)

    return check


def load(folder: Path) -> Callable[[str], None]:
    """Load a taxonomy file, or check that its error has a position."""
    path = folder / "taxonomy.yaml"

    def check(text: str) -> None:
        path.write_bytes(raw(text))
        with bounded(text):
            problems = Taxonomy.check(path)
            assert all(problem.message for problem in problems)
            try:
                Taxonomy.load(path)
            except TaxonomyError as error:
                assert error.where
                assert any(problem.severity == "error" for problem in problems)

    return check


def fuzz(count: int, check: Callable[..., None], *given_: st.SearchStrategy[object]) -> float:
    """Run a check on ``count`` inputs; return the seconds that it took."""
    begun = time.monotonic()
    if count:
        tuned = settings(
            max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )  # fmt: skip
        tuned(given(*given_)(check))()
    return time.monotonic() - begun


def every(inputs_: int, queries: int, taxonomies: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        own = {"BRIEFREADER_LIBRARY": str(folder / "library"), "XDG_CONFIG_HOME": place, "NO_COLOR": "1"}
        with mock.patch.dict(os.environ, own), Library(folder / "library") as library:
            list(library.add([paths.shipped("sample_docs")]))
            library.search("warm")
            with mock.patch.object(Session, "library", lambda *_, **__: contextlib.nullcontext(library)):
                seconds = fuzz(inputs_, read_tag_show(library, folder), inputs(), st.sampled_from(SUFFIXES))
                print(f"{inputs_:,} inputs read, tagged, shown: {seconds:.0f} s", flush=True)
            print(f"{queries:,} queries: {fuzz(queries, ask(library), pieces(WORDS, 12)):.0f} s", flush=True)
            print(f"{taxonomies:,} taxonomies: {fuzz(taxonomies, load(folder), pieces(YAML, 40)):.0f} s", flush=True)
            if inputs_:
                assert library.check(deep=True) == []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--taxonomies", type=int, default=5_000)
    given_ = parser.parse_args()
    every(given_.inputs, given_.queries, given_.taxonomies)
    return 0


if __name__ == "__main__":
    sys.exit(main())
