"""The registry: a part announces itself once, is found by name or alias, and a slip of the pen gets a hint."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from symbackprop.errors import UnknownNameError
from symbackprop.registry import Registry

_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Return a maker of importable packages; each keyword is the source of one module."""
    name = f"parts_of_a_test_{next(_numbers)}"

    def make(**modules: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(
            "from symbackprop.registry import Registry\nPARTS = Registry('test part', __name__)\n", encoding="utf-8"
        )
        for module, source in modules.items():
            (folder / f"{module}.py").write_text(f"from {name} import PARTS\n{source}\n", encoding="utf-8")
        return name

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


@pytest.fixture
def registry(package: Callable[..., str]) -> Registry[int]:
    """Return a registry with the parts one, two (alias zwei) and three."""
    parts: Registry[int] = Registry("number", package())
    parts.add("two", 2, "zwei", "deux")
    parts.add("one", 1)
    parts.add("three", 3)
    return parts


def test_part_is_found_by_its_name_and_by_every_alias(registry: Registry[int]) -> None:
    """An alias leads to the part and to its name."""
    assert [2, 2, 2] == [registry[name] for name in ("two", "zwei", "deux")]
    assert ["two", "two", "one"] == [registry.canonical(name) for name in ("two", "zwei", "one")]
    assert ("deux", "zwei") == registry.aliases("two")
    assert () == registry.aliases("one")


def test_part_in_a_file_of_its_own_name_is_found_without_the_others(package: Callable[..., str]) -> None:
    """Asking for a part imports the module that is called as it, and leaves the rest of the folder alone."""
    name = package(one="PARTS.add('one', 1)", two="PARTS.add('two', 2)", more="PARTS.add('three', 3)")
    parts = importlib.import_module(name).PARTS
    assert 1 == parts["one"]
    assert f"{name}.two" not in sys.modules
    assert 3 == parts["three"]
    assert ["one", "three", "two"] == list(parts)


def test_names_are_in_alphabetical_order_without_aliases(registry: Registry[int]) -> None:
    """Going through a registry, and its length, leave the aliases out; membership knows them."""
    assert ["one", "three", "two"] == list(registry)
    assert 3 == len(registry)
    assert [True, True, False] == [name in registry for name in ("one", "zwei", "four")]


def test_decorator_returns_the_very_part(registry: Registry[int]) -> None:
    """Standing outermost, the decorator files the class that a slotted dataclass makes, and hands it on."""
    parts: Registry[type] = Registry("class", registry._package)

    @parts.register("scale", "stretch")
    @dataclass(frozen=True, slots=True)
    class Scale:
        factor: int

    assert parts["scale"] is parts["stretch"] is Scale
    assert Scale(2) == parts["scale"](2)


@pytest.mark.parametrize("names", [("one",), ("zwei",), ("four", "one"), ("four", "zwei")])
def test_name_is_given_once(registry: Registry[int], names: tuple[str, ...]) -> None:
    """Neither a name nor an alias can be taken again, and the attempt changes nothing."""
    with pytest.raises(ValueError, match=r"^number '(one|zwei)' is registered twice$"):
        registry.add(names[0], 4, *names[1:])
    assert ["one", "three", "two"] == list(registry)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tow", r"^number 'tow' is unknown; did you mean 'two'\? known: one, three, two$"),
        ("TWO", r"did you mean 'two'\?"),
        ("zwie", r"did you mean 'zwei'\?"),
        ("banana", r"^number 'banana' is unknown; known: one, three, two$"),
        ("", r"^number '' is unknown; known:"),
        (None, r"^number 'None' is unknown; "),
        ("x" * 1000, r"^number 'x{60}' is unknown; known:"),
        ("a\nb", r"^number 'a\\nb' is unknown; known:"),
    ],
)
def test_unknown_name_is_refused_with_what_comes_close(registry: Registry[int], name: str, message: str) -> None:
    """The error is one line: the name, the closest known one, and all of them."""
    with pytest.raises(UnknownNameError, match=message):
        registry[name]


def test_modules_of_the_package_are_loaded_at_the_first_question(package: Callable[..., str]) -> None:
    """A new file is the whole change; before the first question nothing of it is imported."""
    name = package(first="PARTS.add('alpha', 1)", second="PARTS.add('beta', 2, 'b')")
    parts = __import__(name).PARTS
    assert f"{name}.first" not in sys.modules
    assert ["alpha", "beta"] == list(parts)
    assert 2 == parts["b"]


@pytest.mark.parametrize("question", [len, list, lambda parts: "alpha" in parts, lambda parts: parts.aliases("alpha")])
def test_every_question_scans(package: Callable[..., str], question: Callable[[Registry[int]], object]) -> None:
    """Whatever is asked first, the parts are there."""
    parts = __import__(package(first="PARTS.add('alpha', 1, 'a')")).PARTS
    assert question(parts) in (1, ["alpha"], True, ("a",))


def test_parts_of_other_packages_come_by_entry_points(
    package: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A part of an installed package is loaded from the group of the kind; our own names are never replaced."""
    installed = tmp_path / "site" / "guest-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: guest\nVersion: 1.0\n", encoding="utf-8")
    announced = "[symbackprop.test_part]\nforeign = math:pi\nalpha = math:no_such_thing\n"
    (installed / "entry_points.txt").write_text(announced, encoding="utf-8")
    parts = __import__(package(first="PARTS.add('alpha', 1)")).PARTS
    assert not parts.has_guests
    monkeypatch.syspath_prepend(installed.parent)
    assert parts.has_guests
    assert ["alpha", "foreign"] == list(parts)
    assert (1, 3) == (parts["alpha"], round(parts["foreign"]))


def test_archive_on_the_path_may_announce_anything(
    registry: Registry[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What an archive announces is asked of those who can look into one."""
    (tmp_path / "guests.zip").touch()
    monkeypatch.syspath_prepend(tmp_path / "guests.zip")
    assert registry.has_guests
