"""The stories of an open library, updated as briefings are added, removed or decided on.

Updates are incremental, and give the same result as a rebuild. Word frequencies are counted in the first 2^n insights,
so they change only when the library doubles.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from briefreader.errors import LockedError
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.model import Pair, Report, day_number
from briefreader.storage import stories as stored
from briefreader.text import STOP_WORDS, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from briefreader.storage.database import Connection, Database
    from briefreader.storage.stories import Member, State, Totals
    from briefreader.stories.facts import Fact

RULES = 5  # version of the rules; increase it with every change, so that all stories are rebuilt
MIN_STORED = 0.1  # minimum probability of stored pairs
MIN_WORTH = 0.4  # minimum worth of an update; most insights below it are promotion or tables
EARLIER_DAYS = 21  # maximum number of days between an insight and its earlier report
SLICE = 400  # maximum number of insights compared per transaction


class StoryIndex:
    """Finds pairs of similar insights, and groups them into stories."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._weights: tuple[tuple[int, int], npt.NDArray[np.float32]] | None = None
        self._word_numbers: dict[int, bytes] = {}  # of insights whose words aren't stored yet, by key

    def refresh(self, cancelled: CancelCheck = not_cancelled) -> bool:
        """Process pending insights; return whether all stories are up to date.

        Each step is a short transaction. If another process is writing, the rest is left for later.
        """
        while not cancelled():
            with self._db.reading() as con:
                state, highest = stored.state(con), stored.highest(con)
                outdated = (state.rules, state.counted) != (RULES, _counted(highest))
                keys = [] if outdated else stored.waiting(con, SLICE)
                done = not (outdated or keys or stored.paired(con))
            if done or self._db.readonly:
                return done
            try:
                if outdated:
                    self._restart(_counted(highest))
                elif keys:
                    self._pair(state, keys)
                else:
                    self._link()
            except LockedError:
                return False
        return False

    def rebuild(self) -> None:
        """Rebuild all stories."""
        with self._db.writing() as con:
            stored.restart(con, stored.State(0, 0, 0, b""))
        self.refresh()

    def _restart(self, counted: int) -> None:
        """Count words again, and make all insights pending."""
        from briefreader.stories import terms

        with self._db.reading() as con:
            rows = {key: terms.word_numbers(title, text) for key, title, text in stored.texts_up_to(con, counted)}
        self._word_numbers = {key: row.tobytes() for key, row in rows.items()}
        packed = zlib.compress(terms.document_frequencies(list(rows.values())).tobytes(), 1)
        with self._db.writing() as con:
            stored.restart(con, stored.State(RULES, counted, len(rows), packed))

    def idf(self, state: State) -> npt.NDArray[np.float32]:
        """Return the inverse document frequency of each word number."""
        import numpy as np

        from briefreader.stories import terms

        known = (state.counted, state.insights)
        if self._weights is None or self._weights[0] != known:
            frequencies = np.frombuffer(zlib.decompress(state.frequencies), np.uint32)
            self._weights = known, terms.inverse_frequencies(frequencies, state.insights)
        return self._weights[1]

    def _pair(self, state: State, keys: Sequence[int]) -> None:
        """Find pairs of these insights with all insights dated at most ``EARLIER_DAYS`` before or after."""
        from briefreader.stories import terms

        with self._db.reading() as con:
            fresh = stored.reports(con, keys)
        numbers = {
            key: self._word_numbers.pop(key, b"") or terms.word_numbers(one.title, one.text).tobytes()
            for key, one in fresh.items()
        }
        with self._db.writing() as con:
            stored.put_words(con, numbers.items())
            days = [one.day for one in fresh.values()] or [0]
            ends = min(days) - EARLIER_DAYS, max(days) + EARLIER_DAYS + 1
            low, high = (str(date.fromordinal(min(max(day, 1), date.max.toordinal()))) for day in ends)
            around = stored.words_between(con, low, high)
            stored.put_pairs(con, keys, _pairs(fresh.keys(), around, self.idf(state)))

    def _link(self) -> None:
        """Group insights whose pairs are found, and all insights linked with them, into stories."""
        with self._db.writing() as con:
            done = stored.paired(con)
            decided = stored.decisions(con)
            keys = _linked_with(con, done, decided)
            pairs = stored.pairs_of(con, keys)
            texts = stored.reports(con, keys | {key for pair in pairs for key in (pair.one, pair.other)})
            pairs = [pair for pair in pairs if pair.one in texts and pair.other in texts]
            found = _stories(keys, pairs, texts, decided)
            story_of = {key: story for story in found for key in story}
            counts = [totals(story, texts) for story in found]
            several = {count.key for count in counts if count.sources > 1}
            members = _members(keys & texts.keys(), story_of, several, pairs, texts, self.idf(stored.state(con)))
            stored.put_stories(con, keys, members, counts, done)


