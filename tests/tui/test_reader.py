"""Tests of the reader: layout, offsets, selection."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from briefreader.markdown_layout import chunks, layout, links_of, wrap
from briefreader.model import Briefing, Insight
from briefreader.tui.widgets.cells import cut, fit
from briefreader.tui.widgets.document import Document

PIECES = st.sampled_from(
    [
        *("# head\n\n", "## *two*\n\n", "word ", "**bold** ", "[a](http://x.org/a) ", "`code` ", "\n\n", "\n"),
        *("- item\n", "1. one\n", "> said\n", "```\ncode  line\n```\n", "| a | b |\n|---|---|\n| 1 | 2 |\n", "***\n"),
        *(
            "&amp; ",
            "\\* ",
            "日本語 ",
            "x" * 30 + " ",
            "<b>",
            "![i](http://i)",
            "~~gone~~ ",
            "_em_ ",
            "  - deep\n",
            "a\u0301 ",
        ),
    ]
)
BODIES = st.lists(PIECES, max_size=40).map("".join)


def document(body: str, width: int = 40, insights: tuple[Insight, ...] = ()) -> Document:
    """Return the layout of a whole body."""
    laid_out = Document(Briefing("title", body, "md"), insights, width, 84)
    while not laid_out.whole:
        laid_out.lay_out_next()
    return laid_out


@settings(max_examples=150, deadline=None)
@given(BODIES, st.integers(12, 90))
def test_layout_runs_have_correct_body_offsets(body: str, width: int) -> None:
    spans = chunks(body)
    assert spans == sorted(spans)
    assert "".join(body[start:end] for start, end in spans) == body
    for start, end in spans:
        lines, links = layout(body, start, end, width)
        for line in lines:
            assert start <= line.start <= end
            assert cell_len(line.text) <= max(width, 8) + 12  # nested prefixes may be wider than a narrow column
            for run in line.runs:
                if run.source >= 0 and len(run.text) > 1:
                    assert body[run.source : run.source + len(run.text)] == run.text
        assert all(start <= link.start <= end for link in links)


@given(st.text(max_size=200).filter(lambda text: "\n" not in text), st.integers(1, 40))
def test_wrap_keeps_every_word(text: str, width: int) -> None:
    lines = [text[start:end] for start, end in wrap(text, width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width or len(line) == 1 for line in lines)


@given(st.text(max_size=60), st.integers(0, 30))
def test_cut_and_fit_measure_terminal_cells(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fit(text, width)) == width


def test_find_matches_across_markup_and_line_ends() -> None:
    laid_out = document("The **price**\nof _a token_ falls.\n\nPRICE of a token.")
    assert [laid_out.body[start:end] for start, end in laid_out.find("price of a token")] == [
        "price**\nof _a token",
        "PRICE of a token",
    ]
    assert laid_out.find("  ") == []


def test_gutter_numbers_an_insight_once_and_spans_it() -> None:
    body = "Intro words.\n\nA passage that is long enough to take several lines of a narrow reader.\n\nOutro."
    start = body.index("A passage")
    insight = Insight(3, "", "", start, body.index("\n\nOutro"), "own")
    laid_out = document(body, 30, (insight,))
    gutter = [laid_out.gutter_text(y).strip() for y in range(laid_out.head, len(laid_out.lines))]
    assert gutter[:2] == ["", ""]
    assert gutter[2] == "3▏"
    assert set(gutter[3 : gutter.index("", 3)]) == {"▏"}


def test_selected_paragraphs_are_a_span_of_the_body() -> None:
    body = "First paragraph here.\n\nSecond **one** follows.\n\nThird."
    laid_out = document(body)
    first = laid_out.paragraph(laid_out.head)
    assert body[slice(*laid_out.span_of_lines(*first) or (0, 0))] == "First paragraph here."
    more = laid_out.grown(first, 1)
    assert body[slice(*laid_out.span_of_lines(*more) or (0, 0))] == body[: body.index("\n\nThird")]
    assert laid_out.grown(more, -1) == first


def test_list_items_with_emphasis_are_selected_one_by_one() -> None:
    body = "Intro.\n\n1. **Ask first.** And then wait, for as long as it may take you.\n2. Second `one`\n3. Third\n"
    laid_out = document(body, 30)
    first = laid_out.paragraph(laid_out.head + 2)
    assert body[slice(*laid_out.span_of_lines(*first) or (0, 0))] == (
        "**Ask first.** And then wait, for as long as it may take you."
    )
    assert laid_out.paragraph(first[0] + 1)[0] == first[1] + 1
    more = laid_out.grown(first, 1)
    assert body[slice(*laid_out.span_of_lines(*more) or (0, 0))].endswith("Second `one`")
    assert laid_out.grown(more, -1) == first


def test_carriage_returns_and_escapes_keep_offsets() -> None:
    body = "one\r\ntwo \x1b[31m three\r\n\r\nneedle"
    laid_out = document(body)
    assert laid_out.find("needle") == [(body.index("needle"), len(body))]
    assert "\x1b" not in laid_out.plain()


def test_images_are_links_that_can_be_opened() -> None:
    (link,) = links_of("A chart: ![Token prices](https://x.example/c.png) and ![none](c.png)")
    assert (link.label, link.url) == ("[image: Token prices]", "https://x.example/c.png")


def test_links_within_the_document_are_not_listed() -> None:
    body = "# Tides\n\nSee [the table](#tides), [the board](https://board.example/#fees) and <https://pier.example>.\n"
    assert [(link.label, link.url) for link in links_of(body)] == [
        ("the board", "https://board.example/#fees"),
        ("https://pier.example", "https://pier.example"),
    ]


def test_the_number_of_an_insight_is_beside_its_bold_lead() -> None:
    lead, text = "A ferry that never sailed is sold to the highest bidder", "The harbour keeps the bell."
    body = f"- **{lead}.** {text}\n- **Another lead.** {text}"
    start = body.index(text)
    insights = [Insight(1, lead, text, start, start + len(text), "extracted")]
    document = Document(Briefing("title", body, "md"), insights, 40, 84)
    while not document.whole:
        document.lay_out_next()
    numbers = [document.gutter_text(y).strip() for y in range(document.head, len(document.lines))]
    assert numbers[:3] == ["1▏", "▏", "▏"]
    assert not any(numbers[3:])
