"""Text of the functions that generated code calls: the stable ones copied, those of the user written out.

A function of the user is computed by its formula, in functions that keep their digits as far as its structure shows
them. Where that leaves the range of floats, or loses digits, the entry is computed again in decimal numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import dedent

from sympy import Expr, Float, Rational

from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise, Z, explicit, slope
from symbackprop.network.manydigits import worth
from symbackprop.numerics import stable
from symbackprop.numerics.decimaltext import decimal_text
from symbackprop.numerics.elementwise import MATH, NUMPY, Writer, bare
from symbackprop.numerics.guards import LARGEST_ERROR, guarded
from symbackprop.numerics.removable import Series, removable
from symbackprop.numerics.stable import STABLE, decimals
from symbackprop.numerics.stableform import stabilised

HELPERS = (
    "erf",
    "error_from_shares",
    "from_largest",
    "log",
    "log_one_minus_softmax",
    "log_softmax",
    "one_minus_softmax",
    "product",
    "quotient",
    "shares",
    "softmax",
    "x_log_y",
)

# every name that generated code may call -> the function whose text is copied
FUNCTIONS = {name: getattr(stable, name) for name in HELPERS} | {
    function.__name__: function
    for each in STABLE.values()
    for function in (each.value, each.slope, each.both, each.into)
    if function is not None
}


def calls(text: str, name: str) -> bool:
    """Tell whether a function of that name is called in a text: elu(z), but not relu(z)."""
    return re.search(rf"\b{re.escape(name)}\(", text) is not None


def stable_names(text: str) -> list[str]:
    """Return the names of the stable functions that are called in a text."""
    return [name for name in FUNCTIONS if calls(text, name)]


def stable_functions(names: Iterable[str]) -> str:
    """Return the text of the stable functions of these names and of all that they call."""
    return stable.self_contained(*(FUNCTIONS[name] for name in dict.fromkeys(names)))


_REPAIRED = dedent('''\
    def repaired(in_floats, in_decimals, series, *arguments):
        """Return what is computed in floats, computed again where they have lost its digits.

        An error is compared with |f| + |x f'|, x f' taken from the values at x and at x (1 + 2^-20)."""
        with np.errstate(all="ignore"):
            found, safe, error = in_floats(*arguments)
            value = np.array(np.broadcast_to(found, arguments[0].shape), dtype=np.float64)
            lost = ~(np.isfinite(value) & safe & (error <= LARGEST_ERROR))
            for argument in arguments:
                lost &= np.isfinite(argument)
            places = lost.nonzero()
            if places[0].size:
                points = [each[places].astype(np.float64) for each in arguments]
                value[places] = computed_again(in_floats, in_decimals, series, *points)
        return value.astype(arguments[0].dtype)


    def computed_again(in_floats, in_decimals, series, *points):
        """Return the values at some points: in floats where these are precise enough, by a series, or in decimals."""
        (value, safe, error), (moved, _, _) = in_floats(*points), in_floats(points[0] * (1 + 2.0**-20), *points[1:])
        value = np.array(np.broadcast_to(value, points[0].shape))
        rate = np.abs(moved - value) * 2.0**19  # half of |x f'|: as f'' is unknown, not all that it seems to be
        lost = ~(np.isfinite(value) & safe & (error * np.abs(value) <= LARGEST_ERROR * (np.abs(value) + rate)))
        for center, radius, coefficients in series:
            near = np.abs(points[0] - center) <= radius
            value[near] = np.polyval(coefficients, points[0][near] - center)
            lost &= ~near
        left = list(zip(*(each[lost].tolist() for each in points)))
        known = {point: exact(in_decimals, *point) for point in set(left)}
        value[lost] = [known[point] for point in left]
        return value
    ''').replace("LARGEST_ERROR", str(LARGEST_ERROR))


@dataclass(frozen=True, slots=True)
class Formula:
    """A function of the user as generated code calls it: its name, its arguments, and what it is equal to.

    `form` is the same in functions that keep their digits, as far as its structure shows them; `exact` is what is
    computed in decimal numbers where it does not. `series` are the power series near points at which it is 0/0."""

    name: str
    arguments: Mapping[Expr, str]
    definition: Expr
    form: Expr
    exact: Expr
    series: tuple[Series, ...] = ()

    @classmethod
    def stable(cls, name: str, arguments: Mapping[Expr, str], definition: Expr) -> Formula:
        """Return the formula of that definition, its form found from its structure."""
        form = stable_form(definition)
        series = removable(form) if tuple(arguments) == (Z,) else ()
        return cls(name, arguments, definition, form, form, series)


def formulas_of(functions: Iterable[type[Elementwise]]) -> list[Formula]:
    """Return functions given by the user, each with its slope. Raises what `stable_form` raises."""
    each = (each for function in functions for each in (function, slope(function)))
    return [Formula.stable(f.__name__, {Z: "z"}, f.definition) for f in each]


def array_functions(formulas: Iterable[Formula]) -> tuple[str, list[str]]:
    """Return the text of formulas as NumPy functions, and the names of the functions that they call.

    Raises CheckError for what no code can say."""
    writer, texts = Writer(NUMPY), []
    for formula in formulas:
        text = guarded(formula.form, formula.arguments, writer)
        arguments = ", ".join(formula.arguments.values())
        texts.append(
            f'def {formula.name}({arguments}):\n    """Return {formula.definition}."""\n'
            f"    def in_floats({arguments}):\n"
            + "".join(f"        {line}\n" for line in text.statements)
            + f"        return {text.value}, {' & '.join(text.safe) or True}, {text.error}\n\n"
            f"    return repaired(in_floats, {exact_text(formula)}, {formula.series}, {arguments})\n"
        )
    return "\n\n".join([_REPAIRED, *texts] if texts else []), list(writer.called)


def number_functions(formulas: Iterable[Formula]) -> tuple[str, list[str]]:
    """Return the text of formulas as functions of plain numbers, and the names of the functions that they call."""
    writer, texts = Writer(MATH), []
    for formula in formulas:
        text = guarded(formula.form, formula.arguments, writer)
        arguments = ", ".join(formula.arguments.values())
        small = [] if isinstance(text.error, int) else [f"{text.error} <= {LARGEST_ERROR}"]
        safe = " and ".join(["math.isfinite(value)", *text.safe, *small])
        texts.append(
            f'def {formula.name}({arguments}):\n    """Return {formula.definition}."""\n'
            "    try:\n"
            + "".join(f"        {line}\n" for line in [*text.statements, f"value = {text.value}"])
            + f"        if {safe}:\n"
            "            return value\n"
            "    except (ArithmeticError, TypeError, ValueError):  # a root of a negative number is complex\n"
            "        pass\n"
            + "".join(_number_series(*series) for series in formula.series)
            + f"    return exact({exact_text(formula)}, {arguments})\n"
        )
    return "\n\n".join(texts), list(writer.called)


def _number_series(center: float, radius: float, coefficients: tuple[float, ...]) -> str:
    """Return the lines that take the value from a power series in z - center near the center."""
    x = f"(z - {center})" if center else "z"
    value = repr(coefficients[0])
    for coefficient in coefficients[1:]:
        value = f"({value}) * {x} + {coefficient!r}"
    return f"    if abs({x}) <= {radius}:\n        return {value}\n"


def exact_text(formula: Formula) -> str:
    """Return the definition of a formula as a function of decimal numbers."""
    return f"lambda {', '.join(formula.arguments.values())}: {bare(decimal_text(formula.exact, formula.arguments))}"


def decimal_functions(text: str) -> str:
    """Return the text of the functions of decimal numbers that are called in a text."""
    named = [getattr(decimals, name) for name in decimals.__all__ if calls(text, name)]
    return stable.self_contained(*named) if named else ""


def stable_form(definition: Expr) -> Expr:
    """Return an expression with stable functions named where they are written out in it.

    Raises CheckError if it differs from the expression at a point: nothing is rewritten on trust."""
    form = stabilised(definition)
    symbols = sorted(definition.free_symbols, key=str)
    for point in (Rational(-7, 5), Rational(3, 10), Rational(11, 4)):
        at = {symbol: point + Rational(place, 7) for place, symbol in enumerate(symbols)}
        values = [worth(explicit(side.xreplace(at)), 40) for side in (form, definition)]
        difference = abs(values[0] - values[1])
        # two ways to compute with 40 digits; 30 of them are far more than a wrong form would share by chance
        if all(value.is_Float for value in values) and difference > Float("1e-30") * max(1, abs(values[1])):
            raise CheckError(f"{form} is not {definition} at {at}")
    return form
