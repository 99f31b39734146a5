"""Tests of which phrases and hints count, and where."""

from __future__ import annotations

import pytest

from briefreader.tagging import Tagger
from briefreader.tagging.tagger import InsightText
from briefreader.taxonomy import Taxonomy, Topic

PRICING = Topic("pricing", "Pricing", keywords=("price cut", "per token"), hints=("cost", "budget", "bill", "cheap"))
OTHER = Topic("bees", "Bees", keywords=("hive",))
FILLER = "Nothing of note was said about anything at all that day. " * 12


def tagger(*domain: str, topics: tuple[Topic, ...] = (PRICING, OTHER)) -> Tagger:
    return Tagger(Taxonomy(topics, domain=domain), [("", "a slow day in the rain")])


def score(model: Tagger, text: str, title: str = "") -> float:
    return float(model.score([(title, text)])[0, 0])


def test_hints_alone_never_assign_a_topic() -> None:
    text = "The AI cost a budget, a bill and a cheap cost. " * 5
    for model in (tagger(), tagger("AI")):
        assert model.tag([("Cost, budget, bill", text)])[0].tags == []
        ((_, (insight,)),) = model.tag_briefings([(("", text), [InsightText("Cost, budget, bill", text)])])
        assert insight.tags == []


def test_hints_support_a_phrase() -> None:
    model = tagger("AI")
    assert score(model, f"AI saw a price cut, and a cost in the budget. {FILLER}") > score(
        model, f"AI saw a price cut, and a hill in the meadow. {FILLER}"
    )


def test_hints_count_only_with_a_word_of_the_domain() -> None:
    model = tagger("AI")
    away = "A price cut came.\n\n" + FILLER + "\n\nThe cost and the budget are in the bill. " + FILLER
    assert score(model, away) == pytest.approx(score(model, away.replace("cost and the budget", "hill and the meadow")))
    near = away.replace("The cost", "The AI cost")
    assert score(model, near) > score(model, away)


def test_phrases_count_less_outside_the_domain() -> None:
    text = f"There was a price cut per token. {FILLER}"
    assert score(tagger("AI"), text) < score(tagger(), text)


def test_short_text_needs_no_word_of_the_domain() -> None:
    text = "There was a price cut per token."
    assert score(tagger("AI"), text) == pytest.approx(score(tagger(), text))


def test_taxonomy_without_hints_and_domain_scores_phrases() -> None:
    plain = Topic("pricing", "Pricing", keywords=PRICING.keywords)
    text = f"There was a price cut per token, says the budget. {FILLER}"
    assert score(tagger(topics=(plain, OTHER)), text) > 0.05


def test_one_paragraph_in_a_long_text_assigns_the_topic() -> None:
    about = "The price cut is per token: a price cut again, per token, and pricing for all who pay per token. " * 3
    long = "\n\n".join([FILLER] * 10 + [about] + [FILLER] * 10)
    (tagging,) = tagger().tag([("", long)])
    assert tagging.tags == ["pricing"] and 0 < tagging.shares["pricing"] < 0.1


def test_shares_are_of_words_in_passages_about_a_topic() -> None:
    about = "The price cut is per token: a price cut again, per token, and pricing for all who pay per token. " * 3
    (whole,) = tagger().tag([("", about)])
    (half,) = tagger().tag([("", f"{about}\n\n{'nothing of note was said here today by anybody ' * 7}")])
    assert whole.shares["pricing"] == 1.0 and 0.4 < half.shares["pricing"] < 0.6


def test_addresses_images_and_code_are_ignored() -> None:
    recipe = (
        "Onion soup with [bread](https://example.com/pricing/per-token/price-cut).\n\n"
        "![pricing](https://example.com/pricing.png)\n\nSee https://example.com/pricing-price-cut\n\n"
        "```\npricing per token, price cut\n```\n"
    )
    (tagging,) = tagger().tag([("Soup", recipe)])
    assert tagging.tags == tagging.suggested == []


def test_insight_score_uses_its_heading_and_briefing() -> None:
    model, text = tagger(), "It fell by half in March, says the maker, and will fall again in June."
    about = "The price cut is per token: a price cut again, per token, and pricing for all who pay per token. " * 3
    rest = f"{FILLER}\n\n"

    def within(before: str, after: str, heading: str = "") -> float:
        body = f"{before}\n\n{text}\n\n{after}"
        ((_, (found,)),) = model.tag_briefings([(("", body), [InsightText(heading, text, body.index(text))])])
        return found.scores["pricing"]

    assert within(rest + about, rest * 4) > within(about + rest * 2, rest * 2) > within(rest * 3, rest * 2)
    assert within(rest, rest, "A price cut per token") > within(rest, rest)
