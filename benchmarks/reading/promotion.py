"""Fit the probability that an insight is promotional.

    python -m benchmarks.reading promotion --data DIR

``promotion_labels.jsonl`` has newsletters of three days. For each, it has the number of lines in a brief that promoted
something or were about the newsletter itself, and the number of other lines, both counted by hand. The only feature is
the share of a newsletter's sentences with "we" or "you". Prints the weights for ``extract.PROMOTION``, and figures that
are cross-validated by publisher.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from benchmarks.reading.corpus import Corpus, Issue
from benchmarks.reading.fit_insights import NO_MODEL, describe
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from briefreader.model import Briefing
from briefreader.reading import read_original
from briefreader.reading.extract import we_or_you

LABELS = Path(__file__).with_name("promotion_labels.jsonl")


def run(data: Path, verbose: bool = False) -> None:
    """Print the weights and figures; with ``verbose``, also a line for each mail."""
    labels = {row["sha256"]: row for row in map(json.loads, LABELS.read_text().splitlines())}
    found = {sha256(issue.original.data).hexdigest(): issue for issue in Corpus(data).more}
    mails = [(found[digest], row["promotion"], row["other"]) for digest, row in labels.items() if digest in found]
    counts = np.array([promoted + other for _, promoted, other in mails])
    shares = np.repeat([_share(issue) for issue, *_ in mails], counts)[:, None]
    promotion = np.concatenate([np.arange(promoted + other) < promoted for _, promoted, other in mails])
    publishers = np.repeat([issue.publisher for issue, *_ in mails], counts)
    model = LogisticRegression(C=30)
    scores = cross_val_predict(model, shares, promotion, groups=publishers, cv=GroupKFold(10), method="predict_proba")
    model.fit(shares, promotion)
    print(f"PROMOTION = ({model.intercept_[0]:.1f}, {model.coef_[0, 0]:.1f})")
    area, precision = roc_auc_score(promotion, scores[:, 1]), average_precision_score(promotion, scores[:, 1])
    print(f"{len(promotion)} lines, {promotion.sum()} promotional; cross-validated: AUC {area:.2f}, AP {precision:.2f}")
    for low in np.arange(0, 0.7, 0.1):
        inside = (shares[:, 0] >= low) & (shares[:, 0] < low + 0.1)
        if inside.any():
            print(f"  share {low:.1f}: {inside.sum():>3} lines, {promotion[inside].mean():.2f} promotional")
    if verbose:
        for issue, promoted, other in mails:
            print(f"  {_share(issue):.2f} {promoted:>2} of {promoted + other:>2} {issue.path}")


def _share(issue: Issue) -> float:
    made = next(iter(read_original(issue.original, insight_model=NO_MODEL)))
    assert isinstance(made, Briefing), issue.path
    return we_or_you(describe(made.title, made.body).passages.sentences)
