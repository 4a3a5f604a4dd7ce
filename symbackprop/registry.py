"""A registry holds the interchangeable parts of one kind, by name.

A part announces itself: `@LAYERS.register("dense")` above a class or a function, in a file of the
kind's own folder. A part is looked for in the file of its own name first; for any other question the
folder is scanned, and the entry points of installed packages are loaded; nobody keeps a list.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from symbackprop.errors import UnknownNameError

if TYPE_CHECKING:
    from types import FrameType

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """Parts of one `kind`, found in the modules of `package` and in the entry points `symbackprop.<kind>`.

    Raises UnknownNameError from `registry[name]`, with the closest name and the whole list.
    """

    def __init__(self, kind: str, package: str) -> None:
        """Make an empty registry; `package` is scanned at the first question."""
        self.kind = kind
        self._package = package
        self._parts: dict[str, Part] = {}
        self._aliases: dict[str, str] = {}
        self._shipped: set[str] = set()
        self._scanned = self._scanning = False

    def register(self, name: str, *aliases: str) -> Callable[[Part], Part]:
        """Return a decorator that files its part under `name` and every alias."""

        def file(part: Part) -> Part:
            self.add(name, part, *aliases)
            return part

        return file

    def add(self, name: str, part: Part, *aliases: str) -> None:
        """File `part` under `name` and every alias; a name is given once."""
        for label in (name, *aliases):
            if label in self._parts or label in self._aliases:
                raise ValueError(f"{self.kind} {label!r} is registered twice")
        self._parts[name] = part
        self._aliases.update(dict.fromkeys(aliases, name))
        if _calling_module().startswith(f"{self._package}."):
            self._shipped.add(name)

    def __getitem__(self, name: str) -> Part:
        """Return the part called `name`, or raise UnknownNameError with what comes close."""
        return self._parts[self.canonical(name)]

    def canonical(self, name: str) -> str:
        """Return the name behind `name`, which may be an alias."""
        name = name if isinstance(name, str) else repr(name)
        self._look_into_its_own_file(name)
        if name not in self._parts:
            self._scan()
        name = self._aliases.get(name, name)
        if name in self._parts:
            return name
        import difflib  # here, as all that only a wrong name or a scan needs: the help of a command is waited for

        known = [*self._parts, *self._aliases]
        close = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UnknownNameError(f"{self.kind} {name[:60]!r} is unknown; {hint}known: {', '.join(sorted(self._parts))}")

    def __contains__(self, name: object) -> bool:
        """Tell whether `name` or an alias is filed."""
        if isinstance(name, str):
            self._look_into_its_own_file(name)
        if name not in self._parts:
            self._scan()
        return name in self._parts or name in self._aliases

    def __iter__(self) -> Iterator[str]:
        """Go through the names in alphabetical order, without the aliases."""
        self._scan()
        return iter(sorted(self._parts))

    def __len__(self) -> int:
        """Return the number of parts, aliases not counted."""
        self._scan()
        return len(self._parts)

    @property
    def shipped(self) -> tuple[str, ...]:
        """The names of the parts that modules of the registry's own folder have filed, in alphabetical order."""
        self._scan()
        return tuple(name for name in self if name in self._shipped)

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the other names of the part called `name`."""
        self._scan()
        return tuple(sorted(alias for alias, target in self._aliases.items() if target == name))

    def _look_into_its_own_file(self, name: str) -> None:
        """Import the module called as the part, where there is one: whoever wants one part does not wait for all."""
        if self._scanned or name in self._parts or not name.isidentifier():
            return
        module = f"{self._package}.{name}"
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise

    def _scan(self) -> None:
        if self._scanned or self._scanning:
            return
        self._scanning = True  # a module of the folder may ask the registry while it is being scanned
        try:
            self._scan_folder()
        finally:
            self._scanning = False
        self._scanned = True

    def _scan_folder(self) -> None:
        import pkgutil

        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        if self.has_guests:
            from importlib import metadata

            for point in metadata.entry_points(group=self._group):
                if point.name not in self._parts and point.name not in self._aliases:
                    self.add(point.name, point.load())

    @property
    def _group(self) -> str:
        return f"symbackprop.{self.kind.replace(' ', '_')}"

    @property
    def has_guests(self) -> bool:
        """Whether an installed package may announce parts of this kind; no module is loaded for the answer."""
        path = tuple(sys.path)
        return self._group.encode() in _announced(path) or any(map(os.path.isfile, path))  # a file is an archive


class Named(dict[str, Part]):
    """What a user asks for by name; another name raises UnknownNameError with those that there are."""

    def __init__(self, kind: str, parts: Mapping[str, Part]) -> None:
        """Take the parts by name, and what one of them is called in a message."""
        super().__init__(parts)
        self._kind = kind

    def __missing__(self, name: object) -> NoReturn:
        """Say what there is."""
        raise UnknownNameError(f"{self._kind} {str(name)[:60]!r} is unknown; known: {', '.join(self)}")


@cache
def _announced(path: tuple[str, ...]) -> bytes:
    """Return what the packages on the path announce, as text: `importlib.metadata`, which reads it, loads slowly."""
    said = []
    for folder in path:
        try:
            names = os.listdir(folder or ".")
        except OSError:  # an archive, or not there at all
            names = []
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                with suppress(OSError), open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                    said.append(file.read())
    return b"\n".join(said)


def _calling_module() -> str:
    """Return the name of the module that files a part."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return "" if frame is None else str(frame.f_globals.get("__name__", ""))
