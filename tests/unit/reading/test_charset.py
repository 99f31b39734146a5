"""Tests of decoding bytes: which charset is used, and which problems are reported."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from briefreader.reading.charset import declared_in, decode, recoded

UMLAUT = "Größe und Gewicht der Waage"


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (UMLAUT.encode(), "", UMLAUT),
        (UMLAUT.encode("utf-16"), "", UMLAUT),
        (UMLAUT.encode("utf-16-le"), "", UMLAUT),
        (UMLAUT.encode("utf-16-be"), "", UMLAUT),
        ("only ASCII".encode("utf-16-le"), "", "only ASCII"),
        ("only ASCII".encode("utf-16-be"), "us-ascii", "only ASCII"),
        (UMLAUT.encode("utf-8-sig"), "iso-8859-1", UMLAUT),
        (UMLAUT.encode(), "iso-8859-1", UMLAUT),
        (UMLAUT.encode("cp1252"), "", UMLAUT),
        ("„Größe“ – 5 €".encode("cp1252"), "iso-8859-1", "„Größe“ – 5 €"),
        ("㐀与龥".encode("gb18030"), "gb2312", "㐀与龥"),
        ("日本語".encode("iso2022_jp"), "ISO-2022-JP", "日本語"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"cafe", "rot13", "cafe"),
        ("①㈱髙橋".encode("cp932"), "Shift_JIS", "①㈱髙橋"),
        ("①㈱髙橋".encode("cp932"), "x-sjis", "①㈱髙橋"),
        (b"\xad\xa1\xad\xea", "euc-jp", "①㈱"),
        (b"\x1b$B-!-j\x1b(B ok", "iso-2022-jp", "①㈱ ok"),
        ("日本語".encode("iso2022_jp"), "", "日本語"),
        (b"<p>plain", "utf-16", "<p>plain"),
        (b"plain", "iso-2022-jp", "plain"),
        ("Łódź".encode("iso-8859-2"), "latin2", "Łódź"),
        ("똠방각하".encode("cp949"), "ks_c_5601-1987", "똠방각하"),
        ("Київ".encode("koi8-u"), "KOI8-U", "Київ"),
        (UMLAUT.encode("cp1252"), "us-ascii", UMLAUT),
        (UMLAUT.encode("cp1252"), "no-such-charset", UMLAUT),
    ],
)
def test_charset_is_decided_in_order(data: bytes, declared: str, text: str) -> None:
    assert decode(data, declared)[0] == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Die Preise für Äpfel und Öl fielen in Zürich, während größere Händler zögerten.", "cp1252"),
        ("Les prix ont chuté à Évreux, où l’été a été très chaud.", "cp1252"),
        ("El niño comió piñas en la montaña ¿sí?", "cp1252"),
        ("Ceny jabłek spadły o połowę, mówią sprzedawcy w Łodzi i Gdańsku.", "cp1250"),
        ("Ceny jabłek spadły o połowę, mówią sprzedawcy w Łodzi i Gdańsku.", "iso-8859-2"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("Fiyatlar geçen hafta üçte bir düştü, şirket söyledi ki ışık.", "cp1254"),
        ("Kainos nukrito trečdaliu, sakė įmonė", "cp1257"),
        ("Цены на токены упали на треть.", "cp1251"),
        ("Цены на токены упали на треть.", "koi8-r"),
        ("Цены на токены упали на треть.", "cp866"),
        ("Цены на токены упали на треть.", "iso-8859-5"),
        ("Οι τιμές των μοντέλων έπεσαν κατά το ένα τρίτο.", "cp1253"),
        ("מחירי המודלים ירדו בשליש השבוע.", "cp1255"),
        ("انخفضت أسعار النماذج بمقدار الثلث هذا الأسبوع.", "cp1256"),
        ("ราคาของโมเดลลดลงหนึ่งในสาม", "cp874"),
        ("料金は①万円です。髙橋さんが言った。", "cp932"),
        ("料金は万円です。高橋さんが言った。", "euc_jp"),
        ("模型价格下跌了三分之一，公司说。", "gbk"),
        ("模型的價格下跌了三分之一。", "big5"),
        ("모델 가격이 삼분의 일로 떨어졌다고 회사가 말했다.", "cp949"),
    ],
)
def test_undeclared_charset_is_detected_and_reported(text: str, charset: str) -> None:
    found, note = decode(text.encode(charset))
    assert found == text and note.startswith("not UTF-8; read as ")


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "euc-jp", "iso-2022-jp", "shift_jis", "utf-16", "gbk"]))
def test_any_bytes_are_decoded(data: bytes, declared: str) -> None:
    text, note = decode(data, declared)
    assert text.encode("utf-8") is not None and ("\ufffd" in text) <= bool(note or b"\xef\xbf\xbd" in data)


@given(st.text(max_size=100), st.sampled_from(["", "iso-8859-1", "euc-kr", "windows-1251", "utf-8"]))
def test_valid_utf8_takes_precedence_over_the_declaration(text: str, declared: str) -> None:
    assume(not text.startswith("\ufeff") and "\x1b" not in text and text.encode()[:2] not in (b"\xff\xfe", b"\xfe\xff"))
    assert decode(text.encode(), declared) == (text, "")


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xd6</a>', "windows-1251", "Ц"),
        (b"<p>\xd6</p>", "koi8-r", "ж"),
    ],
)
def test_recoded_bytes_are_decoded_by_the_http_header(data: bytes, declared: str, text: str) -> None:
    made = recoded(data, f"text/html; charset={declared}")
    assert text in decode(made, declared_in(made))[0] and b"iso-8859-1" not in made


@pytest.mark.parametrize(
    ("data", "declared", "note"),
    [
        (UMLAUT.encode(), "", ""),
        (UMLAUT.encode("cp1252"), "", "not UTF-8; read as cp1252"),
        (UMLAUT.encode("cp1252"), "iso-8859-1", ""),
        ((UMLAUT * 40).encode() + b"\xff", "", "1 invalid utf-8 character replaced"),
        (b"\xff\xfeA\x00\x00\xd8", "", "1 invalid utf-16 character replaced"),
    ],
)
def test_charset_problems_are_reported(data: bytes, declared: str, note: str) -> None:
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
def test_charset_declaration_of_a_page_is_found(data: bytes, charset: str) -> None:
    assert declared_in(data) == charset
