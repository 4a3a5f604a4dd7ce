"""`symbackprop list`: what there is to choose from, as the registries have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from symbackprop.cli.command import command, language_option
from symbackprop.cli.screen import Pen, Screen
from symbackprop.cli.speech import counted, spoken, worded
from symbackprop.errors import MissingExtraError

if TYPE_CHECKING:
    from symbackprop.numerics.classes import Data
    from symbackprop.registry import Registry

Rows: TypeAlias = Iterable[tuple[str, str]]  # a name, and what is to be said about it
Part = TypeVar("Part")
READY = "ready"


def _activations(pen: Pen) -> Rows:
    from symbackprop.network.activations import ACTIVATIONS
    from symbackprop.network.functions import Z
    from symbackprop.network.notation import Tensor, index, size

    z, a, j = (*(Tensor(letter, None, (size("n"),)) for letter in "za"), index("j"))
    for name in ACTIVATIONS:
        part = ACTIVATIONS[name]
        sides = (a[j], part.value(z, j)) if part.function is None else (part.function(Z), part.function.definition)
        yield _with_aliases(ACTIVATIONS, name), pen.formula(*sides)


def _costs(pen: Pen) -> Rows:
    from symbackprop.network.costs import COSTS
    from symbackprop.network.notation import COST, Tensor, index, size

    a, y = (Tensor(letter, None, (size("n"),)) for letter in "ay")
    for name in COSTS:
        yield _with_aliases(COSTS, name), pen.formula(COST, COSTS[name].value(a, y, index("j")))


def _penalties(pen: Pen) -> Rows:
    from symbackprop.network.notation import Tensor, size
    from symbackprop.network.penalties import PENALTIES

    weights, added = Tensor("W", None, (size("m"), size("n"))), Tensor("R")[()]
    for name in PENALTIES:
        numbers = [Tensor(letter)[()] for letter in PENALTIES[name].numbers.letters]
        yield name, pen.formula(added, PENALTIES[name].term((weights,), numbers))


def _layers(pen: Pen) -> Rows:
    """Yield each layer with its fields, the equations that it is in its example, and the example."""
    from symbackprop.network.layered import LayeredNetwork, sequential
    from symbackprop.network.layers import LAYERS

    for name in LAYERS:
        kind = LAYERS[name]
        yield name, ", ".join(map(_field, fields(kind))) or worded("no fields")  # type: ignore[arg-type]
        network = sequential(kind.example, l2=1)
        assert isinstance(network, LayeredNetwork)
        own = next(layer for layer in network.layers if layer.name == name)
        inside = [each for each in network.layers if each is own or each.label.startswith(f"{own.label}.")]
        computed = {array for each in inside for array in each.arrays}
        program = network.program
        names = {array.tensor: array.name for array in program.arrays}
        lines = [e for e in program.equations if names.get(e.tensor) in computed]
        yield from (("", pen.formula(e.target, e.expression)) for e in lines)
        if not lines:
            yield "", worded((kind.__doc__ or "").partition("\n")[0])
        yield "", worded(f"in {kind.example}")


def _field(each: Field[Any]) -> str:
    """Return a field with its default: kernel, stride=1, bias=true."""
    default = each.default
    if default is MISSING or default is None or default == ():
        return each.name
    if isinstance(default, tuple):
        default = default[0]
    return f"{each.name}={str(default).lower() if isinstance(default, bool) else default}"


def _notations(pen: Pen) -> Rows:
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.calculus.equations import NOTATIONS
    from symbackprop.cli.equations import written
    from symbackprop.network.model import dense_chain

    equation = derive(dense_chain("2-3-1")).equations["BP2"]
    for name in NOTATIONS:
        first, *others = written(equation, equation.right, name, pen).splitlines()
        yield name, f"{first}, …" if others else first


def _conventions(pen: Pen) -> Rows:
    """Yield each convention with two of its equations: BP4 for a batch, and the error of a layer."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.cli.equations import written
    from symbackprop.exposition.conventions import CONVENTIONS
    from symbackprop.network.model import dense_chain

    equations = derive(dense_chain("2-3-1")).equations
    for name in CONVENTIONS:
        convention = CONVENTIONS[name]
        own = replace(pen, symbols=convention.symbols, convention=convention)
        yield name, written(equations["BP2"], equations["BP2"].right, "matrix", own)
        yield "", written(equations["BP4"], equations["BP4"].right, convention.samples, own)


