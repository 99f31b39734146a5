"""The library's model of topics: loaded, fitted, corrected, and kept in step with documents, taxonomy and decisions."""

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
SAMPLE_CHARACTERS = 30_000_000
REFIT_GROWTH = 1.5  # a library that has grown this much since the last fit is fitted again


class ModelStore:
    """The model in the library's folder, and the tagger that is made of it. Thread-safe.

    ``sensitivity`` is set before the first topic is asked for.
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
        self._stamp: tuple[int, int] | None = None  # of the model's file when the tagger was made

    def tagger(self) -> Tagger:
        """The model in use: the library's own, else one that knows the taxonomy and the shipped background only.

        Another process may have saved a newer one.
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

    def use(self, tagger: Tagger) -> Tagger:
        """Take the model that is in the file, or stands in for it, into use."""
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
        """The library's model, if it is whole and of this taxonomy."""
        from briefreader.tagging import Tagger

        try:
            tagger = Tagger.load(self.folder)
        except LibraryError:
            return None
        return tagger if tagger.taxonomy.digest == self._taxonomy.load().digest else None

    def check(self, *, rebuild: bool) -> list[Problem]:
        """Report a model that can't be used; ``rebuild`` fits another.

        Raises:
            TaxonomyError: there can be no model, for the taxonomy can't be read.
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
                    error.where, "the model is damaged, or of another version", hint="briefreader tag fits it again"
                )
            ]
        return []

    def fitted(self, *, refit: bool, keep: bool) -> Tagger:
        """The library's model, fitted in a child process where there is none or the library has outgrown it."""
        from briefreader.tagging import Tagger, fit_job
        from briefreader.tagging.tagger import training_digest

        saved = self.saved()
        with self._db.reading() as con:
            total, labels = suggestions.count(con), suggestions.labels(con)
            tagger = saved if saved is not None and not _outgrown(saved.documents, total, refit) else None
            documents = [] if tagger else suggestions.sample(con, SAMPLE_CHARACTERS)
        if tagger is None and keep:
            given = (self._taxonomy.load(), documents, self.folder, total)
            for _ in self._jobs.run("fit", fit_job.FUNCTION, *given):
                pass
            tagger = Tagger.load(self.folder)
        elif tagger is None:
            tagger = Tagger(self._taxonomy.load(), ()).fit(documents)
        if tagger.lesson != training_digest(labels):
            tagger.learn(labels)
            if keep:
                tagger.save(self.folder)
        return self.use(tagger)


def _outgrown(fitted: int, documents: int, refit: bool) -> bool:
    return documents > fitted * REFIT_GROWTH or (refit and documents != fitted)
