"""Tests of candidates for insights, and of speakers in interviews."""

import pytest

from briefreader.markdown import blocks
from briefreader.reading.candidates import Candidate, find_candidates
from briefreader.reading.turns import speaker_turns

CLAIM = "Fees at the northern quay rise by a third in May."


def candidates(body: str) -> list[Candidate]:
    found = blocks(body)
    return find_candidates(body, found, speaker_turns(body, found), {}).candidates


def texts(body: str) -> list[str]:
    return [c.text for c in candidates(body)]


@pytest.mark.parametrize(
    "junk",
    [
        "What should the harbour do about its ropes this year?",
        "There are three reasons for the rise of the fees:",
        "The harbour and its ropes and what they cost us…",
        "Welcome back to the harbour, it is good to see you all.",
        "Good morning, the harbour is full of boats and rope today.",
        "By Ana Ruiz and Ben Hart, reporters at the harbour desk.",
        "Photo: the old pier at dusk, seen from the northern quay.",
        "The old pier at dusk, seen from the quay (Ana Ruiz via Getty Images)",
        "[12:34] Why the harbour is poor and who pays for it all.",
        "Subscribe today for more news of the harbour and its ropes.",
        "Read more about the ropes of the harbour on our site.",
        "Get 20 % off the harbour guide until the end of May.",
        "See https://a.example/x for the ropes of the harbour.",
        "The old pier of the northern harbour",
        "and so the fees of the harbour went up by a third.",
        "A. Executed by the harbour board B. Lost at sea in a storm.",
        "Just a quick reminder that the harbour course begins in May.",
        "....none of which the harbour has ever had to pay for.",
        "Not because it is cheap, but since the harbour needs ropes.",
        "- Why the harbour is poor and who will pay for all of it",
        "Prices of ropes <> 6,996 <> +0.20% <> 25,841 <> +0.53% at noon.",
        "The Deep Dive Illustration: Ana Ruiz The harbour is poor.",
        "© 2026 The Harbour Company, 12 West Quay Avenue, Northport.",
        "Too short.",
    ],
)
def test_junk_is_never_a_candidate(junk: str) -> None:
    assert texts(f"{junk}\n\n{CLAIM}") == [CLAIM]


def test_link_that_shows_only_its_host_is_removed() -> None:
    assert texts(f"{CLAIM} [oak.example](https://oak.example/a) [pier.example](https://www.pier.example)") == [CLAIM]


def test_space_left_by_a_link_before_a_full_stop_is_removed() -> None:
    assert texts(f"{CLAIM[:-1]} .") == [CLAIM]


def test_introduction_of_a_list_is_not_a_candidate() -> None:
    assert texts("The harbour has done the following things this spring\n\n- Ropes are cheap now.") == []


@pytest.mark.parametrize(
    "following",
    [
        "This hits the small boats most of all.",
        "The first is that the small boats pay most of all.",
        "Second, the small boats pay most of all for it.",
        "One is that the small boats pay most of all.",
        "The port then raised its own prices as well.",
    ],
)
def test_sentence_with_a_pronoun_joins_the_previous_one(following: str) -> None:
    assert texts(f"{CLAIM} {following}") == [CLAIM, f"{CLAIM} {following}"]


def test_definite_subject_with_a_name_is_a_candidate() -> None:
    claim = "The port then raised prices for all boats from Hamburg as well."
    assert texts(f"{CLAIM} {claim}") == [CLAIM, claim]


def test_sentence_with_a_pronoun_alone_is_not_a_candidate() -> None:
    assert texts("However, this hits the small boats most of all.") == []


def test_sentence_with_a_pronoun_too_long_to_join_is_left_out() -> None:
    long = "Fees rise " + "and rise " * 25 + "in May."
    assert texts(f"{long} They " + "also rise " * 10 + "in June.") == [long]


