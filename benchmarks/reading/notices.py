"""Choose the threshold at which a short mail counts as a notice.

    python -m benchmarks.reading notices --data DIR

A notice is a mail without content that a reader would keep, such as a confirmation. ``notice_labels.jsonl`` labels
short mails (at most 260 words), at most two of each sender. A mail counts as a notice if a large share of its sentences
is addressed to the reader.

Prints how many notices and how many other mails count as notices, for each threshold of this share. The shipped
threshold is in the upper half of the range in which at most one in twenty of the other mails counts as a notice: losing
content is worse than listing a notice.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from benchmarks.reading.corpus import Corpus, Issue
from benchmarks.reading.fit_insights import NO_MODEL, describe

from briefreader.model import Briefing
from briefreader.reading import read_original
from briefreader.reading.extract import NOTICE_SENTENCES, NOTICE_SHARE, spoken_to

LABELS = Path(__file__).with_name("notice_labels.jsonl")
SHARES = tuple(n / 50 for n in range(10, 36))


def run(data: Path, verbose: bool = False) -> None:
    """Print the figures; with ``verbose``, also a line for each mail."""
    labels = {row["sha256"]: row["label"] == "notice" for row in map(json.loads, LABELS.read_text().splitlines())}
    issues = [(issue, labels.get(sha256(issue.original.data).hexdigest())) for issue in Corpus(data).more]
    found = [(issue, label, _share(issue)) for issue, label in issues if label is not None]
    shares, notice = np.array([share for *_, share in found]), np.array([label for _, label, _ in found])
    publishers = np.array([issue.publisher for issue, *_ in found])
    for share in SHARES:
        print(f"{share:.2f}  {taken(shares, notice, share)}" + "  shipped" * (share == NOTICE_SHARE))
    left = [best(shares[publishers != p], notice[publishers != p]) for p in sorted(set(publishers))]
    print(f"{len(found)} mails; best threshold without one of the publishers: {min(left):.2f} to {max(left):.2f}")
    if verbose:
        for issue, label, share in sorted(found, key=lambda row: -row[2]):
            print(f"  {share:.2f} {'notice' if label else 'content':<8} {issue.path}")


def _share(issue: Issue) -> float:
    """Return the share of sentences that are addressed to the reader.

    It is 0 for texts of one sentence, and for texts that are too long for a notice.
    """
    made = next(iter(read_original(issue.original, insight_model=NO_MODEL)))
    assert isinstance(made, Briefing), issue.path
    count, share = spoken_to(describe(made.title, made.body).passages.sentences)
    return share if 1 < count <= NOTICE_SENTENCES else 0.0


def taken(shares: np.ndarray, notice: np.ndarray, share: float) -> str:
    """Format how many notices and other mails count as notices at a threshold."""
    as_notice = shares >= share
    right, wrong = (as_notice & notice).sum(), (as_notice & ~notice).sum()
    return f"{right} of {notice.sum()} notices, {wrong} of {(~notice).sum()} others"


def best(shares: np.ndarray, notice: np.ndarray) -> float:
    """Return the lowest threshold at which at most 5 % of the other mails count."""
    return min(share for share in SHARES if (shares >= share)[~notice].mean() <= 1 / 20)
