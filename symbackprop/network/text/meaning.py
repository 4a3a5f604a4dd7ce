"""A line whose letters are known, as an index equation of SymPy.

sum[d](q[i, d] * k[j, d]) / sqrt(D)     ->     Sum(q[i, d]*k[j, d], (d, 1, D))/sqrt(D)
mean[i](f)   Σ f / n        softmax[i](f)   exp(f)/Σ exp(f)        max[i](f)   Largest(f, (i, 1, n))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, I, Indexed, Integer, Max, Min, Mod, Mul, Pow, exp, floor, log, nan, oo, pi, zoo
from sympy import Sum as Total
from sympy.utilities.iterables import sift

from symbackprop.errors import SymbackpropError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.expressions import combined
from symbackprop.network.extremes import where
from symbackprop.network.formula import Call, Comparison, Name, Node
from symbackprop.network.functions import ABSOLUTE
from symbackprop.network.largest import Largest
from symbackprop.network.notation import COST, Axis, Tensor, index
from symbackprop.network.program import Equation
from symbackprop.network.text.affine import Index
from symbackprop.network.text.ranges import Ranges, Span
from symbackprop.network.text.scopes import Resolved, Scope
from symbackprop.network.text.tree import Binder, Entry, Letter, MatrixProduct, Rounded, Transposed
from symbackprop.network.text.writing import written
from symbackprop.network.vocabulary import vocabulary

LETTERS = "jirpquvnkmts"  # of an index that cannot have its own; s is that of samples


def tensor_of(name: str, ranges: Ranges) -> Tensor:
    """Return the array with this name, its axes as they have been found."""
    axes = ((first.expression({}), last.expression({})) for first, last in ranges.axes[name])
    return Tensor(name, None, tuple(axes))


def equation_of(line: Resolved, ranges: Ranges) -> Equation:
    """Return the index equation that the line says.

    Raises ExpressionError where SymPy cannot make it, or makes something without a real value of it."""
    target, symbols, domain = _left(line, ranges)
    node = line.statement.equality.right
    try:
        expression = _without_roots_of_squares(_Builder(line.scope, ranges, symbols).built(node))
        foreign = expression.has(nan, zoo, oo, -oo, I)
    except SymbackpropError:
        raise
    except Exception as error:  # whatever SymPy stumbles over, the text is what has to change
        raise line.line.refusal(0, f"SymPy fails on it ({type(error).__name__})", "write it in another way") from None
    if foreign:
        raise line.line.refusal(0, "the right side has no finite real value", "look for a division by 0")
    return Equation(target, expression, domain)


def _without_roots_of_squares(expression: Expr) -> Expr:
    """Return the expression with |x|^3 for (x^2)^(3/2), which has a slope at 0 as it is written, and |x|^(2 g).

    Of a product, factor by factor: (x^2 y)^(1/2) is |x| y^(1/2)."""

    def is_square(e: Expr) -> bool:
        return isinstance(e, Pow) and e.exp.is_Integer and e.exp.is_even

    def is_root(e: Expr) -> bool:
        return isinstance(e, Pow) and not e.exp.is_integer and any(map(is_square, Mul.make_args(e.base)))

    def taken(root: Expr) -> Expr:
        squares, rest = sift(Mul.make_args(root.base), is_square, binary=True)
        return Mul(Pow(Mul(*rest), root.exp), *(Pow(ABSOLUTE(each.base), each.exp * root.exp) for each in squares))

    return expression.replace(is_root, taken)


def _left(line: Resolved, ranges: Ranges) -> tuple[Expr, dict[Index, Expr], tuple[Axis, ...] | None]:
    """Return the target, the symbol of each index on the left, and the domain where it is not the whole array."""
    if line.name == "C":
        return COST, {}, None
    tensor = tensor_of(line.name, ranges)
    symbols: dict[Index, Expr] = {}
    entries, domain = [], []
    for place in line.positions:
        letter = place.plain
        if letter is None:
            entries.append(index(_unused("t0", line)))
            domain.append((place.expression({}), place.expression({})))
        else:
            symbols[letter] = index(letter.letter)
            entries.append(symbols[letter])
            first, last = ranges.indices[letter]
            domain.append((first.expression({}), last.expression({})))
    return tensor[tuple(entries)], symbols, None if tuple(domain) == tensor.axes else tuple(domain)


def _unused(letter: str, line: Resolved) -> str:
    while letter in line.scope.indices:
        letter += "0"
    return letter


@dataclass(frozen=True)
class _Builder:
    """One rule for each kind of node; `symbols` are the indices of the scopes around."""

    scope: Scope
    ranges: Ranges
    symbols: Mapping[Index, Expr]

    def built(self, node: Node) -> Expr:
        """Return the part of the tree as a SymPy expression."""
        match node:
            case Name():
                return pi
            case Letter():
                return self._letter(node)
            case Entry():
                places = (place.expression(self.symbols) for place in self.scope.positions(node))
                return tensor_of(node.name, self.ranges)[tuple(places)]
            case Binder():
                return self._bound(node)
            case Call(function="where"):
                return self._where(node)
            case Rounded():
                return self._rounded(node)
            case Call():
                return self._called(node)
        if isinstance(node, MatrixProduct | Transposed):
            sign = "@" if isinstance(node, MatrixProduct) else ".T"
            wanted = "a line with [ ] has its own indices, as in sum[k](a[i, k]*b[k, j])"
            raise self.scope.line.refusal(node.at, f"{sign} stands in matrix lines", wanted)
        return combined(node, self.built)

    def _letter(self, node: Letter) -> Expr:
        meaning = self.scope.letter(node)
        if isinstance(meaning, str):
            return tensor_of(meaning, self.ranges)[()]
        return self.symbols[meaning] if isinstance(meaning, Index) else meaning

    def _called(self, node: Call) -> Expr:
        arguments = [self.built(argument) for argument in node.arguments]
        called = vocabulary().get(node.function)
        if called is not None:
            return called.build(*arguments)
        function = ACTIVATIONS[node.function].function
        if function is None:
            raise self.scope.line.refusal(
                node.at, f"{node.function} mixes the entries of an axis", f"write {node.function}[i](...)"
            )
        return function(*arguments)

    def _rounded(self, node: Rounded) -> Expr:
        """Return i mod 2 or ⌊i/2⌋; raises ExpressionError for what is not made of indices and sizes."""
        above, below = self.built(node.above), self.built(node.below)
        parts = (above, below) if node.sign == "mod" else (above / below).together().as_numer_denom()
        if any(not part.is_integer or part.has(Indexed) for part in parts):
            wanted = "wanted whole numbers made of indices and sizes, as in i mod 2"
            raise self.scope.line.refusal(node.at, f"found {written(node)}", wanted)
        if not parts[1].is_positive:
            wanted = "wanted a size or a whole number from 1 on behind it"
            raise self.scope.line.refusal(node.at, f"found {written(node)}", wanted)
        return Mod(above, below) if node.sign == "mod" else floor(above / below)

    def _where(self, node: Call) -> Expr:
        condition, *cases = node.arguments
        if not isinstance(condition, Comparison):
            raise self.scope.line.refusal(node.at, "where without a comparison", "write where(a < b, u, v)")
        left, right = self.built(condition.left), self.built(condition.right)
        yes, no = (
            replace(self, scope=self.scope.guarded(condition, holds=holds)).built(case)
            for case, holds in zip(cases, (True, False), strict=True)
        )
        return where(condition.sign, left, right, yes, no)

    def _bound(self, node: Binder) -> Expr:
        if "softmax" in node.function:
            inner, pairs = self.scope.normalised(node)
            own = self.built(node.body)
            inside, limits = self._inside(inner, tuple(pair.summed for pair in pairs))
            total = Total(exp(inside.built(node.body)), *limits)
            return exp(own) / total if node.function == "softmax" else own - log(total)
        inner, indices = self.scope.opened(node.ranges)
        inside, limits = self._inside(inner, indices)
        body = inside.built(node.body)
        if node.function == "max":
            return Largest(body, *limits)
        if node.function == "min":
            return -Largest(-body, *limits)
        total = Total(body, *limits)
        if node.function == "sum":
            return total
        count: Expr = Integer(1)
        for _, first, last in limits:  # the ends of an inner range may speak of an outer index
            count = Total(count, (_, first, last)) if count.has(_) else count * (last - first + 1)
        return total / count

    def _inside(self, scope: Scope, indices: tuple[Index, ...]) -> tuple[_Builder, list[tuple[Expr, Expr, Expr]]]:
        """Return the builder inside a sum, and the limits of the sum, the innermost first as SymPy has them."""
        symbols = dict(self.symbols)
        limits: list[tuple[Expr, Expr, Expr]] = []
        for each in indices:
            letter = self._letter_for(each, symbols)
            first, last = (end.expression(symbols) for end in self._range(each))
            if each.lower or each.upper:
                first = Max(first, *(end.expression(symbols) for end in each.lower))
                last = Min(last, *(end.expression(symbols) for end in each.upper))
            symbols[each] = index(letter)
            limits.insert(0, (symbols[each], first, last))
        return replace(self, scope=scope, symbols=symbols), limits

    def _range(self, each: Index) -> Span:
        """Return the range of an index; one that stands in no position has what the text says, or none."""
        if each in self.ranges.indices:
            return self.ranges.indices[each]
        if each.first is None or each.last is None:
            message = f"{each.letter} stands in no array, so its range is not known; write [{each.letter} = 1..N]"
            raise self.scope.line.complaint(each.at, message)
        return each.first, each.last

    def _letter_for(self, own: Index, symbols: Mapping[Index, Expr]) -> str:
        """Return the letter of an index, another one where an index around it has the same."""
        used = {str(symbol) for symbol in symbols.values()}
        if own.letter not in used:
            return own.letter
        names = self.scope.names
        taken = used | {*names.sizes, *map(str.lower, names.axes), *re.findall(r"\w+", self.scope.line.text)}
        return next((letter for letter in LETTERS if letter not in taken), f"{own.letter}{len(symbols)}")
