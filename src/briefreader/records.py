"""A faster ``dataclass`` decorator.

The standard decorator compiles the methods of each class when its module is imported. For the dozens of classes that
every command needs, this slows down start-up. The decorator of this module compiles only ``__init__``, which is faster.
Type checkers see the standard decorator and report assignments to fields of a frozen class; at run time, such
assignments are not prevented.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a class a dataclass with slots; always pass True for both arguments."""
        return _make


def _make(cls: type) -> Any:
    made: Any = dataclasses.dataclass(slots=True, repr=False, eq=False)(cls)
    made._compared = attrgetter(*(field.name for field in dataclasses.fields(made) if field.compare))
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _repr
    return made


def _equal(self: Any, other: Any) -> bool:
    return self._compared(self) == self._compared(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash((self.__class__, self._compared(self)))


def _repr(self: Any) -> str:
    shown = (field.name for field in dataclasses.fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"
