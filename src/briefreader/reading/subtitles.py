"""Read WebVTT and SubRip subtitles as a transcript, without times.

A paragraph ends when the speaker changes, at a pause, or when it is long. A line that several cues repeat, as in
automatic captions, is kept once.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import PurePath
from typing import TYPE_CHECKING

from briefreader.errors import ReadingError
from briefreader.model import Original, Problem
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{3})"
CUE = re.compile(rf"(?m)^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+(?P<name>[^>\n]{1,80})>")
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^>\n]*)?>|<\d[\d:.]*>|\{\\an?\d\}")
_NAMED = re.compile(r"^(?:>>\s*)?(?P<name>[A-Z][\w.’' -]{1,40}):\s+(?=\S)")
_PAUSE_SECONDS = 3.0
_PARAGRAPH_CHARACTERS = 600  # a longer paragraph ends with its sentence


def read_subtitles(original: Original) -> Iterator[Draft | Problem]:
    """Yield the transcript of a file of subtitles as one draft; raise ReadingError if it contains no text."""
    text, note = decode(original.data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = list(CUE.finditer(text))
    paragraphs: list[str] = []
    spoken: list[str] = []
    speaker, ended = "", 0.0
    for cue, following in zip(found, [*found[1:], None], strict=False):
        lines = _lines(text[cue.end() : following.start() if following else len(text)], more=following is not None)
        start, end = _seconds(cue.groups()[:4]), _seconds(cue.groups()[4:])
        for voice, line in lines:
            if line in spoken[-2:]:
                continue
            new_paragraph = bool(voice and voice != speaker) or start - ended > _PAUSE_SECONDS or not paragraphs
            full = len(paragraphs[-1]) > _PARAGRAPH_CHARACTERS and paragraphs[-1][-1] in ".?!" if paragraphs else False
            lead = f"{voice}: " if voice and voice != speaker else ""
            if new_paragraph or full:
                paragraphs.append(lead + line)
            else:
                paragraphs[-1] += f" {line}"
            speaker, ended = voice or speaker, end
            spoken.append(line)
        ended = max(ended, end)
    if not paragraphs:
        raise ReadingError("the subtitles contain no text")
    draft = Draft(original, "\n\n".join(paragraphs), title=_title(original.path), form="plain")
    if note:
        draft.problems.append(Problem(original.path, note))
    yield draft


def _lines(cue: str, *, more: bool) -> Iterator[tuple[str, str]]:
    """Yield (speaker, words) for each line of a cue; the number of the next cue, after a blank line, is ignored."""
    block = cue.split("\n\n", 1)[0] if not more or "\n\n" in cue else cue
    for line in block.strip("\n").split("\n"):
        voice = _VOICE.search(line)
        words = unescape(_TAG.sub("", line)).strip()
        name = voice["name"].strip() if voice else ""
        if not name and (named := _NAMED.match(words)):
            name, words = named["name"], words[named.end() :]
        if words:
            yield name, words


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(group or 0) for group in groups)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _title(path: str) -> str:
    """Return a file's name as words, without its suffix and the language code of subtitles (``talk.en.vtt``)."""
    stem = re.sub(r"\.(?:[a-z]{2,3}(?:-[A-Za-z]{2,4})?)$", "", PurePath(path).stem) if path and "<" not in path else ""
    return re.sub(r"[_\s]+", " ", stem).strip()
