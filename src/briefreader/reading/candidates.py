"""Find the sentences of a text that can be read on their own, as candidates for key insights.

A candidate is a whole sentence of content, a few sentences that need each other, or a headline that states something.
Sentences of kinds that are never insights (questions, captions, lead-ins, greetings, calls to action, …) are left out;
``insight_ranker`` scores the others. Time is linear in the length of a text; the blocks after the first
``MAX_SENTENCES`` sentences are ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from briefreader.markdown import Block, plain, strip
from briefreader.text import bare_lines, count_words, marks_no_ends
from briefreader.text import sentences as split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefreader.reading.turns import Turn

MIN_WORDS, MAX_WORDS = 6, 60  # of a candidate
MAX_SENTENCES = 4000
MIN_HEADLINE_WORDS = 5
_FRAGMENT_WORDS = 12  # a line with up to this many words and no end punctuation is a caption or label

_CLOSERS = "\"'”’»)]*_ 」』）"
_ENDS = tuple(".!?…。！？।॥۔؟")
# patterns in lower case match lower-case text, which is several times as fast as ignoring case
_ADDRESS = re.compile(r"https?://|www\.\w")
_TEASER = re.compile(r"(?:why|how|what|where|when)\b")  # without end punctuation: announces what the text is about
_LOOSE = (" .", " ,", " ;", " :", " !", " ?")  # left where markup was removed
_LOOSE_END = re.compile(r" +(?=[.,;:!?](?:\s|$))")
_UNRESOLVED = re.compile(  # beginnings that refer to a previous sentence
    r"[\"'“‘(]*(?:this|that|these|those|they|them|he|she|his|her|their|its|however|but|so|and|or|yet|yes|no(?=,)|nope|also|then|"
    r"still|instead|therefore|thus|hence|otherwise|similarly|likewise|moreover|furthermore|meanwhile|conversely|"
    r"nevertheless|nonetheless|both|neither|such|because|which|though|besides|even so|for example|for instance|"
    r"in other words|as a result|of course|in contrast|on the other hand|by contrast|in fact|indeed|after all|"
    r"in addition|additionally|that being said|since then|by then|as such|either way|not because|"
    r"like (?:when|how|that)|the (?:former|latter|other|others|same|rest)|another|here|there|"
    r"(?:the |a )?(?:first|second|third|fourth|fifth|sixth|last|final|next)(?: one| is| was|(?=,)|ly)|"
    r"one (?:is|was|of (?:them|those|these))|lastly|more specifically|"
    r"dies|diese[rsmn]?|doch|aber|er|sie|ihre?|dabei|damit|deshalb|außerdem|cela|ceci|mais|ils?|elles?|donc|"
    r"esto|pero|sin embargo|ellos|ellas)\b"
)
_RESOLVED = re.compile(  # exceptions to ``_UNRESOLVED``
    r"(?:this|these|that|those) (?:week|weekend|month|year|morning|spring|summer|autumn|fall|winter|season|decade|"
    r"quarter|century|days|years|is why)\b|there(?:'s|’s| is| are| was| were| will| has| have)\b|here in\b|"
    r"both [A-Z]|because of [A-Z]|such as\b|so far\b|so[- ]called\b|that said\b",
    re.I,
)
_DEFINITE = re.compile(
    r"[\"'“‘(]*The [a-z][\w-]*(?: [a-z][\w-]*)? (?!(?:of|that|in|for|to|between|who|which|from|with|on|at|behind|by)\b)"
)
_NAME = re.compile(r"(?<=[\w,;—–] )[A-Z][\w’'-]+|\d")
_IT = re.compile(r"[\"'“‘(]*it\b")
# "It is hard to …", "It turns out that …": this "it" refers to what follows
_EMPTY_IT = re.compile(
    r"[\"'“‘(]*it(?:['’]s| is| was| has been| will be| would be| becomes| seems| turns out| takes| appears)\b"
    r".{0,60}?\b(?:to|that|who|when|if|how|why|what|whether)\b"
)
_LEADING = ("follow", "below", "here", "these ", "those ", "such ")  # ``_LEADS_IN`` needs one of these
_LEADS_IN = re.compile(
    r"\b(?:the following|as follows|listed below|see below|(?:here|below) (?:are|is)|"
    r"here['’]s (?:how|what|why|a|the|my)|"
    r"(?:these|those|such) (?:are|include))\b.{0,60}$"
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|howdy|dear|greetings|welcome(?: back)?|good (?:morning|afternoon|evening|day)|happy \w+day|"
    r"thanks?(?: you)?\b.{0,30}\b(?:for|to)|thank you|see you|until next|stay tuned|cheers|enjoy\b|hallo|guten|"
    r"bonjour|hola|willkommen|bienvenue)\b"
)
_BYLINE = re.compile(
    r"(?:by [A-Z][\w.'’-]+ [A-Z]|(?:photo|image|picture|illustration|graphic|video|credit|source|via|caption|"
    r"figure|fig\.|table|chart|exhibit|listing)s?\b[^.!?]{0,25}(?::|\d|\bby\b|\bvia\b|\bcredit\b)|"
    r"(?:written|edited|reported|produced|curated|compiled|presented|hosted|published|posted|updated) (?:by|on|at) )",
    re.I,
)
_CAPTION = re.compile(r"(?:Photographer|Photograph|Illustration|Photo|Credit): ?[A-Z]")  # runs into a sentence
_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(r" (?:[^\s\w]+ |[^\s\d]*\d\S* ){4}")  # a row of a table
_CREDIT = re.compile(r"\((?:[^()]{0,60}\b(?:via|photo|image|getty|reuters|courtesy|credit)\b[^()]{0,60})\)[\W]*$", re.I)
_CHAPTER = re.compile(r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?\b")
_CALENDAR = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:jan|febr)uary|march|april|may|june|july|august|"
    r"(?:septem|octo|novem|decem)ber)\b(?: \d{1,2})?(?:st|nd|rd|th)?\s*[:–—,-]|"
    r"(?:\d{1,2}(?::\d\d)? ?(?:[ap]\.?m\b\.?)? ?[–—-] ?)?\d{1,2}(?::\d\d)? ?[ap]\.?m\b|[^.]{0,40}\d{1,2}:\d\d ?[ap]m\b"
)
_DAYS_AND_MONTHS = tuple("mon tues wed thur fri sat sun jan feb mar apr may jun jul aug sep oct nov dec".split())
_CHOICES = re.compile(r"\b[Aa1][.)] .{1,200}\b[Bb2][.)] ")  # the answers of a quiz
_SECOND = ("B. ", "B) ", "b. ", "b) ", "2. ", "2) ")  # ``_CHOICES`` needs one of these
_HOST_ONLY = re.compile(r"\[(?P<host>[\w-]+(?:\.[\w-]+)+)\]\(https?://(?:www\.)?(?P=host)[^\s)]*\)")
_READING_TIME = re.compile(r"(?:min(?:ute)?s?|hours?) (?:read|listen|watch)\b")
_TALLY = re.compile(r"\W*(?:\d[\d.,]*[km]?\W+){2,}")
_CALL = re.compile(
    r"\b(?:(?:un)?subscrib(?:e|ing)\b(?! to the (?:idea|view))|sign(?:ing)? up\b|click (?:here|below|the|on|to)|"
    r"register (?:now|here|today|for|below|at)|promo code|use (?:the )?code\b|free trial|\d+ ?% off\b|"
    r"(?:get|grab|book|buy|claim|reserve|secure) (?:your|a|the|early)[\w -]{0,20} (?:tickets?|seat|spot|copy|pass)|"
    r"pre-?order|read (?:more|on\b|the (?:full|whole|rest)|it (?:here|now)|now)|(?:full|whole) (?:story|article) here|"
    r"(?:watch|listen to|check out|download|find|read|see|join|follow|hear) (?:it |us |me |our |my |the (?:full|whole|"
    r"complete|latest|recording|replay|episode|video|podcast) )|"
    r"check (?:it )?out\b|become a (?:paid|member|subscriber)|"
    r"paid subscri|paying (?:subscriber|member)|upgrade (?:to|your|now)|unlock (?:the|this|full|all)|"
    r"view (?:it |this )?(?:in|online|on the web)|forward(?:ed)? (?:this|it|to)|all rights reserved|"
    r"(?:hit|just) reply|reply to this|let (?:us|me) know|tell (?:us|me)\b|share (?:this|it|your) |your inbox|"
    r"(?:in|of) (?:today|this (?:week|month))?['’]?s? ?(?:issue|newsletter|edition|episode|email|e-mail|roundup)\b|"
    r"this (?:newsletter|issue|edition|email|e-mail|post is)\b|(?:our|my) (?:newsletter|sponsor|paid|premium|podcast)|"
    r"will be (?:posted|published|sent)\b|answer your questions|order this|set a reminder|live q&a|"
    r"(?:virtual|online) (?:forum|event|workshop)|most popular podcast|premium benefit|"
    r"the following is\b|(?:discussed|covered|linked|mentioned) below|guest post\b|this episode\b|listen to\b|"
    r"sponsor(?:ed|s|ing)? (?:by|of|this)|brought to you by|in partnership with|apply (?:now|here|by|today)|"
    r"learn more\b|get started\b|try it (?:free|now|today|here|out)|reading (?:time|this)|(?:we|i)['’](?:ll|re|m) "
    r"(?:be )?(?:back|hiring|hosting|speaking)|save the date|rsvp|quick reminder|(?:now|is) enrol+ing|be sure to|"
    r"don['’]t (?:miss|forget)|registered trademarks?)"
)
# ``_CALL`` is only run on a sentence with one of these words
_CALL_WORDS = frozenset(
    b"subscribe subscribing unsubscribe sign signing click register code trial off ticket tickets seat spot copy pass "
    b"order preorder read full whole watch listen check download find see join follow hear paid paying upgrade unlock "
    b"view forward forwarded rights reply let tell share inbox issue newsletter edition episode email mail roundup "
    b"podcast premium sponsor sponsored sponsors sponsoring brought partnership apply learn started try reading post "
    b"hiring hosting speaking back date rsvp below guest posted published sent questions reminder live virtual online "
    b"benefit reminder enrolling enroling sure miss forget trademark trademarks".split()
)
_VERBS = frozenset(
    "is are was were be been has have had do does did can could will would should may might must says said say gets "
    "get got goes makes made make takes took wants want needs need isn't aren't won't can't doesn't don't "
    "launches raises hits wins loses cuts ends begins starts faces sues bans beats buys sells hires fires builds "
    "gains falls rises grows drops plans warns finds shows reveals becomes comes returns joins leaves moves opens "
    "closes turns keeps puts sets gives lets tells brings means works fails helps stops calls asks adds announces "
    "releases introduces unveils acquires".split()
)
_LETTERS = bytes(b if chr(b) in ascii_lowercase else 32 for b in range(256))  # spaces for all other bytes
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(slots=True)
class Sentence:
    """A sentence as plain text; ``start`` and ``end`` are offsets in the body, ``place`` counts within the block."""

    text: str
    lowered: str
    start: int
    end: int
    block: int  # number of its block
    place: int
    words: int  # number of its words
    bare: str = ""  # its words without punctuation, from ``text.bare_lines``
    forms: Sequence[str] = ()  # the words of ``bare``; numbers are split at points and commas
    call: bool = False  # whether it is a call to action, or about the publication itself
    of: int = 1  # number of sentences in its block
    label: str = ""  # the headline or label in front of its block's text
    quoted: bool = False  # whether it begins within a quotation

    @property
    def has_label(self) -> bool:
        """Whether it begins with a headline or label."""
        return self.place == 0 and bool(self.label)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that could be an insight; ``first`` and ``last`` are the numbers of its first and last sentence."""

    text: str
    start: int
    end: int
    block: int
    words: int
    first: int
    last: int
    speaker: str = ""  # "" outside interviews
    headline: bool = False

    @property
    def joined(self) -> bool:
        """Whether it has more than one sentence."""
        return self.last > self.first


