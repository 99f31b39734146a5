"""Tests of removing tracking from URLs, and of normalising URLs."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.reading.urls import canonical, clean, unwrap


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?utm_source=n&id=3", "https://a.example/x?id=3"),
        ("https://a.example/x?token=s3cret&email=me%40a.example", "https://a.example/x"),
        ("https://a.example/x#part", "https://a.example/x#part"),
        ("javascript:alert(1)", ""),
        ("mailto:me@a.example", ""),
        ("https://user:pw@a.example/x", "https://a.example/x"),
        ("http://[::1", ""),
        ("https://a.example:99999/", ""),
    ],
)
def test_clean_removes_only_tracking_parameters(url: str, expected: str) -> None:
    assert clean(url) == expected


def test_redirect_with_its_target_is_unwrapped() -> None:
    target = "https://real.example/p/one?x=1"
    packed = base64.urlsafe_b64encode(target.encode()).decode().rstrip("=")
    assert unwrap(f"https://t.example/c/{packed}/9/abc") == target
    assert unwrap("https://t.example/r?url=https%3A%2F%2Freal.example%2Fp%2Fone%3Fx%3D1&k=2") == target
    assert unwrap("https://t.example/r?url=https%253A%252F%252Freal.example%252Fp%252Fone%253Fx%253D1") == target
    assert unwrap(f"https://t.example/r?page=2&note={target}") == f"https://t.example/r?page=2&note={target}"


def test_one_page_has_one_canonical_url() -> None:
    assert (
        canonical("http://www.open.substack.com/pub/Acme/p/hello/?r=abc&utm_campaign=post#c")
        == canonical("https://acme.substack.com/p/hello")
        == "https://acme.substack.com/p/hello"
    )
    assert canonical("https://a.example/?b=2&a=1") == canonical("https://a.example?a=1&b=2")
    assert canonical("https://a.example/p?id=1") != canonical("https://a.example/p?id=2")


@given(st.text(max_size=300) | st.from_regex(r"https?://[\w.:@/?&=%\[\]-]{0,80}", fullmatch=True))
def test_any_url_is_accepted(url: str) -> None:
    assert clean(clean(url)) == clean(url)
    assert canonical(canonical(url)) == canonical(url)
