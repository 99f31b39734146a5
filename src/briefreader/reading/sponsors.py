"""Parse lists of sponsors: JSON, damaged JSON, Markdown links, ``name (url)``, or names."""

from __future__ import annotations

import json
import re

from briefreader.display import one_line
from briefreader.model import Sponsor

_QUOTES = str.maketrans("“”„‟«»‘’", '""""""' + "''")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\(<?(https?://[^\s()<>]{1,2000})>?\)")
_PAIR = re.compile(r"([^,;|\n]{1,200}?)\s{0,9}(?:\(|[:–—-]\s)\s{0,9}(https?://[^\s()<>,;|]{1,2000})\)?")
_OBJECT = re.compile(r"\{([^{}]{1,4000})\}?")
_FIELD = re.compile(r"""["']?(name|title|sponsor|url|link|href)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([^,}\]]*))""", re.I)
MAX_SPONSORS = 100


def parse(text: str) -> tuple[Sponsor, ...]:
    """Return up to ``MAX_SPONSORS`` distinct sponsors in the section of sponsors, in order."""
    text = text[:100_000].strip()
    for attempt in (_strict, _lenient, _links, _pairs, _names):
        if found := attempt(text):
            return tuple(dict.fromkeys(found))[:MAX_SPONSORS]
    return ()


def _strict(text: str) -> list[Sponsor]:
    """Parse a JSON list of names or objects."""
    begin, end = text.find("["), text.rfind("]")
    if begin < 0 or end < begin:
        return []
    try:
        values = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        return []
    if not isinstance(values, list):
        return []
    found = []
    for value in values:
        if isinstance(value, str):
            found.append(_sponsor(value, ""))
        elif isinstance(value, dict):
            found.append(_sponsor(_first(value, "name", "title", "sponsor"), _first(value, "url", "link", "href")))
    return [s for s in found if s.name]


def _first(value: dict[str, object], *keys: str) -> str:
    """Return the first value that isn't empty, as text."""
    return next((str(value[k]) for k in keys if value.get(k)), "")


def _lenient(text: str) -> list[Sponsor]:
    """Parse objects in braces, even with typographic or single quotes, trailing commas or a missing brace."""
    found = []
    for braces in _OBJECT.finditer(text.translate(_QUOTES)):
        fields = {m[1].lower(): (m[2] or m[3] or m[4] or "").strip() for m in _FIELD.finditer(braces[1])}
        name = _first(dict(fields), "name", "title", "sponsor")
        if name:
            found.append(_sponsor(name, _first(dict(fields), "url", "link", "href")))
    return found


def _links(text: str) -> list[Sponsor]:
    """Return the sponsors in a list of Markdown links."""
    return [_sponsor(m[1], m[2]) for m in _LINK.finditer(text)]


def _pairs(text: str) -> list[Sponsor]:
    """Return the sponsors in a list of names that are followed by URLs."""
    return [s for m in _PAIR.finditer(text) if (s := _sponsor(m[1].strip(" \t-*•‣–—"), m[2])).name]


def _names(text: str) -> list[Sponsor]:
    """Return the sponsors in a list of names; [] if one is so long that the text must be prose."""
    names = [n.strip(" \t-*•‣–—.[]\"'") for n in re.split(r"[,;|\n]", text)]
    names = [n for n in names if n]
    if not names or any(len(n) > 60 for n in names):
        return []
    return [_sponsor(n, "") for n in names]


def _sponsor(name: str, url: str) -> Sponsor:
    """Return a sponsor; a URL without a scheme is completed, and an invalid one becomes ""."""
    url = one_line(url).strip()
    if url and not re.match(r"(?i)https?://", url):
        url = f"https://{url}" if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", url) else ""
    return Sponsor(one_line(name, 200), url)
