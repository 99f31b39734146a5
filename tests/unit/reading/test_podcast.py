"""Tests of podcast notes in different layouts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read

ITEMS = [
    (
        "Small models win on cost",
        "Routing easy questions to a 3B model cut the bill by 40% at Acme v2.1 — with no loss.",
    ),
    ("Evals before features", "Teams that wrote tests first shipped in half the time, says Dr. Ruiz."),
    ("GLM 4.6 as a yardstick", "Three vendors now compare against it: speed, price and context."),
]
COVERS = "Ana Ruiz of Acme explains how small models, evals and routing changed her budget."
MOMENT = "Asked what she would undo, she laughed and named the vector database."
SPONSORS = (
    '[{"name": "Fernhill (Cloud)", "url": "https://fernhill.example/a"}, {"name": "Oak", "url": "https://oak.example"}]'
)
TAGS = ("Small Models", "Evals", "Routing")


def only(text: str) -> Briefing:
    (briefing,) = read(text.encode(), name="a.txt")
    assert isinstance(briefing, Briefing)
    return briefing


def inline(arrow: str, bullet: str, close: str, sponsors: str = SPONSORS) -> str:
    heads = {":**": "**{}:** {}", "**:": "**{}**: {}", ".**": "**{}.** {}", " —": "**{}** — {}", ":": "{}: {}"}
    items = " ".join(f"{bullet} " + heads[close].format(t, x) for t, x in ITEMS)
    return (
        f"The budget episode\nOak Street Radio · AI Summary\n"
        f"{arrow} WHAT IT COVERS {COVERS} {arrow} KEY INSIGHTS {items} "
        f"{arrow} NOTABLE MOMENT {MOMENT} 💼 SPONSORS {sponsors} 🏷️ {', '.join(TAGS)}"
    )


LINES = f"""The budget episode
Oak Street RadioAI Summary

## What it covers
{COVERS}

## Key takeaways
{chr(10).join(f"{n}. **{t}:** {x}" for n, (t, x) in enumerate(ITEMS, 1))}

**Notable moment:**
{MOMENT}