@dataclass(frozen=True, slots=True)
class Passages:
    """The sentences and headings of a body, and the candidates among them."""

    sentences: list[Sentence]
    candidates: list[Candidate]


def find_candidates(body: str, found: Sequence[Block], turns: Mapping[int, Turn], leads: Mapping[int, int]) -> Passages:
    """Return the sentences of ``body`` and the candidates among them.

    ``found`` are the blocks of ``body``. The keys of ``turns`` and ``leads`` are numbers of blocks: ``turns`` has the
    speakers, and ``leads`` the offset of the text after a block's headline.
    """
    sentences: list[Sentence] = []
    for n, block in enumerate(found):
        if block.kind not in ("paragraph", "item", "quote", "heading") or len(sentences) >= MAX_SENTENCES:
            continue
        start = turns[n].text if n in turns else leads.get(n, block.text)
        inside = list(_sentences(body, block, n, start))
        label = plain(body[block.text : start]).strip(" :*_") if start > block.text else ""
        for sentence in inside:
            sentence.of = len(inside)
            sentence.label = label
        sentences += inside
    for sentence, bare in zip(sentences, bare_lines([s.lowered for s in sentences]), strict=bool(sentences)):
        sentence.bare = bare
        sentence.forms = bare.replace(".", " ").replace(",", " ").split()
        sentence.call = calls(sentence.lowered)
    made = [c for i in range(len(sentences)) if (c := _candidate(sentences, i, found, turns))]
    return Passages(sentences, list({(c.first, c.last): c for c in made}.values()))


