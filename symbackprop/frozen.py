"""`dataclasses.dataclass`, with frozen classes made in a fraction of the time.

The library writes out and compiles six methods of every class. A command makes a hundred and forty classes before it
does anything, and calls few of these methods: they took a third of the time that SymPy takes to load. Here `__init__`
alone is written out; the other five are the same for all classes, and do what those of the library do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["HashedOnce", "dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(kind=None, /, *, frozen=False, eq=True, repr=True, slots=False):
        """Return what `dataclasses.dataclass` returns; what is not frozen is made by the library itself."""

        def made(plain):
            make = _frozen if frozen else dataclasses.dataclass
            return make(plain, eq=eq, repr=repr, slots=slots)

        return made if kind is None else made(kind)


class HashedOnce:
    """The base of frozen classes with slots whose objects keep their hash: of a tree, it is asked for at every node."""

    __slots__ = ("_hash",)
    _hash: int


class _Factory:
    """In the place of a default that is made anew for every object."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _frozen(plain: type, *, eq: bool, repr: bool, slots: bool) -> type:
    """Return the class: its fields are found by the library, its methods those that all frozen classes share."""
    own = vars(plain)
    keeps_hash = "__hash__" in own and not (own["__hash__"] is None and "__eq__" in own)
    above = [vars(base)["__dataclass_params__"] for base in plain.__mro__[1:] if "__dataclass_params__" in vars(base)]
    for params in above:
        params.frozen = False  # for as long as the library looks: it would write the two refusals out
    kind: type = dataclasses.dataclass(plain, init=False, eq=False, repr=False, slots=slots)
    for params in (*above, kind.__dataclass_params__):  # type: ignore[attr-defined]
        params.frozen = True
    fields = dataclasses.fields(kind)
    methods = {"__init__": _initialiser(kind, fields, slots=slots), **_refusals(kind, [each.name for each in fields])}
    if repr and "__repr__" not in own:
        methods["__repr__"] = _representation([each.name for each in fields if each.repr])
    if eq and "__eq__" not in own:
        methods["__eq__"] = _equality([each.name for each in fields if each.compare])
    if eq and not keeps_hash:
        counted = [each for each in fields if (each.compare if each.hash is None else each.hash)]
        made = _hash([each.name for each in counted])
        methods["__hash__"] = _kept(made) if issubclass(kind, HashedOnce) else made
    if slots and "__getstate__" not in own:
        methods |= _state([each.name for each in fields])
    for name, method in methods.items():
        setattr(kind, name, method)
    return kind


def _initialiser(kind: type, fields: Sequence[Field[Any]], *, slots: bool) -> Callable[..., None]:
    """Return `__init__`, whose arguments are those of the class, and which is called too often for a loop."""
    scope: dict[str, Any] = {"__set": object.__setattr__, "__factory": _FACTORY}
    asked: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for each in fields:
        name, default, factory = each.name, each.default, each.default_factory
        value = name
        if factory is not MISSING:
            scope[f"__{name}"] = factory
            value = f"__{name}() if {name} is __factory else {name}" if each.init else f"__{name}()"
        elif default is not MISSING:
            scope[f"__{name}"] = default
            value = name if each.init else f"__{name}"
        if each.init:
            given = "" if default is factory else "=__factory" if default is MISSING else f"=__{name}"
            asked[bool(each.kw_only)].append(f"{name}{given}")
        elif factory is MISSING and (default is MISSING or not slots):
            continue  # read from the class, or set by __post_init__
        lines.append(f"__set(self, {name!r}, {value})")
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    arguments = ", ".join(["self", *asked[False], *(["*", *asked[True]] if asked[True] else [])])
    exec(f"def __init__({arguments}):\n " + "\n ".join(lines or ["pass"]), scope)
    method: Callable[..., None] = scope["__init__"]
    method.__qualname__ = f"{kind.__qualname__}.__init__"
    method.__annotations__ = {**{each.name: each.type for each in fields if each.init}, "return": None}
    return method


def _refusals(kind: type[Any], names: Sequence[str]) -> dict[str, Callable[..., Any]]:
    """Return what refuses to set and to delete a field; a plain class that stands on this one may have more."""

    def __setattr__(self: object, name: str, value: object) -> None:
        if type(self) is kind or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(kind, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:
        if type(self) is kind or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(kind, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _values(names: Sequence[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what reads these fields as a tuple."""
    read = attrgetter(*names) if names else None
    if read is None:
        return lambda _: ()
    return read if len(names) > 1 else lambda self: (read(self),)


def _equality(names: Sequence[str]) -> Callable[[object, object], Any]:
    values = _values(names)

    def __eq__(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(names: Sequence[str]) -> Callable[[object], int]:
    values = _values(names)

    def __hash__(self: object) -> int:
        return hash(values(self))

    return __hash__


def _kept(computed: Callable[[Any], int]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        try:
            return self._hash  # type: ignore[no-any-return]
        except AttributeError:
            object.__setattr__(self, "_hash", found := computed(self))
            return found

    return __hash__


def _representation(names: Sequence[str]) -> Callable[[object], str]:
    def __repr__(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _state(names: Sequence[str]) -> dict[str, Callable[..., Any]]:
    """Return how an object without a `__dict__` is pickled and copied, which would set its fields else."""
    values = _values(names)

    def __getstate__(self: object) -> tuple[Any, ...]:
        return values(self)

    def __setstate__(self: object, state: tuple[Any, ...]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}
