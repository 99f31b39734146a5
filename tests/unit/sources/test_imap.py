"""Tests of IMAP, partly with a real Dovecot server."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from briefreader.errors import ReadingError
from briefreader.sources.config import Source
from briefreader.sources.imap import _new_messages, folder_argument, imap_items, password_from
from briefreader.sources.items import State

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "correct-horse"
CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
disable_plaintext_auth = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("INBOX", '"INBOX"'),
        ("News & more", '"News &- more"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("台北", '"&U,BTFw-"'),
    ],
)
def test_folder_name_is_encoded_by_rfc_3501(name: str, argument: str) -> None:
    assert folder_argument(name) == argument


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("false", "failed with exit code 1"),
        ("printf ''", "printed 0 lines"),
        ("printf 'a\\nb\\n'", "printed 2 lines"),
        ("/nowhere/command", "cannot be run"),
        ("'", "cannot be run"),
    ],
)
def test_failing_password_command_is_reported(command: str, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        password_from(command)


def test_password_is_the_one_line_that_the_command_prints() -> None:
    assert password_from(f"echo '{PASSWORD}'") == PASSWORD


class Server:
    """An IMAP server with messages by UID and the day on which they were received."""

    def __init__(self, validity: int, days: dict[int, str]) -> None:
        self.validity, self.days = validity, days
        self.searched = ""

    def response(self, name: str) -> tuple[str, list[bytes]]:
        return name, [str({"UIDVALIDITY": self.validity, "UIDNEXT": max(self.days) + 1}[name]).encode()]

    def uid(self, command: str, *words: str) -> tuple[str, list[Any]]:
        if command == "FETCH":
            return "OK", [b"1 (RFC822.SIZE 5)"] if "SIZE" in words[1] else [(b"1", b"Hello")]
        self.searched = words[0]
        name, _, value = words[0].partition(" ")
        if name == "SINCE":
            found = [uid for uid, day in self.days.items() if _day(day) >= _day(value)]
        else:
            found = list(self.days)
        return "OK", [" ".join(map(str, found)).encode()]


def _day(text: str) -> time.struct_time:
    return time.strptime(text, "%d-%b-%Y")


def _fetched(server: Server, state: State, since: float) -> list[str]:
    source = Source("mail", "imap", "imaps://ana@mail.example/INBOX", since=30 * 86_400)
    return [item.key for item in _new_messages(cast("Any", server), source, state, since)]


def test_messages_before_since_are_never_fetched() -> None:
    state, server = State(), Server(1, {4: "1-Jan-2020"})
    assert _fetched(server, state, since=time.time()) == []
    server.days[5] = time.strftime("%d-%b-%Y", time.gmtime())
    assert _fetched(server, state, since=0.0) == ["1.5"] and server.searched == "UID 5:*"


def test_changed_uidvalidity_reads_only_the_period_again() -> None:
    state = State(last_success=time.time(), position={"uid": 9, "uidvalidity": "1"})
    server = Server(2, {1: "1-Jan-2020", 2: time.strftime("%d-%b-%Y", time.gmtime())})
    assert _fetched(server, state, since=0.0) == ["2.2"]
    assert state.position == {"uid": 2, "uidvalidity": "2"}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection(("localhost", port), 1) as plain,
            context.wrap_socket(plain, server_hostname="localhost"),
        ):
            return True
    except OSError:
        return False


@pytest.fixture
def dovecot(loopback: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A Dovecot server: the Maildir of ``ana`` and the address of her INBOX."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None or os.geteuid() != 0:
        pytest.skip("needs Dovecot, and root to start it")
    folder = Path(tempfile.mkdtemp())  # the user that reads mail can't access pytest's folder
    folder.chmod(0o755)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    port = _free_port()
    (folder / "dovecot.conf").write_text(
        CONFIG.format(folder=folder, run=folder / "run", port=port, password=PASSWORD, uid=os.getuid() or 1, gid=1)
    )
    mail = folder / "mail" / "ana"
    for name in ("cur", "new", "tmp"):
        (mail / name).mkdir(parents=True)
    (folder / "home").mkdir()
    subprocess.run(["chown", "-R", "1:1", folder / "mail", folder / "home"], check=True)
    server = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        while not _answers(port):
            if server.poll() is not None:
                pytest.fail(f"Dovecot ended: {(folder / 'log').read_text() if (folder / 'log').exists() else ''}")
            time.sleep(0.05)  # until the port answers, since Dovecot doesn't report that it is ready
        yield mail, f"imaps://ana@localhost:{port}/INBOX"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def deliver(mail: Path, name: str) -> bytes:
    data = f"From: a@oak.example\nSubject: {name}\nMessage-ID: <{name}@oak.example>\n\nText of {name}.\n".encode()
    path = mail / "new" / name
    path.write_bytes(data)
    os.chown(path, 1, 1)
    return data


def subjects(source: Source, state: State, password: str = PASSWORD) -> list[str]:
    found = []
    for item in imap_items(source, state, password):
        with item.open() as stream:
            found.append(next(line[9:].decode().strip() for line in stream if line.startswith(b"Subject: ")))
    return found


@pytest.mark.long
def test_messages_are_fetched_once_and_stay_unread(dovecot: tuple[Path, str]) -> None:
    mail, address = dovecot
    source, state = Source("Mail", "imap", address), State()
    deliver(mail, "one")
    deliver(mail, "two")
    assert sorted(subjects(source, state)) == ["one", "two"]
    assert subjects(source, state) == []
    deliver(mail, "three")
    state = State.from_json(state.to_json())
    assert subjects(source, state) == ["three"]
    assert not [path for path in (mail / "cur").iterdir() if "S" in path.name.partition(":2,")[2]]


@pytest.mark.long
def test_changed_uidvalidity_causes_a_rescan(dovecot: tuple[Path, str]) -> None:
    mail, address = dovecot
    source, state = Source("Mail", "imap", address), State()
    deliver(mail, "one")
    subjects(source, state)
    state.position["uidvalidity"] = "1"
    assert subjects(source, state) == ["one"]


@pytest.mark.long
def test_refused_login_does_not_show_the_password(dovecot: tuple[Path, str]) -> None:
    _, address = dovecot
    with pytest.raises(ReadingError, match="IMAP") as caught:
        subjects(Source("Mail", "imap", address), State(), "wrong horse")
    assert "wrong horse" not in str(caught.value)
    with pytest.raises(ReadingError, match="no such folder"):
        subjects(Source("Mail", "imap", address.replace("INBOX", "Nowhere")), State())