def _sentences(body: str, block: Block, number: int, start: int) -> Iterator[Sentence]:
    """Yield the sentences of a block whose text begins at ``start``."""
    view = strip(body[start : block.end])
    hosts = {m["host"] for m in _HOST_ONLY.finditer(body, start, block.end)}  # linked hosts are references, not words
    if block.kind == "heading":
        spans = [(0, len(view.text.split("\n", 1)[0].rstrip(" #")))]
    else:
        spans = [
            (first + a, first + b)
            for first, last in _lines(view.text)
            for a, b in split_sentences(view.text[first:last])
        ]
    quotes = "“" in view.text
    for place, (a, b) in enumerate(spans):
        words = view.text[a:b].split()
        text = " ".join([word for word in words if word not in hosts] if hosts else words)
        if any(map(text.__contains__, _LOOSE)):
            text = _LOOSE_END.sub("", text)
        if text:
            quoted = quotes and view.text.count("“", 0, a) > view.text.count("”", 0, a)
            first, last = start + view.source(a), start + view.source(b - 1) + 1
            yield Sentence(text, text.lower(), first, last, number, place, count_words(text), quoted=quoted)


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the spans of the lines of a block, with the lines of a hard-wrapped paragraph joined."""
    if "\n" not in text:
        return [(0, len(text))]
    lines = text.split("\n")
    width = max(map(len, lines))
    spans, begin, at = [], 0, 0
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        at += len(line) + 1
        if not following or not _continues(line.rstrip(), following.strip(), width):
            spans.append((begin, min(at, len(text))))
            begin = at
    return [(a, b) for a, b in spans if a < b]


def _continues(line: str, following: str, width: int) -> bool:
    """Whether a sentence continues on the next line: its line is full, or either line shows that it is unfinished."""
    if line.endswith((",", "-", "–", "—", "(")) or following[:1].islower() or following[:1] in "(,;.":
        return True
    full = len(line) + 1 + len(following.split(maxsplit=1)[0] if following else "") > width
    return full and width <= 120 and len(line) > 30


def _candidate(all_: list[Sentence], i: int, found: Sequence[Block], turns: Mapping[int, Turn]) -> Candidate | None:
    """Return sentence ``i`` as a candidate, with the sentences that it needs, or None."""
    sentence = all_[i]
    block = found[sentence.block]
    turn = turns.get(sentence.block)
    if (turn and turn.host) or not _is_eligible(sentence, block, found):
        return None
    first = last = i
    if block.kind != "heading":
        while _needs_previous(all_[first]) or _opens_quote(all_, first, i):
            if first == 0 or all_[first - 1].block != sentence.block or i - first >= 2:
                return None
            first -= 1
        if _answers(all_, first):
            return None
        while _is_open(all_[first : last + 1]):
            if last + 1 >= len(all_) or all_[last + 1].block != sentence.block or last - first >= 3:
                break
            last += 1
    chosen = all_[first : last + 1]
    words = sum(s.words for s in chosen)
    if not MIN_WORDS <= words <= MAX_WORDS and not (block.kind == "heading" and words >= MIN_HEADLINE_WORDS):
        return None
    if words > MAX_WORDS or any(asks(s.text) or not _is_plain(s) for s in chosen[:-1]):
        return None
    text = " ".join(s.text for s in chosen)
    return Candidate(
        text, chosen[0].start, chosen[-1].end, sentence.block, words, first, last,
        turn.speaker if turn else "", block.kind == "heading",
    )  # fmt: skip


def _is_eligible(sentence: Sentence, block: Block, found: Sequence[Block]) -> bool:
    """Whether a sentence can be an insight: no question, fragment, teaser, lead-in or bare topic."""
    text = sentence.text
    if sentence.words > MAX_WORDS or asks(text) or not _is_plain(sentence):
        return False
    bare = text.rstrip(_CLOSERS)
    ended = bare.endswith(_ENDS) or marks_no_ends(text)
    if bare.endswith((":", "：", "…", "...", ",", "-", "–", "—", "→", ">>", "»")):
        return False
    if block.kind == "heading":
        return sentence.words >= MIN_HEADLINE_WORDS and states(text)
    if not ended and _TEASER.match(sentence.lowered):
        return False
    last = sentence.place + 1 == sentence.of
    if not ended and ((sentence.words <= _FRAGMENT_WORDS and block.kind != "item") or not last):
        return False
    following = found[sentence.block + 1] if sentence.block + 1 < len(found) else None
    leads = last and following is not None and following.kind == "item" and block.kind != "item"
    if leads and not ended:
        return False
    return not (any(map(sentence.lowered.__contains__, _LEADING)) and _LEADS_IN.search(sentence.lowered))


def _is_plain(sentence: Sentence) -> bool:
    """Whether a sentence is prose, not a greeting, byline, caption, date, row of figures, call to action or similar."""
    text, lowered = sentence.text, sentence.lowered
    marks = "\"'“‘«([*_—–-.… "
    opening = text.lstrip(marks)
    if not opening:
        return False
    if opening[0].islower() and not sentence.has_label and opening.split(maxsplit=1)[0].islower():
        return False
    digits = _DIGIT.search(text) is not None
    beginning = lowered.lstrip(marks)
    dated = f"{sentence.label.lower()}: {beginning}" if sentence.label else beginning
    return not (
        _GREETING.match(beginning)
        or _BYLINE.match(opening)
        or _CHAPTER.match(opening)
        or (("://" in text or "www." in text) and _ADDRESS.search(text))
        or ("(" in text and _CREDIT.search(text))
        or (("min" in lowered or "hour" in lowered) and _READING_TIME.search(lowered))
        or (digits and _TALLY.match(lowered))
        or (any(map(text.__contains__, _SECOND)) and _CHOICES.search(text))
        or _CAPTION.search(text)
        or (digits and _FIGURES.search(f" {text} "))
        or sentence.call
        or ((digits or dated.startswith(_DAYS_AND_MONTHS)) and _CALENDAR.match(dated))
    )


def calls(lowered: str) -> bool:
    """Whether a sentence is a call to action, or about the publication itself."""
    if "©" in lowered:
        return True
    words = lowered.encode("utf-8", "replace").translate(_LETTERS).split()
    return not _CALL_WORDS.isdisjoint(words) and bool(_CALL.search(lowered))


def asks(text: str) -> bool:
    """Whether a sentence is a question."""
    return text.rstrip(_CLOSERS).endswith(("?", "？", "؟", "?!", "!?"))


def states(headline: str) -> bool:
    """Whether a headline seems to have a verb, and thus states something instead of naming a subject."""
    words = _WORD.findall(headline)
    return any(
        w.lower().replace("’", "'") in _VERBS
        or (w.islower() and len(w) > 4 and w.endswith(("ed", "ing")))
        or (w.islower() and len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")))
        for w in words[1:]
    )


def _needs_previous(sentence: Sentence) -> bool:
    """Whether a sentence refers to the previous one, or begins within a quotation."""
    text = sentence.text
    if sentence.has_label:
        return False
    if sentence.quoted:
        return True
    if _IT.match(sentence.lowered):
        return not _EMPTY_IT.match(sentence.lowered)
    if sentence.place and _DEFINITE.match(text) and not _NAME.search(text):
        return True  # "The company now plans …": the previous sentence says which company
    return bool(_UNRESOLVED.match(sentence.lowered)) and not _RESOLVED.match(text.lstrip("\"'“‘("))


def _opens_quote(all_: list[Sentence], first: int, i: int) -> bool:
    """Whether a quotation or parenthesis that ends in sentence ``i`` began before sentence ``first``."""
    text = all_[i].text if first == i else " ".join(s.text for s in all_[first : i + 1])
    return text.count("”") > text.count("“") or text.count(")") > text.count("(")


def _answers(all_: Sequence[Sentence], first: int) -> bool:
    """Whether a sentence answers the question that opens its block, and says little without it."""
    return all_[first].place == 1 and asks(all_[first - 1].text)


def _is_open(chosen: Sequence[Sentence]) -> bool:
    """Whether a quotation or parenthesis is still open at the end of these sentences."""
    text = chosen[0].text if len(chosen) == 1 else " ".join(s.text for s in chosen)
    return text.count("“") > text.count("”") or text.count("(") > text.count(")")
