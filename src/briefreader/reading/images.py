"""Choose the images of a page or mail to keep as ``![alt](url)``.

Trackers, icons, logos and images without alternative text are dropped. While HTML is converted, the Markdown of an
image is enclosed in two marks, which keep it from being escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.reading import urls

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ALT_CHARACTERS = 300  # further characters of the alternative text are removed
_MIN_PIXELS = 32  # minimum width and height of an image
OPEN, CLOSE = "\ue003", "\ue004"  # private-use characters, removed from HTML before it is parsed
MARK = rf"{OPEN}(?P<image>[^{OPEN}{CLOSE}]*){CLOSE}"
_GENERIC = re.compile(
    r"(?:(?:the )?(?:image|img|photo|picture|pic|logo|icon|avatar|spacer|banner|header|footer|divider|separator"
    r"|thumbnail|cover|facebook|twitter|x|instagram|linkedin|youtube|tiktok|threads|bluesky|mastodon|share|like|comment|restack)"
    r"(?: (?:logo|icon|image|post|share|button))?|.{0,60}\blogo|.{0,60}\bavatar|[^\s]+\.(?:png|jpe?g|gif|webp|svg))",
    re.I,
)
_SIZE = re.compile(r"\s*(\d{1,5})(?:px)?\s*")
_DECORATION = re.compile(r"(?:^|[\s_-])(?:emoji|icon|avatar|logo|spacer|pixel|tracking|social)(?:$|[\s_-])", re.I)


def mark_of(element: _Element) -> str:
    """Return the Markdown of an image between marks; an emoji, if the image shows one; "" if it is dropped."""
    alt = " ".join((element.get("alt") or "").split())[:MAX_ALT_CHARACTERS]
    if not alt:
        return ""
    if not re.search(r"\w", alt):
        return alt if len(alt) <= 4 else ""  # an emoji has up to four characters
    kind = f"{element.get('class') or ''} {element.get('id') or ''}"
    sizes = filter(None, (_SIZE.fullmatch(element.get(name) or "") for name in ("width", "height")))
    is_small = any(int(size[1]) < _MIN_PIXELS for size in sizes)
    if is_small or _GENERIC.fullmatch(alt) or _DECORATION.search(kind):
        return ""
    sources = (element.get("src"), element.get("data-src"), element.get("data-original"), element.get("data-lazy-src"))
    address = next((link for source in sources if source and (link := urls.clean(source))), "")
    if not address:
        return ""
    alt = re.sub(r"[\[\]\\]", " ", alt.replace(OPEN, "").replace(CLOSE, ""))
    address = address.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f" {OPEN}![{' '.join(alt.split())}]({address}){CLOSE} "
