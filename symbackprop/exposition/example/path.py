"""Chapter 4: the numbers along the path: forward in the picture, the errors back, and the derivative as a product.

x_1 -> z_2 -> a_2 -> C          0.05 · 0.2407 · 0.0414 = 0.000498          from links whose numbers the pictures show

One equation, seen closer and closer: for every neuron, for the whole layer, for one neuron, and with numbers.

    δ_j = a_j (1 - a_j) Σ_i w_ij δ_i     δ = Wᵀ δ ⊙ …     δ_2 = … (w_12 δ_1 + w_22 δ_2)     0.01 = … (0.45 · 0.1 + …)

The same factor has the same colour in all of them: the slope, the weights, and the errors that come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Basic, Expr, Indexed, Mul, S, Symbol

from symbackprop.calculus.matrices import Hadamard, Matrix, Named, Product, Transposed, parts_of
from symbackprop.calculus.numbers import Known, granted, instances, own_equation
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Figure, Line, Prose, Roles, Sample, Steps
from symbackprop.exposition.example.sheet import Sheet, tinted, with_numbers
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.figures.layout import ChainLink, ChainPicture, NetworkPicture
from symbackprop.exposition.figures.numbered import numbered
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.network import notation
from symbackprop.network.notation import COST, scalar

LAYER = 1  # whose error is looked at
PARTS = {"w": "input", "delta": "error"}  # what letters play, by the names of the palette
DIGITS = 3  # of a number in a picture, which has little room


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the numbers along the path of one weight."""
    return along(sheet, sheet.telling.prose(sheet.told("example.path.forward"), w=sheet.path.weight))


def along(sheet: Sheet, opening: Prose, *, closely: bool = True) -> tuple[Block, ...]:
    """Return the numbers along the path of one weight: forward, back, and the derivative as their product.

    `closely`, with one equation from afar and from near, and with a number for each link."""
    telling = sheet.telling
    picture = sheet.path
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


def zoom(sheet: Sheet, neuron: int) -> tuple[Block, ...]:
    """Return the error of a neuron of the first layer from afar and from near; nothing where no errors come back."""
    telling, network = sheet.telling, sheet.numbers.network
    if network.depth < 2 or not network.activations[0].is_elementwise:
        return ()
    equation = own_equation(telling.derivation, LAYER)
    right = compact(granted(equation.chain, sheet.numbers.known, network))
    lines = [Line(equation.left, "=", right, telling.say("example.zoom.general"), _roles(right))]
    whole = sheet.matrices(equation.left, right, LAYER)
    if whole is not None:
        name, matrix = whole
        lines.append(Line(name, "=", matrix, telling.say("example.zoom.matrix"), tuple(_in_matrix(matrix))))
    left, entry = instances(equation.left, right, LAYER, network)[neuron - 1]
    roles = _roles(entry)
    colours = {letter: role for part, role in roles for letter in part.free_symbols}
    lines.append(Line(left, "=", entry, telling.say("example.zoom.entry", j=neuron), roles))
    numbers = tinted(entry, sheet.numbers, sheet.digits, colours)
    lines.append(Line(left, "=", numbers, telling.say("example.zoom.numbers"), roles))
    return telling.prose("example.zoom"), Steps(tuple(lines), key="zoom")


def _letter(entry: Expr) -> str:
    return str(entry.base.letter) if isinstance(entry, Indexed) else entry.name.split("_")[0]


def _roles(right: Expr) -> Roles:
    """Return the weights, the errors that come back, and the factors that are neither: those of the slope."""
    letters = sorted(right.atoms(Indexed) or right.atoms(Symbol), key=str)
    roles = [(entry, PARTS[_letter(entry)]) for entry in letters if _letter(entry) in PARTS]
    ends = [entry for entry, _ in roles]
    slopes = [factor for factor in Mul.make_args(right) if not factor.is_number and not factor.has(*ends)]
    return (*roles, *((factor, "activation") for factor in slopes))


def _in_matrix(matrix: Matrix) -> Iterator[tuple[Matrix, str]]:
    """Yield the same factors of the form in matrices."""
    for factor in matrix.factors if isinstance(matrix, Hadamard) else ():
        if not isinstance(factor, Product):
            yield factor, "activation"
    for product in (part for part in parts_of(matrix) if isinstance(part, Product)):
        for factor in product.factors:
            letters = {part.tensor.letter for part in parts_of(factor) if isinstance(part, Named)}
            if isinstance(factor, Transposed | Named) and letters & {"w", "delta"}:
                yield factor, "input" if "w" in letters else "error"
