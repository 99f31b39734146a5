"""Keep the taxonomy as JSON beside the model: YAML takes a tenth of a second, which a start of the app can't spare."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.paths import atomic_write
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path, cache: Path) -> Taxonomy:
    """Read a taxonomy file, from ``cache`` while the file's bytes are those that it was made from.

    A cache that is damaged or can't be written costs time only.

    Raises:
        TaxonomyError: the file can't be used, with line and column.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return Taxonomy.load(path)
    if (kept := _cached(cache, digest)) is not None:
        return replace(kept, path=str(path))
    taxonomy = Taxonomy.load(path)
    with contextlib.suppress(OSError):
        cache.parent.mkdir(exist_ok=True)
        atomic_write(cache, json.dumps({"of": digest, **taxonomy.to_json()}).encode())
    return taxonomy


def _cached(cache: Path, digest: str) -> Taxonomy | None:
    """The taxonomy in ``cache`` if it was made from the bytes with this digest."""
    try:
        kept = json.loads(cache.read_text(encoding="utf-8"))
        return Taxonomy.from_json(kept) if kept["of"] == digest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
