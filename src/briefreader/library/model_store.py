"""The library's topic model: load it, fit it, and keep it up to date with taxonomy and decisions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from briefreader.errors import LibraryError
from briefreader.library.current_taxonomy import stamp
from briefreader.model import Problem
from briefreader.storage import suggestions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.jobs import Jobs
    from briefreader.storage.database import Database
    from briefreader.tagging import Tagger
    from briefreader.tagging.tagger import Sensitivity

MODEL = "model"
SAMPLE_CHARACTERS = 30_000_000  # maximum length of the text that the model is fitted to
REFIT_GROWTH = 1.5  # the model is refitted if the library has grown by this factor since the last fit


class ModelStore:
    """The model in the library's folder, and the tagger built from it. Thread-safe.

    ``sensitivity`` returns the user's setting; it is applied when a model is loaded.
    """

    def __init__(
        self, db: Database, taxonomy: CurrentTaxonomy, jobs: Jobs, sensitivity: Callable[[], Sensitivity]
    ) -> None:
        self.folder = db.folder / MODEL
        self._db = db
        self._taxonomy = taxonomy
        self._jobs = jobs
        self._sensitivity = sensitivity
        self._lock = threading.Lock()
        self._tagger: Tagger | None = None
        self._stamp: tuple[int, int] | None = None  # time and size of the model's file when the tagger was built
        # the model on disk, which may be of an earlier taxonomy, with the time and size of its file
        self._on_disk: tuple[tuple[int, int] | None, Tagger | None] = (None, None)

    def tagger(self) -> Tagger:
        """Return the tagger fitted to the library or, if there is none yet, one made from the taxonomy.

        If another process has saved a newer model, that is loaded.
        """
        with self._lock:
            known, saved = self._tagger, stamp(self._file)
            if known is None or known.taxonomy.digest != self._taxonomy.load().digest or saved != self._stamp:
                from briefreader.tagging import Tagger

                known = (self.saved() or Tagger(self._taxonomy.load())).with_sensitivity(
                    sensitivity=self._sensitivity()
                )
                self._tagger, self._stamp = known, saved
            return known

    def scored_with(self, fingerprint: str) -> Tagger:
        """Return the saved model if it has this fingerprint, even if the taxonomy has changed; else the current one."""
        current = self.tagger()
        if fingerprint in ("", current.fingerprint):
            return current
        with self._lock:
            if self._on_disk[0] != stamp(self._file):
                saved = self._load()
                self._on_disk = stamp(self._file), saved and saved.with_sensitivity(sensitivity=self._sensitivity())
            found = self._on_disk[1]
        return found if found and found.fingerprint == fingerprint else current

    def use(self, tagger: Tagger) -> Tagger:
        """Make a tagger the current one, with the sensitivity applied, and return it."""
        with self._lock:
            self._tagger, self._stamp = (
                tagger.with_sensitivity(sensitivity=self._sensitivity()),
                stamp(self._file),
            )
            return self._tagger

    @property
    def _file(self) -> Path:
        return self.folder / "model.json"

    def saved(self) -> Tagger | None:
        """Return the model in the library's folder; None if it is missing, damaged or of another taxonomy."""
        tagger = self._load()
        return tagger if tagger and tagger.taxonomy.digest == self._taxonomy.load().digest else None

    def _load(self) -> Tagger | None:
        from briefreader.tagging import Tagger

        try:
            return Tagger.load(self.folder)
        except LibraryError:
            return None

    def check(self, *, rebuild: bool) -> list[Problem]:
        """Return a problem if the saved model can't be used, else an empty list; with ``rebuild``, fit a new one then.

        Raises:
            TaxonomyError: the taxonomy can't be read.
        """
        from briefreader.tagging import Tagger

        parts = [*self.folder.glob("model.json"), *self.folder.glob("arrays-*")]
        if not self._taxonomy.load().topics or not parts:
            return []
        try:
            Tagger.load(self.folder)
        except LibraryError as error:
            if rebuild:
                self.fitted(refit=True, keep=True)
            return [
                Problem(
                    error.where,
                    "the model is damaged or from another version",
                    hint="refit it with: briefreader tag --all",
                )
            ]
        return []

    def fitted(self, *, refit: bool, keep: bool) -> Tagger:
        """Return a tagger that is fitted to the library and trained on all decisions.

        It is only fitted if no model of this taxonomy is saved, or if the library has grown by ``REFIT_GROWTH``.

        Args:
            refit: also fit it if the number of briefings has changed at all.
            keep: save the model, which is then fitted in a child process.
        """
        from briefreader.tagging import Tagger, fit_job
        from briefreader.tagging.tagger import training_digest

        saved = self.saved()
        with self._db.reading() as con:
            total, labels = suggestions.count(con), suggestions.labels(con)
            tagger = saved if saved is not None and not _needs_refit(saved.documents, total, refit) else None
            documents = [] if tagger else suggestions.sample(con, SAMPLE_CHARACTERS)
        if tagger is None and keep:
            given = (self._taxonomy.load(), documents, self.folder, total)
            for _ in self._jobs.run("fit", fit_job.FUNCTION, *given):
                pass
            tagger = Tagger.load(self.folder)
        elif tagger is None:
            tagger = Tagger.fitted(self._taxonomy.load(), documents)
        if tagger.training_digest != training_digest(labels):
            tagger.learn(labels)
            if keep:
                tagger.save(self.folder)
        return self.use(tagger)


def _needs_refit(fitted: int, documents: int, refit: bool) -> bool:
    return documents > fitted * REFIT_GROWTH or (refit and documents != fitted)
