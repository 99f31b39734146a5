"""Guess the charset of bytes without a valid declaration; ``charset`` tries this last, and reports the guess.

Japanese is detected by its kana, other non-Latin scripts by chardet, and a Latin charset or Windows Arabic by how well
the decoded letters fit the alphabet of one language. At most ``SAMPLE_BYTES`` are examined, from lines with non-ASCII
bytes.
"""

from __future__ import annotations

import re
import unicodedata

from briefreader.reading.charset_labels import codec_of, decoded

SAMPLE_BYTES = 20_000
_MIN_CONFIDENCE = 0.6
# results of chardet that are ignored: Latin charsets, and a Korean one that is hardly used
_IGNORED = frozenset("ascii iso-8859-1 iso-8859-9 windows-1252 windows-1254 windows-1250 macroman johab".split())
_KANA = re.compile("[\u3041-\u3093\u30a1-\u30f6]")
# for each codec, the non-ASCII letters of some languages, one language per word
_ALPHABETS = {
    "cp1252": "äöüß éèêëàâçîïôùûüœæ áéíóúñü¿¡ ãõáâàéêíóôúç àèéìòù ëïéöü åäö æøå áðéíóúýþæö",
    "cp1250": "ąćęłńóśźż áčďéěíňóřšťúůýž áéíóöőúüű ăâîşţ čćđšž áäčďéíĺľňóôŕšťúýž",
    "iso8859-2": "ąćęłńóśźż áčďéěíňóřšťúůýž áéíóöőúüű ăâîşţ čćđšž áäčďéíĺľňóôŕšťúýž",
    "cp1254": "çğıöşüâîû",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإؤئآًٌٍَُِّْ",
    "cp1257": "ąčęėįšųūž āčēģīķļņšūž õäöüšž",
}
_NEUTRAL = "€£¥©®™°§"  # common to all languages, like punctuation
_MARGIN = 0.1  # how much better than cp1252 another charset must fit


def detect(data: bytes) -> str:
    """Return the most likely codec of ``data``, which is not UTF-8; cp1252 in case of doubt."""
    sample = b"\n".join(line for line in data[: 50 * SAMPLE_BYTES].splitlines() if not line.isascii())[:SAMPLE_BYTES]
    return _japanese(sample) or _other_script(sample) or _by_alphabet(sample)


def _japanese(sample: bytes) -> str:
    """Return the Japanese codec in which a fifth of the non-ASCII characters are kana and few are invalid, or ""."""
    for codec in ("euc_jp", "cp932"):
        text = [c for c in decoded(sample[: len(sample) & ~1], codec) if not c.isascii()]
        kana = sum(map(bool, map(_KANA.match, text)))
        if text and kana >= 0.2 * len(text) and text.count("\ufffd") <= 1 + len(text) // 50:
            return codec
    return ""


def _other_script(sample: bytes) -> str:
    """Return the codec that chardet finds; "" if it is ignored or uncertain, or the text isn't mostly letters."""
    import chardet

    found = chardet.detect(sample)
    name = (found.get("encoding") or "").lower()
    if name in _IGNORED or (found.get("confidence") or 0.0) < _MIN_CONFIDENCE:
        return ""
    # MacCyrillic shares all small letters but "я" with windows-1251, and is rarely used
    codec = codec_of("windows-1251" if name == "maccyrillic" else name)
    text = [c for c in decoded(sample, codec or "ascii") if not c.isascii()]
    return codec if codec and sum(map(str.isalpha, text)) >= 0.8 * len(text) else ""


def _by_alphabet(sample: bytes) -> str:
    """Return the codec whose languages fit best, cp1252 unless another one is clearly better."""
    scores = {codec: _fit(sample, codec, alphabets) for codec, alphabets in _ALPHABETS.items()}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > scores["cp1252"] + _MARGIN else "cp1252"


def _fit(sample: bytes, codec: str, alphabets: str) -> float:
    """Return the share of the non-ASCII characters, without punctuation, that the best-fitting language has."""
    foreign = (c for c in sample.decode(codec, "replace").lower() if not c.isascii() and c not in _NEUTRAL)
    letters = [c for c in foreign if unicodedata.category(c)[0] not in "PZ"]
    best = max(sum(c in alphabet for c in letters) for alphabet in alphabets.split())
    return best / max(len(letters), 1)
