"""Tests of fingerprints and of comparing texts."""

import random

import pytest

from briefreader.model import Briefing, Origin, Original
from briefreader.reading.identity import INDEXED, MAX_CHARACTERS, agree, fingerprint
from briefreader.reading.masked_blocks import masked, masked_hashes

WORDS = "model price agent cloud token train serve route cache prompt vendor budget chip audit latency paper".split()


def text(seed: int, count: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + str(rng.randrange(50)) for _ in range(count)) + "."


def briefing(body: str, url: str = "") -> Briefing:
    return Briefing("t", body, "txt", origin=Origin(url=url), original=Original(body.encode(), "txt"))


def test_agree_of_a_reformatted_text_is_true() -> None:
    body = "\n\n".join(text(n, 60) for n in range(8))
    marked = "## Head\n\n" + body.replace("model", "**model**", 20).replace("price", "[price](https://a.example/p)", 9)
    forwarded = "Hi, thought of you, see below. Best, Ana\n\n" + body
    preview = "\n\n".join(text(n, 60) for n in range(3))
    for other in (marked, forwarded, preview):
        assert agree(body, other) and agree(other, body)
        assert set(fingerprint(briefing(body)).sketch) & set(fingerprint(briefing(other)).sketch)


def test_agree_of_issues_with_the_same_template_is_false() -> None:
    frame = "\n\n".join(text(n, 60) for n in range(12))
    first, second = (f"{text(seed, 60)}\n\n{frame}" for seed in (20, 21))
    assert agree(first, second)
    assert not agree(first, second, masked_hashes([frame]))


def test_agree_below_twenty_words_is_false() -> None:
    assert not agree(text(4, 19), text(4, 19))
    assert agree(text(4, 20), text(4, 20))


def test_agree_of_an_excerpt_is_false() -> None:
    body = "\n\n".join(text(n, 60) for n in range(8))
    assert not agree(text(0, 60)[:250], body)


def test_text_digest_covers_long_texts_completely() -> None:
    body = text(6, 200) + "\n\n" + "x" * MAX_CHARACTERS
    left, right = fingerprint(briefing(body + "a")), fingerprint(briefing(body + "b"))
    assert left.text_digest != right.text_digest and left.sketch == right.sketch


def test_sketch_is_bounded_and_fits_a_signed_column() -> None:
    sketch = fingerprint(briefing(text(5, 3000))).sketch
    assert len(sketch) == 256 > INDEXED and list(sketch) == sorted(sketch)
    assert sketch[0] >= 0 and sketch[-1] < 2**63


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Issue 9 of 3 March, read by 400", "Issue 13 of 12 March, read by 1,512"),
        ("Read it at https://a.example/p/12?u=7 today or tomorrow", "Read it at https://b.example/x today or tomorrow"),
        ("Write to ana@a.example about this and that", "Write to bob@b.example about this and that"),
    ],
)
def test_masked_hash_ignores_numbers_and_addresses(one: str, other: str) -> None:
    assert masked(one)[0] == masked(other)[0] != masked("Another sentence of quite other words")[0]


def test_masked_hash_of_few_words_is_none() -> None:
    assert masked("Read it online")[0] is None
