"""Tests of forwarded mails, as nine mail programs write them in many languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.forwarded import original_subject, unwrap

TEXT = (
    "The price of a million tokens fell by a third this week, and the vendor said that the cut holds for now.\n\n"
    "Teams that run the large one pay what they paid before, which is four dollars for a million tokens out."
)
# per language: From, Date, Sent, Subject, To, "forwarded message", and the same date in words
LANGUAGES = {
    "en": "From|Date|Sent|Subject|To|Forwarded message|Friday, October 2, 2026 8:30 AM",
    "de": "Von|Datum|Gesendet|Betreff|An|Weitergeleitete Nachricht|Freitag, 2. Oktober 2026 08:30",
    "fr": "De|Date|Envoyé|Objet|À|Message transféré|vendredi 2 octobre 2026 à 08:30",
    "es": "De|Fecha|Enviado el|Asunto|Para|Mensaje reenviado|viernes, 2 de octubre de 2026 8:30",
    "it": "Da|Data|Inviato|Oggetto|A|Messaggio inoltrato|venerdì 2 ottobre 2026 08:30",
    "pt": "De|Data|Enviada em|Assunto|Para|Mensagem encaminhada|sexta-feira, 2 de outubro de 2026 08:30",
    "nl": "Van|Datum|Verzonden|Onderwerp|Aan|Doorgestuurd bericht|vrijdag 2 oktober 2026 08:30",
    "sv": "Från|Datum|Skickat|Ämne|Till|Vidarebefordrat meddelande|den 2 oktober 2026 08:30",
    "da": "Fra|Dato|Sendt|Emne|Til|Videresendt besked|2. oktober 2026 08:30",
    "no": "Fra|Dato|Sendt|Emne|Til|Videresendt melding|fredag 2. oktober 2026 08:30",
    "fi": "Lähettäjä|Päiväys|Lähetetty|Aihe|Vastaanottaja|Välitetty viesti|perjantai 2. lokakuuta 2026 8.30",
    "pl": "Od|Data|Wysłano|Temat|Do|Wiadomość przekazana|piątek, 2 października 2026 08:30",
    "cs": "Od|Datum|Odesláno|Předmět|Komu|Přeposlaná zpráva|pátek 2. října 2026 8:30",
    "sk": "Od|Dátum|Odoslané|Predmet|Komu|Preposlaná správa|piatok 2. októbra 2026 8:30",
    "hu": "Feladó|Dátum|Elküldve|Tárgy|Címzett|Továbbított üzenet|2026. október 2., péntek 8:30",
    "ro": "De la|Data|Trimis|Subiect|Către|Mesaj redirecționat|vineri, 2 octombrie 2026 08:30",
    "hr": "Od|Datum|Poslano|Predmet|Prima|Proslijeđena poruka|petak, 2. 10. 2026 08:30",
    "et": "Saatja|Kuupäev|Saadetud|Teema|Saaja|Edastatud kiri|reede, 2. oktoober 2026 08:30",
    "tr": "Kimden|Tarih|Gönderildi|Konu|Kime|İletilen ileti|2 Ekim 2026 Cuma 08:30",
    "ru": "От|Дата|Отправлено|Тема|Кому|Пересланное сообщение|пятница, 2 октября 2026 г. 8:30",
    "uk": "Від|Дата|Надіслано|Тема|Кому|Переслане повідомлення|пʼятниця, 2 жовтня 2026 р. 08:30",
    "ja": "差出人|日付|送信日時|件名|宛先|転送メッセージ|2026年10月2日 8:30",
    "zh": "发件人|日期|发送时间|主题|收件人|转发的邮件|2026年10月2日 8:30",
}
TEXT_AS_HTML = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
WHO, READER = "Dennenbrief <brief@den.example>", "Me <me@reader.example>"


def gmail(f: list[str]) -> str:
    return (
        f"---------- {f[5]} ---------\n{f[0]}: Dennenbrief <brief@den.example>\n{f[1]}: {f[6]}\n"
        f"{f[3]}: Prices fall\n{f[4]}: {READER}\n\n\n{TEXT}"
    )


def apple(f: list[str]) -> str:
    run = f"{f[0]}: {WHO}\n{f[3]}: Prices fall\n{f[1]}: {f[6]}\n{f[4]}: {READER}\n\n{TEXT}"
    return f"{f[5]}:\n\n" + "\n".join(f"> {line}".rstrip() for line in run.split("\n"))


def outlook(f: list[str]) -> str:
    return f"{f[0]}: {WHO}\n{f[2]}: {f[6]}\n{f[4]}: {READER}\n{f[3]}: Prices fall\n\n{TEXT}"


def outlook_live(f: list[str]) -> str:
    return f"\n\n________________________________\n{outlook(f)}"


def outlook_bold(f: list[str]) -> str:
    return (
        outlook(f).replace(f"{f[0]}:", f"*{f[0]}:*").replace(f"{f[2]}:", f"*{f[2]}:*").replace(f"{f[3]}:", f"*{f[3]}:*")
    )


def yahoo(f: list[str]) -> str:
    return f"----- {f[5]} ----- {f[0]}: {WHO}{f[4]}: {READER}{f[2]}: {f[6]}{f[3]}: Prices fall\n\n{TEXT}"


def thunderbird(f: list[str]) -> str:
    run = f"{f[3]}: \tPrices fall\n{f[1]}: \t{f[6]}\n{f[0]}: \t{WHO}\n{f[4]}: \t{READER}"
    return f"-------- {f[5]} --------\n{run}\n\n\n{TEXT}"


def fullwidth(f: list[str]) -> str:
    return gmail(f).replace(f"{f[0]}:", f"{f[0]}：").replace(f"{f[1]}:", f"{f[1]}：").replace(f"{f[3]}:", f"{f[3]} ：")


def spaced(f: list[str]) -> str:
    return f"{f[5]} :\n\n{f[0]} : {WHO}\n\n{f[1]} : {f[6]}\n\n{f[4]} : {READER}\n\n{f[3]} : Prices fall\n\n{TEXT}"


PROGRAMS = (gmail, apple, outlook, outlook_live, outlook_bold, yahoo, thunderbird, fullwidth, spaced)


def forwarded(body: str, subject: str = "Fwd: Prices fall", kind: str = "plain") -> Briefing:
    head = f"From: Me <me@reader.example>\nSubject: {subject}\nDate: Thu, 05 Nov 2026 10:00:00 +0000\n"
    (made,) = read(f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{body}\n".encode(), name="a.eml")
    assert isinstance(made, Briefing), made
    return made


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_forward_is_read_as_its_original(language: str, program: object) -> None:
    assert callable(program)
    made = forwarded(program(LANGUAGES[language].split("|")))
    assert (made.source, made.title) == ("Dennenbrief", "Prices fall")
    assert made.published.startswith("2026-10-02") and made.body == TEXT


@pytest.mark.parametrize(
    "prefix", ["Fwd", "FW", "WG", "TR", "RV", "I", "VS", "VB", "转发", "Fwd: Fwd", "WG: AW", "ENC"]
)
def test_forward_prefixes_of_subjects_are_removed(prefix: str) -> None:
    assert original_subject(f"{prefix}: De prijs") == "De prijs"
    assert original_subject(f"{prefix}：De prijs") == "De prijs"


def test_forward_of_a_forward_is_read_as_the_first_one() -> None:
    inner = gmail(LANGUAGES["de"].split("|"))
    outer = inner.replace("Dennenbrief <brief@den.example>", "Ben <ben@x.example>").replace(
        "Prices fall", "WG: Prices fall"
    )
    body = (
        f"Read the second part, it is worth it.\n\n{outer.replace(TEXT, '')}\nFor you both, from our list.\n\n{inner}"
    )
    made = forwarded(body, "Fwd: WG: Prices fall")
    assert (made.source, made.title) == ("Dennenbrief", "Prices fall")
    assert made.body == f"Read the second part, it is worth it.\n\nFor you both, from our list.\n\n{TEXT}"


def test_forward_of_html_is_read_as_its_original() -> None:
    names = LANGUAGES["fr"].split("|")
    run = f"<b>{names[0]} :</b> Dennenbrief &lt;brief@den.example&gt;<br><b>{names[2]} :</b> {names[6]}<br>"
    body = f"<div>{run}<b>{names[4]} :</b> Me<br><b>{names[3]} :</b> Prices fall</div>{TEXT_AS_HTML}"
    made = forwarded(body, "TR: Prices fall", "html")
    assert (made.source, made.title, made.body) == ("Dennenbrief", "Prices fall", TEXT)


def test_forward_in_unknown_language_is_recognised() -> None:
    run = f"Xob: {WHO}\nZod: 2026-10-02 08:30\nQux: {READER}\nVot: Prices fall\n\n{TEXT}"
    made = forwarded(run)
    assert made.source == "Dennenbrief" and made.published.startswith("2026-10-02") and made.body == TEXT


def test_wrapped_values_belong_to_their_field() -> None:
    sent = "Friday, October 2, 2026 8:30 AM"
    run = f"From: {WHO}\nSent: {sent}\nTo: a@x.example; b@x.example;\nc@x.example\nSubject: Prices fall"
    assert forwarded(f"{run}\n\n{TEXT}").body == TEXT


def test_reply_keeps_its_quotation() -> None:
    body = f"I think that this is wrong.\n\n-----Original Message-----\n{outlook(LANGUAGES['en'].split('|'))}"
    made = forwarded(body, "Re: Prices fall")
    assert made.title == "Re: Prices fall" and made.source == "Me" and "I think that" in made.body


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        f"Today: prices\nTomorrow: agents\nLater: chips\n\n{TEXT}",
        f"Date: 2 October 2026\nTopic: prices\nAuthor: Ana\n\n{TEXT}",
        f"To: all of you\nSubject: nothing\n\n{TEXT}",
    ],
)
def test_text_without_a_forward_is_unchanged(body: str) -> None:
    assert unwrap(body) is None


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["From: a@b.example", "Date: 2 May 2026", "Subject: x", "", "> To: c", "-- Fwd --", "x"]),
        max_size=12,
    ).map("\n".join)
)
def test_unwrapping_loses_no_line(body: str) -> None:
    found = unwrap(body)
    if found:
        kept = f"{found.note}\n{found.cut.text}\n{found.rest}"
        for line in body.split("\n"):
            assert line.strip("> \n") in kept
