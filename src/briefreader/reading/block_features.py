"""Compute the features that distinguish the boilerplate blocks of a newsletter from its content.

The features describe kinds of text (a small grey line, a list of links, a call to subscribe), not specific publishers.
Features of appearance are 0 for plain text; most compare a block with the main text of the document.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefreader.reading import block_cues, boilerplate_patterns
from briefreader.reading.appearance import PLAIN, ROLES, Appearance, lightness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefreader.markdown import BlockKind

LONG = 25  # minimum words of a block that counts as prose, if it has few cues and links


@dataclass(slots=True)
class Unit:
    """A block for the classifier: Markdown (``raw``), plain text on one line (``words``), and appearance."""

    kind: BlockKind
    raw: str
    words: str
    appearance: Appearance = PLAIN
    lowered: str = field(init=False)
    tokens: list[str] = field(init=False)
    """The single words and numbers, in lower case."""
    cue: tuple[str, float] = field(init=False)
    """The kind of boilerplate that typical phrases indicate, and the share of characters that they cover; or "", 0."""

    def __post_init__(self) -> None:
        self.lowered = self.words.lower()
        self.tokens = block_cues.WORD.findall(self.lowered)
        self.cue = boilerplate_patterns.covered(self.words, self.lowered, self.tokens)


# names of the features of a block by itself, of its appearance, and of its context
LOCAL = (
    "log_words short mean_length prose caps upper digits sentences per_sentence ends exclaims emoji date count you me"
    " we call promotion greeting quote_marks bars is_heading is_item linked links link_density host_share outside"
    " cue_sentences"
).split()
LOOKS = (
    "smaller larger bold italic lighter contrast coloured_ground centred off_align images deeper".split()
    + [f"role_{name}" for name, _ in ROLES]
    + "cell_words cell_blocks table_share style_share".split()
)
CONTEXT = (
    "at words_before words_after near_start near_end from_start from_end before_long after_long to_long_before"
    " to_long_after words_p1 linked_p1 cue_p1 words_p2 linked_p2 cue_p2 words_n1 linked_n1 cue_n1 words_n2 linked_n2"
    " cue_n2 cue_density_3 cue_density_8 section_cue section_sponsor section_words section_promotion section_you"
    " section_first repeated in_headings in_title list_run siblings in_mail_linked in_mail_words"
).split()
NAMES = (*LOCAL, *LOOKS, *CONTEXT)
Floats = npt.NDArray[np.floating]
_HOST_SHARE, _LINKS = LOCAL.index("host_share"), LOCAL.index("links")
_DIGIT = re.compile(r"\d")
_FIRST = itemgetter(0)


@dataclass(slots=True)
class _Seen:
    """The features of a single block (``row``), and the values from which its context features are computed.

    ``linked``, ``promotion`` and ``you`` are shares of its text.
    """

    tokens: list[str]
    cue: str
    cue_share: float
    linked: float
    promotion: float
    you: float
    row: list[float]
    hosts: list[str]


def table(units: Sequence[Unit], title: str = "") -> tuple[Floats, list[list[str]]]:
    """Return the feature matrix, and the ``tokens`` of each block.

    The matrix has a row for each block and a column for each name in ``NAMES``.
    """
    seen = [_local(unit) for unit in units]
    hosts = Counter(host for s in seen for host in s.hosts)
    total_hosts = max(hosts.total(), 1)
    main = hosts.most_common(1)[0][0] if hosts else ""
    for s in seen:
        if s.hosts:
            s.row[_HOST_SHARE] = max(hosts[h] for h in s.hosts) / total_hosts
            s.row[_HOST_SHARE + 1] = sum(h != main for h in s.hosts) / len(s.hosts)
    if not seen:
        return np.zeros((0, len(NAMES)), np.float32), []
    parts = (np.array([s.row for s in seen], np.float32), _looks(units, seen), _contexts(units, seen, title))
    return np.hstack(parts), [s.tokens for s in seen]


def _local(unit: Unit) -> _Seen:
    """Return the features of one block; ``table`` sets those of the hosts of its links later."""
    words = unit.words
    lowered, tokens = unit.lowered, unit.tokens
    plain = words.isascii()
    known = list(filter(block_cues.KNOWN.__contains__, tokens))
    digits = not plain or _DIGIT.search(lowered) is not None
    n = max(len(tokens), 1)
    dated = "day" in lowered
    if digits and not dated:
        dated = ":" in words or "." in words or any(token[:3] in block_cues.MONTHS for token in tokens)
    cased = words.split()
    links = block_cues.LINK.findall(unit.raw) if "](" in unit.raw else []
    linked = min(sum(len(text) for text, _, _ in links) / max(len(words), 1), 1.0)
    cue, share = unit.cue
    sentences = len(block_cues.SENTENCE.findall(words))
    you, promotion = _share(known, block_cues.YOU, n), _share(known, block_cues.PROMOTION, n)
    row = [
        math.log1p(len(tokens)),
        len(tokens) <= 3,
        sum(map(len, tokens)) / n,
        _share(known, block_cues.PROSE, n),
        sum(map(str.isupper, map(_FIRST, cased))) / max(len(cased), 1),
        sum(len(w) > 2 for w in filter(str.isupper, cased)) / max(len(cased), 1),
        sum(t[0].isdigit() for t in tokens) / n if digits else 0.0,
        math.log1p(sentences),
        math.log1p(len(tokens) / max(sentences, 1)),
        words[-1:] in '.!?…"”',
        "!" in words,
        0 if plain else min(len(block_cues.EMOJI.findall(words)), 3),
        dated and block_cues.DATE.search(lowered) is not None,
        digits and block_cues.COUNT.fullmatch(lowered) is not None,
        you,
        _share(known, block_cues.ME, n),
        _share(known, block_cues.WE, n),
        bool(tokens) and tokens[0] in block_cues.CALLS,
        promotion,
        bool(tokens) and tokens[0] in block_cues.GREETING,
        words[:1] in '“"‘',
        min(words.count("|") + words.count("•") + words.count("·"), 5),
        unit.kind == "heading",
        unit.kind == "item",
        linked,
        min(len(links), 10),
        len(links) / n,
        0.0,
        0.0,
        share,
    ]
    hosts = [".".join(host.lower().split(".")[-2:]) for _, _, host in links]
    return _Seen(tokens, cue, share, linked, promotion, you, row, hosts)


def _share(tokens: list[str], wanted: frozenset[str], n: int) -> float:
    """Return the share of ``n`` words that are among ``wanted``."""
    return sum(map(wanted.__contains__, tokens)) / n


def _looks(units: Sequence[Unit], seen: Sequence[_Seen]) -> Floats:
    """Return the features of appearance, most of them relative to the main text; all are 0 for plain text."""
    if not any(unit.appearance.html for unit in units):
        return np.zeros((len(units), len(LOOKS)), np.float32)
    sizes, colours, backgrounds, aligns, depths = (Counter[float]() for _ in range(5))
    styles: Counter[tuple[object, ...]] = Counter()
    cells: Counter[int] = Counter()
    blocks: Counter[int] = Counter()
    tables: Counter[int] = Counter()
    for unit, s in zip(units, seen, strict=True):
        look, n = unit.appearance.look, len(s.tokens)
        sizes[look.size] += n
        colours[look.colour] += n
        backgrounds[look.background] += n
        aligns[look.align == "center"] += n
        depths[look.depth] += n
        styles[_style(unit)] += n
        cells[look.cell] += n
        blocks[look.cell] += 1
        tables[look.table] += n
    total = max(sum(cells.values()), 1)
    size, colour, background, centred, depth = (
        c.most_common(1)[0][0] for c in (sizes, colours, backgrounds, aligns, depths)
    )
    rows = []
    for unit in units:
        shown, look = unit.appearance, unit.appearance.look
        ratio = look.size / size if look.size and size else 1.0
        shade = lightness(look.colour) - lightness(int(colour)) if look.colour >= 0 and colour >= 0 else 0.0
        on = lightness(look.background if look.background >= 0 else 0xFFFFFF)
        rows.append(
            [
                max(1 - ratio, 0.0),
                max(min(ratio - 1, 2.0), 0.0),
                shown.bold,
                shown.italic,
                shade,
                abs(lightness(look.colour if look.colour >= 0 else 0) - on),
                float(look.background != background),
                float(look.align == "center"),
                float((look.align == "center") != centred),
                min(float(shown.images), 4.0),
                float(look.depth - depth),
                *(float(name in look.roles) for name, _ in ROLES),
                math.log1p(cells[look.cell]),
                math.log1p(blocks[look.cell]),
                tables[look.table] / total,
                styles[_style(unit)] / total,
            ]
        )
    return np.array(rows, np.float32)


def _style(unit: Unit) -> tuple[object, ...]:
    """Return the values that blocks of the same style share."""
    look = unit.appearance.look
    return (look.size, look.colour, look.background, look.align, unit.kind, unit.appearance.bold > 0.5)


def _contexts(units: Sequence[Unit], seen: Sequence[_Seen], title: str) -> Floats:
    """Return the features of position, neighbours, section and repetition."""
    n = len(units)
    counts = np.array([len(s.tokens) for s in seen], float)
    shares = np.array([s.cue_share for s in seen])
    linked = np.array([s.linked for s in seen])
    until = np.cumsum(counts)
    total = max(until[-1], 1.0)
    before, after = until - counts, total - until
    place = np.arange(n, dtype=float)
    long_ones = np.flatnonzero((counts >= LONG) & (shares < 0.3) & (linked < 0.6))
    first, last = (long_ones[0], long_ones[-1]) if len(long_ones) else (n, -1)
    texts = [" ".join(s.tokens) for s in seen]
    times = Counter(texts)
    columns = [
        place / max(n - 1, 1),
        before / total,
        after / total,
        np.exp(-before / 60),
        np.exp(-after / 60),
        np.log1p(place),
        np.log1p(n - 1 - place),
        place < first,
        place > last,
        *_distances(long_ones, n),
        *(_shifted(values, by, missing) for by in (-1, -2, 1, 2) for values, missing in (
            (np.log1p(counts), -1.0), (linked, 0.0), (shares, 0.0),
        )),
        *(_around(shares * (counts + 3), width) / _around(counts + 3, width) for width in (3, 8)),
        *zip(*_sections(units, seen), strict=True),
        [times[text] > 1 for text in texts],
        *zip(*_repeats(units, seen, title), strict=True),
        _list_runs(units),
        _siblings(units, seen),
        np.full(n, linked.mean()),
        np.full(n, np.median(np.log1p(counts))),
    ]  # fmt: skip
    return np.column_stack(columns).astype(np.float32)


def _siblings(units: Sequence[Unit], seen: Sequence[_Seen]) -> list[float]:
    """Return, for each block, the log number of blocks of the same shape, as in lists of links or teasers."""
    shapes = [
        (unit.kind, s.row[_LINKS] > 0, unit.raw.lstrip("*_# ")[:1] == "[", round(2 * s.row[0]), _style(unit))
        for unit, s in zip(units, seen, strict=True)
    ]
    counts = Counter(shapes)
    return [math.log(counts[shape]) for shape in shapes]


def _shifted(values: Floats, by: int, missing: float) -> Floats:
    """Return, for each block, the value of the block ``by`` places later, or ``missing``."""
    found = np.full(len(values), missing)
    if by > 0:
        found[:-by] = values[by:]
    else:
        found[-by:] = values[:by]
    return found


def _around(values: Floats, width: int) -> Floats:
    """Return, for each block, the sum over it and the blocks up to ``width`` places away."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    place = np.arange(len(values))
    result: Floats = sums[np.minimum(place + width + 1, len(values))] - sums[np.maximum(place - width, 0)]
    return result


