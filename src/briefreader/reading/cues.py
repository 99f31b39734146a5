"""The cues of boilerplate, by kind, in the languages that meet in newsletters.

Two strengths: ``_BLOCK`` cues class a short block wherever it stands; ``_SENTENCE`` cues class a sentence in the head
or tail. A literal prefilter keeps the regular expressions away from most text.
"""

from __future__ import annotations

import re

from briefreader.text import sentences

_SPEC = {
    "browser": r"""
        (?:view|read|open|see)(?: (?:this|it|the))?(?: (?:e-?mail|message|newsletter|post|issue|online))?\
        (?: in| on| with) (?:your |a |the )?(?:web )?(?:browser|app|web|site)
        (?:view|read|open) (?:this (?:e-?mail |issue |post )?)?(?:online|in app|in (?:the )?app|web version)
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
        forwarded (?:this )?(?:e-?mail|message|newsletter)
        (?:was|were|been) forwarded this
        forward(?:ed)? this (?:e-?mail |newsletter )?to (?:a )?(?:friend|colleague|you)
        [-–—_ ]{3,}\s*(?:forwarded|original) message
        begin forwarded message
        weitergeleitet worden
        got this from a friend
        first time reading
    """,
    "why": r"""
        you(?:['’]re| are) receiving (?:this|these)
        you(?:['’]ve| have)? received this (?:e-?mail|newsletter|message)
        (?:e-?mail|message|newsletter) was sent to
        you(?:['’]re| are) (?:getting this|subscribed)
        because you (?:signed up|subscribed|opted|registered)
        why (?:did i|am i|you) (?:get|receiv|got)
        this (?:e-?mail|message|mailing) (?:is|was) (?:sent|intended)
        you (?:signed up|subscribed|opted in) (?:to|for|at|on|via)
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
        trusted by (?:\w+ ){0,4}(?:subscribers|readers|professionals)
        reader-supported
        to (?:receive|get) new posts
        support (?:my|our|this) work
        consider (?:becoming|subscribing|upgrading|supporting)
        get \d+ ?% off
        upgrade (?:now|your (?:plan|subscription|account))
        (?:thanks|thank you) for (?:reading|subscribing)
        subscribe (?:now|today|here|for free|to)
        sign up (?:now|here|for free|today)
        give a gift subscription
        start (?:a|your) free trial
        pledge your support
        like this (?:newsletter|e-?mail)\?
        enjoy(?:ing|ed) (?:this|the) (?:newsletter|post|issue|e-?mail)
        (?:abonnieren sie|jetzt abonnieren)
        abonnez-vous
        suscríbete
    """,
    "chrome": r"""
        (?:like|comment|restack|share|save|listen|tweet|reply|follow|post|forward|read more|more|print|pin)\
        (?: (?:this|now|here|post|in app|on \w+))?\
        (?:[\s|•·,/]+(?:like|comment|restack|share|save|listen|tweet|reply|follow|post|forward))*(?!\w)
        leave a comment
        share (?:this|on|via|with|the)\b
        (?:powered|published|sent|delivered) (?:by|on|with|via) \S+
        view comments
        join the (?:conversation|discussion)
        (?:follow|find|connect with) us(?: on)?
        download (?:the|our) app
        add (?:us|this address) to your (?:address book|contacts)
        get it on google play
        start writing
        skip to (?:content|main)
        (?:previous|next) (?:issue|post|article)
        table of contents
        \d+ (?:likes?|comments?|restacks?|shares?)
    """,
    "referral": r"""
        refer (?:a|your|friends|\d)
        referrals?\b
        how (?:did|was|do) (?:we|you|today|this)\b
        what did you think
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
    """,
    "sponsor": r"""
        together with
        presented by
        in partnership with
        sponsored by
        brought to you by
        a message from
        from our (?:sponsor|partner)s?
        (?:today['’]s|our) sponsors?
        sponsored(?: content| post| message)?
        advertis(?:e|ement|ing)(?: with us)?
        (?:become|interested in) (?:a )?sponsor(?:ing)?
        paid (?:promotion|partnership)
        anzeige
        publicité
        publicidad
    """,
    "tail": r"""
        unsubscribe
        (?:manage|update|change|edit|set|adjust) (?:your |my |e-?mail )*\
        (?:subscription|preferences|e-?mail|settings|profile|notification)
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
        no longer (?:wish|want) to receive
        stop receiving
        (?:suite|floor|p\.?o\.? box|street|avenue|blvd|drive|ste\.?)\b.{0,60}\b[A-Z]{2},? \d{5}
        don['’]t want (?:these|to (?:receive|get))
        do not reply
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
        (?:our )?mailing address
    """,
}


