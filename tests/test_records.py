"""Frozen records behave as the frozen dataclasses of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from symbackprop import records


class _Pair:
    """Two fields and a list, one of them neither compared nor shown."""

    left: int
    right: int = field(default=2, compare=False, repr=False)
    more: tuple[int, ...] = field(default_factory=lambda: (1,))


class _Late:
    """A field that is made of another."""

    left: int
    twice: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.left)


def _of(plain: type, make: Callable[..., Any], **options: Any) -> Any:
    own = {key: value for key, value in vars(plain).items() if key not in ("__dict__", "__weakref__")}
    return make(frozen=True, **options)(type(plain.__name__, (), own))


@pytest.mark.parametrize("options", [{}, {"slots": True}, {"eq": False}, {"repr": False}], ids=str)
@pytest.mark.parametrize("plain", [_Pair, _Late], ids=lambda plain: plain.__name__)
def test_a_record_is_a_frozen_dataclass(plain: type, options: dict[str, bool]) -> None:
    """What it holds, shows, compares, hashes and replaces is what the standard library's does."""
    theirs, ours = (_of(plain, make, **options) for make in (dataclasses.dataclass, records.dataclass))
    assert [each.name for each in fields(theirs)] == [each.name for each in fields(ours)]
    assert theirs.__match_args__ == ours.__match_args__
    for expected, actual in ((theirs(1), ours(1)), (replace(theirs(1), left=3), replace(ours(1), left=3))):
        assert dataclasses.asdict(expected) == dataclasses.asdict(actual)
        assert (repr(expected) == repr(actual)) == options.get("repr", True)
    for one, other in ((ours(1), ours(1)), (ours(1), ours(4)), (ours(1), theirs(1))):
        assert (one == other) == (options.get("eq", True) and type(other) is ours and one.left == other.left)
    assert len({ours(1), ours(1)}) == 1 + (not options.get("eq", True))
    assert dataclasses.asdict(copy.copy(ours(5))) == dataclasses.asdict(ours(5))


def test_right_side_is_neither_compared_nor_shown() -> None:
    """The options of a field are kept."""
    made = _of(_Pair, records.dataclass)
    assert made(1, 2) == made(1, 3)
    assert "_Pair(left=1, more=(1,))" == repr(made(1))
    assert (4,) == made(1, more=(4,)).more


@pytest.mark.parametrize("slots", [False, True])
def test_a_record_cannot_be_changed(slots: bool) -> None:
    """Neither assignment nor deletion goes through."""
    made = _of(_Pair, records.dataclass, slots=slots)(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'left'"):
        made.left = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'left'"):
        del made.left


@records.dataclass(frozen=True, slots=True)
class _Sent:
    """A record that goes to another process."""

    left: int


def test_a_record_is_sent_to_other_processes() -> None:
    """A pickled record with slots comes back equal."""
    assert _Sent(3) == pickle.loads(pickle.dumps(_Sent(3)))


def test_field_that_is_compared_need_not_be_hashed() -> None:
    """A table has no hash, and may stand in a record that is a key all the same."""

    @records.dataclass(frozen=True)
    class Sized:
        name: str
        sizes: dict[str, int] = field(default_factory=dict, hash=False)

    one, other = Sized("a", {"n": 1}), Sized("a", {"n": 2})
    assert hash(one) == hash(other)
    assert one != other


@pytest.mark.parametrize(
    "makers", [(dataclasses.dataclass, records.dataclass), (records.dataclass, dataclasses.dataclass)]
)
def test_records_and_frozen_dataclasses_inherit_from_each_other(makers: tuple[Any, Any]) -> None:
    """A part that somebody adds may be a frozen dataclass of the standard library."""
    first, second = makers
    parent = _of(_Pair, first)
    child = second(frozen=True)(type("Child", (parent,), {"__annotations__": {"last": int}, "last": 7}))
    assert child(1, 2) == child(1, 3)
    assert child(1).last == 7
    assert child(1) != child(1, last=8)
    with pytest.raises(FrozenInstanceError, match="last"):
        child(1).last = 2
