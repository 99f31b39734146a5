"""Check that each publisher is either in the training or in the test data of a fold."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from benchmarks.reading.corpus import Corpus, Fold

PUBLISHERS = ("oak", "elm", "ash")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A corpus of labelled newsletters and other issues of each publisher, with one copy."""
    folder = tmp_path / "mail"
    (folder / "mail").mkdir(parents=True)
    (folder / "score.py").write_text("def publisher(source): return source.lower()\n")
    docs, labels = [], []
    with tarfile.open(folder / "more.tar.xz", "w:xz") as archive:
        for publisher in PUBLISHERS:
            for number in range(2):
                name = f"{publisher}{number}"
                docs.append(json.dumps({"id": name, "source": publisher.title()}))
                labels.append(json.dumps({"id": name}))
                (folder / "mail" / f"{name}.eml").write_text(f"Subject: {name}\n\nText\n")
            for number in (1, 2):
                data = f"Subject: {publisher}{number}\n\nText\n".encode()
                member = tarfile.TarInfo(f"more/{publisher}/{number}.eml")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    (folder / "docs.jsonl").write_text("\n".join(docs))
    (folder / "labels.jsonl").write_text("\n".join(labels))
    return Corpus(tmp_path)


def _publishers(fold: Fold) -> tuple[set[str], set[str]]:
    fitted = {n.publisher for n in fold.train} | {issue.publisher for issue in fold.more}
    return fitted, {n.publisher for n in fold.test} | {issue.publisher for issue in fold.library}


def test_folds_leave_test_publishers_out_of_training(corpus: Corpus) -> None:
    for fold in corpus.folds(3):
        fitted, measured = _publishers(fold)
        assert not fitted & measured


def test_folds_test_every_newsletter_once(corpus: Corpus) -> None:
    measured = [n.id for fold in corpus.folds(3) for n in fold.test]
    assert sorted(measured) == sorted(n.id for n in corpus.newsletters)


def test_more_leaves_labelled_newsletters_out(corpus: Corpus) -> None:
    assert [issue.path for issue in corpus.more] == [f"more/{p}/2.eml" for p in sorted(PUBLISHERS)]
