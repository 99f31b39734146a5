"""Tests of the ``dataclass`` decorator of ``records``."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, field, replace

import pytest

from briefreader.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A value with a default, a factory, and a field that isn't compared."""

    name: str
    number: int = 0
    tags: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", compare=False, repr=False)


def test_record_equal_fields_equal_values():
    assert Place("a", 1, ["x"]) == Place("a", 1, ["y"])
    assert Place("a") != Place("b")
    assert Place("a") != ("a", 0)


def test_record_equal_values_have_equal_hashes():
    assert len({Place("a", 1, ["x"]), Place("a", 1, ["y"]), Place("a", 2)}) == 2


def test_record_repr_names_its_shown_fields():
    assert repr(Place("a", secret="s")) == "Place(name='a', number=0, tags=[])"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_record_copied_is_equal(copied):
    assert copied(Place("a", 1)) == Place("a", 1)


def test_record_replace_and_asdict_work_as_usual():
    assert asdict(replace(Place("a"), number=2)) == {"name": "a", "number": 2, "tags": [], "secret": ""}


def test_record_unknown_attribute_is_refused():
    with pytest.raises(AttributeError):
        Place("a").other = 1  # type: ignore[attr-defined] - mypy refuses it too
