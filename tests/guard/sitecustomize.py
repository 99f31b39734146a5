"""Refuse network connections. Python runs this module in each process that a test starts.

Unix domain sockets are allowed. If the environment variable ``ALLOW_LOOPBACK`` is set, so are the addresses of this
machine. Refused connections are logged to the file that ``OFFLINE_LOG`` names.
"""

import os
import sys

LOOPBACK = ("127.0.0.1", "127.0.0.2", "::1", "localhost")
EVERYWHERE = (None, "", "0.0.0.0", "::")
ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def guard(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in ASKS:
        host = args[0]
    else:
        return
    local = host in LOOPBACK or (host in EVERYWHERE and event != "socket.connect")  # to listen is not to connect
    if local and os.environ.get("ALLOW_LOOPBACK"):
        return
    if log := os.environ.get("OFFLINE_LOG"):
        with open(log, "a") as stream:  # noqa: PTH123 - every import costs every process
            print(event, args, file=stream)
    raise OSError(f"{event} is blocked")


sys.addaudithook(guard)
