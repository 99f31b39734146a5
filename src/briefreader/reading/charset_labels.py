"""Map the charset labels of WHATWG's Encoding Standard to Python's codecs.

In mail and on the web, some labels mean other charsets than their standards say: "iso-8859-1" means windows-1252,
"gb2312" means GB 18030, and "shift_jis" means Microsoft's variant. Labels that aren't in the table are looked up among
Python's codecs. UTF-7 and codecs that aren't charsets, such as base64, are rejected.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# for each codec, the labels that Python doesn't know or maps to another codec; most are from
# https://encoding.spec.whatwg.org/#names-and-labels. ``codec_of`` handles "x-cp1250" and "iso88592" without an entry.
_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8",
    "iso8859-6": "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i",
    "iso8859-7": "sun_eu_greek",
    "iso8859-8": "csiso88598e iso-8859-8-e visual csiso88598i iso-8859-8-i logical",
    "iso8859-15": "csisolatin9",
    "koi8-r": "koi koi8",
    "koi8-u": "koi8-ru",
    "mac-roman": "csmacintosh mac",
    "mac-cyrillic": "mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 tis-620 windows-874",
    "cp1252": "ansi_x3.4-1968 ascii cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso_8859-1"
    " iso_8859-1:1987 l1 latin1 us-ascii latin-1",
    "cp1254": "csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso_8859-9 iso_8859-9:1989 l5 latin5",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 cp936 ms936",
    "big5hkscs": "big5 cn-big5 csbig5 cp950",
    "euc_jp": "cseucpkdfmtjapanese",
    "iso2022_jp": "iso-2022-jp-ms cp50220 cp50221",
    "cp932": "csshiftjis shift-jis shift_jis sjis windows-31j",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601"
    " windows-949 ks_c_5601",
    "utf-16-be": "unicodefffe",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
}
_MEANT = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_REFUSED = re.compile(r"utf[-_]?7|.*(?:escape|idna|punycode|mbcs|oem|undefined|base64|hex|quopri|uu|zip|bz2|rot)", re.I)
_TWO_BYTES = re.compile(rb"[\xa1-\xfe]{2}")
_EUC_CHARACTER = re.compile(rb"(?:[\xa1-\xfe]{2})+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\x80-\xff]")
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\([A-Z]|\$A|\.[AF])")


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """Return the Python codec of a label, "" if it is unknown or rejected."""
    label = label.strip().strip("\"'").strip().lower()
    label = re.sub(r"^iso8859(?=\d)", "iso8859-", label)
    if label in _MEANT:
        return _MEANT[label]
    if not label or _REFUSED.match(label):
        return ""
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return codec_of(label[2:]) if label.startswith("x-") else ""
    return _MEANT.get(info.name, info.name) if getattr(info, "_is_text_encoding", True) else ""


def decoded(data: bytes, codec: str) -> str:
    """Decode ``data``; invalid bytes become U+FFFD. Characters that vendors added to Japanese charsets are decoded."""
    if codec == "euc_jp":
        return _euc_jp(data)
    if codec == "iso2022_jp":
        return _iso2022_jp(data)
    return data.decode(codec, "replace")


def _euc_jp(data: bytes) -> str:
    """Decode EUC-JP, including the characters that vendors added."""
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        pass
    parts: list[str] = []
    done = 0
    for found in _EUC_CHARACTER.finditer(data):
        parts.append(data[done : found.start()].decode("ascii", "replace"))
        piece, done = found.group(), found.end()
        parts.append(_jis_rows(piece) if _TWO_BYTES.match(piece) else piece.decode("euc_jp", "replace"))
    return "".join(parts) + data[done:].decode("ascii", "replace")


def _iso2022_jp(data: bytes) -> str:
    """Decode ISO-2022-JP, including half-width kana and the characters that vendors added."""
    try:
        return data.decode("iso2022_jp")
    except UnicodeDecodeError:
        pass
    parts: list[str] = []
    charset, done = b"(B", 0
    for found in [*_ESCAPE.finditer(data), None]:
        piece = data[done : found.start() if found else len(data)]
        if charset in (b"$@", b"$B"):
            pairs = bytes(b | 0x80 for b in piece if 0x20 < b < 0x7F)
            parts += [_jis_rows(pairs), "\n" * piece.count(b"\n")]
        elif charset == b"(I":
            parts.append(bytes(b | 0x80 for b in piece if b > 0x20).decode("cp932", "replace"))
        else:
            parts.append(piece.decode("ascii", "replace"))
        charset, done = (found[1], found.end()) if found else (b"", len(data))
    return "".join(parts)


def _jis_rows(pairs: bytes) -> str:
    """Decode JIS X 0208 in its EUC form through Shift_JIS, whose codec has the vendors' rows 13 and 89 to 92."""
    out = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
        row, cell = row - 0xA1, cell - 0xA1
        lead, trail = row // 2 + 0x81, cell + (0x9F if row % 2 else 0x40)
        out += bytes((lead + (0x40 if lead > 0x9F else 0), trail + (1 if not row % 2 and trail >= 0x7F else 0)))
    return out.decode("cp932", "replace")
