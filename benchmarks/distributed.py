"""Tagging on a Dask cluster: the model goes to the workers as a path, the documents as a bag.

    pip install '.[dask]'
    python benchmarks/distributed.py MODEL FILE.jsonl [--workers N] [--scheduler ADDRESS]
    python benchmarks/distributed.py --made N

MODEL is a folder that ``Tagger.save`` wrote (a library's ``model`` is one); FILE has ``{"id", "title", "text"}`` a
line. Writes one JSON line a document, in order. See docs/scale.md. With ``--made``, N made-up documents are tagged by
one process and by the cluster, and what is said is how many each did in a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefreader import paths
from briefreader.tagging import Tagger
from briefreader.taxonomy import Taxonomy

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


def made_up(count: int) -> tuple[Taxonomy, list[tuple[str, str]]]:
    """A taxonomy, and so many documents that hold its phrases."""
    from tagging_speed import documents  # here, since a worker imports this file without its folder

    taxonomy = Taxonomy.load(paths.shipped("taxonomy") / "ai-industry.yaml")
    return taxonomy, documents(count, 150, taxonomy)


def compare(taxonomy: Taxonomy, texts: list[tuple[str, str]]) -> None:
    """Tag documents in one process and on the cluster; the topics must be the same."""
    with tempfile.TemporaryDirectory() as folder:
        tagger = Tagger(taxonomy, ()).fit(texts)
        tagger.save(Path(folder, "model"))
        file = Path(folder, "made.jsonl")
        lines = (json.dumps({"id": i, "title": title, "text": text}) for i, (title, text) in enumerate(texts))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        begun = time.perf_counter()
        alone = [tagging.tags for tagging in tagger.tag(texts)]
        seconds = time.perf_counter() - begun
        for _ in tag(str(Path(folder, "model")), str(file)):  # the workers load the model once
            pass
        begun = time.perf_counter()
        together = [
            record["tags"] for record in tag(str(Path(folder, "model")), str(file), f"{file.stat().st_size // 8}B")
        ]
        ratio = seconds / (time.perf_counter() - begun)
    assert [list(tags) for tags in alone] == [list(tags) for tags in together]
    print(
        f"{len(texts):,} documents: {len(texts) / seconds:,.0f} a second alone, {ratio:.2f} times that on the cluster"
    )


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler", help="address of a cluster that runs already")
    parser.add_argument("--made", type=int, metavar="N", help="tag N made-up documents, and compare")
    options = parser.parse_args()
    if not options.made and not options.file:
        parser.error("give MODEL and FILE, or --made N")
    made = made_up(options.made) if options.made else None
    here = Path(__file__).resolve().parent
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != here]  # Dask's package has this file's name
    try:
        from distributed import Client
    except ModuleNotFoundError:
        parser.error("Dask is not installed: pip install '.[dask]'")

    where = (
        {"address": options.scheduler} if options.scheduler else {"n_workers": options.workers, "threads_per_worker": 1}
    )
    with Client(**where):
        if made:
            compare(*made)
            return
        for record in tag(options.model, options.file):
            sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
