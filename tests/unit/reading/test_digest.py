"""Tests of recognising the entries of a digest."""

import pytest

from briefreader.markdown import blocks
from briefreader.reading.digest import find_entries

SUBJECTS = "fees ropes boats ledgers piers cranes tides".split()
PROSE = "The board of the harbour met on Monday and spoke of it for three hours without an end to it. "


def titles(body: str) -> list[str]:
    return [e.title for e in find_entries(body, blocks(body))]


def each(entry: str, gap: str = "\n\n") -> str:
    return gap.join(entry.format(s) for s in SUBJECTS)


@pytest.mark.parametrize(
    "entry",
    [
        "## The news of {0}\n\nThe board met [again](https://a.example) on Monday.",
        "**The news of {0}:** The board met again on Monday to speak of them.",
        "***The news of {0}:*** The board met again on Monday to speak of them.",
        "[The news of {0}](https://a.example) — The board met again on Monday.",
        "[**The news of {0}**](https://a.example)\n\nThe board met again on Monday to speak of them.",
        "🌐 [The news of {0}](https://a.example) Ana Ruiz and the board",
        "- **The news of {0}**: the board met again on Monday.",
        "The board met on Monday, says our own man there, whose report is:\n\n[The news of {0}](https://a.example)",
    ],
)
def test_headline_in_any_layout_begins_an_entry(entry: str) -> None:
    assert titles(each(entry)) == [f"The news of {s}" for s in SUBJECTS]


@pytest.mark.parametrize("parent", ["news:", "raised its fees."])
def test_nested_items_with_links_are_entries(parent: str) -> None:
    nested = "\n".join(f"   1. **The {s}** now cost [more](https://a.example) than ever." for s in SUBJECTS)
    assert len(titles(f"1. **Harbour** {parent}\n{nested}")) == len(SUBJECTS)


def test_short_news_paragraphs_are_entries() -> None:
    assert len(titles(each("Harbour{0} launched new ones for small boats on the northern quay."))) == len(SUBJECTS)


def test_short_news_below_a_label_are_entries_next_to_an_essay() -> None:
    news = each("Harbour{0} launched new ones for small boats on the northern quay.")
    essay = each("I never liked the {0}. They cost more than I have. " + PROSE * 2)
    assert len(titles(f"{essay}\n\nThe news\n\n{news}")) == len(SUBJECTS)


def test_linked_paragraphs_after_an_introduction_are_entries() -> None:
    opening = (PROSE + "\n\n") * 3
    linked = "A note on [the {0}](https://a.example) is worth the while."
    assert len(titles(opening + each(linked))) == len(SUBJECTS)
    assert len(titles(opening + each("A note on the {0} . It is worth the while."))) == len(SUBJECTS)
    assert titles(opening * 5 + each(linked)) == []  # an essay that ends in links


def test_list_without_markers_has_entries_with_headlines() -> None:
    body = "\n\nThe quay\n\n".join(each(f"The {{0}} cost {n}: the board met on Monday to speak.") for n in range(2))
    assert titles(body)[0] == "The fees cost 0" and len(titles(body)) == 2 * len(SUBJECTS)


def test_headline_with_votes_begins_an_entry() -> None:
    assert titles(each("News of {0} (Activity: 1118): The board met again on Monday to speak.")) == [
        f"News of {s}" for s in SUBJECTS
    ]


def test_addresses_do_not_make_a_section_long() -> None:
    links = " ".join(f"[here](https://a.example/{'x-' * 40}{n})" for n in range(3))
    assert titles(each("## The news of {0}\n\n" + PROSE * 3 + links)) == [f"The news of {s}" for s in SUBJECTS]


def test_linked_headline_without_text_is_an_entry() -> None:
    headed = "# [The {0} cost more](https://a.example)\n\nThe board met again on Monday."
    body = f"{each(headed)}\n\n# [The harbour is closed on Mondays](https://a.example)"
    assert titles(body)[-1] == "The harbour is closed on Mondays"


def test_heading_of_several_entries_is_not_an_entry() -> None:
    body = "## This week\n\n" + each("- **The news of {0}**: the board met again on Monday.", "\n")
    assert "This week" not in titles(body)


def test_heading_of_a_list_is_not_a_headline_of_its_entries() -> None:
    items = each("- **The news of {0}**: the board met again on Monday.", "\n")
    body = f"## This week\n\n- **The fees**, which rose again, were on the list of the board.\n{items}"
    assert "This week" not in titles(body) and len(titles(body)) == len(SUBJECTS) + 1


def test_repeated_label_is_not_a_headline() -> None:
    body = each("## Paper on [{0}](https://a.example)\n\n**Lab:** The harbour\n\n**Summary:** " + PROSE)
    assert titles(body) == [f"Paper on {s}" for s in SUBJECTS]


def test_sections_of_an_essay_are_not_entries() -> None:
    assert titles(each("## On {0}\n\n" + (PROSE * 8 + "\n\n") * 2)) == []


def test_paragraphs_of_an_essay_are_not_entries() -> None:
    assert titles(each("I never liked the {0}. They cost more than I have. " + PROSE * 2)) == []


def test_bold_headings_of_an_essay_are_not_entries() -> None:
    assert titles(each("**On the {0}**\n\n" + (PROSE * 4 + "\n\n") * 4)) == []


def test_two_entries_are_not_a_digest() -> None:
    assert titles("**One thing:** It rose by a third.\n\n**Other thing:** It fell by a third again.") == []
