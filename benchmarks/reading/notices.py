"""Tell notices from content among short mails: ``python -m benchmarks.reading notices --data DIR``.

``notice_labels.jsonl`` labels short mails (at most 260 words) of the unlabelled issues by hand, at most two of a
sender: a notice holds nothing that a reader would keep. Prints, for each share of sentences that speak to the reader
from which a text could count as a notice, how many notices and how much content it takes. The share that is shipped
lies in the upper half of the range that takes at most one text in twenty of the content: what is lost costs more than
what is listed needlessly.
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
    """Print the figures; ``verbose`` lists each mail."""
    labels = {row["sha256"]: row["label"] == "notice" for row in map(json.loads, LABELS.read_text().splitlines())}
    issues = [(issue, labels.get(sha256(issue.original.data).hexdigest())) for issue in Corpus(data).more]
    found = [(issue, label, _share(issue)) for issue, label in issues if label is not None]
    shares, notice = np.array([share for *_, share in found]), np.array([label for _, label, _ in found])
    publishers = np.array([issue.publisher for issue, *_ in found])
    for share in SHARES:
        print(f"{share:.2f}  {taken(shares, notice, share)}" + "  shipped" * (share == NOTICE_SHARE))
    left = [best(shares[publishers != p], notice[publishers != p]) for p in sorted(set(publishers))]
    print(f"{len(found)} mails; best share with a publisher left out: {min(left):.2f} to {max(left):.2f}")
    if verbose:
        for issue, label, share in sorted(found, key=lambda row: -row[2]):
            print(f"  {share:.2f} {'notice' if label else 'content':<8} {issue.path}")


def _share(issue: Issue) -> float:
    """The share of sentences that speak to the reader; 0 for a text too long for a notice, or too short to tell."""
    made = next(iter(read_original(issue.original, insight_model=NO_MODEL)))
    assert isinstance(made, Briefing), issue.path
    count, share = spoken_to(describe(made.title, made.body).passages.sentences)
    return share if 1 < count <= NOTICE_SENTENCES else 0.0


def taken(shares: np.ndarray, notice: np.ndarray, share: float) -> str:
    """How many notices and other texts count as notices from ``share`` on."""
    as_notice = shares >= share
    right, wrong = (as_notice & notice).sum(), (as_notice & ~notice).sum()
    return f"{right} of {notice.sum()} notices, {wrong} of {(~notice).sum()} others"


def best(shares: np.ndarray, notice: np.ndarray) -> float:
    """The lowest share that takes at most one in twenty of the other texts."""
    return min(share for share in SHARES if (shares >= share)[~notice].mean() <= 1 / 20)
