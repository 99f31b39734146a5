"""Tests of duplicate detection on documents that share much of their text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from briefreader.library import Library

DATA = Path(__file__).parents[2] / "data" / "identity"
NEWS = " ".join(f"Crane {i} lifts crate {i * 7 % 31} over deck {i * 5 % 17}." for i in range(40))


def mail(path: Path, body: str, **headers: str) -> Path:
    fields = {
        "From": "Oak Weekly <oak@oak.example>", "Subject": "Oak Weekly 1", "Message-ID": "<1@oak.example>",
        "Date": "Mon, 02 Mar 2026 08:00:00 +0000", "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    path.write_text("".join(f"{name}: {value}\n" for name, value in fields.items()) + f"\n{body}\n")
    return path


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ("hn.xml", 3),
        ("f2.xml", 8),
        ("issue1.eml issue2.eml", 2),
        ("s180_1.eml s180_2.eml", 2),
        ("alder1.eml alder8.eml", 2),
    ],
)
def test_add_of_documents_with_one_template_keeps_each(library: Library, names: str, count: int) -> None:
    added = list(library.add([DATA / name for name in names.split()]))
    assert [a.status for a in added] == ["added"] * count and library.count() == count


def test_add_of_an_updated_entry_is_a_revision(library: Library) -> None:
    first, second = library.add([DATA / "item.xml", DATA / "item-updated.xml"])
    assert (second.status, second.of, second.rule) == ("revision", first.id, "same feed entry")
    assert library.count() == 1


def test_add_of_a_mail_sent_again_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    first = mail(tmp_path / "a.eml", NEWS)
    again = mail(tmp_path / "b.eml", NEWS, Message_ID="<2@oak.example>", Date="Tue, 03 Mar 2026 08:00:00 +0000")
    added, copy = library.add([first, again])
    assert (copy.status, copy.id, copy.rule) == ("alias", added.id, "same text")
    assert copy.message == f"duplicate of {added.id}: same text"


def test_add_of_a_correction_is_a_revision(library: Library, tmp_path: Path) -> None:
    first = mail(tmp_path / "a.eml", f"{NEWS} The fee is five dollars.")
    again = mail(tmp_path / "b.eml", f"{NEWS} The fee is four dollars.", Message_ID="<2@oak.example>")
    added, corrected = library.add([first, again])
    assert (corrected.status, corrected.id) == ("revision", added.id)
    assert "four dollars" in library.briefing(added.id).body


def test_add_of_a_forward_is_compared_by_its_original(library: Library, tmp_path: Path) -> None:
    quoted = (
        "From: Oak Weekly <oak@oak.example>\nDate: Mon, 02 Mar 2026 08:00\nSubject: Oak Weekly 1\nTo: ana@x.example"
    )
    forward = {"From": "Ana <ana@x.example>", "Message_ID": "<9@x.example>", "Date": "Mon, 16 Mar 2026 08:00:00 +0000"}
    first = mail(tmp_path / "a.eml", NEWS)
    same = mail(
        tmp_path / "b.eml", f"See below.\n\n---------- Forwarded message ---------\n{quoted}\n\n{NEWS}",
        Subject="Fwd: Oak Weekly 1", **forward,
    )  # fmt: skip
    later = quoted.replace("02 Mar", "09 Mar")
    other = mail(
        tmp_path / "c.eml", f"See below.\n\n---------- Forwarded message ---------\n{later}\n\n{NEWS}",
        Subject="Fwd: Oak Weekly 1", **forward | {"Message_ID": "<10@x.example>"},
    )  # fmt: skip
    added, copy, next_issue = library.add([first, same, other])
    assert (copy.status, copy.of) == ("alias", added.id)
    assert next_issue.status == "added"


def test_forward_with_remarks_does_not_replace_the_text(library: Library, tmp_path: Path) -> None:
    quoted = (
        "From: Oak Weekly <oak@oak.example>\nDate: Mon, 02 Mar 2026 08:00\nSubject: Oak Weekly 1\nTo: ana@x.example"
    )
    text = NEWS + "\n\nThe oak’s roots hold the bank, and the mayor’s office “will not” fell it."
    first = mail(tmp_path / "a.eml", text)
    plain = text.replace("’", "'").replace("“", '"').replace("”", '"')
    remark = "You asked about the bank last week, so here is what they say about it now."
    forward = mail(
        tmp_path / "b.eml", f"{remark}\n\n---------- Forwarded message ---------\n{quoted}\n\n{plain}",
        Subject="Fwd: Oak Weekly 1", From="Ana <ana@x.example>", Message_ID="<9@x.example>",
    )  # fmt: skip
    added, copy = library.add([first, forward])
    assert (copy.status, copy.of) == ("alias", added.id)
    assert remark not in library.briefing(added.id).body


def test_add_of_a_short_text_never_matches_by_text(library: Library, tmp_path: Path) -> None:
    first = mail(tmp_path / "a.eml", "Read it online.")
    again = mail(tmp_path / "b.eml", "Read it online.", Message_ID="<2@oak.example>")
    assert [a.status for a in library.add([first, again])] == ["added", "added"]


def test_add_of_five_documents_with_one_url_keeps_all(library: Library, tmp_path: Path) -> None:
    pages = []
    for n in range(7):
        pages.append(tmp_path / f"{n}.md")
        pages[-1].write_text(f"---\ntitle: Page {n}\nurl: https://a.example/live\nsource: A\n---\nText number {n}.\n")
    assert [a.status for a in library.add(pages)] == ["added"] * 7


def test_removed_briefing_stays_removed_without_revive(library: Library, tmp_path: Path) -> None:
    first = mail(tmp_path / "a.eml", NEWS)
    again = mail(tmp_path / "b.eml", NEWS, Message_ID="<2@oak.example>")
    (added,) = library.add([first])
    library.remove([added.id])
    found = list(library.add([first, again], revive=False))
    assert [(a.status, a.message) for a in found] == [("removed", "removed earlier")] * 2
    assert library.count() == 0
    assert [a.status for a in library.add([first])] == ["added"] and library.count() == 1


def test_template_of_a_publisher_is_ignored_in_matches(library: Library, tmp_path: Path) -> None:
    frame = "\n\n".join(
        f"We work so: part {n} is read by {n} people, and {NEWS[n * 40 : n * 40 + 300]}" for n in range(9)
    )
    for n, day in enumerate(("02", "09", "16")):
        path = mail(
            tmp_path / f"{n}.eml", f"The news of week {n} is short.\n\n{frame}", Message_ID=f"<{n}@oak.example>",
            Subject=f"Oak Weekly {n}", Date=f"Mon, {day} Mar 2026 08:00:00 +0000",
        )  # fmt: skip
        assert [a.status for a in library.add([path])] == ["added"]
    saved = tmp_path / "saved.txt"  # its date is unknown
    saved.write_text(f"Oak Weekly 2\n\nOf quite another week is this piece of news.\n\n{frame}\n")
    assert [a.status for a in library.add([saved])] == ["added"]


def test_add_of_other_transport_headers_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    (added,) = library.add([mail(tmp_path / "a.eml", NEWS)])
    with library.db.writing() as con:  # as read by an older version, or with fewer issues of the publisher
        con.execute("UPDATE content SET body = body || ' Read it online.'")
    (again,) = library.add([mail(tmp_path / "b.eml", NEWS, Received="from a by b")])
    assert (again.status, again.of, again.rule) == ("alias", added.id, "same Message-ID")


def test_add_of_a_page_that_changed_is_a_revision(library: Library, web: Any) -> None:
    page = "<html><head><title>Harbour fees</title></head><body><article><p>{}</p></article></body></html>"
    address = f"{web.address}/fees"
    web.pages["/fees"] = page.format(f"{NEWS} The fee is five dollars.").encode()
    (first,) = library.add([address])
    web.pages["/fees"] = page.format(f"{NEWS} The fee is four dollars.").encode()
    (second,) = library.add([address])
    assert (second.status, second.of, second.rule) == ("revision", first.id, "same address")


def test_welcome_mails_of_two_publishers_are_two(library: Library, tmp_path: Path) -> None:
    text = "Thank you for subscribing to {}. " + NEWS
    mails = [
        mail(
            tmp_path / f"{name}.eml", text.format(name), Subject="Welcome", From=f"{name} <n@{name}.example>",
            Message_ID=f"<1@{name}.example>",
        )
        for name in ("Oak", "Ash")
    ]  # fmt: skip
    assert [a.status for a in library.add(mails)] == ["added", "added"]


def test_add_of_a_json_feed_keeps_each_and_revises(library: Library, tmp_path: Path) -> None:
    def feed(name: str, **texts: str) -> Path:
        items = [
            {"id": id, "title": f"Item {id}", "url": "https://a.example/live", "content_text": f"{NEWS} {text}"}
            for id, text in texts.items()
        ]
        path = tmp_path / name
        path.write_text(
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "A", "feed_url": "https://a.example/f",
                        "items": items})
        )  # fmt: skip
        return path

    first = list(library.add([feed("a.json", one="Boats.", two="Boats.")]))
    assert [a.status for a in first] == ["added", "added"]
    later = list(library.add([feed("b.json", one="Boats.", two="Ships.")]))
    assert [(a.status, a.rule) for a in later] == [("known", "same bytes"), ("revision", "same feed entry")]
