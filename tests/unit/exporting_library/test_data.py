"""Tests of exports in data formats, with a full disk or a link as the file."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.exporting.folder import ExportStopped

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library import Library


@pytest.mark.parametrize("format", ["json", "csv"])
def test_data_export_stops_on_a_full_disk(library: Library, add: Any, vault: Path, format: str) -> None:
    add("One")
    exported = library.export(vault, format=format, full_text=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ExportStopped, match="cannot be written"):
            list(exported)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(vault.iterdir()) == []
    assert [each.status for each in library.export(vault, format=format, full_text=True)] == ["written"]


def test_data_export_to_a_link_is_refused(library: Library, add: Any, vault: Path, tmp_path: Path) -> None:
    add("One")
    vault.mkdir()
    (vault / "briefreader.json").symlink_to(tmp_path / "elsewhere")
    assert [each.status for each in library.export(vault, format="json")] == ["failed"]
    assert not (tmp_path / "elsewhere").exists()
