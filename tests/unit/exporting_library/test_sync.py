"""Test random sequences of edits, exports and pulls: nothing is lost."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from briefreader.library import Library

TOPICS = ("agents", "moe", "pricing")
topics = st.sampled_from(TOPICS)
words = st.text("ab *#[]<>-\\\"'é😀", min_size=1, max_size=12).map(lambda text: f"w{text}w")
DOCUMENT = (
    "---\ntitle: {title}\n---\n## Key takeaways\n\n- **First of {title}**: {words} one.\n- **Second**: {words} two.\n"
)
SETTLED = {"unchanged"}


class Sync(RuleBasedStateMachine):
    """A vault and a library; ``added`` has the user's lines and tags, which must be kept."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.vault = self.folder / "vault"
        self.library = Library(self.folder / "library")
        for number, title in enumerate(("One", "Two")):
            path = self.folder / f"{title}.md"
            path.write_text(DOCUMENT.format(title=title, words=" ".join(f"w{number}x{n}" for n in range(60))))
            list(self.library.add([path]))
        self.ids = [row.id for row in self.library.list("")]
        self.added: dict[str, list[str]] = {id_: [] for id_ in self.ids}
        self.counter = 0
        self.export()

    def teardown(self):
        self.library.close()
        shutil.rmtree(self.folder)

    def export(self):
        return {e.id: e.status for e in self.library.export(self.vault)}

    def note(self, id_):
        return next(p for p in self.vault.rglob("*.md") if f'briefreader_id: "{id_}"' in p.read_text())

    def change(self, id_, old, new):
        """Replace a pattern in a note once, outside of the user's lines."""
        path = self.note(id_)
        path.write_text(re.sub(old, lambda _: new, path.read_text(), count=1, flags=re.S))

    @rule(which=st.integers(0, 1), text=words, place=st.sampled_from(["end", "top", "between", "header"]))
    def the_reader_writes_a_line(self, which, text, place):
        id_ = self.ids[which]
        self.counter += 1
        line = f"own{self.counter}: x{self.counter}" if place == "header" else f"{text} mine {self.counter}"
        self.added[id_].append(line)
        path = self.note(id_)
        whole = path.read_text()
        where = {
            "end": len(whole),
            "top": whole.index("---\n", 4) + 4,
            "between": whole.index("<!-- briefreader:end -->\n") + 25
            if "briefreader:end -->\n" in whole
            else len(whole),
            "header": 4,
        }[place]
        lead = "" if whole[:where].endswith("\n") else "\n"
        path.write_text(f"{whole[:where]}{lead}{line}\n{whole[where:]}")

    @rule(which=st.integers(0, 1), tag=st.sampled_from([*TOPICS, "own-tag"]))
    def the_reader_changes_a_tag(self, which, tag):
        path = self.note(self.ids[which])
        whole = path.read_text()
        if f'  - "{tag}"\n' in whole:
            path.write_text(whole.replace(f'  - "{tag}"\n', "", 1))
        elif "tags:\n" in whole:
            path.write_text(whole.replace("tags:\n", f'tags:\n  - "{tag}"\n', 1))
        else:
            path.write_text(whole.replace("briefreader_id:", f'tags:\n  - "{tag}"\nbriefreader_id:', 1))

    @rule(which=st.integers(0, 1), text=words, block=st.sampled_from(["notes", "insights", "my-notes"]))
    def the_reader_edits_a_block(self, which, text, block):
        begin = f"(?<=<!-- briefreader:begin id={block} -->\n).*?(?=<!-- briefreader:end)"
        self.change(self.ids[which], begin, f"\n{text}\n\n")

    @rule(which=st.integers(0, 1))
    def the_reader_moves_a_note(self, which):
        path = self.note(self.ids[which])
        self.counter += 1
        (self.vault / "sub").mkdir(exist_ok=True)
        path.rename(self.vault / "sub" / f"moved {self.counter}.md")

    @rule(
        which=st.integers(0, 1),
        topic=topics,
        verdict=st.sampled_from(["accepted", "rejected", None]),
        part=st.booleans(),
    )
    def the_library_decides(self, which, topic, verdict, part):
        self.library.decide([self.ids[which] + (".1" if part else "")], topic, verdict)

    @rule(which=st.integers(0, 1), text=st.one_of(st.just(""), words))
    def the_library_takes_a_note(self, which, text):
        self.library.note(self.ids[which], text)

    @rule()
    def the_last_batch_is_undone(self):
        if any(not batch.undone and batch.verb in {"pull", "note"} for batch in self.library.history(1)):
            self.library.undo()

    @rule()
    def pulling_twice_is_pulling_once(self):
        self.library.pull(self.vault)
        again = self.library.pull(self.vault)
        assert again.changes == ()

    @rule()
    def exporting_settles_at_once(self):
        self.export()
        before = {p: p.stat().st_mtime_ns for p in self.vault.rglob("*") if p.is_file()}
        assert set(self.export().values()) == SETTLED
        assert {p: p.stat().st_mtime_ns for p in self.vault.rglob("*") if p.is_file()} == before

    @rule()
    def export_pull_export_reaches_a_fixed_point(self):
        self.export()
        self.library.pull(self.vault)
        self.export()
        assert set(self.export().values()) == SETTLED
        assert self.library.pull(self.vault).changes == ()

    @invariant()
    def nothing_of_the_readers_is_lost(self):
        for id_, lines in getattr(self, "added", {}).items():
            have = self.note(id_).read_text().split("\n")
            assert [line for line in lines if line not in have] == []


@pytest.mark.parametrize(
    ("examples", "steps"),
    [pytest.param(6, 12), pytest.param(150, 40, marks=[pytest.mark.long, pytest.mark.timeout(1500)])],
)
def test_any_sequence_of_edits_and_exports_loses_nothing(examples, steps):
    run_state_machine_as_test(
        Sync,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
