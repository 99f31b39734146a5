"""Save and load models: arrays as npz, the rest as JSON with a checksum.

Pickle is never used, since loading a pickle file can run code.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from briefreader.atomic import atomic_write
from briefreader.errors import LibraryError
from briefreader.paths import shipped
from briefreader.tagging.corrections import Corrections
from briefreader.tagging.learner import Correction
from briefreader.tagging.prior import Prior
from briefreader.tagging.sparse import SparseRows
from briefreader.tagging.vectors import Document, Vocabulary
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from briefreader.tagging.tagger import Tagger

VERSION = 9  # of the format; models of other versions can't be loaded
_VECTORS = ("starts", "columns", "values")
_LEARNT = ("terms", "term_weights", "phrases", "phrase_weights")
_TEXT_SUFFIXES = (".txt", ".md")


def shipped_texts() -> list[Document]:
    """Return the shipped briefings as (title, text), with empty titles; [] if they are missing."""
    try:
        folder = shipped("sample_docs")
    except FileNotFoundError:
        return []
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _TEXT_SUFFIXES)
    return [("", path.read_text(encoding="utf-8", errors="replace")) for path in paths]


def save(tagger: Tagger, folder: Path) -> None:
    """Save a model as ``model.json`` and arrays.

    Other processes see either the previous or the new model, since ``model.json`` names the file of arrays and is
    replaced last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **_arrays(tagger))
    arrays = buffer.getvalue()
    corrected = tagger.corrections.by_topic
    name = f"arrays-{_digest(arrays)}.npz"
    atomic_write(folder / name, arrays)
    content = {
        "version": VERSION,
        "arrays": name,
        "taxonomy": tagger.taxonomy.to_json(),
        "words": tagger.prior.vocabulary.words,
        "documents": tagger.documents,
        "lesson": tagger.training_digest,
        "corrected": {topic: [c.scale, c.bias, c.labels] for topic, c in corrected.items()},
        "thresholds": list(tagger.thresholds),
    }
    text = json.dumps(content)
    atomic_write(folder / "model.json", json.dumps({"checksum": _digest(text.encode()), "content": text}).encode())
    for old in folder.glob("arrays-*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def _arrays(tagger: Tagger) -> dict[str, npt.NDArray[Any]]:
    prior = tagger.prior
    arrays = {name: getattr(prior, name) for name in ("idf", "terms")}
    arrays |= {f"vector_{name}": getattr(prior.vectors, name) for name in _VECTORS}
    arrays["pairs"] = prior.vocabulary.pairs
    for number, correction in enumerate(tagger.corrections.by_topic.values()):
        arrays |= {f"{name}-{number}": getattr(correction, name) for name in _LEARNT}
    return arrays


def load(folder: str | Path) -> tuple[Prior, Corrections, str, int, tuple[float, float]]:
    """Load the parts of the model saved in ``folder``, for ``Tagger.load``.

    Returns:
        Prior, corrections, digest of the decisions, number of documents, thresholds of documents and insights.

    Raises:
        LibraryError: there is no model, it is damaged, or its format has another version.
    """
    folder = Path(folder)
    try:
        outer = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        content = json.loads(outer["content"])
        if outer["checksum"] != _digest(outer["content"].encode()) or content["version"] != VERSION:
            raise ValueError("checksum or version differ")
        data = (folder / Path(content["arrays"]).name).read_bytes()
        if content["arrays"] != f"arrays-{_digest(data)}.npz":
            raise ValueError("arrays differ from their checksum")
        taxonomy = Taxonomy.from_json(content["taxonomy"])
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            pairs = [(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in arrays["pairs"]]
            vocabulary = Vocabulary(content["words"], pairs)
            starts, columns, values = (arrays[f"vector_{name}"] for name in _VECTORS)
            vectors = SparseRows(starts, columns, values, len(taxonomy.topics))
            prior = Prior(taxonomy, vocabulary, arrays["idf"], arrays["terms"], vectors)
            corrected = {}
            for number, (topic, (scale, bias, labels)) in enumerate(content["corrected"].items()):
                learnt = [arrays[f"{name}-{number}"] for name in _LEARNT]
                terms, term_weights, phrases, phrase_weights = learnt
                corrected[topic] = Correction(scale, bias, terms, term_weights, phrases, phrase_weights, labels)
        document, insight = map(float, content["thresholds"])
        return prior, Corrections(prior, corrected), content["lesson"], int(content["documents"]), (document, insight)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise LibraryError(
            "no usable model found", where=str(folder), hint="create one with: briefreader tag --all"
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
