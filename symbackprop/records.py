"""Frozen dataclasses that load quickly, for the modules that every derivation waits for.

`dataclass` of the standard library compiles six methods for each frozen class until Python 3.13, some 0.3 ms: with 150
classes that is a fifteenth of `symbackprop derive`. Here a method is made when it is first called, and many never are.
Whoever checks types sees the standard library's.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - passed on
else:
    from dataclasses import dataclass as _standard

    def dataclass(*, frozen: bool, slots: bool = False, eq: bool = True, repr: bool = True) -> Callable[[type], type]:
        """Return what makes a frozen dataclass of a class, as the decorator of the standard library does.

        Classes of this kind and of the other inherit from each other; there is no InitVar."""

        def made(plain: type) -> type:
            own = {name for name, value in plain.__dict__.items() if value is not None}
            of_frozen = any(_is_frozen(each) for each in plain.__mro__[1:])
            cls = _standard(init=False, repr=False, eq=False, frozen=of_frozen, slots=slots)(plain)
            cls.__dataclass_params__.frozen = frozen  # what is asked by a class that inherits from this one
            methods = {"__init__": _Late(cls, "__init__", _init), "__setattr__": _refused, "__delattr__": _refused}
            if slots:
                methods |= {"__getstate__": _state, "__setstate__": _restore}
            if eq:
                methods |= {"__eq__": _Late(cls, "__eq__", _equal), "__hash__": _Late(cls, "__hash__", _hash)}
            if repr:
                methods["__repr__"] = _shown
            for name in methods.keys() - own:  # what a class says itself stays
                setattr(cls, name, methods[name])
            return cls

        return made


def _is_frozen(cls: type) -> bool:
    return "__dataclass_params__" in cls.__dict__ and cls.__dict__["__dataclass_params__"].frozen


class _Late:
    """A method that is made when it is first looked up, and then has its place in the class."""

    def __init__(self, cls: type, name: str, make: Callable[[type], Callable[..., Any]]) -> None:
        """Make the method `name` of a class by `make`."""
        self.cls, self.name, self.make = cls, name, make

    def __get__(self, instance: object, owner: type) -> Any:
        """Return the method, bound to an instance where there is one."""
        method = self.make(self.cls)
        setattr(self.cls, self.name, method)
        return method.__get__(instance, owner)


def _init(cls: type) -> Callable[..., None]:
    """Compile the constructor: the one method whose arguments are the class's own."""
    known: dict[str, Any] = {"put": object.__setattr__, "missing": MISSING}
    arguments, lines = ["self"], ["pass"]
    for each in fields(cls):
        name, value = each.name, each.name if each.init else f"default_{each.name}"
        has_default = each.default is not MISSING or each.default_factory is not MISSING
        known |= {f"make_{name}": each.default_factory, f"default_{name}": each.default}
        if each.default_factory is not MISSING:
            value = f"make_{name}() if {name} is missing else {name}" if each.init else f"make_{name}()"
        if each.init:
            arguments.append(f"{name}=default_{name}" if has_default else name)
        elif not has_default:
            continue  # `__post_init__` gives it a value
        lines.append(f"put(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(arguments)}):\n " + "\n ".join(lines), known)  # noqa: S102 - the names of fields of a class of ours
    return known["__init__"]  # type: ignore[no-any-return]


def _equal(cls: type) -> Callable[..., bool]:
    read = _reader([each.name for each in fields(cls) if each.compare])
    return lambda self, other: bool(read(self) == read(other)) if other.__class__ is self.__class__ else NotImplemented


def _hash(cls: type) -> Callable[..., int]:
    hashed = [each for each in fields(cls) if (each.compare if each.hash is None else each.hash)]
    read = _reader([each.name for each in hashed])
    return lambda self: hash(read(self))


def _reader(names: list[str]) -> Callable[[object], Any]:
    """Return what reads the fields of those names."""
    return attrgetter(*names) if len(names) > 1 else lambda self: tuple([getattr(self, name) for name in names])


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
