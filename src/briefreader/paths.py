"""Locations of the library, the settings, the session state, caches and shipped files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "briefreader"
TAXONOMY = "taxonomy.yaml"  # file name of the library's taxonomy, in the library's folder


def from_user(path: str | os.PathLike[str]) -> Path:
    """Return a path as typed by a user, with ``~`` and ``~name`` expanded."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser fails for an unknown user


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the library's folder.

    The first of these that is set: ``given``, ``BRIEFREADER_LIBRARY``, the user's data folder.
    """
    chosen = given or os.environ.get("BRIEFREADER_LIBRARY")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def config_file(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the path of the settings file.

    The first of these that is set: ``given``, ``BRIEFREADER_CONFIG``, config.toml in the user's configuration folder.
    """
    chosen = given or os.environ.get("BRIEFREADER_CONFIG")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def state_dir() -> Path:
    """Return the folder of the session state and the log; it contains no decisions."""
    import platformdirs

    return Path(platformdirs.user_state_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """Return the folder of data that can be regenerated, such as the demo library."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def shipped(name: str) -> Path:
    """Return a shipped folder (``taxonomy`` or ``sample_docs``).

    It is in the installed package, or in the root of a checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name, package.parent.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of {APP}")


def shipped_taxonomy() -> Path:
    """Return the file of the taxonomy that new libraries get."""
    return shipped("taxonomy") / "ai-briefings.yaml"


def taxonomy_called(path: Path) -> Path:
    """Return the file of a taxonomy.

    This is ``path``, unless no such file exists and a shipped taxonomy has this name (such as ``ai-industry``).
    """
    named = shipped("taxonomy") / f"{path.name}.yaml"
    return named if not path.exists() and not path.suffix and named.is_file() else path


def own_module(name: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and environment that run a module of briefreader.

    The process imports nothing from the current folder.
    """
    source = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    return [sys.executable, "-P", "-m", name], {**os.environ, "PYTHONPATH": path}
