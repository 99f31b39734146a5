"""Remove tracking parameters, secrets and redirects from URLs, and make URLs canonical for comparison."""

from __future__ import annotations

import base64
import binascii
import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

# names of parameters that are removed from every link, since they may be secrets or mail addresses
_SECRET = frozenset(
    "token access_token accesstoken auth email e-mail email_address sig signature jwt session sid".split()
)
# names of tracking parameters that are removed from every link
_NOISE = re.compile(r"utm_.*|mc_[ce]id|fbclid|gclid|_hs\w+|__hs\w+|mkt_tok", re.I)
# names of parameters that are ignored when links are compared
_TRACKING = re.compile(
    r"(?:utm_.*|mc_[ce]id|fbclid|gclid|dclid|msclkid|yclid|igshid|twclid|_hs\w+|__hs\w+|hss_\w+|mkt_tok|vero_\w+|"
    r"ck_subscriber_id|s_cid|cmpid|isfreemail|publication_id|post_id|triedredirect|r|ref|ref_src|source|src|campaign|"
    r"wt\.\w+|oly_\w+|_bhlid|"
    r"action|just_subscribed|trk\w*|spm|share)",
    re.I,
)
_SUBSTACK = re.compile(r"^/pub/(?P<name>[\w-]+)(?P<rest>/p/.+)$")
_ENCODED = re.compile(r"(?:^|[/=._~-])(aHR0c[\w+=-]{12,4000})")
_TOKEN = re.compile(r"/(eyJ[\w+=-]{20,4000})")
# a link that needs no change, unless parameters of its query are removed
_SIMPLE = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?:/[\w/:@!$&'*+,;=~.-]*)?(?:\?([\w/:@!$&'*,;=~.?-]*))?", re.A)
_INNER = frozenset("url u target dest destination redirect link q to".split())
MAX_CHARACTERS = 4096  # further characters of a URL are ignored


def clean(url: str) -> str:
    """Return a web link without redirect, login, tracking parameters and secrets; "" for any other link."""
    url = unwrap(url.strip()[:MAX_CHARACTERS])
    if (simple := _SIMPLE.fullmatch(url)) and not any(
        _dropped(p.partition("=")[0]) for p in (simple[1] or "").split("&")
    ):
        return url.removesuffix("?")
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return ""
    pairs = parse_qsl(parts.query, keep_blank_values=True) if parts.query else []
    kept = [(k, v) for k, v in pairs if not _dropped(k)]
    query = urlencode(kept) if len(kept) != len(pairs) else parts.query
    path = quote(parts.path, safe="/%:@!$&'*+,;=~-._")
    return urlunsplit((parts.scheme, host, path, quote(query, safe="/%:@!$&'*+,;=~-._?[]"), parts.fragment))


def _dropped(key: str) -> bool:
    """Whether a parameter of a query is removed from every link."""
    return key.lower() in _SECRET or _NOISE.fullmatch(key) is not None


def canonical(url: str) -> str:
    """Return a link in the form for comparison; "" if it isn't a link to the web.

    The scheme is https, and parameters are sorted. ``www.``, ports 80 and 443, tracking parameters, the fragment and a
    final slash are removed.
    """
    url = clean(url)
    if not url:
        return ""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")
    path = parts.path.rstrip("/")
    if host == "open.substack.com" and (m := _SUBSTACK.match(path)):
        host, path = f"{m['name'].lower()}.substack.com", m["rest"]
    kept = sorted((k, v) for k, v in parse_qsl(parts.query) if not _TRACKING.fullmatch(k))
    return urlunsplit(("https", host, path, urlencode(kept), ""))


def unwrap(url: str) -> str:
    """Return the target that a tracking link contains (in base64 in its path, or in a parameter), else the link."""
    for _ in range(3):
        inner = _decoded(url) or _parameter(url)
        if not inner or inner == url:
            return url
        url = inner
    return url


def _decoded(url: str) -> str:
    """Return the target in a link's path, encoded in base64, or ""."""
    if "aHR0c" in url and (m := _ENCODED.search(url)):
        found = _base64(m[1])
        return found if re.match(r"https?://[\w.-]+\.\w", found) else ""
    if "/redirect/" in url and (m := _TOKEN.search(url)):
        try:
            value = json.loads(_base64(m[1]) or "null")
        except (ValueError, RecursionError):
            return ""
        inner = value.get("e", "") if isinstance(value, dict) else ""
        return inner if isinstance(inner, str) and inner.startswith(("http://", "https://")) else ""
    return ""


def _base64(text: str) -> str:
    """Decode base64, even without padding; "" if it is invalid."""
    text = text.rstrip("=")
    text = text[: len(text) - 1] if len(text) % 4 == 1 else text
    try:
        raw = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if raw.startswith(b"{"):
        return raw.decode("utf-8", "replace")
    return re.split(r"[^\x21-\x7e]", raw.decode("latin-1"), maxsplit=1)[0]


def _parameter(url: str) -> str:
    """Return the target in a parameter of a link's query, or ""."""
    if url.find("http", 8) < 0:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    for key, value in parse_qsl(parts.query):
        if key.lower() in _INNER and re.match(r"https?(?::|%3A)(?://|%2F%2F)", value, re.I):
            return unquote(value) if value.lower().startswith(("http%3a", "https%3a")) else value
    return ""
