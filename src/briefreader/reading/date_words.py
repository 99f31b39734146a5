"""Words in dates, from ``date_words.toml``: months in many languages, AM and PM, time zones, and ignored words.

All are folded: lower case, without accents. The values are the number of a month, the hours that AM (0) and PM (12)
add to an hour below 12, and a time zone's hours ahead of UTC.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from briefreader.text import fold

_DATA = tomllib.loads(files(__package__).joinpath("date_words.toml").read_text("utf-8"))


def _folded(words: str) -> list[str]:
    return [fold(word) for word in words.split()]


MONTHS: dict[str, int] = {word: number for number, words in enumerate(_DATA["months"], 1) for word in _folded(words)}
MERIDIEMS: dict[str, int] = {
    **dict.fromkeys(_folded(_DATA["before_noon"]), 0),
    **dict.fromkeys(_folded(_DATA["after_noon"]), 12),
}
NOISE = frozenset(_folded(_DATA["noise"])) - set(MONTHS)
ZONES: dict[str, float] = _DATA["zones"]
