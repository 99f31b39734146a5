"""Tests of the rules that decide whether two documents are one briefing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Origin
from briefreader.reading.identity_rules import Verdict, decide, far_apart, titles_match

if TYPE_CHECKING:
    from collections.abc import Callable

MAIL = Origin(
    "mail", "oak.example", "oak weekly", "oak@oak.example", "1@oak.example", title="oak weekly 1", date="2026-03-02"
)
ITEM = Origin(
    "item", "https://oak.example/feed", "oak", feed="https://oak.example/feed", guid="g1",
    link="https://oak.example/p/1", url="https://oak.example/p/1", title="on oaks", date="2026-03-02",
)  # fmt: skip
PAGE = Origin("page", "oak", "oak", url="https://oak.example/p/1", title="on oaks", date="2026-03-02")
NOTE = Origin("file", title="on oaks")


def verdict(copy: Origin, new: Origin, *, texts: bool = True, common_url: bool = False) -> str:
    found = decide([copy], new, lambda _: texts, common_url=common_url)
    return found.rule if found.same else f"two: {found.rule}"


@pytest.mark.parametrize(
    ("copy", "changes", "rule"),
    [
        (MAIL, {"title": "oak weekly 1 corrected", "date": "2026-03-20"}, "same Message-ID"),
        (MAIL, {"sender": "ash@ash.example"}, "two: Message-ID of another sender"),
        (MAIL, {"message_id": "2", "title": "oak weekly 2"}, "two: another title"),
        (MAIL, {"message_id": "2", "date": "2026-03-05"}, "two: another date"),
        (MAIL, {"message_id": "2", "date": "2026-03-04"}, "same text"),
        (MAIL, {"message_id": "2", "date": ""}, "same text"),
        (MAIL, {"message_id": "2", "publisher": "ash", "source": "ash", "date": "2026-03-05"}, "two: another date"),
        (MAIL, {"message_id": "2", "publisher": "ash", "source": "ash", "title": "ash"}, "two: another title"),
        (MAIL, {"message_id": "2", "publisher": "ash", "source": "ash"}, "same text"),
        (MAIL, {"sender": "", "publisher": "oak weekly", "forwarded": True}, "same Message-ID"),
        (ITEM, {"title": "on old oaks", "date": "2026-04-01"}, "same feed entry"),
        (ITEM, {"link": "https://oak.example/p/2", "url": "https://oak.example/p/2"}, "same feed entry"),
        (ITEM, {"guid": "g2", "date": "2026-04-01"}, "same link and title"),
        (ITEM, {"guid": "g2", "link": "b", "url": "b", "date": "2026-04-01"}, "two: another date"),
        (ITEM, {"link": "b", "url": "b", "title": "on ashes"}, "two: another title"),
        (ITEM, {"guid": "g2", "title": "on ashes"}, "two: another title"),
        (PAGE, {"title": "on old oaks"}, "same address"),
        (PAGE, {"date": "2026-03-09"}, "same text"),
        (PAGE, {"url": "", "title": "on oaks"}, "same text"),
        (NOTE, {"title": ""}, "same text"),
        (NOTE, {"title": "on ashes"}, "two: another title"),
    ],
)
def test_decide_applies_each_rule(copy: Origin, changes: dict[str, str], rule: str) -> None:
    assert verdict(copy, replace(copy, **changes)) == rule  # type: ignore[arg-type]


def test_decide_is_stricter_for_mails_of_two_publishers() -> None:
    asked: list[bool] = []
    other = replace(MAIL, message_id="2", publisher="ash", source="ash")
    for new in (replace(MAIL, message_id="2"), other, replace(other, kind="file")):
        decide([MAIL], new, lambda nearly: bool(asked.append(nearly)))
    assert asked == [False, True, False]


def test_decide_with_different_texts_is_different() -> None:
    assert verdict(NOTE, NOTE, texts=False) == "two: another text"


def test_decide_ignores_a_url_that_many_share() -> None:
    assert verdict(PAGE, replace(PAGE, title="on ashes"), common_url=True) == "two: another title"


def test_decide_with_one_contradicting_copy_is_different() -> None:
    copies = [NOTE, replace(MAIL, title="on oaks")]
    found = decide(copies, replace(MAIL, message_id="2", title="on oaks", date="2026-04-01"), lambda _: True)
    assert found == Verdict(False, "another date")


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("on oaks", "on oaks", True),
        ("on oaks", "", True),
        ("on oaks", "on ashes", False),
        ("why oaks grow so slowly", "why oaks grow so slowly the oak weekly", True),
        ("daily digest of the week", "daily digest of the week 12", False),
        ("daily digest", "daily digest of oaks", False),
    ],
)
def test_titles_match_unless_they_contradict(one: str, other: str, match: bool) -> None:
    assert titles_match(one, other) is titles_match(other, one) is match


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("2026-03-02", "2026-03-04", False),
        ("2026-03-02", "2026-03-05", True),
        ("2026-03-02T23:00:00Z", "2026-03-04", False),
        ("2026-03-02T08:00:00Z", "2026-03-04T08:00:01Z", True),
        ("", "2026-03-05", False),
    ],
)
def test_far_apart_is_more_than_two_days(one: str, other: str, apart: bool) -> None:
    assert far_apart(one, other) is far_apart(other, one) is apart


def test_mail_differs_from_a_briefing_of_another_week() -> None:
    page = {"kind": "mail", "source": "oaks", "url": "https://oaks.example/latest"}
    copies = [Origin(**page), Origin(kind="mail", date="2026-03-09")]
    assert not decide(copies, Origin(**page, date="2026-03-02"), lambda _: True).same


few = st.sampled_from(("", "a", "b"))
origins = st.builds(
    Origin,
    kind=st.sampled_from(("mail", "item", "page", "file")),
    publisher=few, source=few, sender=few, message_id=few, feed=few, guid=few, link=few, url=few, title=few,
    date=st.sampled_from(("", "2026-03-02", "2026-03-03T09:00:00Z", "2026-03-09", "nonsense")),
    forwarded=st.booleans(),
)  # fmt: skip


@given(st.lists(origins, min_size=1, max_size=3), origins, st.booleans(), st.booleans())
def test_decide_never_merges_different_documents(copies: list[Origin], new: Origin, texts: bool, common: bool) -> None:
    found = decide(copies, new, lambda _: texts, common_url=common)
    if not found.same:
        return
    shared_message = any(c.message_id and c.message_id == new.message_id for c in copies)
    shared_link = any(c.link and c.link == new.link and c.feed == new.feed for c in copies)
    shared_guid = any(c.guid and c.guid == new.guid and c.feed == new.feed for c in copies)
    if new.kind == "mail" and all(c.kind == "mail" for c in copies) and not shared_message:
        assert not any(far_apart(c.date, new.date) for c in copies)
        assert not new.title or any(c.title in ("", new.title) for c in copies)
    if found.rule == "same text":
        assert texts
    if found.rule == "same feed entry":
        assert shared_guid
    if found.rule == "same link and title":
        assert shared_link


@given(origins, origins, st.booleans())
def test_decide_is_symmetric(one: Origin, other: Origin, texts: bool) -> None:
    agree: Callable[[bool], bool] = lambda _: texts  # noqa: E731
    assert decide([one], other, agree) == decide([other], one, agree)


@given(st.lists(origins, min_size=1, max_size=3), origins)
def test_decide_compares_texts_only_if_needed(copies: list[Origin], new: Origin) -> None:
    asked: list[bool] = []
    found = decide(copies, new, lambda _: not asked.append(True))
    assert bool(asked) == (found.rule == "same text")
