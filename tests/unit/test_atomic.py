"""Tests of atomic writes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from briefreader.atomic import atomic_write

if TYPE_CHECKING:
    from pathlib import Path


def test_atomic_write_replaces_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.yaml"
    atomic_write(file, b"one")
    atomic_write(file, b"two")
    assert file.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["taxonomy.yaml"]


def test_atomic_write_on_a_failing_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "taxonomy.yaml"
    atomic_write(file, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_write(file, b"two")
    assert file.read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["taxonomy.yaml"]


def test_atomic_write_keeps_permissions(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_bytes(b"one")
    file.chmod(0o600)
    atomic_write(file, b"two")
    assert file.stat().st_mode & 0o777 == 0o600
