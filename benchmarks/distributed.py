"""Tag documents on a Dask cluster.

    pip install '.[dask]'
    python benchmarks/distributed.py MODEL FILE.jsonl [--workers N] [--scheduler ADDRESS]
    python benchmarks/distributed.py --made N

MODEL is a folder that ``Tagger.save`` wrote, such as ``model`` in the folder of a library; each worker loads it from
this path. FILE has a JSON object ``{"id", "title", "text"}`` on each line. A JSON line is written for each document, in
order. With ``--made``, N generated documents are tagged by one process and by the cluster, and the documents per second
of both are compared. See docs/scale.md.
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
    """Return the model; each worker process loads it once."""
    return Tagger.load(folder)


def tag_partition(records: Iterable[dict[str, Any]], folder: str) -> list[dict[str, Any]]:
    """Return the topics of the records of a partition."""
    listed = list(records)
    taggings = model(folder).tag([(r.get("title") or "", r.get("text") or "") for r in listed])
    return [
        {"id": record.get("id"), "scores": tagging.scores, "tags": tagging.tags}
        for record, tagging in zip(listed, taggings, strict=True)
    ]


def tag(folder: str, path: str, partition: str = "16MB") -> Iterator[dict[str, Any]]:
    """Yield the topics of a file's records, in order, by Dask's current scheduler."""
    import dask.bag

    records = dask.bag.read_text(path, blocksize=partition, encoding="utf-8").map(json.loads)
    yield from records.map_partitions(tag_partition, folder=folder).compute()


def made_up(count: int) -> tuple[Taxonomy, list[tuple[str, str]]]:
    """Return a taxonomy and ``count`` generated documents that contain its phrases."""
    from tagging_speed import documents  # imported here, since workers can't import from this folder

    taxonomy = Taxonomy.load(paths.shipped("taxonomy") / "ai-industry.yaml")
    return taxonomy, documents(count, 150, taxonomy)


def compare(taxonomy: Taxonomy, texts: list[tuple[str, str]]) -> None:
    """Tag documents in one process and on the cluster; print the speed of both.

    Both must assign the same topics.
    """
    with tempfile.TemporaryDirectory() as folder:
        tagger = Tagger(taxonomy, ()).fit(texts)
        tagger.save(Path(folder, "model"))
        file = Path(folder, "made.jsonl")
        lines = (json.dumps({"id": i, "title": title, "text": text}) for i, (title, text) in enumerate(texts))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        begun = time.perf_counter()
        alone = [tagging.tags for tagging in tagger.tag(texts)]
        seconds = time.perf_counter() - begun
        for _ in tag(str(Path(folder, "model")), str(file)):  # now the workers have loaded the model
            pass
        begun = time.perf_counter()
        together = [
            record["tags"] for record in tag(str(Path(folder, "model")), str(file), f"{file.stat().st_size // 8}B")
        ]
        ratio = seconds / (time.perf_counter() - begun)
    assert [list(tags) for tags in alone] == [list(tags) for tags in together]
    print(
        f"{len(texts):,} documents: {len(texts) / seconds:,.0f} per second in one process,"
        f" {ratio:.2f} times as many on the cluster"
    )


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler", help="address of a running cluster")
    parser.add_argument("--made", type=int, metavar="N", help="tag N generated documents and compare speeds")
    options = parser.parse_args()
    if not options.made and not options.file:
        parser.error("give MODEL and FILE, or --made N")
    made = made_up(options.made) if options.made else None
    here = Path(__file__).resolve().parent
    sys.path = [
        entry for entry in sys.path if Path(entry).resolve() != here
    ]  # or "distributed" would be this file, not Dask's package
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
