"""What a source's rules say about an item: skip it, or store it read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefreader.sources.config import Rule, Source


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an item; ``rule`` is the one that decided, None without one."""

    skip: bool = False
    read: bool = False
    rule: Rule | None = None


def apply(source: Source, *, subject: str, author: str, list_id: str) -> Outcome:
    """Return what the source's rules say; the first that matches wins, ``keep`` exempts from later ones."""
    values = {"subject": subject, "author": author, "list_id": list_id}
    for rule in source.rules:
        if not rule.matches(values):
            continue
        return Outcome(skip=rule.action == "skip", read=rule.action == "read", rule=rule)
    return Outcome()
