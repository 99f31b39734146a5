"""The podcast-summary layout, in the shapes it is met in."""

import pytest

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
def test_every_layout_comes_out_the_same(text: str) -> None:
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


def test_sections_may_be_missing_and_come_in_any_order() -> None:
    text = f"Short one\nOak - AI Summary\n🏷 {', '.join(TAGS)}\n→ KEY INSIGHTS - **{ITEMS[0][0]}:** {ITEMS[0][1]}"
    briefing = only(text)
    assert [i.title for i in briefing.insights] == [ITEMS[0][0]]
    assert (briefing.tags, briefing.highlight, briefing.sponsors) == (TAGS, "", ())


def test_a_label_of_many_items_is_not_the_documents() -> None:
    items = "\n\n".join(
        f"### Paper {n}\n\n**Summary:** It measures thing {n} on ten machines in a lab." for n in range(4)
    )
    briefing = only(f"# Four papers\n\n{items}\n")
    assert briefing.summary == ""
    assert all(f"thing {n}" in briefing.body for n in range(4))


def test_prose_with_the_words_is_prose() -> None:
    text = "On lists\nKey insights are rare. A summary of topics is no map. Our sponsors know that tags are cheap."
    briefing = only(text)
    assert briefing.summary == "" and briefing.tags == () and briefing.sponsors == ()
    assert "Key insights are rare." in briefing.body
