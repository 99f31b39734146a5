"""Words and patterns that the features of blocks count; typical of newsletters in general, not of one publisher."""

from __future__ import annotations

import re

# groups: a link's text, its target, and the target's host
LINK = re.compile(r"\[((?:[^\[\]\\]++|\\.|\[[^\[\]]{0,100}\]){0,500})\]\((https?://([^\s)/?#]+)[^\s)]*|mailto:[^\s)]+)")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,]*")
SENTENCE = re.compile(r"[.!?…]+[\"”’)]*(?=\s|$)")
MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DATE = re.compile(
    rf"\b{MONTH}[a-z]*\.? \d{{1,2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH}"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b\d{1,2}[:.]\d\d ?(?:[ap]m|et|pt|gmt)?\b"
)
COUNT = re.compile(
    r"[\d.,]+[km]?\s*(?:likes?|comments?|shares?|views?|min(?:ute)?s?(?: read)?|points?|upvotes?|replies)?"
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50]")
YOU = frozenset("you your yours you're you’re you'll you’ll yourself".split())
ME = frozenset("i i'm i’m i've i’ve me my mine myself".split())
WE = frozenset("we we're we’re we've we’ve us our ours".split())
CALLS = frozenset(  # the first words of calls to action
    "get join try read click learn start sign subscribe upgrade register download shop book listen watch share follow"
    " tap save claim discover see view check visit buy order apply explore find give become manage update open enter"
    " donate support add send reply forward refer explore unlock grab build meet".split()
)
PROMOTION = frozenset(
    "free trial off discount deal offer exclusive sponsor sponsored sponsors partner partners advertisement ad promo"
    " subscribers subscriber subscription subscribe membership member members paid premium upgrade newsletter podcast"
    " episode webinar event events register tickets ticket workshop course courses cohort book preorder pre-order shop"
    " store merch hiring jobs apply demo app download coupon giveaway gift reader readers community discord".split()
)
PROSE = frozenset(  # common words of running text
    "the a an of to in and that is was were for on with as it by at from this are be been has have had not but or they"
    " their which who its he she his her will would can could than about after more into over said when while".split()
)
# the first words of greetings
GREETING = frozenset("hi hello hey dear welcome cheers thanks thank regards best greetings morning".split())
# the words that are counted anywhere in a block
KNOWN = YOU | ME | WE | PROMOTION | PROSE
