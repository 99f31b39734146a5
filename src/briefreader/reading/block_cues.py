"""The words and patterns that the features of a block are counted by: categories of mailings, never a publisher's."""

from __future__ import annotations

import re

LINK = re.compile(r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,100}\]){0,500})\]\((https?://[^\s)]+|mailto:[^\s)]+)")
# what links lead to, by their addresses in lower case
TARGETS = (
    ("leave", re.compile(r"unsub|opt-?out|preferences|manage|profile|settings|email-?frequency|abmelden")),
    (
        "join",
        re.compile(
            r"subscri(?!ption_preferences)|signup|sign-?up|register|upgrade|pledge|checkout|/pro\b|gift|refer", re.I
        ),
    ),
    ("share", re.compile(r"share|tweet|intent/|sharer|comments?\b|action=|restack|submitlike|forward")),
    (
        "social",
        re.compile(
            r"(?:^|\.)(?:facebook|twitter|x|linkedin|instagram|youtube|tiktok|threads|bsky|mastodon|discord|reddit|t|whatsapp|telegram)\.(?:com|me|gg|app|social)(?:$|/(?!\S+/status))",
        ),
    ),
    (
        "app",
        re.compile(
            r"apps\.apple|itunes|play\.google|open\.spotify|podcasts\.|app-?store|/app-link|open\.substack\.com|overcast",
        ),
    ),
    (
        "paid",
        re.compile(
            r"sponsor|utm_campaign=\w*(?:ad|sponsor|promo)|affiliate|partner|/ads?[/?]|adclick|doubleclick|fandom|coupon|promo|advertis",
        ),
    ),
    ("legal", re.compile(r"privacy|terms|legal|imprint|contact|about|help|support|faq")),
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,]*")
SENTENCE = re.compile(r"[.!?…]+[\"”’)]*(?=\s|$)")
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DATE = re.compile(
    rf"\b{MONTH}[a-z]*\.? \d{{1,2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH}"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b\d{1,2}[:.]\d\d ?(?:[ap]m|et|pt|gmt)?\b"
)
MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:usd|eur|dollars|euros)\b")
OFF = re.compile(
    r"\d+ ?% off|save \d|\bcode\b|free (?:trial|for|access|shipping)|discount|\bpromo\b|limited[- ]time|deal\b"
)
COUNT = re.compile(
    r"[\d.,]+[km]?\s*(?:likes?|comments?|shares?|views?|min(?:ute)?s?(?: read)?|points?|upvotes?|replies)?"
)
ARROW = re.compile(r"[→»►▶➜➡👉>]\s*$|^\s*[→»►▶➜👉]")
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50]")
YOU = frozenset("you your yours you're you’re you'll you’ll yourself".split())
ME = frozenset("i i'm i’m i've i’ve me my mine myself".split())
WE = frozenset("we we're we’re we've we’ve us our ours".split())
CALLS = frozenset(
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
PROSE = frozenset(
    "the a an of to in and that is was were for on with as it by at from this are be been has have had not but or they"
    " their which who its he she his her will would can could than about after more into over said when while".split()
)
GREETING = frozenset("hi hello hey dear welcome cheers thanks thank regards best greetings morning".split())
