"""Fitting in a process of its own: importing scikit-learn holds the interpreter for most of a second.

``python -m briefreader.tagging.fit_worker`` reads JSON lines from stdin (the taxonomy and the folder to save to, then a
document ``[title, text]`` a line) and writes the fitted model there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.errors import LibraryError
from briefreader.tagging.tagger import Tagger
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefreader.tagging.vectors import Document


def fit(taxonomy: Taxonomy, documents: Iterable[Document], folder: Path, *, of: int) -> Tagger:
    """Fit a tagger in a child process to a sample ``of`` so many, save it in ``folder`` and load it from there.

    Raises:
        LibraryError: the child failed; what it said is in the message.
    """
    lines = [json.dumps({"taxonomy": taxonomy.to_json(), "folder": str(folder), "of": of})]
    lines += [json.dumps(document) for document in documents]
    command, environment = paths.own_module("briefreader.tagging.fit_worker")
    done = subprocess.run(command, input="\n".join(lines).encode(), capture_output=True, env=environment, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise LibraryError(f"the model could not be fitted: {said}", where=str(folder))
    return Tagger.load(folder)


def main() -> None:
    """Fit and save, as told on stdin."""
    head = json.loads(sys.stdin.readline())
    documents = [(title, text) for title, text in map(json.loads, sys.stdin)]
    tagger = Tagger(Taxonomy.from_json(head["taxonomy"]), ()).fit(documents)
    tagger.documents = head["of"]
    tagger.save(Path(head["folder"]))


if __name__ == "__main__":
    main()
