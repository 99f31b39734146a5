"""Test ``briefreader mcp`` with the client of the ``mcp`` package, as a real process."""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.quotations import altered_quotations, passages, true_quotations

from briefreader.library import Library
from briefreader.paths import shipped

mcp = pytest.importorskip("mcp", reason="the dependency group `integration` is not installed")

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagged library with the sample documents."""
    folder = tmp_path_factory.mktemp("library")
    with Library(folder) as library:
        list(library.add([shipped("sample_docs")]))
        list(library.tag())
    return folder


def client(folder: Path, *options: str, mode: str = "auto") -> Any:
    """A client that starts the server with a library."""
    command = ["-m", "briefreader", "mcp", "--library", str(folder), *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    server = mcp.StdioServerParameters(command=sys.executable, args=command, env=environment)
    return mcp.Client(server, mode=mode)


async def ask(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool and return its result."""
    answer = await session.call_tool(tool, arguments)
    assert not answer.is_error, answer
    result: dict[str, Any] = answer.structured_content
    return result


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_client_connects_and_calls_tools(folder: Path, mode: str) -> None:
    async with client(folder, mode=mode) as session:
        tools = (await session.list_tools()).tools
        assert [tool.name for tool in tools] == [
            "search_insights", "get_briefing", "explain", "stories", "changed", "verify_quote",
        ]  # fmt: skip
        (hit, *_) = (await ask(session, "search_insights", query="price of a thought"))["matches"]
        briefing = await ask(session, "get_briefing", id=hit["briefing_id"])
        assert hit["insight_id"] in briefing["insight_ids"]
        assert (await ask(session, "explain", id=hit["briefing_id"]))["topics"]
        assert (await session.call_tool("get_briefing", {"id": "zzzz"})).is_error


async def test_client_verifies_true_and_refuses_altered_quotations(folder: Path) -> None:
    with Library(folder, readonly=True) as library:
        texts = passages(library.briefing(row.id) for row in library.list())
    true, altered = true_quotations(texts, random.Random(3)), altered_quotations(texts, random.Random(4))
    async with client(folder) as session:
        assert [q for q in true if not (await ask(session, "verify_quote", text=q))["verified"]] == []
        assert [q for q in altered if (await ask(session, "verify_quote", text=q))["verified"]] == []


async def test_client_decision_can_be_undone_by_the_user(folder: Path) -> None:
    async with client(folder, "--allow-decide") as session:
        (hit, *_) = (await ask(session, "search_insights", query="agents"))["matches"]
        made = await ask(session, "decide", id=hit["briefing_id"], topic="moe", verdict="accept")
        other = await ask(session, "decide", id=hit["briefing_id"], topic="pricing", verdict="reject")
        assert made["changed"] and made["undo_id"] == other["undo_id"]
    with Library(folder) as library:
        assert library.undo().number == made["undo_id"]