def _repeats(units: Sequence[Unit], seen: Sequence[_Seen], title: str) -> Iterator[tuple[float, float]]:
    """Yield the shares of a block's words in later headings and of the title's in the block, without common words."""
    wanted = set(block_cues.WORD.findall(title.lower())) - block_cues.PROSE
    for s, later in zip(seen, _later_headings(units, seen), strict=True):
        tokens = set(s.tokens) - block_cues.PROSE if later or wanted else set()
        yield (
            len(tokens & later) / len(tokens) if tokens else 0.0,
            len(tokens & wanted) / len(wanted) if wanted else 0.0,
        )


def _distances(marks: npt.NDArray[np.intp], n: int) -> tuple[Floats, Floats]:
    """Return, for each of ``n`` places, the log distances to the previous and to the next mark.

    A mark at the place itself counts as both.
    """
    before, after = np.full(n, -10), np.full(n, n + 10)  # a missing mark counts as 10 places outside
    before[marks] = after[marks] = marks
    place = np.arange(n)
    last, first = np.maximum.accumulate(before), np.minimum.accumulate(after[::-1])[::-1]
    return np.log1p(place - last), np.log1p(first - place)


def _sections(units: Sequence[Unit], seen: Sequence[_Seen]) -> list[list[float]]:
    """Return the features of each block's section, which extends from a heading or rule to the next one.

    Means are weighted by words; for cues, 3 is added to the words of a block, so that blocks without words count.
    """
    starts = [0] + [
        i for i in range(1, len(units)) if units[i].kind in ("heading", "rule") or units[i].appearance.ruled
    ]
    rows: list[list[float]] = []
    for start, end in zip(starts, [*starts[1:], len(units)], strict=True):
        part = seen[start:end]
        words = sum(len(s.tokens) for s in part)
        weight = words + 3 * len(part)
        cue = sum(s.cue_share * (len(s.tokens) + 3) for s in part) / max(weight, 1)
        sponsor = max((s.cue_share for s in part if s.cue == "sponsor"), default=0.0)
        promotion = sum(s.promotion * len(s.tokens) for s in part) / max(words, 1)
        you = sum(s.you * len(s.tokens) for s in part) / max(words, 1)
        whole = [cue, sponsor, math.log1p(words), promotion, you]
        rows += [[*whole, float(i == start)] for i in range(start, end)]
    return rows


def _later_headings(units: Sequence[Unit], seen: Sequence[_Seen]) -> list[set[str]]:
    """Return the words of the headings after each block; a table of contents repeats them."""
    found: list[set[str]] = [set()] * len(units)
    words: set[str] = set()
    for i in range(len(units) - 1, -1, -1):
        found[i] = words
        if units[i].kind == "heading":
            words = words | set(seen[i].tokens)
    return found


def _list_runs(units: Sequence[Unit]) -> list[float]:
    """Return, for each block, the log length of the run of list items around it, 0 outside lists."""
    found = [0.0] * len(units)
    start = 0
    for i in range(len(units) + 1):
        if i == len(units) or units[i].kind != "item":
            for j in range(start, i):
                found[j] = math.log1p(i - start)
            start = i + 1
    return found
