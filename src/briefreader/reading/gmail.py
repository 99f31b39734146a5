"""Convert messages of Gmail's API (JSON, ``format=raw`` or ``full``) to mail."""

from __future__ import annotations

import base64
import binascii
from email.message import Message
from typing import Any

from briefreader.errors import ReadingError
from briefreader.reading.mail_parts import bytes_of

_MAX_DEPTH = 50


def is_message(record: dict[str, Any]) -> bool:
    """Whether a JSON object is a message of Gmail's API."""
    payload = record.get("payload")
    whole = isinstance(record.get("raw"), str) and ("threadId" in record or "labelIds" in record)
    return whole or (isinstance(payload, dict) and isinstance(payload.get("headers"), list))


def mail_of(record: dict[str, Any]) -> bytes:
    """Return the message as the bytes of a mail.

    Raises:
        ReadingError: its text is not base64.
    """
    try:
        if isinstance(record.get("raw"), str):
            return _decoded(record["raw"])
        return bytes_of(_part(record["payload"], 0))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise ReadingError("is a damaged Gmail message") from error


def _decoded(data: str) -> bytes:
    return base64.urlsafe_b64decode(data.rstrip("=") + "=" * (-len(data.rstrip("=")) % 4))


def _part(payload: dict[str, Any], depth: int) -> Message:
    message = Message()
    for field in payload.get("headers") or ():
        if field["name"].lower() != "content-transfer-encoding":
            message[field["name"]] = " ".join(str(field["value"]).splitlines())
    parts = [part for part in payload.get("parts") or () if isinstance(part, dict)] if depth < _MAX_DEPTH else []
    if "content-type" not in message:
        message["Content-Type"] = str(payload.get("mimeType") or "text/plain") + ("" if parts else "; charset=utf-8")
    if parts:
        message.set_payload([_part(part, depth + 1) for part in parts])
    else:
        data = (payload.get("body") or {}).get("data") or ""
        message["Content-Transfer-Encoding"] = "base64"
        message.set_payload(base64.encodebytes(_decoded(data)).decode("ascii"))
    return message
