"""Tests of stated, digest and extracted insights, and of sentences."""

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import blocks, plain, prose, strip
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.digest import MAX_ENTRIES, without_counts
from briefreader.reading.extract import MAX_INSIGHTS, MIN_INSIGHTS, choose, describe_candidates, rank_candidates
from briefreader.reading.insights import Passage, merge_repeated
from briefreader.text import sentences

SUBJECTS = "fees ropes boats ledgers piers cranes tides lights bells clocks gates nets".split()


def essay() -> Iterator[str]:
    for n, subject in enumerate(SUBJECTS):
        yield (
            f"I came to the {subject} late. Most of what the harbour knows about {subject} was written down by one "
            f"clerk in 19{n}0. There are {n + 2} ledgers on the shelf. It rained that day, as on many days here."
        )


def only(text: str, **more: object) -> Briefing:
    (made,) = read(text.encode(), name="a.md", **more)  # type: ignore[arg-type]  # keyword pass-through
    assert isinstance(made, Briefing)
    return made


def test_takeaway_sections_state_insights() -> None:
    made = only(
        f"# T\n\n{next(essay())}\n\n## Key takeaways\n\n- **Fees up:** They rose by a third.\n- Ropes hold.\n"
        "\n## Rest\n\nMore.\n"
    )
    assert [(i.kind, i.title, i.text) for i in made.insights[:2]] == [
        ("stated", "Fees up", "They rose by a third."),
        ("stated", "", "Ropes hold."),
    ]


def test_markers_of_quoted_lines_are_removed() -> None:
    text = "> The pier\n> holds, *all\n> of* it.\n>> And > is no mark."
    assert plain(text[2:]) == "The pier holds, all of it. And > is no mark."
    view = strip(text[2:])
    at = view.text.index("holds")
    assert text[2:][view.source(at) :].startswith("holds")
    assert prose("> One\n> two.\n\n- Three\n\n```\n> code\n```") == "One two.\n\nThree\n\n```\n> code\n```"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Z.ai ships GLM-4.5. It costs $3.20 per run.", ["Z.ai ships GLM-4.5.", "It costs $3.20 per run."]),
        ("The U.S. market grew. Dr. Ruiz agrees.", ["The U.S. market grew.", "Dr. Ruiz agrees."]),
        ("See https://a.example/x.y?z=1. Then stop!", ["See https://a.example/x.y?z=1.", "Then stop!"]),
        (
            "J. R. Hart wrote it. (He did.) “Why?” Nobody knows…",
            ["J. R. Hart wrote it.", "(He did.)", "“Why?”", "Nobody knows…"],
        ),
        (
            "Some face delays.Your list grew.“Why?”Ana asked.",
            ["Some face delays.", "Your list grew.", "“Why?”", "Ana asked."],
        ),
        (
            "It uses net.Listener, sync.Mutex and a.example/It.The x.",
            ["It uses net.Listener, sync.Mutex and a.example/It.The x."],
        ),
        ("One\n\nTwo", ["One", "Two"]),
        ("No. 5 won. No. It lost.", ["No. 5 won.", "No.", "It lost."]),
        ("Smith et al. found it. “Why?” he asked.", ["Smith et al. found it.", "“Why?” he asked."]),
        ("Es kostet ca. 6 Mio. Euro, d. h. viel. Gut.", ["Es kostet ca. 6 Mio. Euro, d. h. viel.", "Gut."]),
        ("涨了三成。他说：“很贵。”没人买！", ["涨了三成。", "他说：“很贵。”", "没人买！"]),
    ],
)
def test_sentences_are_split_correctly(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


@given(st.text(max_size=400))
def test_sentences_cover_all_text_except_white_space(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans) and all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in spans)


@given(st.text(alphabet="ab *_`[]()<>!\\&;#\n~", max_size=200))
def test_stripped_text_maps_back_to_its_source(markdown: str) -> None:
    view = strip(markdown)
    for i, character in enumerate(view.text):
        at = view.source(i)
        assert 0 <= at < len(markdown)
        if "&" not in markdown:
            assert markdown[at] == character


