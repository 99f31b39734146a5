"""Sort command-line arguments before click parses them.

Queries contain ``-word`` and ``-topic:moe``, and ``tag`` takes ``+moe -pricing``. Click would split such words into
one-letter options, so this module first separates them from the options that the command has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

BULK_TAG = "bulk-tag"


class Words(NamedTuple):
    """Options with their values, words before ``--``, and the rest after it."""

    options: list[str]
    words: list[str]
    rest: list[str]


def sort_words(args: Iterable[str], arity: Mapping[str, int]) -> Words:
    """Separate the options of a command from its other arguments.

    ``arity`` maps each option (``--limit``, ``-n``) to its number of values. ``--unknown`` and ``-x`` stay options, so
    that click reports them; ``-word`` that isn't a cluster of one-letter flags is a word.
    """
    sorted_ = Words([], [], [])
    values = 0  # still expected by the last option
    stream = iter(args)
    for arg in stream:
        if arg == "--":
            sorted_.rest.extend(stream)
        elif _is_option(arg, arity):  # checked before ``values``, since an option's value may be optional
            sorted_.options.append(arg)
            values = arity.get(arg, 0)
        elif values:
            sorted_.options.append(arg)
            values -= 1
        else:
            sorted_.words.append(arg)
    return sorted_


def _is_option(arg: str, arity: Mapping[str, int]) -> bool:
    if arg in arity or re.match(r"--\w|-[A-Za-z]$", arg):
        return True
    if not re.match(r"-\w", arg):
        return False
    if arity.get(arg[:2]) == 1 and re.fullmatch(r"\d+", arg[2:]):  # -n20
        return True
    return all(arity.get(f"-{letter}") == 0 for letter in arg[1:])  # -qv


def normalise(argv: list[str], commands: Collection[str], arity: Mapping[str, int]) -> list[str]:
    """Return the arguments with ``--bulk-tag`` replaced by the hidden command that implements it.

    The option can be anywhere among the global options (``arity``) and paths, but not after another command.
    """
    found = sort_words(argv, {**arity, "--bulk-tag": 0})
    if "--bulk-tag" not in found.options or (found.words and found.words[0] in commands):
        return list(argv)  # a copy, since click empties the list that it parses
    rest = list(argv)
    rest.remove("--bulk-tag")
    return [BULK_TAG, *rest]
