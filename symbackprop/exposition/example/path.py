"""Chapter 4: the numbers along the path: forward in the picture, the errors back, and the derivative as a product.

x_1 -> z_2 -> a_2 -> C          0.05 · 0.2407 · 0.0414 = 0.000498          from links whose numbers the pictures show
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Basic, Expr, Mul, S

from symbackprop.calculus.numbers import Known, instances
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Figure, Prose, Sample, Steps
from symbackprop.exposition.example.sheet import Sheet, with_numbers
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.example.zoom import zoom
from symbackprop.exposition.figures.layout import ChainLink, ChainPicture, NetworkPicture, network_picture
from symbackprop.exposition.figures.numbered import numbered
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.network import notation
from symbackprop.network.notation import COST, scalar

DIGITS = 3  # of a number in a picture, which has little room


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the numbers along the path of one weight."""
    weight = network_picture(sheet.numbers.network).weight
    return along(sheet, sheet.telling.prose(sheet.told("example.path.forward"), w=weight))


def along(sheet: Sheet, opening: Prose, *, closely: bool = True) -> tuple[Block, ...]:
    """Return the numbers along the path of one weight: forward, back, and the derivative as their product.

    `closely`, with one equation from afar and from near, and with a number for each link."""
    telling = sheet.telling
    picture = network_picture(sheet.numbers.network)
    weight, delta = picture.weight, notation.error(notation.LAYER)[notation.index("j")]
    pictures = (
        telling.section("example-path"),
        telling.part("numbers-forward"),
        opening,
        _figure(sheet, picture, "forward", _numbers(sheet, "a")),
        telling.part("numbers-back"),
        telling.prose("example.path.back", delta=delta, w=weight),
        _figure(sheet, picture, "back", _numbers(sheet, "delta")),
    )
    if not closely:
        j, k = map(int, weight.indices)
        product = sheet.line(Partial(sheet.cost, weight), scalar("delta", 1, j) * scalar("x", k))
        return (*pictures, Steps((product,), key="path"))
    near = zoom(sheet, int(weight.indices[0]))
    return (
        *pictures,
        *((telling.part("numbers-zoom"), *near) if near else ()),
        telling.part("numbers-product"),
        telling.prose("example.path.product", w=weight),
        *_product(sheet, picture),
    )


def sample_of(sheet: Sheet) -> Sample | None:
    """Return the numbers of a lone sample for a page that computes them again; None for a batch."""
    from symbackprop.exposition.exercise.samples import reckoner_of

    if sheet.count > 1:
        return None
    quantities = reckoner_of(sheet.telling.derivation).quantities
    computed = tuple((each.left, each.right) for each in quantities)
    known = sheet.numbers.known
    return Sample({letter: known[letter] for letter in known if letter.name[0] in "xywb"}, computed)


def _figure(sheet: Sheet, picture: NetworkPicture, way: str, values: Mapping[Basic, Rounded]) -> Figure:
    language = sheet.telling.language
    return Figure(
        numbered(picture, values, way), language.say(f"figure.example.{way}"), language.words(f"alt.example.{way}")
    )


def _shown(value: Expr, of: Expr | None = None) -> Rounded:
    return Rounded(value, DIGITS, of)


def _weights(sheet: Sheet) -> dict[Basic, Rounded]:
    network, known = sheet.numbers.network, sheet.numbers.known
    return {
        notation.weight(layer)[j, k]: _shown(known[scalar("w", layer, j, k)])
        for layer in range(1, network.depth + 1)
        for j in range(1, network.widths[layer] + 1)
        for k in range(1, network.widths[layer - 1] + 1)
    }


def _numbers(sheet: Sheet, letter: str) -> dict[Basic, Rounded]:
    """Return the numbers in a picture: of weights and inputs, of a or delta of every neuron, and forward the cost."""
    network, known = sheet.numbers.network, sheet.numbers.known
    values: dict[Basic, Rounded] = {**_weights(sheet), **({COST: _shown(known[COST])} if letter == "a" else {})}
    for layer, width in enumerate(network.widths):
        for j in range(1, width + 1):
            own = scalar(letter, layer, j) if layer else scalar("x", j)  # the derivative takes the input, too
            values[notation.activation(layer)[j]] = _shown(known[own])
    return values


def _product(sheet: Sheet, picture: NetworkPicture) -> Iterator[Block]:
    """Yield the chain of the weight with a number for each link, and the product of these numbers."""
    telling, cost = sheet.telling, sheet.cost
    j, k = picture.weight.indices
    w, z, a = picture.weight, notation.weighted_input(1)[j], notation.activation(1)[j]
    x, delta = scalar("x", k), scalar("delta", 1, j)
    rates: dict[Expr, Expr] = {Partial(z, w): x}
    quantities: tuple[Basic, ...] = (w, z, cost)
    through = _through(sheet, int(j))
    reaching = sheet.numbers.value(through)
    if reaching:  # δ = ∂C/∂a ∂a/∂z, taken apart
        rates |= {Partial(a, z): _slope(sheet, int(j)), Partial(cost, a): through}
        quantities = (w, z, a, cost)
    else:
        rates |= {Partial(cost, z): delta}
    worth = {rate: sheet.numbers.value(of) for rate, of in rates.items()}
    roles = ("input", "activation", "cost") if reaching else ("input", "error")
    links = tuple(
        ChainLink(_shown(worth[rate], of), role) for (rate, of), role in zip(rates.items(), roles, strict=True)
    )
    gradient = sheet.numbers.gradient[scalar("w", 1, j, k)]
    product = Mul(*rates, evaluate=False)
    chain = ChainPicture(quantities, links, named=0, name=_shown(gradient, product.xreplace(rates)))
    yield Figure(chain, telling.say("figure.example.product"), telling.language.words("alt.example.product"))
    lines = [sheet.line(Partial(cost, a), through)] if reaching else []
    lines.append(with_numbers((Partial(cost, w), product), Known(worth), sheet.digits, of=rates))
    yield Steps(tuple(lines), key="path")


def _slope(sheet: Sheet, j: int) -> Expr:
    """Return ∂a/∂z of a neuron of the first layer, in numbered letters."""
    network = sheet.numbers.network
    chain = sheet.telling.derivation.chains[f"activation by input: {network.activations[0].name}"]
    return instances(chain.goal, compact(chain), 1, network)[j - 1][1]


def _through(sheet: Sheet, j: int) -> Expr:
    """Return ∂C/∂a of a neuron of the first layer, as derived, in numbered letters; 0 where there is no such link."""
    network = sheet.numbers.network
    if network.depth < 2 or not network.activations[0].is_elementwise:
        return S.Zero
    chain = sheet.telling.derivation.chains["error to activation"]
    return instances(chain.goal, chain.result, 1, network)[j - 1][1]
