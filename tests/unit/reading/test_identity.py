"""One document, one identity; two issues, two."""

import random

from briefreader.model import Briefing, Original
from briefreader.reading.identity import INDEXED, MAX_CHARACTERS, fingerprint, is_same_document

WORDS = "model price agent cloud token train serve route cache prompt vendor budget chip audit latency paper".split()


def text(seed: int, count: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + str(rng.randrange(50)) for _ in range(count)) + "."


def briefing(body: str, data: bytes = b"", url: str = "") -> Briefing:
    return Briefing("t", body, "txt", url=url, original=Original(data or body.encode(), "txt"))


def alike(a: Briefing, b: Briefing) -> bool:
    return is_same_document(fingerprint(a), a.body, fingerprint(b), b.body)


def test_markup_forwarding_and_truncation_keep_identity() -> None:
    body = "\n\n".join(text(n, 60) for n in range(8))
    marked = "## Head\n\n" + body.replace("model", "**model**", 20).replace("price", "[price](https://a.example/p)", 9)
    forwarded = "Hi, thought of you, see below. Best, Ana\n\n" + body
    preview = "\n\n".join(text(n, 60) for n in range(3))
    teaser = "\n\n".join(text(n, 60) for n in range(2))  # all of it is in the whole, which is four times as long
    for other in (marked, forwarded, preview, teaser):
        assert alike(briefing(body), briefing(other))
        left, right = fingerprint(briefing(body)), fingerprint(briefing(other))
        assert set(left.sketch) & set(right.sketch)


def test_two_issues_with_a_common_frame_are_two() -> None:
    frame = text(1, 40)
    assert not alike(briefing(frame + "\n\n" + text(2, 300)), briefing(frame + "\n\n" + text(3, 300)))


def test_short_texts_are_the_same_only_if_equal() -> None:
    body = text(4, 60)
    assert alike(briefing(body), briefing(f"**{body}**"))
    assert not alike(briefing(body), briefing(body + " And one more."))
    assert not alike(briefing("", b"a"), briefing("", b"b"))


def test_long_texts_are_told_apart_beyond_what_shingles_see() -> None:
    body = text(6, 200) + "\n\n" + "x" * MAX_CHARACTERS
    left, right = fingerprint(briefing(body + "a")), fingerprint(briefing(body + "b"))
    assert left.text_digest != right.text_digest and left.sketch == right.sketch


def test_equal_bytes_decide_alone() -> None:
    assert alike(briefing("", b"x"), briefing("", b"x"))


def test_sketch_is_bounded_and_fits_a_signed_column() -> None:
    sketch = fingerprint(briefing(text(5, 3000), url="https://www.a.example/p?utm_source=x")).sketch
    assert len(sketch) == 256 > INDEXED and list(sketch) == sorted(sketch)
    assert sketch[0] >= 0 and sketch[-1] < 2**63
