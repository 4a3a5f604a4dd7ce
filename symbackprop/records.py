"""Classes that are declared by their fields, as those of `dataclasses` are, at a tenth of its time for each.

    dataclass   a class with a constructor, a text, and where it is frozen equality by value, from its annotations
    field       a field that has more to it than a default
    fields      those of a class or of a value, by their order
    replace     a value like another one with other fields

The words and what they promise are those of the standard library, and so is what `dataclasses` says of such a class:
`fields`, `asdict`, `is_dataclass`. Six methods of each of hundreds of classes are not written out as text and compiled
where the class is declared: five are shared, and the constructor is written where the first value is made.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False  # that of typing, which the command line does not load
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import InitVar, dataclass, field, fields, replace
    from typing import Any

__all__ = ["InitVar", "dataclass", "field", "fields", "replace"]


class _Nothing:
    """No default, or one that is made; shown as the standard library shows it."""

    def __repr__(self) -> str:
        return "<factory>"


_NOTHING = _Nothing()


class _Field:
    """What is said of a field: the arguments of `dataclasses.field`, and whether only the constructor sees it."""

    def __init__(self, **said: Any) -> None:
        self.said = said
        self.default = said.get("default", _NOTHING)
        self.factory = said.get("default_factory")
        self.init: bool = said.get("init", True)
        self.shown: bool = said.get("repr", True)
        self.compared: bool = said.get("compare", True)
        self.hashed: bool = self.compared if said.get("hash") is None else said["hash"]
        self.kw_only: bool = said.get("kw_only", False)
        self.is_kept = True
        self.name = ""
        self.annotation: object = None


class _Lazily:
    """An attribute of a class that is found out where it is first asked for."""

    def __init__(self, name: str, found: Callable[[type], object]) -> None:
        self.name, self.found = name, found
        self.known: Any = None

    def __get__(self, value: object, owner: type) -> Any:
        """Find it out for the class that was declared, be it asked of a class that is made from that one."""
        for each in owner.__mro__:
            if each.__dict__.get(self.name) is self:
                self.known = self.found(each)
                setattr(each, self.name, self.known)
        return self.known.__get__(value, owner) if hasattr(self.known, "__get__") else self.known


def _dataclass(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    repr: bool = True,
    slots: bool = False,
) -> Any:
    """Return the class with the methods that its fields say, or what does so to a class.

    A frozen one refuses with FrozenInstanceError to be changed, and has a hash where it has equality. What the class
    defines itself stays. With `slots` a new class is returned, which has no other attributes."""
    if cls is None:
        return lambda cls: _dataclass(cls, frozen=frozen, eq=eq, repr=repr, slots=slots)
    fields = _fields_of(cls)
    methods: dict[str, Any] = {"__init__": _Lazily("__init__", _constructor)}
    if repr:
        methods["__repr__"] = _text
    if eq:
        methods |= _equality(fields) if frozen else {"__eq__": _equality(fields)["__eq__"], "__hash__": None}
    if slots and frozen:
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    methods = {name: method for name, method in methods.items() if not _defines(cls, name)}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if "__match_args__" not in cls.__dict__:
        methods["__match_args__"] = tuple(name for name, each in fields.items() if each.init and not each.kw_only)
    methods |= {
        "__declared__": fields,
        "__is_frozen__": frozen,
        "__dataclass_fields__": _Lazily("__dataclass_fields__", lambda cls: _standard(cls).__dataclass_fields__),
        "__dataclass_params__": _Lazily("__dataclass_params__", lambda cls: _standard(cls).__dataclass_params__),
    }
    for name, each in fields.items():
        if each.default is _NOTHING and name in cls.__dict__:
            delattr(cls, name)
        elif name in cls.__dict__:
            setattr(cls, name, each.default)
    if slots:
        return _slotted(cls, methods)
    for name, method in methods.items():
        setattr(cls, name, method)
    return cls


def _fields_of(cls: type) -> dict[str, _Field]:
    """Return the fields of a class by their names: those of its bases, and then its own."""
    fields: dict[str, _Field] = {}
    for base in cls.__mro__[:0:-1]:
        fields |= _own_fields(base) or {}
    return fields | _read(cls.__dict__.get("__annotations__", {}), cls.__dict__)


def _own_fields(cls: type) -> dict[str, _Field] | None:
    """Return the fields with which a class was declared, here or by the standard library; None if it was not."""
    declared: dict[str, _Field] | None = cls.__dict__.get("__declared__")
    if declared is not None:
        return declared
    standard = cls.__dict__.get("__dataclass_fields__")
    return None if standard is None else _read({name: each.type for name, each in standard.items()}, standard)


def _declared(of: Any) -> dict[str, _Field]:
    """Return the fields of a class, or of a value, by their names; raises TypeError for what has none."""
    kind = of if isinstance(of, type) else of.__class__
    for each in kind.__mro__:
        fields = _own_fields(each)
        if fields is not None:
            return fields
    raise TypeError(f"{kind.__name__} was not declared by its fields")


def _read(annotations: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, _Field]:
    """Return the fields that are annotated, with what is given for each: a default, a field, or a standard one."""
    fields = {}
    for name, annotation in annotations.items():
        word = getattr(annotation, "__name__", str(annotation)).partition("[")[0]
        if not word.endswith("ClassVar"):
            each = given.get(name, _NOTHING)
            if not isinstance(each, _Field):
                each = _Field(**_said(each))
            each.name, each.annotation, each.is_kept = name, annotation, not word.endswith("InitVar")
            fields[name] = each
    return fields


def _said(given: Any) -> dict[str, Any]:
    """Return the arguments of `field` for a default, or for a field of the standard library."""
    if given is _NOTHING or not hasattr(given, "default_factory"):
        return {} if given is _NOTHING else {"default": given}
    from dataclasses import MISSING

    words = ("default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only")
    return {word: getattr(given, word) for word in words if getattr(given, word) is not MISSING}


def _defines(cls: type, name: str) -> bool:
    """Tell whether a class defines a method itself; that it has no hash, Python says of each that has an equality."""
    return cls.__dict__.get(name) is not None


def _slotted(cls: type, methods: dict[str, Any]) -> type:
    """Return the class again, with places for its fields alone."""
    fields = methods["__declared__"]
    inherited = {name for base in cls.__mro__[1:-1] for name in base.__dict__.get("__slots__", ())}
    namespace = {name: each for name, each in cls.__dict__.items() if name not in fields} | methods
    namespace["__slots__"] = tuple(name for name, each in fields.items() if each.is_kept and name not in inherited)
    for name in ("__dict__", "__weakref__"):
        namespace.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__
    return made


def _constructor(cls: Any) -> Callable[..., None]:
    """Return the constructor of a class: the one method that is written out, as each value is made by it."""
    fields: dict[str, _Field] = cls.__declared__
    names: dict[str, Any] = {"_nothing": _NOTHING, "_set": object.__setattr__}
    body = []
    for name, each in fields.items():
        names |= {f"_default_{name}": each.default, f"_made_{name}": each.factory}
        value = name
        if each.factory is not None:
            value = f"_made_{name}() if {name} is _nothing else {name}" if each.init else f"_made_{name}()"
        elif not each.init:
            if each.default is _NOTHING:
                continue
            value = f"_default_{name}"
        if each.is_kept:
            body.append(f"_set(self, {name!r}, {value})" if cls.__is_frozen__ else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append(f"self.__post_init__({', '.join(name for name, each in fields.items() if not each.is_kept)})")
    listed = ", ".join(["self", *_parameters(fields)])
    exec(f"def __init__({listed}):\n " + "\n ".join(body or ["pass"]), names)
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {name: each.annotation for name, each in fields.items() if each.init} | {"return": None}
    return made


def _parameters(fields: Mapping[str, _Field]) -> Iterator[str]:
    """Yield the parameters of a constructor, those that are given by name alone after all others."""
    given = [(name, each) for name, each in fields.items() if each.init]
    for are_named in (False, True):
        if are_named and any(each.kw_only for _, each in given):
            yield "*"
        for name, each in given:
            if each.kw_only is are_named:
                default = "_nothing" if each.factory is not None else f"_default_{name}"
                yield name if each.factory is None and each.default is _NOTHING else f"{name}={default}"


def _equality(fields: Mapping[str, _Field]) -> dict[str, Any]:
    """Return equality by the fields that count, and the hash that goes with it."""
    parts = _together([name for name, each in fields.items() if each.compared and each.is_kept])
    hashed = _together([name for name, each in fields.items() if each.hashed and each.is_kept])

    def __eq__(self: object, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(hashed(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _together(names: list[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gives the fields of a value that have these names."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda value: ()
    one = attrgetter(*names)
    return lambda value: (one(value),)


def _text(self: Any) -> str:
    """Return a value as it is written in Python."""
    shown = [name for name, each in self.__declared__.items() if each.shown and each.is_kept]
    return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _refuse(self: Any, name: str, *value: object) -> None:
    """Refuse to change a frozen value; what a class that is made from one adds is not frozen."""
    if "__declared__" in type(self).__dict__ or name in self.__declared__:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")
    (object.__setattr__ if value else object.__delattr__)(self, name, *value)


def _state(self: Any) -> list[Any]:
    """Return what is kept of a frozen value without a dictionary where it is copied or stored."""
    return [getattr(self, name) for name, each in self.__declared__.items() if each.is_kept]


def _set_state(self: Any, state: list[Any]) -> None:
    """Take in what was kept."""
    names = (name for name, each in self.__declared__.items() if each.is_kept)
    for name, value in zip(names, state, strict=True):
        object.__setattr__(self, name, value)


def _standard(cls: Any) -> Any:
    """Return a class that the standard library made, with the same fields: it is what `dataclasses` knows of ours."""
    import dataclasses

    fields = cls.__declared__
    namespace = {name: dataclasses.field(**each.said) for name, each in fields.items()}
    annotations = {name: each.annotation if each.is_kept else dataclasses.InitVar for name, each in fields.items()}
    made = type(cls.__name__, (), {"__module__": cls.__module__, "__annotations__": annotations, **namespace})
    return dataclasses.dataclass(init=False, repr=False, eq=False, frozen=cls.__is_frozen__)(made)


def _fields(of: Any) -> tuple[_Field, ...]:
    """Return the fields of a value, or of a class, in their order: what their names and defaults are."""
    return tuple(each for each in _declared(of).values() if each.is_kept)


def _replace(value: Any, /, **changes: Any) -> Any:
    """Return a value like `value` with other fields.

    Raises TypeError for a field that there is not."""
    kept = [name for name, each in _declared(value).items() if each.init and each.is_kept and name not in changes]
    return value.__class__(**{name: getattr(value, name) for name in kept} | changes)


if not TYPE_CHECKING:
    InitVar = None  # a word in annotations alone
    dataclass, field, fields, replace = _dataclass, _Field, _fields, _replace
