"""NumPy: whole batches as matrices, all of them in arrays that are kept from one call to the next.

z1 = x.dot(W1.T, out=space["z1"])   …   d1 = d2.dot(W2, out=space["d1"])   d1 *= s1
gW1 = d1.T.dot(x, out=out["W1"])
"""

from __future__ import annotations

from dataclasses import field

from sympy import Expr, Indexed, Mul

from symbackprop.calculus.matrices import Hadamard, Named, Ones, Plus, Product
from symbackprop.frozen import dataclass
from symbackprop.network.costs import A, Y
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.elementwise import bare
from symbackprop.numerics.equationtext import equation_text
from symbackprop.numerics.forwardvalues import ORDER, SHARES, text_of_value
from symbackprop.numerics.functiontext import (
    array_functions,
    decimal_functions,
    formulas_of,
    stable_functions,
    stable_names,
)
from symbackprop.numerics.fusion import LOG_A, LOG_R, Fused
from symbackprop.numerics.layerloops import by_number, runs, written_once
from symbackprop.numerics.matrixtext import MatrixWriter, is_multiplication, name_of
from symbackprop.numerics.plan import CostTerm, LayerPlan, Line, Plan
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.stable import STABLE, imports
from symbackprop.numerics.workspace import Workspace


@dataclass
class _Code:
    """The statements of one gradient while they are written."""

    lines: list[str] = field(default_factory=list)
    space: Workspace = field(default_factory=Workspace)
    matrices: MatrixWriter = field(default_factory=MatrixWriter)

    def note(self, line: Line, *, derivative: bool = False) -> None:
        """Write the equation of one sample that the next statements compute for all of them."""
        tensors = {entry.base for side in (line.target, line.expression) for entry in side.atoms(Indexed)}
        text = equation_text(line.target, line.expression, {tensor: name_of(tensor) for tensor in tensors})
        self.lines.append(f"# {'∂C/∂' * derivative}{text}")

    def assign(self, name: str, line: Line, columns: int) -> None:
        """Write name = matrix; a product goes into an array that is kept, what is left is worked into it in place."""
        self.note(line)
        matrix = line.matrix
        if isinstance(matrix, Hadamard) and not any(isinstance(part, Product) for part in matrix.factors):
            texts = [self.matrices.text(part) for part in matrix.factors]
            if all(map(str.isidentifier, texts)):
                first, second, *others = texts
                self.lines.append(f"{name} = np.multiply({first}, {second}, out={self.space.array(name, columns)})")
                self.lines += [f"{name} *= {text}" for text in others]
                return
        parts = matrix.factors if isinstance(matrix, Hadamard) else matrix.terms if isinstance(matrix, Plus) else ()
        sign = "+=" if isinstance(matrix, Plus) else "*="
        product = next(
            (part for part in (*parts, matrix) if isinstance(part, Product) and is_multiplication(part)), None
        )
        if product is None or any(isinstance(part, Expr) for part in parts):
            self.lines.append(f"{name} = {bare(self.matrices.text(matrix))}")
            return
        text = self.matrices.text(product).removesuffix(")")
        self.lines.append(f"{name} = {text}, out={self.space.array(name, columns)})")
        for part in parts:
            text = bare(self.matrices.text(part))
            if isinstance(part, Product) and isinstance(part.factors[0], Ones):  # one row for every sample
                rows = self.space.shared("rows", line.place.layer, columns)
                self.lines.append(f"np.copyto({rows}, {text})")
                text = rows
            self.lines += [f"{name} {sign} {text}"] * (part is not product)


