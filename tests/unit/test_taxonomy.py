"""Tests of reading taxonomy files and of their error messages."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from briefreader.errors import TaxonomyError
from briefreader.taxonomy import Taxonomy, Topic, id_of, is_id
from briefreader.yamlnodes import MAX_DEPTH, YamlProblem, parse

if TYPE_CHECKING:
    from pathlib import Path

TOPIC = "topics:\n  - id: a\n    label: A thing\n"


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "taxonomy.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_taxonomy_reads_every_key(tmp_path: Path) -> None:
    text = """
version: 1
topics:
  - id: business
    label: Business
  - id: pricing
    label: Pricing   # what it costs
    description: >-
      What it
      costs.
    alt: [token pricing]
    keywords: [per million tokens, "$/M", no, 1:30]
    include: Contracts too.
    exclude: [stock price]
    broader: business
    examples: ["Charging by the task."]
    was: [costs]
aliases:
  - [MoE, mixture of experts]
"""
    taxonomy = Taxonomy.load(write(tmp_path, text))
    pricing = Topic(
        "pricing",
        "Pricing",
        description="What it costs.",
        alt=("token pricing",),
        keywords=("per million tokens", "$/M", "no", "1:30"),
        include="Contracts too.",
        exclude=("stock price",),
        broader="business",
        examples=("Charging by the task.",),
        was=("costs",),
    )
    assert taxonomy.topics == (Topic("business", "Business"), pricing)
    assert taxonomy.topic("costs") == pricing
    assert taxonomy.topic("costs").line == 6
    assert taxonomy.narrower("business") == {"business", "pricing"}
    assert taxonomy.aliases == (("MoE", "mixture of experts"),)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (TOPIC + "    keyword: [b]\n", "4:5", "unknown key"),
        (TOPIC + "    label: B\n", "4:5", "is duplicated"),
        (TOPIC + "  - id: a\n    label: B\n", "4:9", "two topics"),
        (TOPIC + "  - id: b\n    label: a THING\n", "4:9", "two topics"),
        (TOPIC + "    broader: x\n", "4:14", "no such topic: `x`"),
        (TOPIC + "    broader: a\n", "4:14", "both broader and narrower"),
        (TOPIC + "    broader: b\n  - {id: b, label: B, broader: a}\n", "4:14", "both broader and narrower"),
        (TOPIC + "    was: [b]\n  - {id: b, label: B}\n", "4:11", "still a topic"),
        (TOPIC + "    keywords: &x [b]\n", "4:15", "anchors"),
        (TOPIC + "    label2: *x\n", "4:13", "aliases"),
        (TOPIC + "    <<: {b: c}\n", "4:5", "merge keys"),
        (TOPIC + "    description: !!python/object:os.system x\n", "4:18", "tags"),
        (TOPIC + "    description: [" + "[" * 2000, "4:", "nest"),  # by us or by PyYAML 6.0.4
        (TOPIC + "    description: {a: b}\n", "4:18", "expected text"),
        ("topics:\n  - id: A B\n    label: x\n", "2:9", "is not a valid ID"),
        ("topics:\n  - label: x\n", "2:5", "needs an `id`"),
        ("topics: {a: b}\n", "1:9", "must be a list"),
        ("- a\n", "1:1", "begins with"),
        ("", "1:1", "begins with"),
        ("topics:\n\t- id: a\n", "2:1", "not valid YAML"),
        ("topics: []\n---\ntopics: []\n", "2:1", "second document"),
        (b"topics:\n  - id: \xff\n", "2:1", "not UTF-8"),
        ("topics:\n  - id: a\x07\n", "", "not valid YAML"),
    ],
)
def test_mistake_is_reported_with_its_position(tmp_path: Path, text: str | bytes, place: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(TaxonomyError) as caught:
        Taxonomy.load(path)
    assert message in caught.value.message
    assert caught.value.where.startswith(f"{path}:{place}")
    assert caught.value.exit_code == 12


def test_all_problems_are_found_at_once(tmp_path: Path) -> None:
    text = "topics:\n  - id: a\n    label: A\n    keyword: b\n    keywords: [the, cost]\n"
    text += "  - id: b\n    label: B\n    keywords: [costs]\n    broader: aa\n"
    problems = Taxonomy.check(write(tmp_path, text))
    assert [(p.line, p.severity) for p in problems] == [(4, "error"), (5, "warning"), (8, "warning"), (9, "error")]
    assert problems[0].hint == "did you mean `keywords`?"
    assert problems[3].hint == "did you mean `a`?"


def test_phrase_common_without_its_topic_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "topics:\n  - id: a\n    label: A\n    keywords: [model, weight]\n")
    (problem,) = Taxonomy.check(path, {("a", "model"): (3, 24), ("a", "weight"): (12, 24)})
    assert (problem.line, problem.column, problem.severity) == (4, 16, "warning")
    assert problem.message == "`model` is in 24 briefings without a, and in 3 with it"


def test_cycle_is_reported_for_its_topics_only(tmp_path: Path) -> None:
    rows = [f"  - {{id: {id}, label: {id * 2}, broader: {above}}}\n" for id, above in ("ab", "bc", "cb", "dc")]
    problems = Taxonomy.check(write(tmp_path, "topics:\n" + "".join(rows)))
    assert [(p.line, p.message) for p in problems] == [
        (3, "`b` is both broader and narrower than `c`"),
        (4, "`c` is both broader and narrower than `b`"),
    ]


@pytest.mark.parametrize(
    "more",
    [
        "    keywords: [IT, US]\n",
        '    keywords: ["***"]\n  - {id: b, label: B, keywords: ["+++"]}\n',
        "    keywords:\naliases:\n",
        "aliases: [[MoE]]\n",
        "    broader: \n    was: []\n",
    ],
)
def test_unusual_but_valid_taxonomy_has_no_problem(tmp_path: Path, more: str) -> None:
    path = write(tmp_path, TOPIC + more)
    assert Taxonomy.check(path) == []
    assert Taxonomy.load(path).aliases == ()


def test_narrower_returns_all_levels() -> None:
    topics = (Topic("c", "C", broader="b"), Topic("b", "B", broader="a"), Topic("a", "A"), Topic("x", "X"))
    assert Taxonomy(topics).narrower("a") == {"a", "b", "c"}


@pytest.mark.parametrize("written", ["null", "~"])
def test_quoted_yaml_keyword_is_text(tmp_path: Path, written: str) -> None:
    text = TOPIC + f'    alt: "{written}"\n    keywords: {written}\n'
    (topic,) = Taxonomy.load(write(tmp_path, text)).topics
    assert (topic.alt, topic.keywords) == ((written,), ())


def test_white_space_is_collapsed(tmp_path: Path) -> None:
    (topic,) = Taxonomy.load(write(tmp_path, "topics: [{id: a, label: A   thing}]\n")).topics
    assert topic.label == "A thing"


def test_id_must_have_valid_form_and_length() -> None:
    assert is_id("a" * 100) and not is_id("a" * 101)
    assert id_of("Ärger -- über  C#!") == "arger-uber-c"
    assert id_of("x" * 59 + " y") == "x" * 59


def test_merge_key_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "topics: []\n" + "".join(f"a{i}: &a{i} {{<<: [{', '.join(['*a' + str(i - 1)] * 9)}]}}\n" for i in range(9))
    with pytest.raises(TaxonomyError, match="anchors") as caught:
        Taxonomy.load(write(tmp_path, bomb))
    assert caught.value.where.endswith(":2:5")


def test_nesting_is_limited() -> None:
    deepest = MAX_DEPTH + 1
    assert parse("[" * deepest + "]" * deepest) is not None
    with pytest.raises(YamlProblem, match="nested deeper"):
        parse("[" * (deepest + 1) + "]" * (deepest + 1))


def test_missing_or_huge_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="cannot read"):
        Taxonomy.load(tmp_path / "none.yaml")
    with pytest.raises(TaxonomyError, match="at most 4 MB"):
        Taxonomy.load(write(tmp_path, b"#" * 4_000_001))


CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufeff")
WORD = st.text(CHARACTERS, min_size=1, max_size=8)
LINE = st.lists(WORD, max_size=3).map(" ".join)
LINES = st.lists(WORD, max_size=3, unique=True).map(tuple)
ID = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
TOPICS = st.builds(
    Topic,
    ID,
    WORD,
    LINE,
    LINES,
    LINES,
    LINE,
    LINES,
    examples=LINES,
    was=st.lists(ID, max_size=2, unique=True).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TOPICS, max_size=4, unique_by=(lambda t: t.id, lambda t: t.label.casefold())))
def test_dumped_taxonomy_loads_the_same(tmp_path_factory: pytest.TempPathFactory, topics: list[Topic]) -> None:
    ids = {t.id for t in topics}
    assume(ids.isdisjoint(t.label.casefold() for t in topics) and ids.isdisjoint(old for t in topics for old in t.was))
    topics = [replace(t, broader=above.id) for t, above in pairwise(topics)] + topics[-1:]
    taxonomy = Taxonomy(tuple(topics), (("a b", "c"),))
    path = tmp_path_factory.mktemp("dump") / "t.yaml"
    taxonomy.dump(path)
    again = Taxonomy.load(path)
    assert again == taxonomy
    assert again.digest == taxonomy.digest


def test_taxonomy_of_10_000_topics_is_checked_in_linear_time(tmp_path: Path) -> None:
    """Each topic has an unknown broader topic; similar IDs are searched for a few only."""
    file = tmp_path / "large.yaml"
    topics = (f"  - id: t{n}\n    label: L{n}\n    broader: x{n}\n    was: [w{n}]\n" for n in range(10_000))
    file.write_text("topics:\n" + "".join(topics), encoding="utf-8")
    problems = Taxonomy.check(file)
    assert len(problems) == 10_000
    assert all(problem.message == f"no such topic: `x{n}`" for n, problem in enumerate(problems))


def test_narrower_topics_of_a_long_chain_are_found() -> None:
    topics = [Topic(f"t{n}", f"L{n}", broader=f"t{n - 1}" if n else "") for n in range(20_000)]
    assert len(Taxonomy(tuple(topics)).narrower("t0")) == 20_000


def test_topic_is_found_by_a_previous_id() -> None:
    taxonomy = Taxonomy((Topic("a", "A", was=("x",)), Topic("b", "B", was=("x", "a"))))
    assert [taxonomy.topic(id).id for id in ("a", "b", "x")] == ["a", "b", "a"]
