"""Chapter 1: the network, its picture, its letters, and how many numbers it has to learn."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Sum, Symbol

from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.links import J, K
from symbackprop.exposition.document import Display, Figure, Formula, Prose, Table, Text, paragraph
from symbackprop.exposition.figures.layout import network_picture, shown
from symbackprop.exposition.levels import EVERY, Level
from symbackprop.exposition.mathtext.convention import USUAL
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.telling import Telling, equal, name_of, shape_of
from symbackprop.exposition.story.terms import Shape, Total
from symbackprop.network import notation
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, LAYER

MOST_ROWS = 8  # of the table of layers
MOST_NAMED = 3  # layers whose parameters are called by their names in code


def tell(telling: Telling) -> Story:
    """Return the opening paragraph and the chapter about the network."""
    network = telling.network
    x, y = notation.activation(0), notation.target(LAST_LAYER)
    return (
        *at(
            EVERY,
            telling.prose("opening", count=network.parameter_count, shape=shape_of(network)),
            telling.section("network"),
            telling.prose("network.parts", x=x, y=_whole(y), C=COST),
            picture(telling),
        ),
        *at(Level.SHORT | Level.LECTURE, telling.part(f"letters{_variant(telling)}")),
        *at(EVERY, _about_letters(telling)),
        *at(Level.SHORT, letters(telling, "letter.delta.short")),
        *at(Level.LECTURE, letters(telling)),
        *at(
            Level.FULL,
            letters(telling, "letter.delta"),
            layers(telling),
            telling.prose("network.count", count=network.parameter_count),
            Display(_parameter_count(network)),
        ),
    )


def _variant(telling: Telling) -> str:
    """Return what the key of a sentence about the numbers of layers ends in."""
    layer = telling.convention.layer
    return "" if layer == USUAL.layer else f".{layer}"


def _about_letters(telling: Telling) -> Prose:
    """Return whose letters they are, and where the numbers of layers stand."""
    l = LAYER  # noqa: E741 - the letter of a layer
    said = telling.prose(f"network.letters{_variant(telling)}", example=notation.weighted_input(l)[J], l=l)
    source = telling.convention.source
    usual = telling.convention == USUAL
    whose = telling.say("network.source", source=source) if source else telling.say("network.usual") if usual else ()
    shifted = telling.say("network.first", first=equal(l, Integer(1))) if telling.convention.first else ()
    return replace(said, text=paragraph((whose, said.text, shifted)))


def _whole(y: notation.Tensor) -> Symbol:
    return Symbol(y.letter)


def picture(telling: Telling, ends: tuple[int, ...] | None = None) -> Figure:
    """Return the picture of the network, with the path of one weight of the first layer, or of that with these ends."""
    network, say = telling.network, telling.say
    drawn = network_picture(network, ends=ends)
    key = "figure.network" if network.depth > 1 else "figure.network.flat"
    widths = ", ".join(map(str, network.widths))
    k, j = drawn.weight.indices[1], drawn.weight.indices[0]
    alt = say("alt.network", widths=widths, j=str(j), k=str(k), layer=str(telling.layer(1)))
    whole = telling.figure(key, drawn, alt=_plain(alt), w=drawn.weight, shape=shape_of(network))
    assert whole.slide is not None  # every language has a line for it
    return replace(whole, slide=replace(whole.slide, picture=network_picture(network, on_slide=True, ends=ends)))


def _plain(text: Text) -> str:
    return "".join(segment for segment in text if isinstance(segment, str))


def letters(telling: Telling, error: str = "") -> Table:
    """Return the table of letters, in the order in which the story needs them; `error` is what it says of δ."""
    say, l = telling.say, LAYER  # noqa: E741 - the letter of a layer
    w, b, z = notation.weight(l)[J, K], notation.bias(l)[J], notation.weighted_input(l)[J]
    a, delta = notation.activation(l)[J], notation.error(l)[J]
    first, before = notation.activation(0), l - 1
    rows: tuple[tuple[Expr | Formula, Text], ...] = (
        (LAYER, say("letter.l", L=LAST_LAYER, number=equal(LAST_LAYER, Integer(telling.layer(telling.network.depth))))),
        (notation.width(l), say("letter.n", l=l)),
        (w, (*say("letter.w", k=K, j=J, l=l, before=before), *_in_code(telling, "w"))),
        (b, (*say("letter.b", j=J, l=l), *_in_code(telling, "b"))),
        (z, say("letter.z", j=J, l=l)),
        (a, say("letter.a", j=J, l=l, input=first, zero=equal(l, Integer(telling.layer(0))))),
        *_output(telling),
        (notation.target()[J], say("letter.y", j=J)),
        (COST, say("letter.C")),
        *_cost_of_batch(telling),
        *(((delta, say(error, j=J, l=l, z=z, C=COST)),) if error else ()),
    )
    header = (say("header.letter"), say("header.meaning"))
    return Table(header, tuple(((_formula(letter),), text) for letter, text in rows), "ll")


def _in_code(telling: Telling, kind: str) -> Text:
    """Return what the parameters of the layers are called in code, where the convention says so."""
    name = telling.convention.parameters.get(kind)
    if name is None:
        return ()
    depth = telling.network.depth
    named = [name.replace("{l}", str(telling.layer(layer))) if layer else "…" for layer in shown(depth, MOST_NAMED)]
    return telling.say("letter.code", names=", ".join(named))


def _output(telling: Telling) -> tuple[tuple[Formula, Text], ...]:
    """Return the row of the output, where it has a letter of its own."""
    if "output" not in telling.convention.symbols:
        return ()
    return ((Formula((notation.activation(LAST_LAYER)[J],)), telling.say("letter.output", j=J)),)


def _cost_of_batch(telling: Telling) -> tuple[tuple[Expr, Text], ...]:
    """Return the row of the cost of a batch, where it has a letter of its own."""
    if telling.cost_of_batch == COST:
        return ()
    kind = "sum" if telling.convention.mean == "none" else "mean"
    return ((telling.cost_of_batch, telling.say(f"letter.J.{kind}", m=BATCH)),)


def _formula(term: Expr | Formula) -> Formula:
    return term if isinstance(term, Formula) else Formula((term,))


def layers(telling: Telling) -> Table:
    """Return the table of layers: widths, activations, and how many parameters each has."""
    say, network, number = telling.say, telling.network, telling.language.number
    header = tuple(say(f"header.{name}") for name in ("layer", "neurons", "activation", "weights", "biases"))
    rows: list[tuple[Text, ...]] = [
        ((str(telling.layer(0)),), (number(network.widths[0]),), say("cell.input"), ("–",), ("–",))
    ]
    for layer in shown(network.depth, MOST_ROWS):
        if not layer:
            rows.append((("⋮",),) * len(header))
            continue
        width, before = network.widths[layer], network.widths[layer - 1]
        weights = equal(Shape((width, before)), Integer(width * before))
        name = name_of(network.activations[layer - 1])
        rows.append(((str(telling.layer(layer)),), (number(width),), (name,), (weights,), (number(width),)))
    return Table(header, tuple(rows), "rrlrr")


def _parameter_count(network: Network) -> Formula:
    """Return Σ_l n_l (n_{l-1} + 1) = 3·3 + 1·4 = 13, the middle only where it is short."""
    n = notation.width
    general = Sum(n(LAYER) * (n(LAYER - 1) + 1), (LAYER, 1, LAST_LAYER))
    total = Integer(network.parameter_count)
    if network.depth > 4:
        return equal(general, total)
    pairs = zip(network.widths, network.widths[1:], strict=False)
    return equal(general, Total(tuple((width, before + 1) for before, width in pairs)), total)
