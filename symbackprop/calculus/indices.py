"""Letters for indices: substitution that never captures one, and the next free letter.

(Σ_i w_ij δ_i)[j := i]  is  Σ_k w_ki δ_k,  not  Σ_i w_ii δ_i
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import count

from sympy import Expr, Sum, Symbol, Tuple

from symbackprop.network.largest import BINDERS, Largest
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import free_indices

_ALPHABET = "ikjpqrsuvmabgh"


def fresh(symbol: Symbol, taken: Iterable[Symbol], *, arrays: Container[str] = ()) -> Symbol:
    """Return `symbol` if it is not taken, else an index with the first letter that is not, with primes if need be.

    A letter of one of the `arrays` is none: Σ_p p_ip reads badly."""
    names = {other.name for other in taken}
    if symbol.name not in names:
        return index(symbol.name)
    letters = (letter + "'" * primes for primes in count() for letter in _ALPHABET)
    return index(next(letter for letter in letters if letter not in names and letter not in arrays))


def letters_of(expressions: Iterable[Expr]) -> set[str]:
    """Return the letters of the arrays in some expressions as indices would have them: i of i1, p of P3.1."""
    return {
        tensor.letter.rstrip("0123456789.").lower() for expression in expressions for tensor in expression.atoms(Tensor)
    }


def apart(total: Sum | Largest, taken: Iterable[Symbol]) -> Sum | Largest:
    """Return the sum, or the largest of many, with its own indices renamed where they are among `taken`."""
    taken = set(taken)
    names: dict[Symbol, Symbol] = {}
    used = taken | free_indices(total) | set(total.variables)
    arrays = letters_of([total.function]) if taken & set(total.variables) else ()
    for symbol in reversed(total.variables):  # the outermost gets the first letter
        if symbol in taken:
            names[symbol] = fresh(symbol, used, arrays=arrays)
            used.add(names[symbol])
    if not names:
        return total
    limits = [
        Tuple(names.get(limit.args[0], limit.args[0]), *(put(end, names) for end in limit.args[1:]))
        for limit in total.limits
    ]
    return type(total)(put(total.function, names), *limits)


def put(expression: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """Return the expression with free indices replaced; indices of sums make way where a value uses their letter."""
    if not expression.has(*BINDERS):
        return expression.xreplace(dict(values))
    if isinstance(expression, BINDERS):
        own = set(expression.variables)
        relevant = {symbol: value for symbol, value in values.items() if symbol not in own}
        if not relevant or not free_indices(expression) & set(relevant):
            return expression
        expression = apart(expression, {letter for value in relevant.values() for letter in free_indices(value)})
        own = set(expression.variables)  # a new letter may be one that is replaced outside
        relevant = {symbol: value for symbol, value in relevant.items() if symbol not in own}
        limits = [Tuple(limit.args[0], *(put(end, relevant) for end in limit.args[1:])) for limit in expression.limits]
        return type(expression)(put(expression.function, relevant), *limits)
    return expression.func(*(put(argument, values) for argument in expression.args))


def cleared(expression: Expr, taken: AbstractSet[Symbol]) -> Expr:
    """Return the expression with the indices of all its sums renamed where they are among `taken`."""
    sums = {total: apart(total, taken) for total in expression.atoms(*BINDERS) if set(total.variables) & taken}
    return expression.xreplace(sums) if sums else expression


def clear_of(expression: Expr, letters: Container[str]) -> Expr:
    """Return the expression with the indices of sums renamed that have one of the letters: Σ_i i_tj, Σ_q i_tj.

    All that have one letter get the same, one that nothing in the expression has."""
    clashes = {s for total in expression.atoms(*BINDERS) for s in total.variables if s.name in letters}
    names: dict[Expr, Expr] = {}
    for symbol in sorted(clashes - free_indices(expression), key=str):
        names[symbol] = fresh(symbol, expression.atoms(Symbol).union(names.values()), arrays=letters)
    return expression.xreplace(names) if names else expression
