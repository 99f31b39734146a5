"""Tests of the tokens and cookies of ``serve``, without a server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from briefreader.cli.web_access import TOKEN_SECONDS, Access, Headers

OWN = Headers(hosts=["127.0.0.1:8000"], origins=[])


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access("127.0.0.1", 8000, clock=clock)


def token(access: Access) -> str:
    """Return the token of a new address."""
    return access.new_address().partition("token=")[2]


def test_token_expires_after_ten_minutes(access: Access, clock: Clock) -> None:
    first, clock.now = token(access), TOKEN_SECONDS - 1
    assert access.exchange(first, OWN) not in (None, "expired")
    late, clock.now = token(access), clock.now + TOKEN_SECONDS
    assert access.exchange(late, OWN) == "expired"
    assert access.exchange(late, OWN) is None


def test_new_address_invalidates_the_previous_one(access: Access) -> None:
    former, latest = token(access), token(access)
    assert access.exchange(former, OWN) is None
    assert access.exchange(latest, OWN)


def test_cookie_is_allowed_beside_other_cookies(access: Access) -> None:
    cookie = access.exchange(token(access), OWN)
    sent = f"theme=dark; {access.cookie_name}={cookie}; other=1"
    assert access.allows(replace(OWN, cookies=[sent]))
    assert not access.allows(replace(OWN, cookies=["theme=dark; =; ;"]))
    assert not access.allows(replace(OWN, cookies=[f"x{access.cookie_name}={cookie}"]))


def test_cookie_of_another_server_is_refused(access: Access) -> None:
    other = Access("127.0.0.1", 8000)
    cookie = other.exchange(token(other), OWN)
    assert not access.allows(replace(OWN, cookies=[f"{access.cookie_name}={cookie}"]))


def test_no_token_is_valid_before_an_address_is_printed(access: Access) -> None:
    assert access.exchange("", OWN) is None
    assert not access.allows(replace(OWN, cookies=[f"{access.cookie_name}="]))


def test_websocket_without_origin_is_refused(access: Access) -> None:
    cookies = [f"{access.cookie_name}={access.exchange(token(access), OWN)}"]
    websocket = replace(OWN, cookies=cookies, is_websocket=True)
    assert not access.allows(websocket)
    assert access.allows(replace(websocket, origins=["http://127.0.0.1:8000"]))


def test_port_80_is_omitted_as_in_browsers() -> None:
    access = Access("127.0.0.1", 80)
    assert access.new_address().startswith("http://127.0.0.1/?token=")
    assert access.exchange(token(access), Headers(hosts=["127.0.0.1"], origins=[]))