def source(plan: Plan) -> str:
    """Return a self-contained module text that defines `gradient(params, x, y, space=None, out=None)`."""
    code, network = _Code(), plan.network
    layers = runs(plan)
    for run in layers:
        with written_once(code.lines, code.space.kept, run):
            _write_forward(code, run[0], plan)
    _write_cost(code, plan)
    for run in reversed(layers):
        with written_once(code.lines, code.space.kept, run, downwards=True):
            _write_error(code, plan, run[0])
            _write_backward(code, run[0])
    functions = [a.function for a in network.distinct_activations if a.function is not None]
    own = [plan.fused.cost, plan.fused.slope] if plan.fused else []
    custom, called = array_functions([*formulas_of(f for f in functions if known_name(f) is None), *own])
    statements = "\n".join(line for line in code.lines if not line.lstrip().startswith("#"))
    names = [*stable_names(statements), *code.matrices.elementwise.called, *called]
    activations = ", ".join(activation.name for activation in network.activations)
    if looped := any(len(run) > 1 for run in layers):
        activations = ", ".join(activation.name for activation in network.distinct_activations)
    texts = [
        stable_functions(names) if names else "",
        decimal_functions(custom),
        custom,
        code.space.text(),
        _gradient(code, plan, looped=looped),
    ]
    parts = [
        f'"""The gradient of a {network.shape} network, derived by symbackprop.\n\n'
        f'Activations: {activations}. Cost: {network.cost_function.name}, the mean over the samples.\n"""',
        imports("\n".join(texts)),
        *texts,
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _gradient(code: _Code, plan: Plan, *, looped: bool) -> str:
    widths, layers = plan.network.widths, range(1, len(plan.layers) + 1)
    shapes = "   ".join(f"{name}: {shape}" for name, shape in list(plan.network.parameter_shapes.items())[:8])
    grads = ", ".join(f'"W{n}": gW{n}, "b{n}": gb{n}' for n in layers)
    given = [f'W{n}, b{n} = params["W{n}"], params["b{n}"]' for n in layers]
    lines = [*given, *code.lines, f"return cost, {{{grads}}}"]
    if looped:
        lines = by_number(code.lines, len(layers))
    return "\n".join(
        [
            "def gradient(params, x, y, space=None, out=None):",
            '    """Return the mean cost of the batch and its derivative by every parameter.',
            "",
            f"    x: (m, {widths[0]})   y: (m, {widths[-1]})   {shapes}",
            "    space: what `workspace` gives, to be filled; out: arrays for the derivatives, None for new ones",
            '    """',
            "    m = len(x)",
            "    if space is None:  # called by hand: lists and whole numbers become floats, float32 stays",
            '        x = np.asarray(x, np.float32 if getattr(x, "dtype", None) == np.float32 else np.float64)',
            "        y = np.asarray(y, x.dtype)",
            "        space = workspace(m, x.dtype)",
            "    if out is None:",
            "        out = dict.fromkeys(params)",
            *(f"    {line}" for line in lines),
        ]
    )


def _write_forward(code: _Code, layer: LayerPlan, plan: Plan) -> None:
    """Write z, a, and what else of z is needed: slopes and rests for δ, logarithms for the cost."""
    n, function, is_last = layer.layer, layer.activation.function, layer is plan.layers[-1]
    code.assign(f"z{n}", layer.weighted, layer.width)
    needed = {*layer.values, *(plan.cost.values if is_last else ())}
    names = {"z": f"z{n}", "a": f"a{n}", "y": "y"}
    if function is not None:
        texts = [text_of_value(value, layer, names) for value in ORDER if value in needed]
        read_by_cost = is_last and plan.fused is not None and "z" in plan.fused.arguments
        _write_elementwise(code, layer, reads_z=read_by_cost or f"z{n}" in "".join(texts))
    else:
        needed -= _write_mixed(code, layer, needed)
    code.lines += [f"{value}{n} = {text_of_value(value, layer, names)}" for value in ORDER if value in needed]


def _write_elementwise(code: _Code, layer: LayerPlan, *, reads_z: bool) -> None:
    """Write a and σ'(z); a takes the place of z where nothing reads z any more."""
    n, width, function = layer.layer, layer.width, layer.activation.function
    assert function is not None
    name = known_name(function)
    known = STABLE[name] if name else None
    if known is None:
        code.lines.append(f"a{n} = {function.__name__}(z{n})")
        code.lines += [f"s{n} = {function.__name__}_slope(z{n})"] * ("s" in layer.values)
    elif "s" not in layer.values:
        code.lines.append(f"a{n} = z{n}" if name == "identity" else f"a{n} = {known.value.__name__}(z{n})")
    elif known.into is None:
        code.lines.append(f"a{n}, s{n} = {known.call_of_both(f'z{n}')}")
    else:
        value = f"z{n}" if known.overwrites and not reads_z else code.space.array(f"a{n}", width)
        besides = "".join(f", {name}={code.space.shared(name, n, width)}" for name in known.besides)
        code.lines.append(f"a{n}, s{n} = {value}, {code.space.array(f's{n}', width)}")
        code.lines.append(f"{known.into.__name__}(z{n}, a{n}, s{n}{besides})")


def _write_mixed(code: _Code, layer: LayerPlan, needed: set[str]) -> set[str]:
    """Write an activation of a whole sample and return which values came with it."""
    n, name = layer.layer, layer.activation.name
    returned = SHARES[name]
    if not needed & set(returned):
        code.lines.append(f"a{n} = {name}(z{n})")
        return set()
    targets = (f"{value}{n}" if value in {"a", *needed} else "_" for value in returned)
    code.lines.append(f"{', '.join(targets)} = shares(z{n})")
    return set(returned)


def _write_cost(code: _Code, plan: Plan) -> None:
    n = len(plan.layers)
    if plan.fused is not None:
        code.lines.append(f"cost = np.sum(cost_of({_arguments(plan.fused, n)})) / m")
        return
    names: dict[Expr, str] = {A: f"a{n}", Y: "y", LOG_A: f"log_a{n}", LOG_R: f"log_r{n}"}
    if "r" in plan.layers[-1].values:
        names[1 - A] = f"r{n}"
    if any(term.factor.has(A - Y) for term in plan.cost.terms):
        code.lines.append(f"e = np.subtract(a{n}, y, out={code.space.array('e', plan.layers[-1].width)})")
        names[A - Y] = code.matrices.known[f"a{n} - y"] = "e"
    texts = [_cost_term(code, term, names) for term in plan.cost.terms]
    total = " + ".join(sorted(texts, key=lambda text: text.startswith("-"))).replace("+ -", "- ")
    total = f"({total})" if len(texts) > 1 else total
    factor = plan.cost.factor
    scale = "" if factor == 1 else f"{code.matrices.elementwise.text(factor, {})} * "
    code.lines.append(f"cost = {scale}{total} / m")


def _cost_term(code: _Code, term: CostTerm, names: dict[Expr, str]) -> str:
    """Return the text of one summand, added up over the batch; 0 ln 0 = 0."""
    write = code.matrices.elementwise.text
    if term.argument is not None:
        outside, inside = bare(write(term.factor, names)), bare(write(term.argument, names))
        return f"np.sum(x_log_y({outside}, {inside}))"
    if term.factor == (A - Y) ** 2:
        return "np.vdot(e, e)"
    if term.factor.is_number:
        return f"{write(term.factor, {})} * y.size"
    for logarithm in (LOG_A, LOG_R):
        if logarithm in Mul.make_args(term.factor):
            sign, factor = (term.factor / logarithm).as_coeff_Mul()
            outside = bare(write(factor, names))
            # ln a is finite where it comes straight from z; ln(1 - a) of a softmax with one neuron is not
            total = "np.sum(product({0}, {1}))" if logarithm == LOG_R else "np.vdot({0}, {1})"
            scale = "" if sign == 1 else "-" if sign == -1 else f"{write(sign, {})} * "
            return scale + total.format(_array(outside, factor), names[logarithm])
    return f"np.sum({_array(bare(write(term.factor, names)), term.factor)})"


def _array(text: str, factor: Expr) -> str:
    """Return a text whose value has an entry for each neuron of each sample."""
    return text if factor.has(A, Y) else f"np.broadcast_to({text}, y.shape)"


def _arguments(own: Fused, layer: int) -> str:
    """Return the arguments of the functions of the last layer."""
    return ", ".join(letter if letter == "y" else f"{letter}{layer}" for letter in own.arguments)


def _write_error(code: _Code, plan: Plan, layer: LayerPlan) -> None:
    """Write δ of a layer; that of the last one is divided by the number of samples."""
    n, is_last = layer.layer, layer is plan.layers[-1]
    if layer.by_activation is not None:
        code.assign(f"g{n}", layer.by_activation, layer.width)
    elif is_last and plan.fused is not None:
        target = "d" if plan.fused.by == "z" else "g"
        code.lines.append(f"{target}{n} = {plan.fused.slope.name}({_arguments(plan.fused, n)})")
        if plan.fused.by == "share":
            code.lines.append(f"d{n} = error_from_shares(g{n}, (a{n}, r{n}, log_a{n}, log_r{n}))")
    code.lines += [f"g{n} = from_largest(g{n}, a{n})"] * layer.counted
    if layer.error is not None:
        code.assign(f"d{n}", layer.error, layer.width)
    if is_last:
        named = layer.error is not None and isinstance(layer.error.matrix, Named)
        divide = f'd{n} = d{n} * space["share"]' if named else f'd{n} *= space["share"]'
        code.lines.append(f"{divide}  # the mean over the samples, taken once: all that follows is linear in it")


def _write_backward(code: _Code, layer: LayerPlan) -> None:
    for line in (layer.by_weight, layer.by_bias):
        code.note(line, derivative=True)
        name, text = name_of(line.target.base), bare(code.matrices.text(line.matrix))
        code.lines.append(f'g{name} = {text.removesuffix(")")}, out=out["{name}"])')


def _prepare() -> None:
    """Prepare nothing: NumPy is always there."""


BACKENDS.add("numpy", Backend("numpy", source, _prepare))
