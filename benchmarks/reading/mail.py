"""Evaluate the reading and tagging of newsletters, cross-validated by publisher.

    python -m benchmarks.reading mail --data DIR

For each fold, models are fitted without the publishers of the test newsletters (``FITTERS``). These newsletters are
then read with the models: alone, and in a library with the other issues of their publisher. The scorer of the data
evaluates the text, the key insights and the topics. The text of other programs (peers) is evaluated too. Intervals are
95 % bootstrap intervals over newsletters.

To evaluate another model, add a field to ``Models`` and a function to ``FITTERS``, and use the field in
``read_newsletter`` or ``tag``.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.reading import fit_boilerplate, fit_insights, mail_peers, mail_repeats
from benchmarks.reading.corpus import Corpus, Fold, Issue, Newsletter
from benchmarks.reading.statistics import interval

from briefreader.model import Briefing
from briefreader.reading import read_original
from briefreader.reading.build_briefing import Cleaner
from briefreader.tagging import Tagger
from briefreader.tagging.tagger import InsightText
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from briefreader.reading.boilerplate_model import BoilerplateModel
    from briefreader.reading.insight_ranker import InsightModel

TAXONOMIES = {"4": "ai-briefings.yaml", "15": "ai-industry.yaml"}
SHIPPED = Path(__file__).parents[2] / "taxonomy"


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a fold; None means the shipped model."""

    boilerplate: BoilerplateModel | None = None
    insights: InsightModel | None = None


def _fit_boilerplate(fold: Fold, models: Models) -> Models:
    return replace(models, boilerplate=fit_boilerplate.fit(fit_boilerplate.of_fold(fold)))


def _fit_insights(fold: Fold, models: Models) -> Models:
    """Fit the model of insights to newsletters that were read with the other models."""
    bare = replace(models, insights=fit_insights.NO_MODEL)
    read = [one for n in fold.train if (one := read_newsletter(n, bare))]
    examples = [
        example
        for one in read
        for example in fit_insights.examples(one.newsletter, (one.briefing.title, one.briefing.body))
    ]
    return replace(models, insights=fit_insights.fit(examples))


Fitter = Callable[[Fold, Models], Models]
FITTERS: tuple[Fitter, ...] = (
    _fit_boilerplate,
    _fit_insights,
)  # in this order: insights are ranked in texts without boilerplate


@dataclass(slots=True)
class Processed:
    """A newsletter as briefreader reads it, with topics by taxonomy ("4", "15")."""

    newsletter: Newsletter
    briefing: Briefing
    topics: dict[str, list[str]] = field(default_factory=dict)
    insight_topics: dict[str, list[list[str]]] = field(default_factory=dict)

    def insights(self, taxonomy: str = "") -> list[dict[str, Any]]:
        """Return the insights as in ``read --jsonl``, with their topics of a taxonomy."""
        topics = self.insight_topics.get(taxonomy) or [[] for _ in self.briefing.insights]
        return [
            {"kind": i.kind, "title": i.title, "text": i.text, "tags": tags}
            for i, tags in zip(self.briefing.insights, topics, strict=True)
        ]


def fit(fold: Fold) -> Models:
    """Return all models, fitted to the training data of a fold."""
    models = Models()
    for fitter in FITTERS:
        models = fitter(fold, models)
    return models


def read_newsletter(newsletter: Newsletter, models: Models, library: Sequence[Issue] = ()) -> Processed | None:
    """Read a newsletter in a library with these issues of its publisher."""
    memory = mail_repeats.memory(library) if library else None
    cleaner = Cleaner(models.boilerplate, lambda publisher: memory)
    made = next(iter(read_original(newsletter.original, cleaner=cleaner, insight_model=models.insights)), None)
    return Processed(newsletter, made) if isinstance(made, Briefing) else None


def tag(processed: list[Processed], models: Models, background: Sequence[tuple[str, str]]) -> None:
    """Set the topics of newsletters and insights.

    ``background`` are the titles and texts of other newsletters in the library.
    """
    texts = [(p.briefing.title, p.briefing.body) for p in processed]
    for name, file in TAXONOMIES.items():
        tagger = Tagger(Taxonomy.load(SHIPPED / file)).fit([*background, *texts])
        inside = [[InsightText.of(i, p.briefing.body) for i in p.briefing.insights] for p in processed]
        tagged = tagger.tag_briefings(zip(texts, inside, strict=True))
        for one, (tagging, singly) in zip(processed, tagged, strict=True):
            one.topics[name] = tagging.tags
            one.insight_topics[name] = [each.tags for each in singly]


