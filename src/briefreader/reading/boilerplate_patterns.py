"""Recognise boilerplate by typical phrases ("cues"), mostly in English, some in other European languages.

Each phrase belongs to a kind of boilerplate:

- ``browser``: links to the web version;
- ``forwarded``: headers of forwarded mails, and offers to subscribe for people who got a forwarded copy;
- ``why``: why the reader receives the mail;
- ``upsell``: offers of subscriptions;
- ``chrome``: buttons, labels, and counts of likes;
- ``referral``: polls, and requests for feedback or recommendations;
- ``sponsor``: advertisements and their labels;
- ``tail``: links to unsubscribe, addresses, and legal text.

``_CUES`` occur anywhere in a text; a block is classified by the share of characters that they cover. ``_WHOLE`` must
match a whole short block, such as a button or a label. The expression for a kind is only run if the text has one of its
trigger words (``_TRIGGERS``). Most expressions match lower-case text, since ignoring case takes three times as long.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.text import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_SENTENCE = 300  # maximum characters of a sentence that is classified
_MAX_EXACT = 60  # maximum characters of a button or label
_MAX_ADDRESS = 120  # maximum characters of a block with a postal address

_CUES = {
    "browser": r"""
        (?:view|read|open|see)(?: (?:this|it|the))?(?: (?:e-?mail|message|newsletter|post|issue|online))?\
        (?: in| on| with) (?:your |a |the )?(?:web )?(?:browser|app|web|site)\b
        (?:view|read|open) (?:this (?:e-?mail |issue |post )?)?(?:online|in app|in (?:the )?app|web version)
        (?:read|open) .{1,50} in the app
        web ?version
        view (?:e-?mail )?(?:in|as) (?:a )?web ?page
        having trouble (?:viewing|reading|seeing)
        (?:e-?mail|images?) (?:is |are )?not (?:displaying|rendering)
        im browser (?:ansehen|öffnen|anzeigen)
        voir (?:en ligne|dans (?:le|votre) navigateur)
        ver en (?:el |tu |su )?navegador
        visualizza nel browser
        bekijk in (?:je |uw )?browser
        ver no navegador
    """,
    "forwarded": r"""
        (?:was|is) this (?:e-?mail |newsletter |message )?forwarded(?: to you)?
        (?:did|has) (?:someone|a friend|somebody) forward
        (?:was|were|been) forwarded this
        forward(?:ed)? this (?:e-?mail |newsletter )?to (?:a )?(?:friend|colleague|you)
        [-–—_ ]{3,}\s*(?:forwarded|original) message
        begin forwarded message
        weitergeleitet worden
        got this from a friend
        first time reading
        sign up (?:now |here |for free )*to get .{2,40} in your inbox
    """,
    "why": r"""
        you(?:['’]re| are) receiving (?:this|these)
        you(?:['’]ve| have)? received this (?:e-?mail|newsletter|message)
        (?:e-?mail|message|newsletter) was sent to
        you(?:['’]re| are) (?:getting this|subscribed)
        you receive (?:this|the|these|our|it)\b.{0,60}? because\b
        because you (?:signed up|(?:are )?subscribed|opted|registered)
        why (?:did i|am i|you) (?:get|receiv|got)
        this (?:e-?mail|message|mailing) (?:is|was) (?:sent|intended)
        you previously subscribed
        sie erhalten (?:diese|dies)
        diese e-?mail wurde
        vous recevez (?:cet|ce)
        recibes? este
        hai ricevuto questa
    """,
    "upsell": r"""
        you(?:['’]re| are) on the free list
        for the full experience
        (?:become|upgrade to) (?:a )?(?:free or )?(?:paid|paying|premium|founding|pro)\b\
        (?: (?:subscriber|member|subscription|plan))?
        (?:a |your )?(?:paid )?subscription gets you
        (?:paid )?subscribers?-only\b
        trusted by (?:\w+ ){0,4}(?:subscribers|readers|professionals)
        reader-supported
        (?:to|and) (?:receive|get) (?:new posts|access to (?:this|every|all))
        support (?:my|our|this) work
        consider (?:becoming|subscribing|upgrading|supporting)
        get \d+ ?% off
        upgrade (?:now|your (?:plan|subscription|account))
        (?:thanks|thank you) for (?:reading|subscribing)
        feel free to share (?:it|this)
        subscribe (?:now|today|here|for free|to|and)\b
        sign up (?:now|here|for free|today)\b
        join [\d,.]+[km+]* (?:\w+ ){0,3}(?:readers|subscribers|people|professionals|others)
        give a gift subscription
        start (?:a|your) free trial
        pledge your support
        (?:keep|continue) reading (?:with|for|by) (?:a|your|free|creating|signing)\b.{0,20}
        already (?:have (?:one|an account)|a (?:subscriber|member))\?
        (?:post|article|story|rest) is for (?:paid|paying|premium) \w+
        (?:like|fan of) (?:this|getting this) (?:newsletter|e-?mail)(?: \w+){0,3}\?
        like getting this newsletter
        enjoy(?:ing|ed) (?:this|the) (?:newsletter|post|issue|e-?mail)
        never miss (?:an? |the )?(?:update|post|issue|episode)
        (?:be sure to |please )?follow (?:us|me|our)\b
        (?:abonnieren sie|jetzt abonnieren)
        abonnez-vous
        suscríbete
    """,
    "chrome": r"""
        leave a comment
        (?:powered|published|sent|delivered) (?:by|on|with|via) \S+(?: [a-z]\S+){0,3}
        view comments
        join the (?:conversation|discussion)
        (?:follow|find|connect with) us(?: on)?
        download (?:the|our) app
        (?:to|in) your (?:address book|contacts)\b
        get it on google play
        sign in to
        skip to (?:content|main)
        (?:previous|next) (?:issue|post|article)
        (?:try watching this video on \S+ or )?enable javascript(?: if it is disabled)?(?: in your browser)?
        (?:got|have) (?:a (?:link|tip|story|question)|feedback)
        thoughts, suggestions, feedback
    """,
    "referral": r"""
        refer (?:a|your|friends|\d|two|three|four|five|ten)\b
        \d+ referrals?\b
        referral (?:link|program|code|count)
        copy (?:and|&) paste (?:this|your)
        how (?:did|was|do) (?:we do|you (?:like|feel)|today|this (?:issue|e-?mail|newsletter))
        what(?: did|['’]d) you think (?:of|about)
        rate (?:this|today)
        was this (?:e-?mail|issue|newsletter) (?:useful|helpful|good)
        (?:take|answer) (?:this|our|the) (?:\w+ )?(?:survey|poll)
        give us feedback
        share (?:your )?feedback
        let us know what you think
        tell (?:a|your) friends?
        your unique link
        (?:loved|hated) it
        earn (?:rewards|free|swag)
        (?:hit|just) reply(?: to this e-?mail)?
    """,
    "sponsor": r"""
        (?:presented|sponsored|brought to you) by
        in partnership with
        a (?:message|note|word) from
        from our (?:sponsor|partner)s?
        (?:today['’]s|our) sponsors?
        sponsored(?: content| post| message)
        advertis(?:e|ing) with us
        interested in (?:advertising|sponsoring)
        thanks? (?:to )?our (?:partners|sponsors)
        (?:become|interested in becoming) a sponsor
        sponsorship (?:has|inquir|opportunit|:)
        sponsorship:
        paid (?:promotion|partnership)
    """,
    "tail": r"""
        unsubscribe
        cancel your subscription
        (?:manage|update|change|edit|set|adjust) (?:your |my |e-?mail )*\
        (?:subscription|preferences|e-?mail|settings|profile|notification|address)
        (?:e-?mail|subscription|communication|notification) (?:preferences|settings)
        opt[- ]?out
        privacy (?:policy|notice|statement)
        terms (?:of (?:service|use)|and conditions|& conditions)
        all rights reserved
        copyright
        ©
        \(c\) ?\d{4}
        similar newsletters
        other similar (?:shared )?e-?mails
        no longer (?:interested in receiving|(?:wish|want) to receive)
        stop receiving
        p\.?o\.? box \d+
        don['’]t want (?:these|to (?:receive|get))
        do not reply
        (?:our )?mailing address
        our archives
        contact us
        abbestellen
        abmelden
        désabonner
        désinscrire
        cancelar (?:la |su )?suscripción
        darse de baja
        disiscriviti
        uitschrijven
        afmelden
        cancelar inscrição
        impressum
    """,
}
_TRIGGERS = {
    "browser": "browser app online version webversion webpage page trouble displaying rendering site navegador ligne"
    " navigateur",
    "forwarded": "forward forwarded weitergeleitet friend reading inbox",
    "why": "receive receiving received sent subscribed signed opted registered intended why erhalten wurde recevez"
    " recibe recibes ricevuto",
    "upsell": "already reading premium list experience become upgrade paid paying gets subscriber subscribers trusted"
    " supported receive access support consider off thanks thank share subscribe sign join trial gift pledge"
    " newsletter email mail enjoying enjoyed never follow abonnieren abonnez suscríbete",
    "chrome": "comment comments powered published sent delivered conversation discussion follow connect download"
    " contacts address google skip sign issue post link tip question feedback javascript",
    "referral": "refer referral referrals paste how think rate useful helpful survey poll feedback friend friends"
    " unique loved hated earn reply",
    "sponsor": "presented sponsored brought partnership message note word sponsor sponsors partner partners advertise"
    " advertising sponsorship sponsoring",
    "tail": "unsubscribe subscription preferences settings profile notification address email opt optout privacy"
    " terms rights copyright similar receiving receive box want get reply mailing archives contact abbestellen abmelden"
    " désabonner désinscrire cancelar baja disiscriviti uitschrijven afmelden impressum",
}
_FIVE_DIGITS = re.compile(r"\d{5}")
_POSTAL = re.compile(r"(?:^|[\s,])\d{1,6} [A-Z][\w.]+(?: \S+){0,8},? [A-Z]{2},? \d{5}\b")
_BUTTONS = (
    "like|comment|restack|share|save|listen|tweet|reply|follow|forward|read more|more|print|pin|learn more|read now|"
    "click here|click to share|see more|show more|read on|continue reading|get started|shop now|view all|advertise|"
    "sign in|log in|sign up|subscribe|subscribe now|upgrade to paid|upgrade|register|register now|join|join now|"
    "facebook|twitter|linkedin|instagram|youtube|tiktok|rss|privacy|faq|shop|careers|contact|about|home|preview|"
    "start writing|get the app|donate"
)
_WHOLE = (
    ("chrome", re.compile(rf"(?:{_BUTTONS})(?:[\s|•·∙,/▷►▶→&>-]+(?:or )?(?:{_BUTTONS}|online))*")),
    ("chrome", re.compile(r"(?:share|follow|tweet|forward) (?!of\b|prices?\b|this (?:is|was))(?:\S+ ){0,3}\S+")),
    ("chrome", re.compile(r"an error occurred\.?")),  # shown in place of a video player
    ("sponsor", re.compile(r"(?:\S+ ){1,3}sponsor(?:ed)?|sponsor(?:s|ed)?|advertisement|ad|anzeige|together with")),
    ("sponsor", re.compile(r"(?:together with|a (?:message|note|word) from|presented by) (?:\S+ ){0,4}\S+")),
)
_COUNTS = re.compile(r"(?:[\d.,]+[km]? (?:likes?|comments?|restacks?|shares?|retweets?|replies)[\s|•·∙,]*)+")
# case-sensitive: in "Sign up here Today we sail", the call ends before "Today"
_CALL = re.compile(r"(?:[Ss]ign up|[Ss]ubscribe|[Cc]lick|[Jj]oin)(?: (?:here|now|for free|today|free))+(?=\s+[A-Z“\"])")
_DISCLAIMER = re.compile(
    r"disclaimer\b|.{0,200}\bnot (?:\w+ ){0,3}(?:financial|investment|legal|tax|trading) advice", re.I
)
_DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:\d{1,2} )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? ?\d{0,2}(?:st|nd|rd|th)?,?(?: \d{4})?",
    re.I,
)
# see ``tail_share``
_TAIL_SHARE = {"why": 0.1, "tail": 0.1, "forwarded": 0.1, "referral": 0.05}
_LOW_SHARE_KINDS = ("why", "tail", "forwarded")  # kinds for which a quarter of a block is enough
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W_]")


def _compiled(spec: str) -> re.Pattern[str]:
    """Compile one pattern per line; a line that ends in a backslash continues in the next."""
    lines = [line.strip() for line in spec.strip().split("\n")]
    return re.compile(f"(?<![a-z])(?:{'|'.join(lines)})".replace("\\|", ""))


_KINDS = tuple((kind, frozenset(_TRIGGERS[kind].split()), _compiled(spec)) for kind, spec in _CUES.items())
_ANY_TRIGGER = frozenset().union(*(triggers for _, triggers, _ in _KINDS))


def _core(text: str) -> str:
    """Return the text without punctuation at both ends."""
    first = _LETTER.search(text)
    last = _LETTER.search(text[::-1])
    return text[first.start() : len(text) - last.start()] if first and last else ""


def _likely(lowered: str, tokens: Sequence[str] = ()) -> list[tuple[str, re.Pattern[str]]]:
    """Return the kinds with a trigger word in a lower-case text, and their patterns."""
    seen = _ANY_TRIGGER.intersection(tokens or _WORD.findall(lowered))
    if "©" in lowered:
        seen |= {"copyright"}
    return [(kind, cue) for kind, triggers, cue in _KINDS if not triggers.isdisjoint(seen)] if seen else []


def kind_of_block(words: str, *, near: bool) -> str:
    """Return the kind of a short block of plain ``words``, "" if it is content.

    A block is boilerplate if it is a button or label, or if cues cover much of it. In the head or tail of the text
    (``near``), counts of likes and postal addresses are boilerplate too, and a block of several sentences is only if
    nearly all of them contain a cue.
    """
    lowered = words.lower()
    if exact := _exact(lowered, counts=near):
        return exact
    if near and len(words) <= _MAX_ADDRESS and _POSTAL.search(words):
        return "tail"
    best, covered = _most(lowered)
    if not best:
        return ""
    spans = sentences(words) if near else []
    if len(spans) > 1:
        return best if sum(kind_of_sentence(words[a:b])[1] for a, b in spans) >= 0.8 * len(words) else ""
    if covered / len(words) >= (0.25 if best in _LOW_SHARE_KINDS else 0.5):
        return best
    return best if near and kind_of_sentence(words)[1] >= 0.7 * len(words) else ""


def covered(words: str, lowered: str, tokens: Sequence[str] = ()) -> tuple[str, float]:
    """Return the kind whose cues cover most of ``words``, and the share of characters; ("", 0) without cues.

    Buttons, labels and counts of likes have share 1, postal addresses 0.7. ``lowered`` is ``words`` in lower case.
    """
    if not words:
        return "", 0.0
    if exact := _exact(lowered, counts=True):
        return exact, 1.0
    if len(words) <= _MAX_ADDRESS and _FIVE_DIGITS.search(words) and _POSTAL.search(words):
        return "tail", 0.7
    best, most = _most(lowered, tokens)
    return best, most / len(words)


def _exact(lowered: str, *, counts: bool) -> str:
    """Return the kind of a block that is a button, a label or, with ``counts``, a count of likes; else ""."""
    core = _core(lowered)
    if len(core) > _MAX_EXACT:
        return ""
    kind = next((kind for kind, whole in _WHOLE if whole.fullmatch(core)), "")
    return kind or ("chrome" if counts and _COUNTS.fullmatch(core) else "")


def _most(lowered: str, tokens: Sequence[str] = ()) -> tuple[str, int]:
    """Return the kind whose cues cover most characters, and the number of these characters."""
    lengths = {kind: sum(m.end() - m.start() for m in cue.finditer(lowered)) for kind, cue in _likely(lowered, tokens)}
    best = max(lengths, key=lambda kind: lengths[kind], default="")
    return (best, lengths[best]) if lengths.get(best) else ("", 0)


def kind_of_sentence(words: str) -> tuple[str, int]:
    """Return the kind of a sentence in the head or tail, and how many characters to cut; ("", 0) for content.

    If a call like "Sign up here" runs into real text, only the call is cut.
    """
    if call := _CALL.match(words):
        return "forwarded", call.end()
    if len(words) > _MAX_SENTENCE:
        return "", 0
    lowered = words.lower()
    for kind, cue in _likely(lowered):
        found = cue.search(lowered)
        if found and (kind != "chrome" or found.end() - found.start() >= 0.4 * len(words)):
            return kind, len(words)
    return "", 0


def is_disclaimer(words: str) -> bool:
    """Whether a block begins with the word "disclaimer", or soon says that it is not financial or other advice."""
    return _DISCLAIMER.match(words) is not None


def is_slight(words: str) -> bool:
    """Whether a block is too small to be content: at most three words, or symbols, but not a date."""
    core = _core(words)
    return len(core.split()) <= 3 and _DATE.fullmatch(core) is None


def tail_share(kind: str) -> float:
    """Return the share of the text that may follow a block of this kind if the block begins the tail.

    It is negative for kinds that never begin the tail.
    """
    return _TAIL_SHARE.get(kind, -1.0)
