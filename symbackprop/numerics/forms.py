"""Of equal forms of δ the one that keeps its digits in floating point, compared with the derived one before it is used.

    σ'(z)              not  a (1 - a), of which nothing is left from z = 37 on
    a (1 - y) - y r    not  a - y, where both are nearly 1;  r = 1 - a is a value of its own
    y σ'(z)/a          not  y/a times σ'(z), where both underflow
    a (g - Σ a g)      for softmax, with g = ∂C/∂a counted from its entry at the largest a

Nothing is rewritten on trust: `agree` compares the form with the derived one, in which all these values are put in.
"""

from __future__ import annotations

from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow, S, Sum, Symbol, exp, factor_terms, log

from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.checking import agree
from symbackprop.calculus.contraction import contract
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.indices import put
from symbackprop.calculus.rules import ASSUME
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.costs import A, Y
from symbackprop.network.functions import Z, slope
from symbackprop.network.notation import LAST_LAYER, LAYER, Tensor, index
from symbackprop.network.program import free_indices
from symbackprop.numerics.fusion import LOG_A, LOG_R, Fused
from symbackprop.numerics.recognition import known_name

J, I = index("j"), index("i")  # noqa: E741 - the letters of every textbook

SPLIT = ("sigmoid", "softmax", "log_softmax")  # whose r is known with all its digits
RATIO = ("softplus",)  # whose σ'/σ is


def forward_value(letter: str, layer: Expr | int) -> Tensor:
    """Return a tensor of what the forward pass gives beside a.

    s = σ'(z)   r = 1 - a, or 1 - p   p = exp(a) of a log-softmax   q = σ'(z)/a   t = y/a   u = (1 - y)/(1 - a)"""
    return Tensor(letter, layer, (notation.width(layer),))


def gradient_by_activation(layer: Expr | int) -> Tensor:
    """Return g = ∂C/∂a of a layer whose activation mixes its neurons."""
    return Tensor("g", layer, (notation.width(layer),))


@dataclass(frozen=True)
class ErrorForm:
    """δ_j of a layer in values of the forward pass; where the neurons mix, first g_j = ∂C/∂a_j.

    `counted`: g is to be counted from its entry at the largest a. Where functions of their own give δ, or g, the
    error is 0, or written in g, and `read` are the values of the forward pass that these functions take."""

    error: Expr
    by_activation: Expr | None = None
    counted: bool = False
    read: tuple[str, ...] = ()


def error_of_last_layer(derivation: Derivation, own: Fused | None = None) -> ErrorForm:
    """Return δ of the last layer, by functions of its own if it has some; raises CheckError if they are wrong."""
    if own is not None:
        return _form_of_functions(derivation, own)
    activation = derivation.network.activations[-1]
    chain = derivation.specific["BP1 here"].chain
    closed = _closed(chain)
    by_activation = derivation.chains["cost by activation"].result
    if activation.is_elementwise:
        product = factor_terms(by_activation * _slope(activation, LAST_LAYER))
        closed_is_safer = _has_pole(product) and not _has_pole(closed) and not closed.has(Piecewise)
        safer = _split(closed, activation, LAST_LAYER) if closed_is_safer else _without_pole(product, activation)
        form = ErrorForm(_with_rest(safer, activation, LAST_LAYER))
    elif _has_pole(by_activation) and not _has_pole(closed):
        form = ErrorForm(_split(_with_sum_of_shares(closed, activation), activation, LAST_LAYER))
    else:
        by_activation = factor_terms(_with_rest(by_activation, activation, LAST_LAYER))
        form = _mixing_form(derivation, by_activation, activation, LAST_LAYER)
    return _checked(form, activation, LAST_LAYER, chain)


