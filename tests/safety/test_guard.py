"""The guard under which every test runs does refuse connections, here and in processes that a test starts."""

from __future__ import annotations

import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler as Handler
from http.server import HTTPServer

import pytest


def test_a_test_cannot_connect_nor_resolve_nor_listen() -> None:
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("127.0.0.1", 9), 1)
    with pytest.raises(OSError, match="blocked"):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(OSError, match="blocked"):
        HTTPServer(("127.0.0.1", 0), Handler)


def test_nor_can_a_process_that_it_starts() -> None:
    connect = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
    done = subprocess.run([sys.executable, "-c", connect], capture_output=True, text=True, check=False)
    assert "is blocked" in done.stderr


@pytest.mark.usefixtures("loopback")
def test_this_machine_can_be_allowed_and_nothing_else() -> None:
    with HTTPServer(("127.0.0.1", 0), Handler) as server, socket.create_connection(server.server_address[:2], 1):
        pass
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("192.0.2.1", 9), 1)