def run(data: Path, verbose: bool = False) -> None:
    """Print all figures; with ``verbose``, also a line for each newsletter."""
    corpus = Corpus(data)
    rows: dict[str, list[Processed]] = {"alone": [], "library": []}
    judged = []
    for fold in corpus.folds():
        models = fit(fold)
        for name, found in rows.items():
            here = []
            for newsletter in fold.test:
                library = [i for i in fold.library if i.publisher == newsletter.publisher] if name == "library" else []
                if one := read_newsletter(newsletter, models, library):
                    here.append(one)
            others = [o for n in fold.train if (o := read_newsletter(n, models))]
            tag(here, models, [(o.briefing.title, o.briefing.body) for o in others])
            found += here
            if name == "library" and models.insights:
                examples = [fit_insights.example(o.newsletter, o.briefing.title, o.briefing.body) for o in here]
                judged += [fit_insights.judge(models.insights, e) for e in examples if len(e.rows)]
    for name, found in rows.items():
        print(f"\n{name}: {len(found)} newsletters")
        report(corpus, found, verbose=verbose)
    print(fit_insights.calibration(judged))
    mail_repeats.report(corpus)
    print("\npeers (HTML is converted by the peer, plain text is unchanged)")
    for name, cleaned in mail_peers.cleaned(corpus.newsletters):
        print(_clean_line(name, [corpus.score.reading(n.doc, n.gold, {"body": t}) for n, t in cleaned]))


def report(corpus: Corpus, found: list[Processed], *, verbose: bool) -> None:
    """Print the figures of newsletters that were read alone or in a library."""
    score = corpus.score
    read = {
        p.newsletter.id: score.reading(p.newsletter.doc, p.newsletter.gold, {"body": p.briefing.body}) for p in found
    }
    if verbose:
        for p in found:
            print(
                f"  {p.newsletter.id} {p.newsletter.doc['kind']} {p.newsletter.publisher:<16}",
                *map(_short, read[p.newsletter.id]),
            )
    for kind in ("html", "text", ""):
        print(
            _clean_line(kind or "all", [read[p.newsletter.id] for p in found if kind in ("", p.newsletter.doc["kind"])])
        )
    _insights(score, found)
    for name, topics in zip(TAXONOMIES, (score.T4, score.T15), strict=True):
        _topics(score, found, name, topics)


def _clean_line(name: str, figures: list[tuple[float | None, float | None, float | None]]) -> str:
    parts = [f"{name:<12}"]
    for label, column in zip(("keep", "leak", "ads left"), zip(*figures, strict=True), strict=True):
        parts.append(f"{label} {_mean(column)}")
        if label == "keep":
            parts.append(f"worst {min(v for v in column if v is not None):.2f}")
    return "  ".join(parts)


def _insights(score: Any, found: list[Processed]) -> None:
    figures = [score.insights(p.newsletter.doc, p.newsletter.gold, {"insights": p.insights()}) for p in found]
    scored = [f for f in figures if f]
    names = ("good", "key", "junk", "key sentences covered", "digest entries covered")
    columns = zip(*scored, strict=True)
    print("insights   ", "  ".join(f"{n} {_mean(c)}" for n, c in zip(names, columns, strict=True)))
    lengths = [len(score.words(i.text)) for p in found for i in p.briefing.insights if i.kind == "extracted"]
    few = sum(len(p.briefing.insights) < 3 for p in found)
    print(
        f"             words per extracted insight: median {statistics.median(lengths or [0]):.0f}, "
        f"longest {max(lengths, default=0)}; newsletters with fewer than 3 insights: {few}"
    )


def _topics(score: Any, found: list[Processed], name: str, names: list[str]) -> None:
    def both(chosen: Sequence[Processed]) -> tuple[Any, Any]:
        of_mail = score.topics([(p.newsletter.gold, p.topics[name]) for p in chosen], names, "part")
        rows = [(p.newsletter.doc, p.newsletter.gold, {"insights": p.insights(name)}) for p in chosen]
        return of_mail, score.insight_topics(rows, names)

    (precision, recall, f1, main, _), (p2, r2, f2) = both(found)
    first = [
        (p.topics[name][:1], {t for t, v in p.newsletter.gold["topics"].items() if v == "main" and t in names})
        for p in found
    ]
    right = sum(bool(main_ones & set(top)) for top, main_ones in first if main_ones)
    print(
        f"topics {name:<5} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} recall of main {main:.3f}; "
        f"first topic is a main topic: {right} of {sum(bool(m) for _, m in first)}; "
        f"insights: precision {p2:.3f} recall {r2:.3f} F1 {f2:.3f}"
    )


def _mean(values: Sequence[float | None]) -> str:
    known = [float(v) for v in values if v is not None]
    if not known:
        return "-"
    mean, low, high = interval(known)
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