@given(st.text(alphabet="ab #-*>|`1.\n ", max_size=300))
def test_blocks_are_in_order_and_cover_every_line(body: str) -> None:
    found = blocks(body)
    assert all(0 <= b.start <= b.text <= b.end <= len(body) for b in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    kept = "".join("".join(body[b.start : b.end].split()) for b in found)
    assert kept == "".join(body.split())


def test_heading_joined_to_a_long_paragraph_is_separated() -> None:
    paragraph = "The harbour board met on Monday and spoke of fees for three hours without an end. " * 4
    opening = "An interview of note\nWe met Ana at the pier. The Early Years"
    text = f"{opening}\n{paragraph}It ended well. Coda And Thanks\nshort line\n"
    (made,) = read(text.encode(), name="a.txt")
    assert isinstance(made, Briefing)
    assert [s.title for s in made.sections] == ["The Early Years"]
    assert "We met Ana at the pier.\n\n## The Early Years" in made.body and "Coda And Thanks" in made.body


def test_source_after_most_paragraphs_is_not_a_heading() -> None:
    paragraph = "The harbour board met on Monday and spoke of fees for three hours without an end. " * 4
    (made,) = read("\n".join(f"{paragraph}{s}" for s in ("Oak Post", "Elm Times", "Pier News", "Ana Ruiz")).encode())
    assert isinstance(made, Briefing) and not made.sections and "without an end. Elm Times" in made.body


def digest(entry: str) -> str:
    return "# Digest\n\n" + "\n".join(entry.format(s) for s in SUBJECTS)


def test_digest_entry_has_headline_and_text() -> None:
    made = only(digest("- **News of {0}**: the board said that {0} will cost more from May on, again."))
    assert sorted(i.title for i in made.insights) == sorted(f"News of {s}" for s in SUBJECTS)
    assert {i.kind for i in made.insights} == {"extracted", "item"}
    assert all(i.text.startswith("the board said that ") for i in made.insights)


def test_byline_is_not_the_headline_of_an_entry() -> None:
    entry = "- **By Ana {} and Tom Elm**: the board said that {} will cost more from May on, again."
    made = only("# Digest\n\n" + "\n".join(entry.format(s.split()[0].title(), s) for s in SUBJECTS))
    assert len(made.insights) >= 3 and {i.title for i in made.insights} == {""}


def test_headline_has_no_colon_at_its_end() -> None:
    made = only(digest("- **News of {0}:** The board said that {0} will cost more from May on, again."))
    assert sorted(i.title for i in made.insights) == sorted(f"News of {s}" for s in SUBJECTS)


def test_long_digest_entry_is_shortened_to_whole_sentences() -> None:
    tail = "Nobody came to the pier for it, since the rain had begun. " * 8
    made = only(digest("- **News of {0}**: The board said that all {0} of the pier will cost 30 % more. " + tail))
    assert len(made.insights) == len(SUBJECTS)
    assert all(len(f"{i.title} {i.text}".split()) <= 60 and i.text.endswith(".") for i in made.insights)


def test_digest_insights_are_numbered_in_display_order() -> None:
    made = only(digest("- **News of {0}**: the board said that {0} will cost more from May on, again."))
    assert [i.number for i in made.insights] == list(range(1, len(SUBJECTS) + 1))
    kinds = [i.kind for i in made.insights]
    assert kinds == sorted(kinds, key=["stated", "extracted", "item"].index)


def test_section_that_only_announces_others_is_not_listed() -> None:
    news = "\n\n".join(f"## News of {s}\n\nThe board said that {s} will cost more from May on." for s in SUBJECTS)
    made = only(f"## The harbour\n\nHere is what happened in the harbour on Monday:\n\n{news}")
    assert "The harbour" not in {i.title for i in made.insights}


@pytest.mark.parametrize("tail", ["1897797harbour.example", "(harbour.example) -- _comments_", "(harbour.example)"])
def test_host_and_counts_at_the_end_of_an_entry_are_removed(tail: str) -> None:
    assert without_counts(f"The board of the harbour raised fees {tail}") == "The board of the harbour raised fees"


def test_vote_counts_of_entries_are_removed() -> None:
    made = only(digest("- **News of {0}** (Activity: 1118): The board of {0} raised fees (45 comments)."))
    assert not any(c in f"{i.title} {i.text}" for i in made.insights for c in ("Activity", "1118", "comments"))


def test_headline_with_a_statement_is_an_insight() -> None:
    text = "\n\n".join(
        f"## Harbour raises the fees for {s} by a third\n\nMore [here](https://a.example)." for s in SUBJECTS
    )
    assert any(i.text.startswith("Harbour raises the fees for ") for i in only(f"# T\n\n{text}").insights)


def test_bold_subject_is_not_a_headline() -> None:
    made = only(
        digest("- **The {0}** of the harbour will close in May, said the [board](https://a.example) on Monday.")
    )
    assert {i.title for i in made.insights} == {""}


def test_digest_insights_are_limited() -> None:
    made = only("# T\n\n" + "".join(f"- **News {n}**: the board said that it will cost more.\n" for n in range(500)))
    assert len(made.insights) == MAX_ENTRIES


def test_repeated_sentence_is_one_insight_with_both_places() -> None:
    line = "- **News of {0}**: the board said that {0} will cost more from May on, again."
    made = only(digest(line) + "\n\n## Again\n\n" + line.format("ropes"))
    (ropes,) = [i for i in made.insights if "ropes" in i.title]
    assert len(ropes.places) == 2 and all("ropes" in made.body[a:b] for a, b in ropes.places)


def test_extraction_takes_one_sentence_per_block() -> None:
    made = only("# T\n\n" + "\n\n".join(essay()))
    assert MIN_INSIGHTS <= len(made.insights) <= MAX_INSIGHTS
    spans = [next(n for n, b in enumerate(blocks(made.body)) if b.start <= i.start < b.end) for i in made.insights]
    assert len(set(spans)) == len(spans)
    for insight in made.insights:
        assert plain(made.body[insight.start : insight.end]) == insight.text and not insight.title


def test_insight_has_the_heading_it_is_under() -> None:
    made = only("# T\n\nIntro.\n\n## Fees\n\n" + "\n\n".join(essay()))
    assert made.insights and {i.heading for i in made.insights} == {"Fees"}


def test_title_of_the_text_is_not_a_heading_of_an_insight() -> None:
    made = only("# T\n\n" + "\n\n".join(essay()))
    assert made.insights and {i.heading for i in made.insights} == {""}


def test_insight_that_is_a_section_has_the_heading_above_it() -> None:
    sections = "\n\n".join(f"### News of {s}\n\nThe {s} cost [more](https://a.example) from May on." for s in SUBJECTS)
    made = only(f"# T\n\n## The quay\n\n{sections}")
    assert {i.title for i in made.insights} == {f"News of {s}" for s in SUBJECTS}
    assert {i.heading for i in made.insights} == {"The quay"}


def test_most_likely_insight_comes_first() -> None:
    body = "\n\n".join(essay())
    found = blocks(body)
    ranked = rank_candidates(described := describe_candidates("T", body, found, (), {}), ())
    chosen = choose(
        [replace(r, good=0.9 if n == 5 else 0.6) for n, r in enumerate(ranked)], described.passages.sentences
    )
    assert chosen[0].good == max(r.good for r in chosen)


@pytest.mark.parametrize("quoted", ["> We pay for the light.", "“We pay for the light.”"])
def test_attribution_of_a_quotation_is_not_a_heading(quoted: str) -> None:
    text = f"# T\n\n## Fees\n\nIntro.\n\n{quoted}\n\n### Ana Rowan, Harbour Master\n\n"
    made = only(text + "\n\n".join(essay()))
    assert made.insights and {i.heading for i in made.insights} == {"Fees"}


def test_heading_below_a_quotation_stays_a_heading() -> None:
    made = only("# T\n\n> We pay for the light.\n\n## Fees\n\n" + "\n\n".join(essay()))
    assert made.insights and {i.heading for i in made.insights} == {"Fees"}


@pytest.mark.parametrize(
    "text",
    [
        "周一，罗文公司把小模型的价格下调了三分之一。\n\n大模型的价格保持不变，但是缓存便宜了。\n\n客户们对此表示欢迎，订单增长了两成。",
        "月曜日に港の料金が三割上がりました。\n\n縄の値段は去年と同じままです。\n\n船の数はこの春に二倍になりました。",
        "ท่าเรือขึ้นค่าธรรมเนียมหนึ่งในสามในวันจันทร์ที่ผ่านมานี้\n\nราคาเชือกยังคงเท่าเดิมเมื่อเทียบกับปีที่แล้วทั้งหมด\n\nจำนวนเรือเพิ่มขึ้นเป็นสองเท่าในฤดูใบไม้ผลินี้",
        "Am Montag stieg die Gebühr um ein Drittel.\n\nDer Preis der Seile blieb wie im Vorjahr.\n\n"
        "Die Zahl der Boote hat sich in diesem Frühling verdoppelt.",
    ],
)
def test_every_language_has_three_insights(text: str) -> None:
    assert sorted(i.text for i in only(f"# T\n\n{text}").insights) == sorted(text.split("\n\n"))


NOTICES = {
    "survey": "Welcome aboard. You will find new letters right here in your inbox.\n\n"
    "We hope you'll take a few minutes to answer our survey and help us make the letter better!",
    "account": "Your workspace has one open request from a new member.\n\n"
    "Please review the request in the settings of your workspace before Friday.\n\n"
    "You can change who may join at any time.",
    "offer": "We are celebrating our hundredth year with a special collection of essays.\n\n"
    "You can now have a full year of letters for half of the price.\n\nGive yourself time to read every day.",
}


@pytest.mark.parametrize("text", NOTICES.values(), ids=NOTICES.keys())
def test_notice_to_the_reader_has_no_insight(text: str) -> None:
    assert not only(f"# T\n\n{text}").insights


def test_notice_lists_its_one_fact() -> None:
    fact = "The harbour closes on Monday because of a storm that is expected from the north."
    made = only(f"# T\n\nPlease check your boat before noon.\n\n{fact}\n\nYou can call the office at any time.")
    assert [i.text for i in made.insights] == [fact]


def test_insight_among_promotion_is_worth_less() -> None:
    fact = "The Velbrand harbour authority announced on Tuesday that it will close the northern berth for 14 months."
    news = [f"The {subject} cost the town {n + 2} million a year." for n, subject in enumerate(SUBJECTS)]
    pitch = [f"With our {subject} you save your crew {n + 2} hours." for n, subject in enumerate(SUBJECTS)]
    reported, pitched = (
        next(i for i in only("\n\n".join(["# Harbour", fact, *rest])).insights if i.text == fact)
        for rest in (news, pitch)
    )
    assert 0.8 < reported.worth < 1 and pitched.worth < reported.worth / 4


def test_stated_takeaway_without_a_verb_keeps_some_worth() -> None:
    made = only("# Harbour\n\n## Key takeaways\n\n- Lower berth fees\n- More cranes\n\n## Rest\n\nWords.")
    assert [i.worth > 0.3 for i in made.insights if i.kind == "stated"] == [True, True]


def test_long_guide_addressed_to_the_reader_has_insights() -> None:
    steps = (f"You pay the fee number {n} before your boat enters the harbour on day {n}." for n in range(30))
    assert len(only("# T\n\n" + "\n\n".join(steps)).insights) >= 3


def test_same_text_with_and_without_headline_is_one_insight() -> None:
    text = "The board said that all fees of the pier rise in May."
    made = merge_repeated([Passage("News", text, 0, 9, "item"), Passage("", text, 10, 19, "item")])
    assert [(p.title, p.places) for p in made] == [("News", ((10, 19),))]
    assert len(merge_repeated([Passage("News", text, 0, 9, "item"), Passage("More", text, 10, 19, "item")])) == 2


def test_insights_are_the_same_in_every_process(tmp_path: Path) -> None:
    """String hashes, and so the order of sets, differ between processes."""
    pick = random.Random(1)
    words = [
        f"{a}{b}{c}" for a in ("bar", "tol", "mer") for b in ("an", "el", "ir", "os") for c in ("ta", "ver", "min")
    ]
    sentences = (f"The {' '.join(pick.sample(words, 12))} costs {n} dollars." for n in range(60))
    path = tmp_path / "words.txt"
    path.write_text("Words\n\n" + "\n\n".join(sentences), encoding="utf-8")
    command = [sys.executable, "-m", "briefreader", "read", "--jsonl", str(path)]
    found = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
