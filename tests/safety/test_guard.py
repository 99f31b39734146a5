"""Check that network access is blocked in tests and in the processes that they start."""

from __future__ import annotations

import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler as Handler
from http.server import HTTPServer

import pytest


def test_network_access_is_blocked_in_tests() -> None:
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("127.0.0.1", 9), 1)
    with pytest.raises(OSError, match="blocked"):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(OSError, match="blocked"):
        HTTPServer(("127.0.0.1", 0), Handler)


def test_network_access_is_blocked_in_child_processes() -> None:
    connect = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
    done = subprocess.run([sys.executable, "-c", connect], capture_output=True, text=True, check=False)
    assert "is blocked" in done.stderr


@pytest.mark.usefixtures("loopback")
def test_only_loopback_can_be_allowed() -> None:
    with HTTPServer(("127.0.0.1", 0), Handler) as server, socket.create_connection(server.server_address[:2], 1):
        pass
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("192.0.2.1", 9), 1)
