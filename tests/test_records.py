"""Records: what they promise is what `dataclasses` promises, so each is declared twice and compared."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError
from functools import cached_property
from typing import Any, ClassVar

import pytest

from symbackprop import records


def declared(word: Any, field: Any) -> Any:
    """Return classes that say all that can be said of fields, made by a decorator and its `field`."""

    @word(frozen=True)
    class Plain:
        """One that is frozen."""

        kind: ClassVar[str] = "plain"
        name: str
        size: int = 2
        extra: dict[str, int] = field(default_factory=dict, hash=False)
        note: str = field(default="", compare=False, repr=False)
        named: int = field(default=0, kw_only=True)
        found: int = field(init=False, compare=False, repr=False)
        seal: dataclasses.InitVar[int] = 1

        def __post_init__(self, seal: int) -> None:
            """Find what is found."""
            object.__setattr__(self, "found", self.size + seal)

        @cached_property
        def doubled(self) -> int:
            """What is kept beside the fields."""
            return 2 * self.size

    @word(frozen=True)
    class Derived(Plain):
        """One with a default of its own for a field of its base, and one field more."""

        size: int = 5
        last: float = 0.5

    @word(frozen=True, slots=True)
    class Slotted:
        """One with places for its fields alone."""

        x: int
        y: tuple[int, ...] = ()

    @word(frozen=True, slots=True)
    class Further(Slotted):
        """One with a place more."""

        z: int = 3

    @word
    class Open:
        """One that may be changed."""

        items: list[int] = field(default_factory=list)

    @word(frozen=True, eq=False, repr=False)
    class Itself:
        """One that is equal to itself alone."""

        value: int

    @word(frozen=True)
    class Own:
        """One that says itself what it is equal to, and how it is shown."""

        value: int

        def __eq__(self, other: object) -> bool:
            """Tell whether the last digit is the same."""
            return isinstance(other, Own) and self.value % 10 == other.value % 10

        def __hash__(self) -> int:
            """Return the last digit."""
            return self.value % 10

        def __repr__(self) -> str:
            """Return the last digit."""
            return f"..{self.value % 10}"

    return Plain, Derived, Slotted, Further, Open, Itself, Own


OURS = declared(records.dataclass, records.field)
THEIRS = declared(dataclasses.dataclass, dataclasses.field)
PLAIN, DERIVED, SLOTTED, FURTHER, OPEN, ITSELF, OWN = range(7)


@records.dataclass(frozen=True, slots=True)
class Stored:
    """One that can be found again by its name, as what is stored must."""

    x: int
    y: str = "y"


MADE = [
    (PLAIN, ("n",), {}),
    (PLAIN, ("n", 3, {"a": 1}, "said", 7), {"named": 4}),
    (PLAIN, (), {"size": 1, "name": "m"}),
    (DERIVED, ("n",), {}),
    (DERIVED, ("n", 3), {"last": 1.5}),
    (SLOTTED, (1,), {}),
    (FURTHER, (1, (2,)), {"z": 4}),
    (OPEN, ([1],), {}),
    (OPEN, (), {}),
    (ITSELF, (1,), {}),
    (OWN, (12,), {}),
]


@pytest.mark.parametrize(("which", "given", "named"), MADE)
def test_a_record_is_made_shown_and_compared_as_a_dataclass(which: int, given: Any, named: Any) -> None:
    """Values of both have the same fields, text, hash and equality, and are not equal to one another."""
    ours, again, theirs = OURS[which](*given, **named), OURS[which](*given, **named), THEIRS[which](*given, **named)
    assert dataclasses.fields(ours)
    for each in dataclasses.fields(theirs):
        assert getattr(ours, each.name) == getattr(theirs, each.name)
    if which != ITSELF:
        assert repr(ours) == repr(theirs)
    assert (ours == again) is (theirs == THEIRS[which](*given, **named))
    assert ours != theirs
    if which == OPEN:
        with pytest.raises(TypeError, match="unhashable"):
            hash(ours)
    elif which != ITSELF:
        assert hash(ours) == hash(theirs) == hash(again)


@pytest.mark.parametrize("which", range(7))
def test_the_standard_library_knows_a_record_as_its_own(which: int) -> None:
    """`fields`, `is_dataclass`, signatures and patterns say the same of both."""
    ours, theirs = OURS[which], THEIRS[which]
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert ours.__match_args__ == theirs.__match_args__
    assert dataclasses.is_dataclass(ours)
    said = ("name", "default", "init", "repr", "hash", "compare", "kw_only")
    known = [[getattr(each, word) for word in said] for each in dataclasses.fields(ours)]
    assert known == [[getattr(each, word) for word in said] for each in dataclasses.fields(theirs)]
    assert [each.name for each in records.fields(ours)] == [each.name for each in dataclasses.fields(theirs)]


@pytest.mark.parametrize(("which", "given"), [(PLAIN, ("n",)), (FURTHER, (1,)), (ITSELF, (1,)), (OWN, (1,))])
def test_a_frozen_record_refuses_to_be_changed(which: int, given: Any) -> None:
    """Nothing of it is set or deleted, be it a field or not."""
    one = OURS[which](*given)
    name = dataclasses.fields(one)[0].name
    with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
        setattr(one, name, 3)
    with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
        delattr(one, name)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        one.other = 1


def test_what_is_made_from_a_frozen_record_may_keep_something_of_its_own() -> None:
    """A class that is no record itself adds to it; the fields stay as they are."""

    class Kept(OURS[PLAIN]):
        def __init__(self, name: str) -> None:
            super().__init__(name)  # the first of its kind that is made: the constructor is written here
            self.own = 1

    kept = Kept("n")
    assert (kept.own, kept.name, kept.doubled) == (1, "n", 4)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        kept.name = "m"


def test_a_record_with_other_fields_is_replaced() -> None:
    """What follows from a field follows from the new one; an unknown one is refused."""
    plain = OURS[PLAIN]("n", 3, named=4)
    assert records.replace(plain, size=5) == OURS[PLAIN]("n", 5, named=4)
    assert records.replace(plain, size=5).found == 6  # found again for the new size
    with pytest.raises(TypeError, match="other"):
        records.replace(plain, other=1)
    slotted = dataclasses.replace(OURS[FURTHER](1), y=(2,))
    assert dataclasses.asdict(slotted) == {"x": 1, "y": (2,), "z": 3}


def test_records_are_copied_and_stored() -> None:
    """One without a dictionary is no exception."""
    stored = Stored(1)
    assert pickle.loads(pickle.dumps(stored)) == copy.deepcopy(stored) == copy.copy(stored) == stored
    assert not hasattr(stored, "__dict__")


def test_a_record_derives_from_one_of_the_standard_library_and_the_other_way_round() -> None:
    """A part of another package need not know of records."""

    @records.dataclass(frozen=True)
    class Ours(THEIRS[PLAIN]):
        more: int = dataclasses.field(default=1, metadata={"why": "a field of theirs"})

    @dataclasses.dataclass(frozen=True)
    class Theirs(OURS[PLAIN]):
        more: int = 1

    for kind in (Ours, Theirs):
        assert [kind("n").size, kind("n").extra, kind("n", more=3).more, kind("n", named=2).named] == [2, {}, 3, 2]
    for kind in (Ours, Theirs, THEIRS[PLAIN]):
        assert [each.name for each in records.fields(kind)] == [each.name for each in dataclasses.fields(kind)]
    assert records.replace(THEIRS[FURTHER](1), z=2) == THEIRS[FURTHER](1, z=2)
    with pytest.raises(TypeError, match="int was not declared by its fields"):
        records.fields(3)
    assert dataclasses.fields(Ours)[-1].metadata == {"why": "a field of theirs"}
