"""Tests of choosing the text parts of a mail, and of mails in mails."""

import email
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read, read_original
from briefreader.reading.mail_parts import unflowed

HEAD = (
    "From: Oak Post <o@oak.example>\nSubject: Elm licence\nDate: Mon, 01 Jun 2026 08:00:00 +0000\nMIME-Version: 1.0\n"
)
TEXT = (
    "The licence of Elm 2 changed on Friday: firms with fewer than fifty people may use the weights without asking.\n\n"
    "The code stays under the Apache licence, and the training data stays closed until the end of the next year."
)
MORE = "Teams that run the large one pay what they paid before, which is four dollars for a million tokens out."


def part(kind: str, body: str, more: str = "") -> str:
    return f"Content-Type: {kind}\n{more}\n{body}\n"


def multi(subtype: str, *parts: str, mark: str = "B") -> str:
    inner = "".join(f"--{mark}\n{one}" for one in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{mark}"\n\n{inner}--{mark}--\n'


def html(*paragraphs: str) -> str:
    body = "".join(f"<p>{p}</p>" for paragraph in paragraphs for p in paragraph.split("\n\n"))
    return part("text/html; charset=utf-8", f"<html><body>{body}</body></html>")


def plain(body: str, parameters: str = "") -> str:
    return part(f"text/plain; charset=utf-8{parameters}", body)


def briefings(message: str) -> list[Briefing]:
    made = list(read((HEAD + message).encode(), name="a.eml"))
    assert all(isinstance(m, Briefing) for m in made), made
    return [m for m in made if isinstance(m, Briefing)]


def only(message: str) -> Briefing:
    (made,) = briefings(message)
    return made


SHELL = html("You get this because you signed up at oak.example.", "Oak Post, 12 Elm Street")


def test_html_without_text_does_not_replace_the_plain_text() -> None:
    assert only(multi("alternative", plain(TEXT), SHELL)).body == TEXT


def test_html_alternative_replaces_a_plain_teaser() -> None:
    teaser = "This mail needs a program that shows HTML."
    assert only(multi("alternative", plain(teaser), html(TEXT))).body == TEXT


def test_html_is_preferred_among_equal_alternatives() -> None:
    made = only(
        multi("alternative", plain(f"{TEXT} https://oak.example/a"), html(TEXT.replace("Elm 2", "<b>Elm 2</b>")))
    )
    assert "**Elm 2**" in made.body


def test_mixed_message_keeps_inline_texts_in_order() -> None:
    picture = part("image/png", "iVBORw0KGgo=", "Content-Disposition: inline; filename=a.png\n")
    made = only(multi("mixed", html(TEXT), picture, html(MORE)))
    assert made.body == f"{TEXT}\n\n{MORE}"


@pytest.mark.parametrize(
    "footer",
    [
        html('You get this mail as a member of the list. <a href="https://list.example/leave">Leave the list</a>'),
        plain("_______________________\nOaks mailing list\nOaks@list.example\nhttps://list.example/oaks"),
        plain("Zum Abmelden: https://liste.example/aus"),
    ],
)
def test_footer_of_a_mailing_list_is_cut(footer: str) -> None:
    made = only(multi("mixed", plain(TEXT), footer))
    assert made.body == TEXT and "list" in made.cuts[0].text


def test_short_last_part_of_a_mixed_message_is_kept() -> None:
    made = only(multi("mixed", plain(TEXT), plain("The chart that belongs to it: https://oak.example/chart")))
    assert "The chart that belongs to it" in made.body


def test_text_and_html_of_a_mixed_message_are_both_read() -> None:
    made = only(multi("mixed", plain("Read *this* first, it is short, and then the rest of it."), html(MORE)))
    assert made.body == f"Read \\*this\\* first, it is short, and then the rest of it.\n\n{MORE}"


def test_html_that_repeats_the_plain_text_is_read_once() -> None:
    assert only(multi("mixed", plain(TEXT), html(TEXT))).body == TEXT


def test_nested_alternative_keeps_all_its_html() -> None:
    file = part("application/pdf", "JVBERg==", "Content-Disposition: attachment\n")
    made = only(multi("alternative", plain(TEXT), multi("mixed", html(TEXT), file, html(MORE), mark="C")))
    assert made.body == f"{TEXT}\n\n{MORE}"


def test_attached_text_is_ignored() -> None:
    attached = part("text/plain", "An attached file of no interest.", "Content-Disposition: attachment\n")
    assert only(multi("mixed", plain(TEXT), attached)).body == TEXT


def test_attached_text_is_read_if_there_is_no_other() -> None:
    assert only(multi("mixed", part("text/html", f"<p>{MORE}</p>", "Content-Disposition: attachment\n"))).body == MORE


def message(subject: str, body: str, who: str = "Ana <ana@list.example>") -> str:
    return (
        f"From: {who}\nSubject: {subject}\nDate: Sun, 2 Nov 2025 10:00:00 +0000\nMessage-ID: <{subject}@x>\n\n{body}\n"
    )


def test_digest_mail_yields_every_message() -> None:
    parts = (f"\n{message('prices', TEXT)}", f"\n{message('agents', MORE, 'Ben <ben@list.example>')}")
    made = briefings(multi("digest", *parts))
    assert [(m.title, m.source, m.original.message_id) for m in made] == [
        ("prices", "Ana", "prices@x"),
        ("agents", "Ben", "agents@x"),
    ]
    for one in made:
        assert list(read_original(one.original)) == [one]


def test_digest_in_a_list_mail_yields_every_message() -> None:
    digest = multi("digest", f"\n{message('prices', TEXT)}", f"\n{message('agents', MORE)}", mark="C")
    made = briefings(
        multi("mixed", plain("Send list submissions to list@list.example"), digest, plain("End of digest"))
    )
    assert [m.title for m in made] == ["prices", "agents"]


def attached(inner: str) -> str:
    return part("message/rfc822", inner)


def test_note_above_an_attached_message_is_kept() -> None:
    note = "Look at the second paragraph, it changes our plans for June."
    made = only(multi("mixed", plain(note), attached(message("prices", TEXT))))
    assert (made.title, made.source) == ("prices", "Ana")
    assert made.body == f"{note}\n\n{TEXT}"


def test_several_attached_messages_are_read_one_by_one() -> None:
    made = briefings(
        multi("mixed", plain("See below"), attached(message("prices", TEXT)), attached(message("b", MORE)))
    )
    assert [m.title for m in made] == ["prices", "b"]


def test_long_mail_and_its_attached_message_are_two_briefings() -> None:
    made = briefings(multi("mixed", plain(f"{TEXT}\n\n" * 8), attached(message("prices", MORE))))
    assert [m.title for m in made] == ["Elm licence", "prices"]


def test_note_above_an_inline_forward_is_kept() -> None:
    run = "---------- Forwarded message ---------\nFrom: Pier <p@m.example>\nDate: 2 June 2025\nSubject: Fees"
    made = only(plain(f"The second paragraph changes our plans for June.\n\n{run}\n\n{TEXT}"))
    assert (made.title, made.source) == ("Fees", "Pier")
    assert made.body == f"The second paragraph changes our plans for June.\n\n{TEXT}"


def test_bounce_is_one_briefing() -> None:
    report = part("message/delivery-status", "Reporting-MTA: dns; m.example\n\nFinal-Recipient: rfc822; a@b.example")
    parts = (plain("Your message could not be delivered to a@b.example."), report, attached(message("prices", TEXT)))
    data = HEAD.replace("Elm licence", "Undelivered Mail Returned to Sender").replace("Oak Post", "Mail System")
    (made,) = read((data + multi("report", *parts)).encode(), name="a.eml")
    assert isinstance(made, Briefing)
    assert (made.title, made.source) == ("Undelivered Mail Returned to Sender", "Mail System")
    assert made.body == "Your message could not be delivered to a@b.example."


def test_raw_8_bit_headers_are_decoded() -> None:
    head = 'From: "Jürgen Müller" <j@b.example>\nSubject: Preise für KI\n\nEin Text über Preise.\n'
    for charset in ("utf-8", "cp1252"):
        (made,) = read(head.encode(charset), name="a.eml")
        assert isinstance(made, Briefing) and (made.title, made.source) == ("Preise für KI", "Jürgen Müller")


def test_flowed_text_is_joined() -> None:
    flowed = "The price of a million \ntokens fell by a third.\n From here on \n> quoted \n> text\n-- \nAna"
    assert unflowed(flowed) == "The price of a million tokens fell by a third.\nFrom here on \n> quoted text\n-- \nAna"
    assert unflowed("料金は \n安い", delete_space=True) == "料金は安い"


def test_entities_in_plain_text_from_html_are_decoded() -> None:
    assert "Elm’s “open” code" in only(plain(f"Elm&#x2019;s &#8220;open&#8221; code.\n\n{TEXT}")).body
    assert "\\&rsquo; is" in only(plain(f"&rsquo; is an apostrophe.\n\n{TEXT}")).body


def test_bold_markup_in_plain_text_is_markdown() -> None:
    made = only(
        plain(
            "The **price of Elm** rose **twice**, and\n**all of the\nweights** are _very_ new, **as **– Ana says.\n\n"
            + TEXT
        )
    )
    assert "**price of Elm**" in made.body and "_very_ new, **as** – Ana" in made.body
    assert "2\\*\\*3\\*\\*4" in only(plain(f"It takes 2**3**4 steps.\n\n{TEXT}")).body


def test_broken_bold_markup_is_repaired() -> None:
    broken = "**Now: **Elm is new.\nElm** that pays** more, for the**Harbour** of it.\nThe **options stay."
    made = only(
        plain(f"The **price** and **weights**.\n\n{broken}\n\nSee (_[the pier](https://a.example/p)_).\n\n{TEXT}")
    )
    assert "**Now:** Elm is new." in made.body and "Elm that pays more, for the Harbour of it." in made.body
    assert "\\*\\*options stay" in made.body and "(_[the pier](https://a.example/p)_)" in made.body


WORDS = st.lists(st.text(string.ascii_lowercase, min_size=3, max_size=9), min_size=5, max_size=18).map(" ".join)
TREE = st.recursive(
    WORDS.map(lambda text: ([text], plain(text))) | WORDS.map(lambda text: ([text], html(text))),
    lambda parts: st.lists(parts, min_size=1, max_size=3).map(
        lambda inner: (
            [t for texts, _ in inner for t in texts],
            multi("mixed", *(p for _, p in inner), mark=f"M{len(str(inner))}"),
        )
    ),
    max_leaves=6,
)


@given(TREE)
def test_mixed_message_loses_no_inline_text(tree: tuple[list[str], str]) -> None:
    texts, source = tree
    (made,) = read((HEAD + source).encode(), name="a.eml")
    assert isinstance(made, Briefing)
    kept = " ".join((made.body + " ".join(cut.text for cut in made.cuts)).split())
    for text in texts:
        assert text in kept


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_are_read_or_refused(data: bytes) -> None:
    made = list(read(HEAD.encode() + data, name="a.eml"))
    assert made
    email.message_from_bytes(data)


@pytest.mark.parametrize("kind", ["mixed", "alternative", "related", "digest", "report", "signed"])
def test_multipart_without_parts_is_reported_as_empty(kind: str) -> None:
    made = list(read((HEAD + multi(kind)).encode(), name="a.eml"))
    assert len(made) == 1
