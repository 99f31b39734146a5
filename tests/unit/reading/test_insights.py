"""Stated, item and extracted insights; sentences; glued headings."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing, deduplicate_insights
from briefreader.reading import read
from briefreader.reading.extract import profile_of
from briefreader.reading.features import split
from briefreader.reading.insights import MAX_ITEMS, first_clause
from briefreader.reading.markdown import blocks, plain, prose, strip
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
    assert [(i.kind, i.title, i.text) for i in made.insights] == [
        ("stated", "Fees up", "They rose by a third."),
        ("stated", "Ropes hold", "Ropes hold."),
    ]


def test_every_headlined_bullet_of_a_digest_is_an_item() -> None:
    lines = [f"- **News of {s}**: the board said that {s} will cost more from May on, again." for s in SUBJECTS]
    made = only("# Digest\n\n" + "\n".join(lines))
    assert sorted(i.title for i in made.insights) == sorted(f"News of {s}" for s in SUBJECTS)
    items = [i for i in made.insights if i.kind == "item"]
    assert all(i.text.startswith("the board said that ") for i in items)
    extracted = [i for i in made.insights if i.kind == "extracted"]
    assert 0 < len(extracted) <= 6 and made.insights[: len(extracted)] == tuple(extracted)
    assert all(i.text.startswith(f"{i.title}: the board said that ") for i in extracted)


def test_a_key_sentence_among_many_of_its_entry_stands_for_itself_and_is_listed_as_the_entry() -> None:
    tail = "It rained. Nobody came. The bell rang. A gull sat there. Tea was had. Ropes were wet. Then it was night."
    made = only(
        "# Digest\n\n"
        + "\n".join(
            f"- **News of {s}**: the board said that all {s} of the pier will cost more. {tail}" for s in SUBJECTS
        )
    )
    extracted = [i for i in made.insights if i.kind == "extracted"]
    assert extracted and all(tail not in i.text for i in extracted)
    assert sum(i.kind == "item" for i in made.insights) == len(SUBJECTS)
    once = deduplicate_insights(made.insights)
    assert sorted(i.title for i in once) == sorted(f"News of {s}" for s in SUBJECTS)
    assert [i.kind for i in once[: len(extracted)]] == ["extracted"] * len(extracted)


def test_what_is_no_entrys_is_listed_as_it_is() -> None:
    made = only("\n\n".join(essay()))
    assert deduplicate_insights(made.insights) == list(made.insights)


def test_a_bold_subject_is_no_headline_and_a_label_alone_no_entry() -> None:
    made = only(
        "# Digest\n\n- **The old pier** will close in May, said the board of the harbour in a letter.\n"
        "- **Harbour**’s clerks found the ledgers of 1902 again in a cellar.\n"
        "- **Discussion about the fees and the ropes:**\n"
        "- **Yes, but**: nobody has told the fishermen of it as yet.\n"
    )
    assert {(i.title, i.text.removeprefix("Yes, but: ")) for i in made.insights if i.text[-1] != ":"} == {
        ("The old pier will close in May, said the board of the harbour in a letter",
         "The old pier will close in May, said the board of the harbour in a letter."),
        ("Harbour’s clerks found the ledgers of 1902 again in a cellar",
         "Harbour’s clerks found the ledgers of 1902 again in a cellar."),
        ("Yes, but", "nobody has told the fishermen of it as yet."),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"The pier holds" is a great essay on fees.', '"The pier holds" is a great essay on fees'),
        ("“The pier holds for ever.”", "The pier holds for ever"),
        ('"It will hold for ever, and nobody asks" he said.', "It will hold for ever"),
        ("He said that “it will hold.”", "He said that “it will hold.”"),
        ("It will hold for ever.”", "It will hold for ever"),
    ],
)
def test_quotation_marks_stand_in_titles_in_pairs_or_not_at_all(text: str, title: str) -> None:
    assert first_clause(text) == title


def test_the_marks_of_quoted_lines_are_no_text() -> None:
    text = "> The pier\n> holds, *all\n> of* it.\n>> And > is no mark."
    assert plain(text[2:]) == "The pier holds, all of it. And > is no mark."
    view = strip(text[2:])
    at = view.text.index("holds")
    assert text[2:][view.source(at) :].startswith("holds")
    assert prose("> One\n> two.\n\n- Three\n\n```\n> code\n```") == "One two.\n\nThree\n\n```\n> code\n```"


def test_a_digest_without_end_has_so_many_items() -> None:
    made = only("# T\n\n" + "".join(f"- **News {n}**: the board said that it will cost more.\n" for n in range(500)))
    assert len(made.insights) == MAX_ITEMS


@pytest.mark.parametrize(
    ("body", "profile"),
    [
        (
            "\n".join(f"- **News of {s}**: the board said that {s} will cost more from May on." for s in SUBJECTS),
            "NEWS",
        ),
        ("\n\n".join(f"I never liked the {s}. They cost more than I have, and I said so." for s in SUBJECTS), "ESSAY"),
        ("\n\n".join(f"The {s} cost more than last year. The board said so." for s in SUBJECTS), "DOCUMENT"),
        ("\n\n".join(f"I call load_{s} here. Then {s}.save() is called by it." for s in SUBJECTS), "DOCUMENT"),
    ],
)
def test_texts_of_different_kinds_are_valued_differently(body: str, profile: str) -> None:
    found = blocks(body)
    assert profile_of(body, split(body, found), found).name == profile


def test_a_greeting_is_not_chosen_where_there_is_something_to_say() -> None:
    said = [
        "Fees at the northern quay rise by a third in May, since dredging has doubled in cost.",
        "Nylon ropes outlast hemp by four winters, which the rope store measured on its own boats.",
        "Every second lamp along the mole stays dark because nobody pays for glass any more.",
        "Pilots refuse to enter after sunset until the council repairs the western bell tower.",
        "Smugglers prefer the old gate, whose clock has been wrong for eleven years by now.",
        "Herring returned to the bay this spring, and with them the net makers of the island.",
    ]
    greeting = "Welcome back, and thanks for reading what the harbour and its council decided this spring."
    assert [i.text for i in only("# T\n\n" + "\n\n".join([*said[:3], greeting, *said[3:]])).insights] == said


def test_extraction_takes_one_sentence_a_block_and_points_at_it() -> None:
    made = only("# T\n\n" + "\n\n".join(essay()))
    assert 0 < len(made.insights) <= 6
    spans = [next(n for n, b in enumerate(blocks(made.body)) if b.start <= i.start < b.end) for i in made.insights]
    assert len(set(spans)) == len(spans)
    for insight in made.insights:
        assert plain(made.body[insight.start : insight.end]) == insight.text
        assert insight.text.startswith(insight.title.rstrip("…"))


def test_the_readers_topics_draw_sentences_in() -> None:
    text = (
        "# T\n\n"
        + "\n\n".join(essay())
        + "\n\nNobody here will ever pay by the knot, says the clerk of the rope store."
    )

    def finder(sentence: str) -> list[tuple[str, int, int]]:
        at = sentence.find("by the knot")
        return [("pricing", at, at + 11)] if at >= 0 else []

    assert not any("knot" in i.text for i in only(text).insights)
    assert any("knot" in i.text for i in only(text, topic_finder=finder).insights)


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
        ("One\n\nTwo", ["One", "Two"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


@given(st.text(max_size=400))
def test_sentences_cover_all_that_is_not_space(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans) and all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in spans)


@given(st.text(alphabet="ab *_`[]()<>!\\&;#\n~", max_size=200))
def test_stripped_text_finds_its_way_back(markdown: str) -> None:
    view = strip(markdown)
    for i, character in enumerate(view.text):
        at = view.source(i)
        assert 0 <= at < len(markdown)
        if "&" not in markdown:
            assert markdown[at] == character


@given(st.text(alphabet="ab #-*>|`1.\n ", max_size=300))
def test_blocks_are_in_order_and_cover_every_line_of_text(body: str) -> None:
    found = blocks(body)
    assert all(0 <= b.start <= b.text <= b.end <= len(body) for b in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    kept = "".join("".join(body[b.start : b.end].split()) for b in found)
    assert kept == "".join(body.split())


def test_first_clauses_are_taken_never_invented() -> None:
    assert first_clause("We see this as a path, not merely a saving.") == "We see this as a path"
    assert first_clause("Short. And then more words follow.") == "Short. And then more words follow"
    long = "word " * 40
    assert len(first_clause(long)) <= 91 and first_clause(long).endswith("…")


def test_glued_headings_come_off_before_long_paragraphs_only() -> None:
    paragraph = "The harbour board met on Monday and spoke of fees for three hours without an end. " * 4
    opening = "An interview of note\nWe met Ana at the pier. The Early Years"
    text = f"{opening}\n{paragraph}It ended well. Coda And Thanks\nshort line\n"
    (made,) = read(text.encode(), name="a.txt")
    assert isinstance(made, Briefing)
    assert [s.title for s in made.sections] == ["The Early Years"]
    assert "We met Ana at the pier.\n\n## The Early Years" in made.body and "Coda And Thanks" in made.body


def test_an_interviewers_question_a_heading_and_a_by_line_are_no_insights() -> None:
    turns = [
        f"By the harbour's own {s} and ropes\n\nWhat should the harbour do about its {s} this year?\n\n{text}"
        for s, text in zip(SUBJECTS, essay(), strict=True)
    ]
    made = only("# T\n\n" + "\n\n".join(turns))
    assert len(made.insights) == 6
    assert all(i.text.endswith(".") for i in made.insights)


def test_paragraphs_led_by_a_bold_headline_are_items() -> None:
    text = "\n\n".join(f"**News of {s}.** The board said that {s} will cost more from May on." for s in SUBJECTS)
    found = only(f"# T\n\n{text}").insights
    assert sorted(i.title for i in found) == sorted(f"News of {s}" for s in SUBJECTS)
    running = "\n\n".join(f"**The {s}** of the harbour will cost more from May on, the board said." for s in SUBJECTS)
    assert not [i for i in only(f"# T\n\n{running}").insights if i.kind == "item"]