def _form_of_functions(derivation: Derivation, own: Fused) -> ErrorForm:
    """Return δ of the last layer by the functions of the cost, whose slope is compared with the derived one."""
    activation, chain = derivation.network.activations[-1], derivation.chains["cost by activation"]
    a, z = notation.activation(LAST_LAYER)[J], notation.weighted_input(LAST_LAYER)[J]
    letters = {A: a, Z: z, Y: notation.target(LAST_LAYER)[J], LOG_A: log(a), LOG_R: log(1 - a)}
    found, derived, setting = own.slope.definition.xreplace(letters), chain.result, chain.setting
    if own.by == "z":
        chain = derivation.specific["BP1 here"].chain
        derived, setting = _closed(chain), chain.setting
    agree(derived * a * (1 - a) if own.by == "share" else derived, found, setting)
    g = gradient_by_activation(LAST_LAYER)[J]
    if own.by != "a":
        return ErrorForm(S.Zero, read=own.arguments)
    if activation.is_elementwise:
        return ErrorForm(_slope(activation, LAST_LAYER) * g)
    form = _mixing_form(derivation, derived, activation, LAST_LAYER)
    return ErrorForm(form.error, counted=form.counted)


def error_of_hidden_layer(derivation: Derivation, activation: Activation) -> ErrorForm:
    """Return δ of hidden layers with this activation; raises CheckError if it is not the derived one."""
    layers = [n for n, each in enumerate(derivation.network.activations[:-1], start=1) if each == activation]
    (equation,) = (e for e in derivation.specific.values() if e.name == "BP2" and layers[0] in e.layers)
    by_activation = derivation.chains["error to activation"].result
    if activation.is_elementwise:
        form = ErrorForm(_slope(activation, LAYER) * by_activation)
    else:
        form = _mixing_form(derivation, by_activation, activation, LAYER)
    return _checked(form, activation, LAYER, equation.chain)


def _slope(activation: Activation, layer: Expr) -> Expr:
    """Return σ'(z_j) as a value of the forward pass, or the number that it is."""
    assert activation.function is not None
    definition = slope(activation.function).definition
    return definition if definition is not None and definition.is_number else forward_value("s", layer)[J]


def _has_pole(expression: Expr) -> bool:
    """Tell whether a tensor stands in a denominator."""
    return any(power.exp.could_extract_minus_sign() and power.base.has(Indexed) for power in expression.atoms(Pow))


def _without_pole(product: Expr, activation: Activation) -> Expr:
    """Return ∂C/∂a σ'(z), of σ'(z)/a, y/a and (1 - y)/(1 - a) each one value; these two are 0 where they are 0/0."""
    assert activation.function is not None
    if not _has_pole(product):
        return product
    a, y = notation.activation(LAST_LAYER)[J], notation.target(LAST_LAYER)[J]
    if known_name(activation.function) in RATIO:
        q, s = (forward_value(letter, LAST_LAYER)[J] for letter in "qs")
        return arranged(product).xreplace({1 / a: q / s})
    t, u = (forward_value(letter, LAST_LAYER)[J] for letter in "tu")
    form = product.expand(deep=False).xreplace({1 / a: t / y, 1 / (1 - a): u / (1 - y)})
    return product if form.has(1 / y, 1 / (1 - y)) else form  # a cost of the user's may divide where there is no y


def _with_sum_of_shares(error: Expr, activation: Activation) -> Expr:
    """Return δ with Σ a = 1 put in, for softmax."""
    if activation.name != "softmax":
        return error
    a, sums = notation.activation(LAST_LAYER), {}
    for total in error.atoms(Sum):
        share = a[total.variables[0]]
        rest = total.function - share
        if share in Add.make_args(total.function):
            sums[total] = 1 + Add(*(_pulled(Sum(term, *total.limits)) for term in Add.make_args(rest)))
    return error.xreplace(sums).expand() if sums else error


def _share(activation: Activation, layer: Expr) -> Tensor:
    """Return the tensor of which r is what is missing to 1."""
    return forward_value("p", layer) if activation.name == "log_softmax" else notation.activation(layer)


def _with_rest(expression: Expr, activation: Activation, layer: Expr) -> Expr:
    """Return the expression with 1 - a as a value of its own."""
    r, share = forward_value("r", layer), _share(activation, layer)
    return expression.xreplace({1 - entry: r[entry.indices] for entry in _entries(expression, share)})


