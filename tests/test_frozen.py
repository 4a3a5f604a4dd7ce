"""Frozen classes of our own making beside those of the library: the witness is `dataclasses` itself."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any, ClassVar

import pytest

from symbackprop.frozen import HashedOnce, dataclass


def family(make: Callable[..., Any], *, slots: bool) -> tuple[type, type, type]:
    """Return a class with fields of every kind, one that stands on it, and one without any field."""

    @make(frozen=True, slots=slots)
    class Layer:
        """A layer."""

        kind: ClassVar[str] = "dense"
        width: int
        name: str = "l"
        rates: list[float] = field(default_factory=list, compare=False)
        note: str = field(default="-", repr=False, hash=False)
        bias: bool = field(default=True, kw_only=True)
        area: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "area", self.width**2)

    @make(frozen=True, slots=slots)
    class Deep(Layer):
        """A layer with more."""

        depth: int = 2

        def __repr__(self) -> str:
            return "deep"

        def __hash__(self) -> int:
            return 7

    @make(frozen=True, slots=slots)
    class Empty:
        """Nothing."""

    return Layer, Deep, Empty


def told(kinds: tuple[type, type, type]) -> dict[str, Any]:
    """Return what can be seen of the classes and of objects of theirs."""
    layer, deep, empty = kinds
    one, other, below = layer(3, note="a"), layer(3, "l", [1.0], "b"), deep(2, depth=5, bias=False)
    return {
        "signatures": [str(inspect.signature(kind)) for kind in kinds],
        "fields": [[(f.name, f.type, f.init, f.compare) for f in dataclasses.fields(kind)] for kind in kinds],
        "params": [kind.__dataclass_params__.frozen for kind in kinds],  # type: ignore[attr-defined]
        "shown": [repr(each).rpartition(".")[2] for each in (one, other, below, empty())],
        "equal": (one == layer(3, note="a"), one == other, one == below, empty() == empty(), one == 3),
        "hashes": (hash(one) == hash(other), hash(one) == hash((3, "l", True, 9)), hash(below), hash(empty())),
        "changed": [dataclasses.asdict(replace(each, width=4)) for each in (one, below)],  # type: ignore[type-var]
        "copied": [copy.copy(below) == below, copy.deepcopy(other).rates == other.rates],
        "matched": (layer.__match_args__, deep.__match_args__),  # type: ignore[attr-defined]
        "slotted": (hasattr(one, "__dict__"), hasattr(below, "__dict__")),
        "own lists": layer(1).rates is not layer(1).rates,
    }


@pytest.mark.parametrize("slots", [False, True])
def test_frozen_classes_are_those_of_the_library(slots: bool) -> None:
    """Arguments, fields, equality, hashes, texts, copies and what stands on them: all as `dataclasses` makes them."""
    assert told(family(dataclasses.dataclass, slots=slots)) == told(family(dataclass, slots=slots))


@pytest.mark.parametrize("slots", [False, True])
def test_frozen_classes_refuse(slots: bool) -> None:
    """No field is set or deleted, no argument is missing, and a class of the library may stand on one of ours."""
    layer, deep, _ = family(dataclass, slots=slots)
    for made in (layer(3), deep(3)):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'width'"):
            made.width = 4
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
            del made.name
    with pytest.raises(TypeError, match=r"__init__\(\) missing 1 required positional argument: 'width'"):
        layer()
    with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
        layer(1, size=2)
    above = dataclasses.dataclass(frozen=True)(type("Above", (layer,), {"__annotations__": {"more": "int"}, "more": 1}))
    assert above(2).more == 1
    with pytest.raises(TypeError, match="non-frozen dataclass from a frozen one"):
        dataclasses.dataclass(type("Loose", (layer,), {}))


@dataclass(frozen=True, slots=True)
class Packed:
    """A class that is found by its name, as pickled ones are."""

    shape: tuple[int, ...]
    name: str = "x"


def test_frozen_objects_are_pickled() -> None:
    """What is sent to another process comes back equal, without being set field by field."""
    assert Packed((2, 3), "y") == pickle.loads(pickle.dumps(Packed((2, 3), "y")))


def test_hash_is_asked_for_once() -> None:
    """What keeps its hash has the one that it would have, is equal to the same things, and copies as it did before."""
    asked = []

    class Part:
        """What counts how often its hash is asked for."""

        def __hash__(self) -> int:
            asked.append(self)
            return 5

    @dataclass(frozen=True, slots=True)
    class Tree(HashedOnce):
        """A tree."""

        part: Any

    @dataclass(frozen=True, slots=True)
    class Plain:
        """The same without."""

        part: Any

    part = Part()
    tree = Tree(Tree(part))
    assert {hash(Plain(Plain(part)))} == {hash(tree), hash(tree), hash(Tree(Tree(part)))}
    assert 3 == len(asked)
    assert (tree, False, True) == (Tree(Tree(part)), tree == Tree(part), copy.copy(tree) == tree)
    assert hash(copy.copy(tree)) == hash(tree)
    assert not hasattr(tree, "__dict__")