def _stories(
    keys: set[int], pairs: Sequence[Pair], texts: Mapping[int, Report], decided: Iterable[tuple[int, int, bool]]
) -> list[tuple[int, ...]]:
    """Group insights into stories by their pairs and the decisions; return the keys of each story."""
    from briefreader.stories import linking

    decided = list(decided)
    inside = [p for p in linking.without_templates(pairs, texts) if p.one in keys and p.other in keys]
    same = [(one, other) for one, other, together in decided if together]
    apart = [(one, other) for one, other, together in decided if not together]
    own = {key: texts[key] for key in keys if key in texts}
    return [tuple(story) for story in linking.stories(inside, own, same, apart)]


def _counted(highest: int) -> int:
    """Return the last key whose words are counted: the highest power of two up to the ``highest`` key."""
    return 1 << (highest.bit_length() - 1) if highest else 0


def _pairs(
    keys: Iterable[int], around: Sequence[tuple[int, int, str, bytes]], idf: npt.NDArray[np.float32]
) -> list[Pair]:
    """Return the likely pairs of the insights ``keys`` with those of other briefings in ``around``."""
    import numpy as np

    from briefreader.stories import similarity, terms
    from briefreader.stories.linking import MAX_GAP_DAYS, TEMPLATE

    fresh = set(keys)
    at = np.array([n for n, (key, *_) in enumerate(around) if key in fresh], np.int64)
    if not len(at):
        return []
    ordinals = {day: day_number(day) for day in {date for _, _, date, _ in around}}
    days = np.array([ordinals[date] for _, _, date, _ in around])
    number, briefings = (np.array(column) for column in list(zip(*around, strict=True))[:2])
    rows = [np.frombuffer(data, np.uint32) for *_, data in around]
    allowed = (briefings[at, None] != briefings[None, :]) & (abs(days[at, None] - days[None, :]) <= EARLIER_DAYS)
    allowed &= (number[None, :] < number[at, None]) | ~np.isin(number, number[at])[None, :]
    found = similarity.pairs(terms.vectors([rows[n] for n in at], idf), terms.vectors(rows, idf), allowed)
    likely = found.probability()
    gaps = abs(days[at[found.left]] - days[found.right])
    # insights too far apart for one story are paired only if their texts are nearly identical
    kept = ((likely >= MIN_STORED) & (gaps <= MAX_GAP_DAYS)) | (found.cosine >= TEMPLATE)
    ends = np.sort(np.column_stack([number[at[found.left]], number[found.right]])[kept], axis=1)
    measures = np.round(np.column_stack([likely, found.cosine])[kept].astype(float), 4)
    return [Pair(*pair, *scores) for pair, scores in zip(ends.tolist(), measures.tolist(), strict=True)]


