"""Test the Dask example of docs/scale.md against one process."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from briefreader.tagging import Tagger
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from types import ModuleType

pytest.importorskip("distributed", reason="the dask extra is not installed")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("distributed_example", ROOT / "benchmarks" / "distributed.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # workers import it by name
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
@pytest.mark.usefixtures("loopback")
def test_cluster_gives_the_same_scores(tmp_path: Path, example: ModuleType) -> None:
    from distributed import Client

    tagger = Tagger(Taxonomy((Topic("bees", "Bees", keywords=("hive",)), Topic("trams", "Trams"))), [])
    tagger.save(tmp_path / "model")
    records = [{"id": i, "title": f"Day {i}", "text": "a hive of bees" if i % 3 else "trams pass"} for i in range(90)]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    with Client(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None):
        found = list(example.tag(str(tmp_path / "model"), str(path), partition="1kB"))
    alone = tagger.tag([(r["title"], r["text"]) for r in records])
    assert [(f["id"], f["tags"]) for f in found] == [(i, t.tags) for i, t in enumerate(alone)]


def test_partition_gives_the_same_scores(tmp_path: Path, example: ModuleType) -> None:
    tagger = Tagger(Taxonomy((Topic("bees", "Bees", keywords=("hive",)),)), [])
    tagger.save(tmp_path)
    (found,) = example.tag_partition([{"id": "x", "title": "", "text": "a hive"}], str(tmp_path))
    assert found == {"id": "x", "scores": tagger.tag([("", "a hive")])[0].scores, "tags": ["bees"]}
