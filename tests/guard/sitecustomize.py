"""Refuses every connection to a network. Python runs this at the start of each process that a test starts.

Sockets between processes of one machine that have no address (AF_UNIX) are no network. Where ``ALLOW_LOOPBACK`` is set,
this machine's own addresses are allowed. What was tried is written to the file that ``OFFLINE_LOG`` names.
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
    local = host in LOOPBACK or (host in EVERYWHERE and event != "socket.connect")  # to listen is to connect nowhere
    if local and os.environ.get("ALLOW_LOOPBACK"):
        return
    if log := os.environ.get("OFFLINE_LOG"):
        with open(log, "a") as stream:  # noqa: PTH123 - every import costs every process
            print(event, args, file=stream)
    raise OSError(f"{event} is blocked")


sys.addaudithook(guard)