def _linked_with(con: Connection, keys: set[int], decided: Iterable[tuple[int, int, bool]]) -> set[int]:
    """Return the insights connected with these, directly or through others, by pairs, decisions or a story."""
    from briefreader.stories.linking import LINK_GROUPS, TEMPLATE

    ties: dict[int, set[int]] = defaultdict(set)
    for one, other, _ in decided:
        ties[one].add(other)
        ties[other].add(one)
    found: set[int] = set()
    front = set(keys)
    while front:
        found |= front
        known = stored.members(con, front)
        near = {key for pair in stored.pairs_of(con, front, LINK_GROUPS, TEMPLATE) for key in (pair.one, pair.other)}
        present = stored.insights_of(con, {member.story for member in known.values() if member.story})
        near |= {key for group in present.values() for key in group}
        near |= {key for one in front for key in ties[one]}
        front = near - found
    return found


def new_in(report: Report, earlier: Iterable[Report], idf: npt.NDArray[np.float32] | None) -> list[Fact]:
    """Return the facts in a report that no earlier report has."""
    from briefreader.stories.facts import new_facts

    return new_facts(report.whole, [other.whole for other in earlier], known=words(report.source), idf=idf)


def _members(
    keys: Iterable[int],
    story_of: Mapping[int, tuple[int, ...]],
    several: Collection[int],
    pairs: Sequence[Pair],
    texts: Mapping[int, Report],
    idf: npt.NDArray[np.float32],
) -> list[Member]:
    """Return each insight's story, its nearest earlier report in another briefing, and its status.

    An earlier report is in the same story or has nearly the same text. An insight with new facts is an update if it has
    enough worth and several sources report its story (``several``). Else it is new, since texts of one publisher are
    often similar although they are about different things.
    """
    from briefreader.stories.linking import LINK, TEMPLATE, templates

    repeated = templates(pairs, texts)
    before: dict[int, dict[int, float]] = defaultdict(dict)
    for pair in pairs:
        together = pair.one in story_of and story_of[pair.one] is story_of.get(pair.other)
        if pair.cosine >= TEMPLATE or (together and pair.probability >= LINK):
            for key, other in ((pair.one, pair.other), (pair.other, pair.one)):
                if texts[other].date < texts[key].date:
                    before[key][other] = pair.probability
    made = []
    for key in sorted(keys):
        story, earlier = story_of.get(key, ()), before[key]
        for other in story:
            if texts[other].date < texts[key].date and texts[other].briefing != texts[key].briefing:
                earlier.setdefault(other, 0.0)
        if earlier:
            shared = bool(story) and story[0] in several
            facts = new_in(texts[key], [texts[other] for other in sorted(earlier)], idf if shared else None)
            update = shared and texts[key].worth >= MIN_WORTH
            status = "repeat" if key in repeated or not facts else "updated" if update else "new"
            nearest = max(earlier, key=lambda other: (earlier[other], texts[other].date, other))
            made.append(stored.Member(key, story[0] if story else 0, nearest, status))
        elif story:
            made.append(stored.Member(key, story[0], 0, "new"))
    return made


def totals(story: Sequence[int], texts: Mapping[int, Report]) -> Totals:
    """Return a story's counts; sources of one publisher, and sources that publish the same text, count as one."""
    from briefreader.stories.facts import is_copy, word_runs

    names = {key: (texts[key].publisher, tuple(words(texts[key].source))) for key in story}
    runs = {key: word_runs(texts[key].text) for key in story}
    copies = {frozenset((names[a], names[b])) for a, b in combinations(story, 2) if is_copy(runs[a], runs[b])}
    left, sources = set(names.values()), 0
    while left:
        sources, front = sources + 1, {left.pop()}
        while front:
            front = {a for a in left for b in front if frozenset((a, b)) in copies or _one_publisher(a, b)}
            left -= front
    return stored.Totals(
        story[0],
        len({texts[key].briefing for key in story}),
        sources,
        texts[story[0]].date,
        texts[story[-1]].date,
    )


def _one_publisher(one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> bool:
    """Return whether two sources have the same publisher, or one's name begins with the other's."""
    (identity, name), (second, second_name) = one, other
    length = min(len(name), len(second_name))
    return identity == second or (not STOP_WORDS.issuperset(name[:length]) and name[:length] == second_name[:length])
