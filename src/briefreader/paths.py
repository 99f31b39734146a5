"""Locations of library, settings, state and shipped files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "briefreader"
TAXONOMY = "taxonomy.yaml"  # the library's own, in its folder


def from_user(path: str | os.PathLike[str]) -> Path:
    """Return a path as typed by a user, with ``~`` and ``~name`` expanded."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is no such user


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the library's folder: the given one, else ``BRIEFREADER_LIBRARY``, else the user's data folder."""
    chosen = given or os.environ.get("BRIEFREADER_LIBRARY")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def config_file(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the settings file: the given one, ``BRIEFREADER_CONFIG``, or the user's config.toml."""
    chosen = given or os.environ.get("BRIEFREADER_CONFIG")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def state_dir() -> Path:
    """Return the folder of session state and log, which contains no decisions."""
    import platformdirs

    return Path(platformdirs.user_state_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """Return the folder of regenerable data, such as the demo's library."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def shipped(name: str) -> Path:
    """Return a shipped folder, ``taxonomy`` or ``sample_docs``, from the wheel or the checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name, package.parent.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of {APP}")


def shipped_taxonomy() -> Path:
    """Return the taxonomy of new libraries."""
    return shipped("taxonomy") / "ai-briefings.yaml"


def taxonomy_called(path: Path) -> Path:
    """Return a taxonomy's file: ``path`` itself, or the shipped one of this name (``ai-industry``)."""
    named = shipped("taxonomy") / f"{path.name}.yaml"
    return named if not path.exists() and not path.suffix and named.is_file() else path


def own_module(name: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment that run one of our modules in a process.

    It imports nothing from the current folder.
    """
    source = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    return [sys.executable, "-P", "-m", name], {**os.environ, "PYTHONPATH": path}
