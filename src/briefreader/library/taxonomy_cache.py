"""Cache the taxonomy as JSON beside the model, since parsing YAML is slow."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.atomic import atomic_write
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path, cache: Path) -> Taxonomy:
    """Load a taxonomy file, from the ``cache`` if the file is unchanged.

    A cache that is damaged or can't be written is ignored.

    Raises:
        TaxonomyError: the file can't be read, or has errors.
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
    """Return the taxonomy in ``cache`` if it was made from a file with this hash, else None."""
    try:
        kept = json.loads(cache.read_text(encoding="utf-8"))
        return Taxonomy.from_json(kept) if kept["of"] == digest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
