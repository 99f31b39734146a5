"""No test reaches a network, nor does a process that it starts: only a few ask for their own machine's addresses."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).with_name("guard")

runpy.run_path(str(GUARD / "sitecustomize.py"))
sys.path.append(str(GUARD))  # for those who hand their own path on
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test talk to a server of its own on this machine."""
    monkeypatch.setenv("ALLOW_LOOPBACK", "1")
