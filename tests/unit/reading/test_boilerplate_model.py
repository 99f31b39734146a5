"""Tests of the boilerplate model and its data file."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from briefreader.errors import ReadingError
from briefreader.model import Briefing, Original, Problem
from briefreader.reading import boilerplate_model, read_original
from briefreader.reading.appearance import Appearance
from briefreader.reading.block_features import NAMES, Unit, table
from briefreader.reading.boilerplate_model import FILE, BoilerplateModel, dumps, loads

MAIL = """From: Oak Weekly <news@oak.example>
Subject: The ferries of the north
Content-Type: text/plain; charset=utf-8

View this post on the web at https://oak.example/p/1

The ferry company said on Monday that it will buy four boats from a shipyard in the north, and that the first of
them will sail in the spring of the coming year, when the old ones are sold to a museum.

Nobody on the island had asked for larger boats. What people wanted was a later crossing on Fridays, which the company
has refused for ten years because its crews would have to sleep on the wrong side of the water.

Upgrade to paid

Unsubscribe https://oak.example/unsubscribe
"""


def briefing(text: str) -> Briefing:
    made = next(iter(read_original(Original(text.encode(), "eml", "a.eml"))))
    assert isinstance(made, Briefing)
    return made


def test_shipped_model_loads_and_is_small() -> None:
    model, problem = boilerplate_model.shipped()
    assert model and not problem and FILE.stat().st_size < 1_000_000


def test_shipped_model_has_only_common_words() -> None:
    terms = loads(FILE.read_text("utf-8")).words.terms
    assert terms and not [term for term in terms if re.search(r"\d|//|@", term) or len(term.split()) > 2]


def test_model_cuts_text_about_the_newsletter() -> None:
    made = briefing(MAIL)
    assert "The ferry company" in made.body and "wrong side of the water" in made.body
    cut = " ".join(part.text for part in made.cuts)
    assert all(words in cut and words not in made.body for words in ("View this post", "Upgrade", "Unsubscribe"))


def test_mail_from_a_person_is_unchanged() -> None:
    text = "From: Ana <ana@oak.example>\nSubject: Lunch\n\nShall we meet at noon?\n\nAna"
    assert briefing(text).body == "Shall we meet at noon?\n\nAna" and not briefing(text).cuts


def test_loads_of_a_damaged_file_raises() -> None:
    text = FILE.read_text("utf-8")
    for damaged in (text.replace("0.", "1.", 1), text[: len(text) // 2], "[]", ""):
        with pytest.raises(ReadingError):
            loads(damaged)


def test_missing_model_is_reported_and_rules_still_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate_model, "shipped", lambda: (None, "the model of boilerplate is damaged"))
    made = briefing(MAIL)
    assert "Unsubscribe" not in made.body
    assert [type(p) for p in made.problems] == [Problem] and "damaged" in made.problems[0].message


def test_dumps_and_loads_are_inverse() -> None:
    fitted = loads(FILE.read_text("utf-8"))
    assert loads(dumps(fitted)) == fitted


def test_evidence_has_a_number_for_every_block() -> None:
    model = BoilerplateModel(loads(FILE.read_text("utf-8")))
    units = [Unit("paragraph", "", ""), Unit("rule", "---", ""), Unit("heading", "## News", "News")]
    assert len(model.evidence(units)) == len(units) and len(model.evidence([])) == 0


def test_table_has_a_column_for_every_name() -> None:
    features, tokens = table([Unit("paragraph", "Read [more](https://oak.example)", "Read more")], "News")
    assert features.shape == (1, len(NAMES)) and tokens == [["read", "more"]]


def test_model_never_cuts_most_of_the_words() -> None:
    entries = "\n\n".join(f"Subscribe today and upgrade to paid {n}" for n in range(40))
    made = briefing(MAIL.replace("Upgrade to paid", entries))
    cut = sum(len(part.text.split()) for part in made.cuts)
    assert cut <= 0.61 * (cut + made.words)


def test_html_and_plain_text_have_separate_thresholds() -> None:
    fitted = loads(FILE.read_text("utf-8"))
    strict = BoilerplateModel(replace(fitted, threshold=0.0, text_threshold=5.0))
    even = BoilerplateModel(replace(fitted, threshold=0.0, text_threshold=0.0))
    text = [Unit("paragraph", "Oaks grow", "Oaks grow")]
    html = [Unit("paragraph", "Oaks grow", "Oaks grow", Appearance(html=True))]
    assert strict.evidence(text)[0] == pytest.approx(even.evidence(text)[0] - 5)
    assert strict.evidence(html)[0] == pytest.approx(even.evidence(html)[0])


def test_table_counts_blocks_of_the_same_shape() -> None:
    entry = Unit("item", "- [The ferry is late](https://oak.example/a)", "The ferry is late")
    features, _ = table([entry, Unit("paragraph", "A word of welcome", "A word of welcome"), entry, entry])
    siblings = features[:, NAMES.index("siblings")]
    assert siblings[0] == siblings[2] == siblings[3] > siblings[1] == 0


def test_labels_of_mails_contain_only_hashes() -> None:
    text = (Path(__file__).parents[3] / "benchmarks/reading/more_labels.jsonl").read_text("utf-8")
    for row in map(json.loads, text.splitlines()):
        assert set(row) == {"sha256", "content", "boilerplate", "ads"} and re.fullmatch("[0-9a-f]{64}", row["sha256"])
        assert all(re.fullmatch("[0-9a-f]{12}", block) for label in row if label != "sha256" for block in row[label])
