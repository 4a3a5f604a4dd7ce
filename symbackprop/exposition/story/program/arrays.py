"""Chapter 1: what is computed from what: the arrays, their shapes, their picture."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Float, Integer

from symbackprop.calculus.batches import BATCH
from symbackprop.exposition.document import Block, Figure, Formula, Prose, Table, Text
from symbackprop.exposition.figures.graph import GraphPicture, graph_picture
from symbackprop.exposition.levels import Level
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.mathtext.spoken import SPOKEN, spoken
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.layerpicture import is_branched, layer_picture
from symbackprop.exposition.story.program.layers import described, meaning, shape_in_words
from symbackprop.exposition.story.program.telling import ProgramTelling, entry_of, whole
from symbackprop.exposition.story.telling import equal, listed
from symbackprop.exposition.story.terms import Extents
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Array, Kind

WIDEST = 20.0  # centimetres of a picture of arrays that can be read in the width of a page


def tell(telling: ProgramTelling) -> Story:
    """Return the opening paragraph and the chapter about the arrays."""
    program = telling.program
    table_of: list[Block] = [telling.prose("layers.arrays" if telling.layers else "arrays.table"), table(telling)]
    if telling.layers:  # whose sizes are those of the network; of a file they are only examples
        sizes = [equal(size, Integer(number)) for size, number in program.sizes.items() if size != BATCH]
        table_of.append(Prose(telling.say("exercise.sizes", sizes=listed(*sizes))))
    if any(array.kind == "constant" for array in program.arrays):
        table_of.append(telling.prose("arrays.constants"))
    if numbers := getattr(telling.derivation.network, "constants", {}):
        own = [equal(each.tensor, Float(str(numbers[each.name]))) for each in program.given if each.name in numbers]
        table_of.append(telling.prose("arrays.numbers", numbers=listed(*own)))
    if telling.derivation.samples:
        table_of.append(telling.prose(f"arrays.{telling.derivation.samples}"))
    if any(adjoint.own for adjoint in telling.derivation.adjoints.values()):
        table_of.append(telling.prose("arrays.own", C=COST))
    opening = _opening_of_layers(telling) if telling.layers else _opening(telling)
    return (
        *at(Level.FULL, opening),
        telling.section("arrays"),
        *(_pictures_of_layers(telling) if telling.layers else _picture_of_arrays(telling)),
        *at(Level.FULL, *table_of),  # a slide has the shapes in the picture
    )


def _picture_of_arrays(telling: ProgramTelling) -> Story:
    return telling.prose("arrays.picture", goal=telling.goal), picture(telling)


def _pictures_of_layers(telling: ProgramTelling) -> Story:
    """Return the layers as a picture and as a table, and the arrays in them where there is room for their picture."""
    inside = picture(telling)
    fits = isinstance(inside.picture, GraphPicture) and inside.picture.width <= WIDEST
    arrays = (telling.prose("layers.picture", goal=telling.goal), inside) if fits else ()
    chain = telling.prose("layers.branches" if is_branched(telling) else "layers.chain"), layer_picture(telling)
    return (*chain, *at(Level.FULL, telling.prose("layers.table"), layer_table(telling), *arrays))


def _opening(telling: ProgramTelling) -> Prose:
    """Return what is computed from what, and the question."""
    program = telling.program
    given = telling.listed([a for a in program.arrays if a.kind is not Kind.VALUE and a.kind is not Kind.COST])
    count, results = len(program.equations), telling.listed(program.outputs)
    return Prose(telling.say("program.opening", given=given, count=count, results=results, goal=telling.goal))


def _opening_of_layers(telling: ProgramTelling) -> Prose:
    """Return how many numbers are learned, and the question."""
    goal, count = telling.goal, sum(layer.count for layer in telling.layers)
    depth = getattr(telling.derivation.network, "depth", 0)
    if not count:
        given = telling.listed(telling.program.of_kind(Kind.INPUT))
        return telling.prose("layers.opening.none", depth=depth, given=given, goal=goal)
    return telling.prose("layers.opening", depth=depth, count=count, goal=goal)


def layer_table(telling: ProgramTelling) -> Table:
    """Return the layers in order: number, what it is, the shape that it gives, how many numbers it learns."""
    say, language = telling.say, telling.language
    header: tuple[Text, ...] = (say("header.layer"), say("header.kind"), say("header.output"), say("header.learned"))
    number: Text = (str(first),) if (first := telling.layer(0)) else ()
    before: tuple[Text, ...] = (number, say("cell.input"), (shape_in_words(telling.layers[0].shape_before),), ())
    rows = [
        (
            (telling.number_of(layer),),
            (described(language, layer),),
            (shape_in_words(layer.shape),),
            _count(telling, layer.count),
        )
        for layer in telling.layers
    ]
    return Table(header, (before, *rows), "llll")


def _count(telling: ProgramTelling, count: int) -> Text:
    return (telling.language.number(count),) if count else ()


def picture(telling: ProgramTelling) -> Figure:
    """Return the picture of the program: arrays as boxes, an arrow from each to what is computed from it."""
    drawn = graph_picture(telling.program)
    alt = "".join(map(str, telling.say("alt.program", names="; ".join(_sources(telling)))))
    return telling.figure("figure.program.loop" if drawn.loops else "figure.program", drawn, alt=alt)


def _sources(telling: ProgramTelling) -> Iterator[str]:
    """Yield what each array is computed from, as it is read aloud: z 1 from x, capital W 1, b 1."""
    network, convention = telling.derivation.network, telling.convention
    symbols = telling.symbols
    letters = {**convention.symbols, **symbols} if network is None else own_letters(network, symbols, convention)
    taken = telling.program.names
    style = Style(letters, taken=taken, convention=convention, depth=getattr(network, "depth", None))
    words = {name: telling.language.words(f"word.{name}") for name in SPOKEN}
    names = {a.tensor: spoken(lay_out(whole(a.tensor), style), words) for a in telling.program.arrays}
    read: dict[Expr, set[Expr]] = {}
    for equation in telling.program.equations:  # a state has one for its start and one for its steps
        read.setdefault(equation.tensor, set()).update(equation.reads)
    for tensor, sources in read.items():
        found = ", ".join(name for source, name in names.items() if source in sources)
        yield "".join(map(str, telling.say("alt.program.from", name=names[tensor], names=found)))


def table(telling: ProgramTelling, *, brief: bool = False) -> Table:
    """Return the arrays in the order in which they come: an entry, the shape, the kind, what it is.

    A `brief` one leaves out the kind where it says what each array is."""
    say, arrays = telling.say, telling.program.arrays
    titled = any(meaning(telling, array) for array in arrays)
    kinds = not (brief and titled)
    names = ["entry", "shape", *["kind"] * kinds, *["meaning"] * titled]
    rows = [
        (
            (Formula((entry_of(array, telling.program.equations),)),),
            shape_text(telling, array),
            *(say(f"kind.{array.kind}"),) * kinds,
            *(meaning(telling, array),) * titled,
        )
        for array in arrays
    ]
    return Table(tuple(say(f"header.{name}") for name in names), tuple(rows), "l" * len(names))


def shape_text(telling: ProgramTelling, array: Array) -> Text:
    """Return the shape of an array: T × D, or the words for a single number."""
    if not isinstance(array.tensor, Tensor) or not array.tensor.axes:
        return telling.say("shape.number")
    return (Formula((Extents(array.tensor.sizes),)),)