def _compiled(spec: str) -> re.Pattern[str]:
    """One pattern a line; a line that ends in a backslash goes on in the next."""
    lines = [line.strip() for line in spec.strip().split("\n")]
    return re.compile("|".join(lines).replace("\\|", ""), re.I)


_KINDS = tuple((kind, _compiled(spec)) for kind, spec in _SPEC.items())
_CLOSING = ("why", "tail")
SENTENCE = 300
# some literal of which every cue contains at least one: cheap to look for
_LITERALS = re.compile(
    "|".join(
        "view|read|open|see |web|brows|trouble|display|forward|receiv|mail|sent|subscri|sign|list|paid|paying|premium|"
        "trust|support|upgrade|off|thank|gift|trial|pledge|enjoy|like|comment|share|save|listen|tweet|repl|follow|power|"
        "publi|deliver|join|find|connect|download|add|google play|app |skip|previous|next|table|refer|survey|poll|"
        "feedback|think|rate|friend|link|earn|loved|together|presented|partner|sponsor|brought|message|advert|anzeige|"
        "manag|update|change|edit|opt|privacy|terms|rights|copyright|©|(c)|similar|longer|stop|suite|floor|box|street|"
        "avenue|blvd|drive|ste|want|abbestell|abmeld|désabo|désins|baja|disiscriv|uitschr|afmeld|inscri|impressum|"
        "address|erhalten|recevez|recib|ricevuto|abonn|suscr|navegador|navigateur|post|more|print|full".split("|")
    ).replace("(c)", r"\(c\)"),
    re.I,
)
_CALL = re.compile(
    r"(?P<ask>(?:was this|did someone|has someone)[^?]{0,60}\?\s*)?"
    r"(?P<call>(?:sign up|subscribe|click|join)(?: (?:here|now|for free|today|free))*)(?=\s+[A-Z“\"]|[.!]|$)",
    re.I,
)


def suspicious(text: str) -> bool:
    """Whether any cue can be in ``text``: the cheap test before the regular expressions."""
    return _LITERALS.search(text) is not None


def kind_of_block(words: str, *, near: bool) -> str:
    """The kind of a whole short block of plain ``words``, "" when it is content.

    A block is boilerplate when its cues cover much of it: away from the edges (``near`` is False) nearly all of it.
    """
    if not words or not suspicious(words):
        return ""
    best, covered = "", 0
    for kind, cue in _KINDS:
        length = sum(m.end() - m.start() for m in cue.finditer(words))
        if length > covered:
            best, covered = kind, length
    if not best:
        return ""
    share = covered / len(words)
    strict = best in ("chrome", "sponsor", "upsell", "referral", "browser")
    if share >= (0.6 if strict else 0.25):
        return best
    if not near:
        return ""
    marked = 0
    for start, end in sentences(words):
        kind, length = kind_of_sentence(words[start:end])
        best, marked = kind or best, marked + length
    return best if marked >= 0.8 * len(words) else ""


def kind_of_sentence(words: str) -> tuple[str, int]:
    """(kind, how many characters of it) of a sentence in a head or tail; ("", 0) when it is content.

    A call like "Sign up here" that runs on into real text is cut alone.
    """
    if (call := _CALL.match(words)) and call.end() < len(words) - 1 and not re.match(r"[.!]", words[call.end() :]):
        return "forwarded", call.end()
    if len(words) > SENTENCE or not suspicious(words):
        return "", 0
    for kind, cue in _KINDS:
        if kind == "chrome" or kind == "sponsor":
            if (m := cue.match(words)) and m.end() >= 0.7 * len(words):
                return kind, len(words)
        elif cue.search(words):
            return kind, len(words)
    return "", 0


def closes(words: str) -> bool:
    """Whether a block of plain ``words`` opens a mailing's tail."""
    return any(kind in _CLOSING and cue.search(words) for kind, cue in _KINDS)
