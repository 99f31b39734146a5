"""Tagging on a Dask cluster: the model goes to the workers as a path, the documents as a bag.

    pip install 'briefreader[dask]'
    python benchmarks/distributed.py MODEL FILE.jsonl [--workers N] [--scheduler ADDRESS]

MODEL is a folder that ``Tagger.save`` wrote (a library's ``model`` is one); FILE has ``{"id", "title", "text"}`` a
line. Writes one JSON line a document, in order. See docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefreader.tagging import Tagger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@lru_cache(maxsize=2)
def model(folder: str) -> Tagger:
    """The model, loaded once a worker process."""
    return Tagger.load(folder)


def tag_partition(records: Iterable[dict[str, Any]], folder: str) -> list[dict[str, Any]]:
    """Topics of one partition's records."""
    listed = list(records)
    taggings = model(folder).tag([(r.get("title") or "", r.get("text") or "") for r in listed])
    return [
        {"id": record.get("id"), "scores": tagging.scores, "tags": tagging.tags}
        for record, tagging in zip(listed, taggings, strict=True)
    ]


def tag(folder: str, path: str, partition: str = "16MB") -> Iterator[dict[str, Any]]:
    """Topics of a file's records, in order, under whatever scheduler Dask is set to."""
    import dask.bag

    records = dask.bag.read_text(path, blocksize=partition, encoding="utf-8").map(json.loads)
    yield from records.map_partitions(tag_partition, folder=folder).compute()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler", help="address of a cluster that runs already")
    options = parser.parse_args()
    here = Path(__file__).resolve().parent
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != here]  # Dask's package has this file's name
    from distributed import Client

    where = (
        {"address": options.scheduler} if options.scheduler else {"n_workers": options.workers, "threads_per_worker": 1}
    )
    with Client(**where):
        for record in tag(options.model, options.file):
            sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