def _entries(expression: Expr, tensor: Tensor) -> list[Indexed]:
    return [entry for entry in expression.atoms(Indexed) if entry.base == tensor]


def _split(error: Expr, activation: Activation, layer: Expr) -> Expr:
    """Return δ with 1 - a as a value of its own, and terms without a or r split in two by 1 = a + r."""
    name = activation.name if activation.function is None else known_name(activation.function)
    error = _with_rest(error, activation, layer)
    if name not in SPLIT or _has_pole(error):
        return error
    share, r = _share(activation, layer)[J], forward_value("r", layer)[J]
    terms = Add.make_args(error.expand(deep=False) if isinstance(error, Mul) else error)
    inside = [term for term in terms if share in Mul.make_args(term)]
    alone = [term for term in terms if not {share, r} & set(Mul.make_args(term))]
    if not inside or not alone:
        return error
    rest = [term for term in terms if term not in (*inside, *alone)]
    return Add(share * Add(*(term / share for term in inside), *alone), *rest, r * Add(*alone))


def _mixing_form(derivation: Derivation, by_activation: Expr, activation: Activation, layer: Symbol) -> ErrorForm:
    """Return δ_j = Σ_i g_i ∂a_i/∂z_j, with the derived Jacobian put in and carried out."""
    g, p = gradient_by_activation(layer), forward_value("p", layer)
    jacobian = derivation.chains[f"activation by input: {activation.name}"].result.xreplace({LAYER: layer})
    axis = g.axes[0]
    error = contract(Sum(g[I] * jacobian, (I, *axis)).expand(), {J: axis})
    error = error.xreplace({total: _pulled(total) for total in error.atoms(Sum)})
    if activation.name == "log_softmax":
        shares = {part: p[part.args[0].indices] for part in error.atoms(exp)}
        error = _split(error.xreplace(shares), activation, layer)
    else:
        error = factor_terms(error)
    return ErrorForm(error, by_activation, counted=activation.name == "softmax")


def _closed(chain: Chain) -> Expr:
    """Return the result of a chain as it was before anything was assumed."""
    return next((step.before for step in chain.steps if step.rule is ASSUME), chain.result)


def _pulled(total: Sum) -> Expr:
    """Return a sum with the factors that do not depend on its index in front."""
    inside = [factor for factor in Mul.make_args(total.function) if free_indices(factor) & set(total.variables)]
    return total.function / Mul(*inside) * Sum(Mul(*inside), *total.limits)


def _checked(form: ErrorForm, activation: Activation, layer: Expr, chain: Chain) -> ErrorForm:
    """Return the form if it is what was derived, with every value of the forward pass written out; else raise."""
    g, error = gradient_by_activation(layer), form.error
    if form.by_activation is not None:
        error = error.xreplace({e: put(form.by_activation, {J: e.indices[0]}) for e in _entries(error, g)})
    agree(_written_out(error, activation, layer), _closed(chain), chain.setting)
    return form


def _written_out(error: Expr, activation: Activation, layer: Expr) -> Expr:
    """Return δ in z, a and y alone."""
    a, z, y = notation.activation(layer), notation.weighted_input(layer), notation.target(layer)
    for entry in error.atoms(Indexed):
        if len(entry.indices) > 1:  # a weight
            continue
        (j,) = entry.indices
        match entry.base.letter:
            case "p":
                error = error.xreplace({entry: exp(a[j])})
            case "r":
                error = error.xreplace({entry: 1 - (exp(a[j]) if activation.name == "log_softmax" else a[j])})
            case "s" if activation.function is not None:
                error = error.xreplace({entry: slope(activation.function)(z[j])})
            case "q" if activation.function is not None:
                error = error.xreplace({entry: slope(activation.function)(z[j]) / a[j]})
            case "t":
                error = error.xreplace({entry: y[j] / a[j]})
            case "u":
                error = error.xreplace({entry: (1 - y[j]) / (1 - a[j])})
    return error
