"""The model behind the topics: loaded, fitted, taught, and kept in step with library, taxonomy and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.errors import LibraryError
from briefreader.library.base import stamp
from briefreader.library.browsing import Browsing
from briefreader.model import Problem
from briefreader.storage import suggestions

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.tagging import Tagger
    from briefreader.tagging.tagger import Sensitivity

MODEL = "model"
SAMPLE_CHARACTERS = 30_000_000
REFIT_GROWTH = 1.5  # a library this much larger than at the last fit is fitted anew


class Fitting(Browsing):
    """What the verbs around topics ask for a model."""

    sensitivity: Sensitivity = "usual"  # set before the first topic is asked for
    _tagger: Tagger | None = None
    _tagger_stamp: tuple[int, int] | None = None  # of the model's file when the tagger was made

    def tagger(self) -> Tagger:
        """The model in use: the library's own, else one that knows the taxonomy and the shipped background only.

        Another process may have saved a newer one.
        """
        with self._tagger_lock:
            known, saved = self._tagger, stamp(self._model_file)
            if known is None or known.taxonomy.digest != self.taxonomy.digest or saved != self._tagger_stamp:
                from briefreader.tagging import Tagger

                known = (self._saved() or Tagger(self.taxonomy)).with_sensitivity(sensitivity=self.sensitivity)
                self._tagger, self._tagger_stamp = known, saved
            return known

    def _use(self, tagger: Tagger) -> Tagger:
        """Take the model that is in the file, or stands in for it, into use."""
        with self._tagger_lock:
            self._tagger, self._tagger_stamp = (
                tagger.with_sensitivity(sensitivity=self.sensitivity),
                stamp(self._model_file),
            )
            return self._tagger

    @property
    def _model_folder(self) -> Path:
        return self.folder / MODEL

    @property
    def _model_file(self) -> Path:
        return self._model_folder / "model.json"

    def _saved(self) -> Tagger | None:
        """The library's model, if it is whole and of this taxonomy."""
        from briefreader.tagging import Tagger

        try:
            tagger = Tagger.load(self._model_folder)
        except LibraryError:
            return None
        return tagger if tagger.taxonomy.digest == self.taxonomy.digest else None

    def _check_model(self, *, rebuild: bool) -> list[Problem]:
        """A model that is there and can't be used; ``rebuild`` fits one in its stead.

        Raises:
            TaxonomyError: there can be no model, for the taxonomy can't be read.
        """
        from briefreader.tagging import Tagger

        parts = [*self._model_folder.glob("model.json"), *self._model_folder.glob("arrays-*")]
        if not self.taxonomy.topics or not parts:
            return []
        try:
            Tagger.load(self._model_folder)
        except LibraryError as error:
            if rebuild:
                self._fitted(anew=True, keep=True)
            return [Problem(error.where, "the model is damaged, or of another version", hint="tag makes it anew")]
        return []

    def _fitted(self, *, anew: bool, keep: bool) -> Tagger:
        """The library's model, fitted in a child process where there is none or the library has outgrown it."""
        from briefreader.tagging import Tagger, fit_worker
        from briefreader.tagging.tagger import training_digest

        saved = self._saved()
        with self.db.reading() as con:
            total, labels = suggestions.count(con), suggestions.labels(con)
            tagger = saved if saved is not None and not _outgrown(saved.documents, total, anew) else None
            documents = [] if tagger else suggestions.sample(con, SAMPLE_CHARACTERS)
        if tagger is None and keep:
            tagger = fit_worker.fit(self.taxonomy, documents, self._model_folder, of=total)
        elif tagger is None:
            tagger = Tagger(self.taxonomy, ()).fit(documents)
        if tagger.lesson != training_digest(labels):
            tagger.learn(labels)
            if keep:
                tagger.save(self._model_folder)
        return self._use(tagger)


def _outgrown(fitted: int, documents: int, anew: bool) -> bool:
    return documents > fitted * REFIT_GROWTH or (anew and documents != fitted)
