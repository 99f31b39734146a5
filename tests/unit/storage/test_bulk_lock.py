"""Tests of the lock that allows one bulk command at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from briefreader.errors import LibraryError, LockedError
from briefreader.storage import bulk_lock

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from briefreader.storage import bulk_lock
with bulk_lock.hold(Path(sys.argv[1]), "add"):
    print("holding", flush=True)
    sys.stdin.readline()
"""


def test_hold_twice_names_the_first_holder(tmp_path: Path) -> None:
    with (
        bulk_lock.hold(tmp_path, "add"),
        pytest.raises(LockedError, match=rf"\(add, PID {os.getpid()} on .*, since 20"),
        bulk_lock.hold(tmp_path, "tag"),
    ):
        pass


def test_hold_after_release_succeeds(tmp_path: Path) -> None:
    with bulk_lock.hold(tmp_path, "add"):
        assert bulk_lock.held(tmp_path)
    assert not bulk_lock.held(tmp_path)
    with bulk_lock.hold(tmp_path, "tag"):
        pass


def test_hold_released_by_an_error_is_free(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), bulk_lock.hold(tmp_path, "add"):
        raise RuntimeError
    assert not bulk_lock.held(tmp_path)


def test_held_without_lock_file_creates_none(tmp_path: Path) -> None:
    assert not bulk_lock.held(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    with pytest.raises(LockedError, match=rf"add, PID {holder.pid} on"), bulk_lock.hold(tmp_path, "tag"):
        pass
    holder.kill()
    holder.communicate()
    assert not bulk_lock.held(tmp_path)
    with bulk_lock.hold(tmp_path, "tag"):
        pass


def test_hold_with_unusable_lock_file_names_it(tmp_path: Path) -> None:
    (tmp_path / bulk_lock.FILE).mkdir()
    with pytest.raises(LibraryError, match="lock file can't be opened"), bulk_lock.hold(tmp_path, "add"):
        pass