def test_sentence_with_an_expletive_it_is_a_candidate() -> None:
    claim = "It is hard to run a harbour without ropes that hold."
    assert texts(claim) == [claim]


def test_quotation_over_two_sentences_stays_whole() -> None:
    quote = "“Fees at the quay must rise in May. Nobody likes it,” the board wrote."
    assert texts(quote) == [quote]


def test_hard_wrapped_sentence_is_whole() -> None:
    body = "Fees at the northern quay rise by a third in May, since\ndredging has doubled in cost, says the board."
    assert texts(body) == [body.replace("\n", " ")]


def test_deliberate_line_break_ends_a_sentence() -> None:
    assert texts(f"The Harbour Post\n{CLAIM}") == [CLAIM]


def interview(*lines: str) -> str:
    return "\n\n".join(lines)


INTERVIEW = interview(
    "**Ana:** How did the harbour get so poor in so few years?",
    "**Ben:** Fees fell by a third in 2019 and never rose again.",
    "The ropes were the next thing that nobody could pay for.",
    "**Ana:** I see the same in the south. Who should pay for it?",
    "**Ben:** The owners of large boats pay less than a tenth of it.",
)


def test_interview_lists_what_the_guest_says() -> None:
    assert [(c.speaker, c.text) for c in candidates(INTERVIEW)] == [
        ("Ben", "Fees fell by a third in 2019 and never rose again."),
        ("Ben", "The ropes were the next thing that nobody could pay for."),
        ("Ben", "The owners of large boats pay less than a tenth of it."),
    ]


def test_answer_to_a_question_in_its_block_is_not_a_candidate() -> None:
    assert texts(f"Who pays for it? {CLAIM} Ropes on the quay fell by half in June.") == [
        "Ropes on the quay fell by half in June."
    ]


def test_introduction_of_an_interview_is_by_the_host() -> None:
    opening = "Ben has run the harbour of the north for eleven years."
    assert opening not in texts(f"{opening}\n\n{INTERVIEW}")


def test_interview_inside_an_essay_has_no_introduction() -> None:
    essay = "\n\n".join(
        f"{subject} of the north cost a third more in May." for subject in "Ropes Boats Piers Nets".split()
    )
    assert "Ropes of the north cost a third more in May." in texts(f"{essay}\n\n{INTERVIEW}")


@pytest.mark.parametrize("label", ["{}: ", "**{}**: ", "[00:12] {}: ", "**{} (00:12:01):** "])
def test_speaker_turns_are_found_in_every_layout(label: str) -> None:
    body = interview(*(label.format(n) + t for n, t in [("Q", "Why?"), ("A", CLAIM), ("Q", "Who?"), ("A", CLAIM)]))
    assert [c.speaker for c in candidates(body)] == ["A", "A"]


def test_escaped_time_is_not_part_of_a_turn() -> None:
    asked = "Ana \\[00:12]: What do ropes cost the harbour of the north today?"
    answer = "Ben \\[00:15]: The ropes of the harbour cost a million a year."
    found = candidates("\n\n".join([asked, answer] * 2))
    assert {(c.text, c.speaker) for c in found} == {("The ropes of the harbour cost a million a year.", "Ben")}


def test_repeated_labels_without_questions_are_not_speakers() -> None:
    body = interview(*(f"**{label}:** {CLAIM}" for label in ["Why", "How"] * 3))
    assert speaker_turns(body, blocks(body)) == {}


@pytest.mark.parametrize(
    "entry", ["Thursday: Brazil and Chile report their inflation.", "9:00 AM – 5:30 PM Talks on the quay."]
)
def test_calendar_entry_is_not_a_candidate(entry: str) -> None:
    assert texts(entry) == []


def test_sentence_within_a_quotation_needs_its_beginning() -> None:
    body = (
        "“It rained. " + "Nobody came to the harbour, and nobody paid. " * 3 + "The fees of the ropes rose,” he said."
    )
    assert not any(t.startswith("The fees") for t in texts(body))
