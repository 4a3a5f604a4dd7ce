"""Frozen dataclasses that load quickly, for the modules that every command waits for.

`dataclass` of the standard library compiles six methods for each frozen class until Python 3.13, a third of a
millisecond: with 150 classes that is as long as half a derivation takes. Here only `__init__` is compiled; what
compares, hashes and shows is the same function for all classes. Whoever checks types sees the standard library's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import dataclass as _standard

    def dataclass(*, frozen: bool, slots: bool = False, eq: bool = True, repr: bool = True) -> Callable[[type], type]:
        """Return what makes a frozen dataclass of a class, as the decorator of the standard library does.

        A class of this kind and one of the other do not inherit from each other; there is no InitVar."""

        def made(plain: type) -> type:
            cls = _standard(init=False, repr=False, eq=False, slots=slots)(plain)
            own = {"__init__": _init(cls), "__setattr__": _refused, "__delattr__": _refused}
            if slots:
                own |= {"__getstate__": _state, "__setstate__": _restore}
            if eq:
                own["__eq__"] = _equal(_reader([each.name for each in fields(cls) if each.compare]))
                own["__hash__"] = _hash(
                    _reader([each.name for each in fields(cls) if (each.compare if each.hash is None else each.hash)])
                )
            if repr:
                own["__repr__"] = _shown
            for name, method in own.items():
                if plain.__dict__.get(name) is None:  # what a class says itself stays
                    setattr(cls, name, method)
            return cls

        return made


__all__ = ["dataclass"]


def _init(cls: type) -> Callable[..., None]:
    """Compile the constructor: the one method whose arguments are the class's own."""
    known: dict[str, Any] = {"put": object.__setattr__}
    arguments, lines = ["self"], ["pass"]
    for each in fields(cls):
        name, value = each.name, each.name
        if each.default_factory is not MISSING:
            known[f"make_{name}"] = each.default_factory
            value = f"make_{name}() if {name} is missing else {name}" if each.init else f"make_{name}()"
            known["missing"] = MISSING
        known[f"default_{name}"] = MISSING if each.default is MISSING else each.default
        if each.init:
            optional = each.default is not MISSING or each.default_factory is not MISSING
            arguments.append(f"{name}=default_{name}" if optional else name)
        elif each.default_factory is MISSING:
            continue  # `__post_init__` gives it a value
        lines.append(f"put(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(arguments)}):\n " + "\n ".join(lines), known)  # noqa: S102 - the names of fields of a class of ours
    return known["__init__"]  # type: ignore[no-any-return]


def _reader(names: list[str]) -> Callable[[object], Any]:
    """Return what reads the fields of those names."""
    return attrgetter(*names) if len(names) > 1 else lambda self: tuple([getattr(self, name) for name in names])


def _equal(read: Callable[[object], Any]) -> Callable[..., bool]:
    return lambda self, other: bool(read(self) == read(other)) if other.__class__ is self.__class__ else NotImplemented


def _hash(read: Callable[[object], Any]) -> Callable[..., int]:
    return lambda self: hash(read(self))


def _shown(self: Any) -> str:
    said = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({said})"


def _refused(_self: object, name: str, *_value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot {'assign to' if _value else 'delete'} field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
