"""Bytes → text: what decides, what is never used, and what is said where bytes are not what they claim to be."""

from __future__ import annotations

import pytest

from briefreader.reading.charset import declared_in, decode

UMLAUT = "Größe und Gewicht der Waage"


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (UMLAUT.encode(), "", UMLAUT),
        (UMLAUT.encode("utf-16"), "", UMLAUT),
        (UMLAUT.encode("utf-16-le"), "", UMLAUT),
        (UMLAUT.encode("utf-16-be"), "", UMLAUT),
        (UMLAUT.encode("utf-8-sig"), "iso-8859-1", UMLAUT),
        (UMLAUT.encode(), "iso-8859-1", UMLAUT),
        (UMLAUT.encode("cp1252"), "", UMLAUT),
        ("„Größe“ – 5 €".encode("cp1252"), "iso-8859-1", "„Größe“ – 5 €"),
        ("㐀与龥".encode("gb18030"), "gb2312", "㐀与龥"),
        ("日本語".encode("iso2022_jp"), "ISO-2022-JP", "日本語"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"cafe", "rot13", "cafe"),
    ],
)
def test_what_decides(data: bytes, declared: str, text: str) -> None:
    assert decode(data, declared)[0] == text


@pytest.mark.parametrize(
    ("data", "declared", "note"),
    [
        (UMLAUT.encode(), "", ""),
        (UMLAUT.encode("cp1252"), "", "not UTF-8; read as cp1252"),
        (UMLAUT.encode("cp1252"), "iso-8859-1", ""),
        ((UMLAUT * 40).encode() + b"\xff", "", "1 characters are not valid utf-8 and were replaced"),
        (b"\xff\xfeA\x00\x00\xd8", "", "1 characters are not valid utf-16 and were replaced"),
    ],
)
def test_what_is_said(data: bytes, declared: str, note: str) -> None:
    assert decode(data, declared)[1] == note


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">', "iso-8859-2"),
        (b"<meta charset='koi8-r'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="big5"?>', "big5"),
        (b"<p>charset=no</p>", ""),
    ],
)
def test_a_page_declares_its_charset(data: bytes, charset: str) -> None:
    assert declared_in(data) == charset
