"""Tests of several processes that use a library at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.tui.app import BriefreaderApp

if TYPE_CHECKING:
    from pathlib import Path

MANY = 80
TEXT = (
    "# Note {0}\n\n## Key takeaways\n\n- **Crane {0}**: The agents of yard {0} lift crates by the token.\n\nDeck {0}.\n"
)
# Runs all commands; prints how often the library was locked, and the messages.
TURNS = """
import contextlib, io, json, sys, time
from briefreader.cli.main import run
locked, said = 0, set()
for argv in json.loads(sys.argv[1]):
    while True:
        with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()):
            code = run(argv)
        if code != 11:
            break
        locked += 1
        said.add(errors.getvalue())
        time.sleep(0.05)
    if code:
        sys.exit(f"{argv}: {code}: {errors.getvalue()}")
print(json.dumps([locked, sorted(said)]))
"""


def turns(library: Path, *commands: list[str]) -> subprocess.Popen[str]:
    argv = [["--library", str(library), *command] for command in commands]
    return subprocess.Popen([sys.executable, "-c", TURNS, json.dumps(argv)], stdout=subprocess.PIPE, text=True)


async def test_add_tag_and_app_run_at_the_same_time(tmp_path: Path) -> None:
    documents, folder = tmp_path / "in", tmp_path / "library"
    documents.mkdir()
    for number in range(MANY):
        (documents / f"{number:03}.md").write_text(TEXT.format(f"no{number}x{number * 7919 % 10_007}"))
    with Library(folder) as library:
        list(library.add([documents / "000.md", documents / "001.md"]))
        list(library.tag())
    others = [
        turns(folder, ["add", str(documents)], ["add", str(documents)]),
        turns(folder, ["add", str(documents)]),
        turns(folder, ["tag", "--all"], ["tag", "--untagged"], ["tag", "--untagged"]),
    ]
    decided = []
    with Library(folder) as library:
        app = BriefreaderApp(library, remember=False)
        async with app.run_test(size=(120, 40)) as pilot:
            while any(other.poll() is None for other in others) or len(decided) < 5:
                undecided = [row.id for row in library.list() if row.id not in decided]
                if undecided and len(decided) < 40:
                    library.decide([undecided[0]], "moe", "accepted")
                    decided.append(undecided[0])
                await pilot.press("j", "k")
                await pilot.pause(0.02)
                assert app._exception is None, app._exception
    results = [json.loads(other.communicate(timeout=60)[0]) for other in others]
    assert all(other.returncode == 0 for other in others)
    for locked, messages in results:
        assert bool(locked) == bool(messages)
        assert all("another bulk command is running" in words and "since 20" in words for words in messages), messages
    with Library(folder) as library:
        assert library.count() == MANY
        assert len({row.title for row in library.list()}) == MANY
        assert {row.id for row in library.list("topic:moe")} >= set(decided)
        verdicts = [batch for batch in library.history(1000) if batch.verb == "accept"]
        assert len(verdicts) == len(decided) >= 5
        assert library.check(deep=True) == []
