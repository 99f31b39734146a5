"""The lease that keeps two bulk commands apart. It is no lock on the data: deciding and reading go on meanwhile."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.errors import LockedError
from briefreader.storage.database import now

if TYPE_CHECKING:
    import sqlite3

BULK = "bulk"
# A holder that can't be asked whether it lives renews its lease with every slice.
_SILENCE_SECONDS = 600


def take(con: sqlite3.Connection, verb: str, token: str) -> None:
    """Take the lease for a run of a command (``token``), or renew it; a dead holder's has lapsed.

    Raises:
        LockedError: another run holds it; who and since when.
    """
    row = con.execute("SELECT * FROM lease WHERE name = ?", (BULK,)).fetchone()
    mine = row is not None and row["token"] == token
    if row and not mine and _alive(row):
        raise LockedError(
            f"a bulk command is running on this library: {row['verb']}, process {row['pid']} on {row['host']}"
            f" since {row['since']}",
            hint="wait until it ends; deciding and reading go on meanwhile",
        )
    since = row["since"] if mine else now()
    con.execute(
        "INSERT OR REPLACE INTO lease (name, token, verb, host, pid, born, since, seen) VALUES (?,?,?,?,?,?,?,?)",
        (BULK, token, verb, socket.gethostname(), os.getpid(), _born(os.getpid()), since, now()),
    )


def drop(con: sqlite3.Connection, token: str) -> None:
    """Give the lease back, if this run still holds it."""
    con.execute("DELETE FROM lease WHERE name = ? AND token = ?", (BULK, token))


def held(con: sqlite3.Connection) -> bool:
    """Whether a living process holds the lease."""
    row = con.execute("SELECT * FROM lease WHERE name = ?", (BULK,)).fetchone()
    return row is not None and _alive(row)


def _alive(row: sqlite3.Row) -> bool:
    # where there is no signal that only asks (Windows), a process here tells no more than one elsewhere
    if row["host"] != socket.gethostname() or os.name != "posix":
        silent = datetime.now(UTC) - datetime.fromisoformat(row["seen"])
        return silent.total_seconds() < _SILENCE_SECONDS
    try:
        os.kill(row["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, as somebody else's
    return bool(row["born"] == _born(row["pid"]))


def _born(pid: int) -> str:
    """When a process started, in the system's own ticks, where it tells (Linux); "" elsewhere."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
