"""Where things live: the library, settings, state, and what is shipped with the program; and files written whole."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = "briefreader"
TAXONOMY = "taxonomy.yaml"  # a library's own, in its folder


def from_user(path: str | os.PathLike[str]) -> Path:
    """A path as somebody wrote it: ``~`` and ``~name`` mean a home folder, where there is one of that name."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is no such user


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """The library's folder: the one given, else ``BRIEFREADER_LIBRARY``, else the user's data folder."""
    chosen = given or os.environ.get("BRIEFREADER_LIBRARY")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def config_file(given: str | os.PathLike[str] | None = None) -> Path:
    """The settings file: the one given, else ``BRIEFREADER_CONFIG``, else config.toml in the user's config folder."""
    chosen = given or os.environ.get("BRIEFREADER_CONFIG")
    if chosen:
        return from_user(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def state_dir() -> Path:
    """Session state and the log; losing it loses no decision."""
    import platformdirs

    return Path(platformdirs.user_state_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """What can be made again at any time; the demo's library."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def shipped(name: str) -> Path:
    """A folder that comes with the program, ``taxonomy`` or ``sample_docs``: from the wheel, else the checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name, package.parent.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of {APP}")


def shipped_taxonomy() -> Path:
    """The taxonomy that a new library begins with."""
    return shipped("taxonomy") / "ai-briefings.yaml"


def own_module(name: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment that run a module of ours in a process of its own.

    It imports nothing from the folder it runs in.
    """
    source = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    return [sys.executable, "-P", "-m", name], {**os.environ, "PYTHONPATH": path}


def atomic_write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole or not at all.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    with atomic_open(path) as stream:
        stream.write(data)


@contextmanager
def atomic_open(path: Path) -> Iterator[BinaryIO]:
    """What is written here stands at ``path`` in the end: into a file beside it, flushed to the disk, then renamed.

    On any exception what was there is as it was.
    """
    import secrets

    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
