"""Run a small part of ``fuzzing.py``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("fuzzing.py")


def fuzz(inputs: int, parsed: int) -> None:
    counts = ["--inputs", str(inputs), "--queries", str(parsed), "--taxonomies", str(parsed)]
    done = subprocess.run([sys.executable, HARNESS, *counts], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_some_fuzzed_inputs_do_not_affect_others() -> None:
    fuzz(25, 60)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_many_fuzzed_inputs_do_not_affect_others() -> None:
    fuzz(20_000, 5_000)
