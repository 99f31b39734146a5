"""Tests of removing boilerplate by kind."""

import pytest

from briefreader.reading.boilerplate import cut

PARAGRAPHS = [
    f"Paragraph {n} tells how the {what} of the harbour changed this year, and who had asked for it to change at all."
    for n, what in enumerate("fees ropes boats ledger pier crane tide light bell weather clock gate".split())
]
BODY = "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ("[View in browser](https://a.example)", "browser"),
        ("[Im Browser ansehen](https://a.example)", "browser"),
        ("Was this email forwarded to you? [Sign up here](https://a.example).", "forwarded"),
        ("[Subscribe now](https://a.example)", "chrome"),
        ("[Like](https://a.example) [Comment](https://b.example) [Restack](https://c.example)", "chrome"),
        ("Presented by Fernhill", "sponsor"),
        ("Try watching this video on tubes.example, or enable JavaScript if it is disabled in your browser.", "chrome"),
    ],
)
def test_head_blocks_are_cut_by_kind(block: str, kind: str) -> None:
    body, cuts, _ = cut(f"{block}\n\n{BODY}")
    assert body == BODY
    assert [(c.kind, c.text) for c in cuts] == [(kind, block)]


def test_call_to_action_joined_to_text_is_cut_alone() -> None:
    body, cuts, _ = cut(f"Was this email forwarded to you? Sign up here Today we sail.\n\n{BODY}")
    assert body == f"Today we sail.\n\n{BODY}"
    assert {c.kind for c in cuts} == {"forwarded"}


def test_short_blocks_above_boilerplate_are_cut_too() -> None:
    body, cuts, _ = cut(f"The Pier\n\n[View in browser](https://a.example)\n\nThe Pier\n\n{BODY}")
    assert body == f"The Pier\n\n{BODY}"
    assert [(c.kind, c.text) for c in cuts] == [
        ("chrome", "The Pier"),
        ("browser", "[View in browser](https://a.example)"),
    ]


def test_disclaimer_of_any_length_is_cut() -> None:
    disclaimer = (
        "Disclaimer: nothing in this letter is financial advice. " + "Ropes may break, and boats may sink. " * 20
    )
    body, cuts, _ = cut(f"{BODY}\n\n{disclaimer}")
    assert body == BODY
    assert [(c.kind, c.text) for c in cuts] == [("tail", disclaimer.strip())]
    kept = f"{disclaimer.strip()}\n\n{BODY}"
    assert cut(kept)[0] == kept


def test_tail_is_cut_as_a_whole() -> None:
    tail = [
        "You received this email because you signed up on our site.",
        "Oak Media, 12 Long Road, Salem, MA 01970",
        "[Unsubscribe](https://a.example/u) | [Manage preferences](https://a.example/p)",
        "A stray line about nothing",
        "© 2025 Oak Media",
    ]
    body, cuts, _ = cut("\n\n".join([BODY, *tail]))
    assert body == BODY
    assert all(line in "\n\n".join(c.text for c in cuts) for line in tail)


def test_upsell_sentences_are_cut_from_the_last_paragraph() -> None:
    upsell = (
        "You’re on the free list for Pier Weekly. For the full experience, become a paying subscriber to Pier Weekly."
    )
    body, cuts, _ = cut(f"{BODY} {upsell} |\n\nSimilar newsletters")
    assert body == BODY
    assert [c.kind for c in cuts] == ["upsell", "tail"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The unsubscribe rate of the harbour list fell by half after the board stopped mailing on Mondays, it says.",
        "Sponsors of the bill in the harbour council want the fee to be refunded to small boats by the end of May.",
        "Readers in the study share less when the headline is a question, and comment more when it names a price.",
    ],
)
def test_text_about_subscriptions_is_kept(sentence: str) -> None:
    text = "\n\n".join([*PARAGRAPHS[:6], sentence, *PARAGRAPHS[6:]])
    assert cut(text) == (text, [], [])


def test_poll_is_cut_with_its_options() -> None:
    poll = "### What did you think of today's issue?\n\n- [Loved it](https://a.example/1)\n- [Meh](https://a.example/2)"
    body, cuts, _ = cut(f"{BODY}\n\n{poll}\n\n[Unsubscribe](https://a.example/u)")
    assert body == BODY and cuts[0].kind == "referral" and "Meh" in cuts[0].text


def test_sponsor_names_are_found() -> None:
    _, _, sponsors = cut(
        f"{BODY}\n\nA message from [Fernhill](https://fernhill.example)\n\nTry our cloud.\n\n## End\n\n{BODY}"
    )
    assert [(s.name, s.url) for s in sponsors] == [("Fernhill", "https://fernhill.example")]


def test_nothing_is_cut_from_code_and_tables() -> None:
    text = f"{BODY}\n\n```\nunsubscribe = True\n```\n\n| unsubscribe | rate |\n| --- | --- |\n| 1 | 2 |"
    assert cut(text)[0] == text


def test_sponsor_text_is_cut_up_to_a_rule() -> None:
    ad = ["Together with Fernhill", "Fernhill makes ropes that hold. [Try one](https://fernhill.example).", "---"]
    middle = "\n\n".join([*PARAGRAPHS[:4], *ad, *PARAGRAPHS[4:]])
    body, cuts, sponsors = cut(middle)
    assert "ropes that hold" not in body and all(p in body for p in PARAGRAPHS)
    assert [c.kind for c in cuts] == ["sponsor"] and [s.name for s in sponsors] == ["Fernhill"]
    assert "ropes that hold" in cut(middle.replace("---\n\n", ""))[0]  # its end can't be recognised


@pytest.mark.parametrize(
    "tail",
    [
        "You receive the Pier because you asked for it.",
        "Keep reading with a free account. Already have one? Sign in",
    ],
)
def test_last_lines_about_the_newsletter_are_cut(tail: str) -> None:
    assert cut(f"{BODY}\n\n{tail}")[0] == BODY