def _languages(pen: Pen) -> Rows:
    from symbackprop.exposition.languages import LANGUAGES

    for code in LANGUAGES:
        yield code, LANGUAGES[code].name


def _formats(pen: Pen) -> Rows:
    from symbackprop.exposition.formats import FORMATS, check_installed

    for name in FORMATS:
        yield name, f"{FORMATS[name].main}, {_readiness(partial(check_installed, FORMATS[name]))}"


def _sections(pen: Pen) -> Rows:
    from symbackprop.exposition.languages import LANGUAGES
    from symbackprop.exposition.narration import CHAPTERS
    from symbackprop.exposition.selection import EQUATIONS
    from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS

    title = LANGUAGES[spoken()].words
    for name in CHAPTERS:
        yield name, title(f"section.{name}")
    for name in PROGRAM_CHAPTERS:
        if name not in CHAPTERS:
            yield name, f"{title(f'section.{name}')} {worded('(of equations)')}"
    for name in EQUATIONS:
        yield name, worded("what derives and states this equation")


def _examples(pen: Pen) -> Rows:
    from symbackprop.cli.shipped import examples
    from symbackprop.network.text.lines import title_of

    for name, text in examples().items():
        yield name, worded(title_of(text) or "")


def _backends(pen: Pen) -> Rows:
    from symbackprop.numerics.backends import BACKENDS

    for name in BACKENDS:
        yield name, _readiness(BACKENDS[name].prepare)


def _data(pen: Pen) -> Rows:
    from symbackprop.numerics.data import BUILT_IN

    for name, load in BUILT_IN.items():
        yield name, _readiness(partial(_size, load))
    of_table = "your own table (.tsv, .data, .txt, too): the last columns are targets, or one is the --label"
    yield from (("FILE.csv", worded(of_table)), ("FILE.npz", worded("your own arrays x and y")))


def _size(load: Callable[[], Data]) -> str:
    data = load()
    return ", ".join(
        (counted(len(data.x), "sample"), counted(data.x.shape[1], "input"), counted(data.y.shape[1], "output"))
    )


def _readiness(prepare: Callable[[], object]) -> str:
    """Return what `prepare` says of a part that is there, or what the part lacks."""
    try:
        said = prepare()
    except MissingExtraError as lacking:
        return worded(str(lacking))
    return said if isinstance(said, str) else worded(READY)


def _with_aliases(registry: Registry[Part], name: str) -> str:
    return ", ".join((name, *registry.aliases(name)))


SECTIONS: Mapping[str, Callable[[Pen], Rows]] = MappingProxyType(
    {
        "activations": _activations,
        "costs": _costs,
        "penalties": _penalties,
        "layers": _layers,
        "notations": _notations,
        "conventions": _conventions,
        "languages": _languages,
        "formats": _formats,
        "sections": _sections,
        "examples": _examples,
        "backends": _backends,
        "data": _data,
    }
)


@command(
    "list",
    place=90,
    examples=(
        ("symbackprop list", "Everything."),
        ("symbackprop list activations", "The activations, each with its formula."),
    ),
)
@language_option
@click.argument("section", required=False, metavar="[SECTION]", type=click.Choice(list(SECTIONS)))
def list_parts(*, section: str | None) -> int:
    """List activations, costs, formats, backends and the rest.

    What is listed is what the registries hold, parts of other installed packages included.

    SECTION is one of the headings, such as costs; left out: all of them."""
    from symbackprop.cli.sheet import show_named
    from symbackprop.exposition.languages import LANGUAGES

    screen = Screen.of_process()
    pen = replace(screen.pen(), words=LANGUAGES[spoken()].formula_words)
    for number, name in enumerate(SECTIONS if section is None else (section,)):
        if number:
            screen.say()
        screen.title(name if name == worded(name) else f"{name} · {worded(name)}")
        show_named(screen, list(SECTIONS[name](pen)), pen)
    return 0