**Sponsors:** [Fernhill (Cloud)](https://fernhill.example/a), [Oak](https://oak.example)

Tags: #Small Models, #Evals, #Routing
"""


@pytest.mark.parametrize(
    "text",
    [
        inline("→", "-", ":**"),
        inline("➜", "•", ":"),
        inline("⇒", "–", "**:"),
        inline("👉", "‣", ".**"),
        inline("-->", "*", " —"),
        inline("→", "-", ":**", SPONSORS.replace('"', "”").replace("}]", "},")),
        inline("→", "-", ":**", "Fernhill (Cloud) (https://fernhill.example/a), Oak (https://oak.example)"),
        LINES,
    ],
)
def test_podcast_layouts_give_the_same_briefing(text: str) -> None:
    briefing = only(text)
    assert (briefing.title, briefing.source) == ("The budget episode", "Oak Street Radio")
    assert (briefing.summary, briefing.highlight) == (COVERS, MOMENT)
    assert [(i.title, i.text) for i in briefing.insights] == ITEMS
    assert {i.kind for i in briefing.insights} == {"stated"}
    assert [(s.name, s.url) for s in briefing.sponsors] == [
        ("Fernhill (Cloud)", "https://fernhill.example/a"),
        ("Oak", "https://oak.example"),
    ]
    assert briefing.tags == TAGS
    assert [s.title for s in briefing.sections] == ["What it covers", "Key insights", "Notable moment"]
    assert "fernhill" not in briefing.body.lower()


def test_podcast_sections_are_optional_and_in_any_order() -> None:
    text = f"Short one\nOak - AI Summary\n🏷 {', '.join(TAGS)}\n→ KEY INSIGHTS - **{ITEMS[0][0]}:** {ITEMS[0][1]}"
    briefing = only(text)
    assert [i.title for i in briefing.insights] == [ITEMS[0][0]]
    assert (briefing.tags, briefing.highlight, briefing.sponsors) == (TAGS, "", ())


def test_label_that_many_items_have_is_not_a_section() -> None:
    items = "\n\n".join(
        f"### Paper {n}\n\n**Summary:** It measures thing {n} on ten machines in a lab." for n in range(4)
    )
    briefing = only(f"# Four papers\n\n{items}\n")
    assert briefing.summary == ""
    assert all(f"thing {n}" in briefing.body for n in range(4))


def test_prose_with_the_words_of_a_label_is_kept() -> None:
    text = "On lists\nKey insights are rare. A summary of topics is no map. Our sponsors know that tags are cheap."
    briefing = only(text)
    assert briefing.summary == "" and briefing.tags == () and briefing.sponsors == ()
    assert "Key insights are rare." in briefing.body


def laid_out(head: str, first: str, second: str) -> str:
    return f"{head}\n\n{first}\nKay explains the bill.\n\n{second}\n- One thing.\n- Two things.\n\n{{}}"


ARROWS = laid_out("The price\nAlder Talk · AI Summary", "→ WHAT IT COVERS", "→ KEY INSIGHTS")
ATX = laid_out("# The price", "## Summary\n", "## Key takeaways\n")
BOLD = laid_out("The price\nAI Summary", "**What it covers**", "**Key insights**")
EMOJI = laid_out("The price\nAI Summary", "🎯 What it covers", "💡 Key insights")
CAPS = laid_out("The price\nAI Summary", "WHAT IT COVERS", "KEY INSIGHTS")
COLON = laid_out("The price\nAI Summary", "What it covers:", "Key insights:")


@pytest.mark.parametrize(
    ("layout", "rest"),
    [
        (ARROWS, "→ ACTION ITEMS\n- Ask for the May bill."),
        (ATX, "## Q & A\n\nDoes it hold? Ask for the May bill."),
        (ATX, "## Transcript\n\nAsk for the May bill."),
        (ATX, "# Appendix\n\nAsk for the May bill."),
        (ATX, "---\n\nAsk for the May bill."),
        (BOLD, "**Next steps**\nAsk for the May bill."),
        (EMOJI, "🚀 Next steps\nAsk for the May bill."),
        (CAPS, "NEXT STEPS\nAsk for the May bill."),
        (COLON, "Next steps:\nAsk for the May bill."),
    ],
)
def test_unknown_section_ends_the_previous_one(layout: str, rest: str) -> None:
    made = only(layout.format(rest))
    assert [i.text for i in made.insights] == ["One thing.", "Two things."]
    assert made.body.endswith("Ask for the May bill.")


def test_headline_of_an_insight_is_not_a_section() -> None:
    text = BOLD.replace("- One thing.\n- Two things.\n", "**Rent**\nOne thing.\n\n**Caps**\nTwo things.\n").format("")
    assert [(i.title, i.text) for i in only(text).insights] == [("Rent", "One thing."), ("Caps", "Two things.")]


def test_text_after_tags_is_kept() -> None:
    made = only(ARROWS.format("🏷️ prices, agents\n\nThis summary was made for you by a machine in May."))
    assert made.tags == ("prices", "agents") and "made for you by a machine" in made.body


SECTION = st.tuples(
    st.sampled_from(["ACTION ITEMS", "CHAPTERS", "NOTABLE MOMENT", "Q AND A", "LINKS", "TRANSCRIPT"]),
    st.lists(st.text("abcdefg", min_size=3, max_size=8), min_size=1, max_size=6).map(" ".join),
)


@given(st.lists(SECTION, max_size=5, unique_by=lambda section: section[0]))
def test_text_of_every_section_is_kept(sections: list[tuple[str, str]]) -> None:
    made = only(ARROWS.format("\n\n".join(f"→ {label}\n{text}" for label, text in sections)))
    assert [i.text for i in made.insights] == ["One thing.", "Two things."]
    for _, text in sections:
        assert text in made.body
