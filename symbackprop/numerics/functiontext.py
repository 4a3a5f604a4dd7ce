"""Text of the functions that generated code calls: the stable ones copied, those of the user written out.

A function of the user is computed by its formula, in functions that keep their digits as far as its structure shows
them. Where that leaves the range of floats, or loses digits, the entry is computed again in decimal numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import dedent

from sympy import Expr, Float, Rational

from symbackprop.errors import CheckError
from symbackprop.network.functions import Elementwise, Z, explicit, slope
from symbackprop.numerics import stable
from symbackprop.numerics.decimaltext import decimal_text
from symbackprop.numerics.elementwise import MATH, NUMPY, Writer, bare
from symbackprop.numerics.guards import guarded
from symbackprop.numerics.stable import STABLE, decimals
from symbackprop.numerics.stableform import stabilised

__all__ = [
    "DECIMALS",
    "Formula",
    "array_functions",
    "calls",
    "decimal_functions",
    "formulas_of",
    "number_functions",
    "stable_form",
    "stable_functions",
    "stable_names",
]

DECIMALS = "from decimal import Context, Decimal, getcontext, localcontext"

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
    for function in (each.value, each.slope, each.value_and_slope, each.into)
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
    def repaired(value, safe, function, *arguments):
        """Return value, computed again with more digits where floats have lost them."""
        value = np.array(np.broadcast_to(value, arguments[0].shape), dtype=np.float64)
        lost = ~(np.isfinite(value) & safe)
        for argument in arguments:
            lost &= np.isfinite(argument)
        if lost.any():
            value[lost] = [exact(function, *map(float, place)) for place in zip(*(each[lost] for each in arguments))]
        return value.astype(arguments[0].dtype)
    ''')


@dataclass(frozen=True, slots=True)
class Formula:
    """A function of the user as generated code calls it: its name, its arguments, and what it is equal to.

    `form` is the same in functions that keep their digits, as far as its structure shows them; `exact` is what is
    computed in decimal numbers where it does not."""

    name: str
    arguments: Mapping[Expr, str]
    definition: Expr
    form: Expr
    exact: Expr

    @classmethod
    def stable(cls, name: str, arguments: Mapping[Expr, str], definition: Expr) -> Formula:
        """Return the formula of that definition, its form found from its structure."""
        form = stable_form(definition)
        return cls(name, arguments, definition, form, form)


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
        lines = [*text.statements, f"value = {text.value}"]
        arguments = ", ".join(formula.arguments.values())
        texts.append(
            f'def {formula.name}({arguments}):\n    """Return {formula.definition}."""\n'
            '    with np.errstate(all="ignore"):\n'
            + "".join(f"        {line}\n" for line in lines)
            + f"        safe = {' & '.join(text.safe) or True}\n"
            f"    return repaired(value, safe, {exact_text(formula)}, {arguments})\n"
        )
    return "\n\n".join([_REPAIRED, *texts] if texts else []), list(writer.called)


def number_functions(formulas: Iterable[Formula]) -> tuple[str, list[str]]:
    """Return the text of formulas as functions of plain numbers, and the names of the functions that they call."""
    writer, texts = Writer(MATH), []
    for formula in formulas:
        text = guarded(formula.form, formula.arguments, writer)
        arguments = ", ".join(formula.arguments.values())
        safe = " and ".join(["math.isfinite(value)", *text.safe])
        texts.append(
            f'def {formula.name}({arguments}):\n    """Return {formula.definition}."""\n'
            "    try:\n"
            + "".join(f"        {line}\n" for line in [*text.statements, f"value = {text.value}"])
            + f"        if {safe}:\n"
            "            return value\n"
            "    except (ArithmeticError, TypeError, ValueError):  # a root of a negative number is complex\n"
            "        pass\n"
            f"    return exact({exact_text(formula)}, {arguments})\n"
        )
    return "\n\n".join(texts), list(writer.called)


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
        values = [explicit(side.xreplace(at)).evalf(40) for side in (form, definition)]
        difference = abs(values[0] - values[1])
        # two ways to compute with 40 digits; 30 of them are far more than a wrong form would share by chance
        if all(value.is_Float for value in values) and difference > Float("1e-30") * max(1, abs(values[1])):
            raise CheckError(f"{form} is not {definition} at {at}")
    return form
