"""Check that undo and redo restore each state, for any sequence of changes."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefreader.errors import UsageError
from briefreader.library import Library
from briefreader.storage import journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.model import BriefingRow

PARAGRAPH = " ".join(f"The crane{i} lifts crate{i * 7 % 31} over deck{i * 5 % 17}." for i in range(60))
DOCUMENTS = {
    "kelp.md": "# Kelp\n\n## Key takeaways\n\n- **One**: The first thing that was said.\n- **Two**: The second.\n",
    "cranes.txt": f"Cranes\n\n{PARAGRAPH}\n",
    "cranes-long.txt": f"Cranes\n\n{PARAGRAPH}\n\n{PARAGRAPH.replace('crate', 'barrel')}\n",
    "late.md": "---\ntitle: Late\nsource: The Ledger\n---\nA boat that is late is still a boat.\n",
}
TOPICS = ("moe", "pricing", "agents")
text = st.text(max_size=30)

which = st.integers(0, 5)
flag = st.sampled_from([True, False, None])
verbs = st.one_of(
    st.tuples(st.just("decide"), which, st.sampled_from(TOPICS), st.sampled_from(["accepted", "rejected", None])),
    st.tuples(st.just("mark"), which, flag, flag),
    st.tuples(st.just("note"), which, text),
    st.tuples(st.just("edit"), which, text.map("T{}".format)),
    st.tuples(st.just("own"), which, st.integers(0, 30)),
    st.tuples(st.just("dismiss"), which),
    st.tuples(st.just("remove"), which),
    st.tuples(st.just("score"), which, st.sampled_from(TOPICS), st.floats(0, 1)),
    st.tuples(st.just("add"), st.sampled_from(sorted(DOCUMENTS))),
    st.tuples(st.just("save"), st.sampled_from(["a", "b"]), text),
    st.tuples(st.just("drop"), st.sampled_from(["a", "b"])),
    st.sampled_from([("reread",), ("undo",), ("undo",), ("redo",)]),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    for name, content in DOCUMENTS.items():
        (folder / name).write_text(content, encoding="utf-8")
    with Library(folder / "library") as library:
        list(library.add([folder / "kelp.md", folder / "cranes.txt"]))
    return folder


def seen(library: Library) -> list[str]:
    """Return the visible content: the dump without journal and removed or hidden rows."""
    stream = io.StringIO()
    library.dump(stream)
    rows: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().split("\n")[1:-1]]
    gone = {r["key"] for r in rows if r["table"] == "briefing" and r["removed"]}
    held = {r["digest"] for r in rows if r["table"] == "briefing" and not r["removed"]}

    older = {r["text_digest"] for r in rows if r["table"] == "revision"}
    for row in rows:
        row.pop("worth", None)  # derived from the text: rereading replaces it, undo doesn't

    def visible(row: dict[str, Any]) -> bool:
        if row["table"] in ("original", "origin"):
            return row["digest"] in held
        if row["table"] == "revision_text":
            return row["digest"] in older
        if row["table"] == "reading_state" and not (row["read"] or row["starred"] or row["position"]):
            return False
        return not (
            row["table"] in ("batch", "change", "taxonomy")
            or row.get("hidden")
            or row.get("briefing_key", row.get("key")) in gone
        )

    return [json.dumps(row, sort_keys=True) for row in rows if visible(row)]


def perform(library: Library, shelf: Path, verb: tuple[Any, ...]) -> None:
    """Apply a generated change to the briefing or insight with its number."""
    match verb:
        case ("add", name):
            list(library.add([shelf / name]))
        case ("save", name, query):
            library.save_search(name, query)
        case ("drop", name):
            if name in dict(library.saved()):
                library.drop_search(name)
        case ("reread",):
            list(library.reread())
        case _ if rows := library.list():
            to_one(library, verb, rows[verb[1] % len(rows)])


def to_one(library: Library, verb: tuple[Any, ...], row: BriefingRow) -> None:
    insights = library.insights(row.id)
    target = insights[verb[1] % len(insights)].id if insights and verb[1] % 2 else row.id
    match verb:
        case ("decide", _, topic, verdict):
            library.decide([target], topic, verdict)
        case ("mark", _, read, starred):
            library.mark([row.id], read=read, starred=starred)
        case ("note", _, words):
            library.note(target, words)
        case ("edit", _, title):
            library.edit(row.id, title=title)
        case ("own", _, start):
            body = library.briefing(row.id).body
            if body[start : start + 9].strip():
                library.own_insight(row.id, start, min(start + 9, len(body)))
        case ("dismiss", _):
            if insights:
                library.dismiss(insights[0].id)
        case ("remove", _):
            library.remove([row.id])
        case ("score", _, topic, score):
            with library._parts.batches.step("tag") as step:
                scores = [[0, topic, score, "document" if score > 0.5 else ""]]
                image = {"model": "m", "digest": "d", "rows": scores}
                journal.put(step.con, step.number, "suggestion", str(row.key), image)


def go(step: Callable[[], object]) -> bool:
    try:
        step()
    except UsageError:
        return False
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(verbs, min_size=1, max_size=14))
def test_undo_and_redo_restore_the_same_states(shelf: Path, sequence: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(shelf / "library", Path(folder) / "library")
        with Library(Path(folder) / "library") as library:
            # states[i] is the library after i steps; states[0] is before the first batch
            first = seen(library)
            go(library.undo)
            states, at = [seen(library), first], 1
            go(library.redo)
            for verb in sequence:
                before = library.history(1)[0].number
                if verb[0] == "undo":
                    at -= go(library.undo)
                elif verb[0] == "redo":
                    at += go(library.redo)
                else:
                    perform(library, shelf, verb)
                    if library.history(1)[0].number > before:
                        at += 1
                        states[at:] = [seen(library)]
                assert seen(library) == states[at]
            while go(library.undo):
                at -= 1
                assert seen(library) == states[at]
            assert at == 0
            while go(library.redo):
                at += 1
                assert seen(library) == states[at]
            assert at == len(states) - 1
            assert library.check(deep=True) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(verbs, max_size=12))
def test_dump_restores_the_same_library(shelf: Path, sequence: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(shelf / "library", Path(folder) / "library")
        first, second = io.StringIO(), io.StringIO()
        with Library(Path(folder) / "library") as library, Library(Path(folder) / "other") as other:
            for verb in sequence:
                if verb[0] in ("undo", "redo"):
                    go(getattr(library, verb[0]))
                else:
                    perform(library, shelf, verb)
            library.dump(first)
            other.restore(io.StringIO(first.getvalue()))
            other.dump(second)
            assert second.getvalue() == first.getvalue()
            assert other.check(deep=True) == []
            while go(library.undo):
                assert go(other.undo)
            assert seen(other) == seen(library)
