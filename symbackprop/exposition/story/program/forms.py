"""What the signs of matrix forms mean, in a sentence where each comes first: ∇, ⊙, ones, k ⋆ a, rot, pool, einsum."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from sympy import Expr, S, Sum, Symbol

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.matrices import (
    Correlation,
    Einsum,
    Greatest,
    Hadamard,
    Mask,
    Matrix,
    Named,
    Ones,
    Pooled,
    Powered,
    Spaced,
    Turned,
    Unpooled,
    is_padded,
    parts_of,
)
from symbackprop.exposition.document import Block, Prose, Text, paragraph
from symbackprop.exposition.levels import USUAL, Level
from symbackprop.exposition.mathtext.numberinfront import is_of_negative
from symbackprop.exposition.selection import At
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import equal
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Tensor, index, size

K, P, N = size("K"), size("p"), Symbol("n", integer=True, positive=True)
KERNEL, ARRAY = Tensor("k", None, (K,)), Tensor("a", None, (size("N"),))
FACTORS, EXPONENTS = "uvrsqfgh", "ncepkm"  # letters of examples, those first that no convention has
I, J, Q, U = map(index, "ijqu")  # noqa: E741 - the letters of every textbook
SQUARE, CUBE = Tensor("a", None, (K, K)), Tensor("T", None, (K, N, K))


def _star(padding: Expr = S.Zero, stride: Expr = S.One) -> Matrix:
    return Correlation(Named(KERNEL), Named(ARRAY), (padding,), (stride,), (K,))


def _pool(stride: Expr = N, padding: Expr = S.Zero) -> Matrix:
    return Pooled(Named(ARRAY), (N,), (stride,), (padding,), (None,), (K,))


def _is_chosen(part: Matrix, *, of_negative: bool) -> bool:
    chosen = part.condition if isinstance(part, Mask) else None
    return isinstance(chosen, Chosen) and is_of_negative(chosen.largest) == of_negative


def _is_of_rows(part: Matrix, *, smallest: bool) -> bool:
    return isinstance(part, Greatest) and not part.whole and part.smallest == smallest


NABLA, ONES = "form.nabla", "form.ones.samples"
SHORT: dict[str, Callable[[Matrix], bool]] = {  # the sentence, all in one paragraph, and which part needs it
    "form.product": lambda part: isinstance(part, Hadamard),
    "form.power": lambda part: isinstance(part, Powered),
    "form.ones": lambda part: isinstance(part, Ones) and part.size is not None,
    ONES: lambda part: part == Ones(None),
}
# the sentence, what it is about, and which part of a matrix form needs it
SIGNS: Mapping[str, tuple[Matrix | Expr, Callable[[Matrix], bool]]] = {
    "form.star": (_star(), lambda part: isinstance(part, Correlation)),
    "form.pad": (_star(padding=P), lambda part: isinstance(part, Correlation) and {*part.padding} != {S.Zero}),
    "form.rot": (Turned(Named(KERNEL)), lambda part: isinstance(part, Turned)),
    "form.spaced": (Spaced(Named(ARRAY), (N,)), lambda part: isinstance(part, Spaced)),
    "form.rowmax": (Greatest(Named(SQUARE)), lambda part: _is_of_rows(part, smallest=False)),
    "form.rowmin": (Greatest(Named(SQUARE), smallest=True), lambda part: _is_of_rows(part, smallest=True)),
    "form.pool": (_pool(), lambda part: isinstance(part, Pooled)),
    "form.unpool": (
        Unpooled(Named(KERNEL), Named(ARRAY), (N,), (N,), (S.Zero,), (None,)),
        lambda part: isinstance(part, Unpooled),
    ),
    "form.apart": (
        _pool(stride=P),
        lambda part: isinstance(part, Pooled | Unpooled) and (part.strides != part.sizes or is_padded(part)),
    ),
    "form.over": (_pool(stride=N, padding=P), lambda part: isinstance(part, Pooled | Unpooled) and is_padded(part)),
    "form.mask": (Mask(J <= I, (K, K)), lambda part: isinstance(part, Mask) and not isinstance(part.condition, Chosen)),
    "form.argmax": (
        Mask(Chosen((J,), Largest(SQUARE[I, Q], (Q, 1, K))), (K, K)),
        lambda part: _is_chosen(part, of_negative=False),
    ),
    "form.argmin": (
        Mask(Chosen((J,), Largest(-SQUARE[I, Q], (Q, 1, K))), (K, K)),
        lambda part: _is_chosen(part, of_negative=True),
    ),
    "form.einsum": (
        Einsum((Named(CUBE), Named(ARRAY)), ((I, J, Q), (J,)), (I, Q)),
        lambda part: isinstance(part, Einsum),
    ),
    "form.every": (_star(stride=N), lambda part: isinstance(part, Correlation) and {*part.strides} != {S.One}),
}


def explained(telling: ProgramTelling, *, short: bool = True) -> Mapping[str, tuple[At, ...]]:
    """Return by name of an adjoint a paragraph for each sign in its matrix form that stands in none before it.

    On paper those of the forward pass were explained there; a lecture has no such forms before. The forms are those
    that are `short` where names for what repeats were told."""
    before, known = _signs_forward(telling), set[str]()
    found: dict[str, tuple[At, ...]] = {}
    for name, adjoint in telling.derivation.adjoints.items():
        own = _signs(telling, adjoint, short=short) - known
        known |= own
        found[name] = (
            *(At(USUAL, block) for block in _paragraphs(telling, own - before, adjoint)),
            *(At(Level.LECTURE, block) for block in _paragraphs(telling, own & before)),
        )
    return found


def explained_forward(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return a paragraph for each sign in the forward equations for whole arrays."""
    return tuple(_paragraphs(telling, _signs_forward(telling)))


def explained_names(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return a paragraph for each sign that only what the names for what repeats stand for has, as matrices."""
    before = _signs_forward(telling) | _signs_back(telling)
    return tuple(_paragraphs(telling, _signs_named(telling) - before))


def explained_beside(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return a paragraph for each sign of the way forward that is on no way back: a lecture meets it beside that."""
    return tuple(_paragraphs(telling, _signs_forward(telling) - _signs_back(telling)))


def _signs_back(telling: ProgramTelling) -> set[str]:
    return set[str]().union(*(_signs(telling, adjoint) for adjoint in telling.derivation.adjoints.values()))


def _signs_named(telling: ProgramTelling) -> set[str]:
    named = map(telling.named, telling.derivation.adjoints.values())
    return {sign for sides in named if sides is not None for sign in _signs_in(sides[1])}


def _paragraphs(telling: ProgramTelling, signs: Collection[str], adjoint: Adjoint | None = None) -> Iterator[Block]:
    """Yield what signs mean, ∇ by the derivative that is an example of it."""
    sum_ = equal(Sum(KERNEL[U] * ARRAY[Q + U - 1], (U, 1, K)))
    names = {
        "a": equal(Named(ARRAY)),
        "k": equal(Named(KERNEL)),
        "sum": sum_,
        "matrix": equal(Named(SQUARE)),
        "n": N,
        "p": P,
        "q": Q,
        "row": I,
        "column": J,
    }
    say = telling.language.sentence
    said = _short(telling, signs)
    said |= {key: say(key, {"form": equal(form), **names}) for key, (form, _) in SIGNS.items() if key in signs}
    if NABLA in signs and adjoint is not None and (sides := telling.matrices(adjoint)) is not None:
        entry = {"form": equal(sides[0]), "rate": equal(adjoint.left), "entry": adjoint.entry}
        said = {NABLA: say(NABLA, entry), **said}
    if short := [text for key, text in said.items() if key in (NABLA, *SHORT)]:
        yield Prose(paragraph(short))
    yield from (Prose(text) for key, text in said.items() if key not in (NABLA, *SHORT))


def _short(telling: ProgramTelling, signs: Collection[str]) -> dict[str, Text]:
    """Return what the commonest signs mean, in letters that the program has for nothing else."""
    (u, v, *_), (exponent, *_) = (sorted(all_, key=telling.program.names.__contains__) for all_ in (FACTORS, EXPONENTS))
    one, other = (Named(Tensor(letter, None, (size("N"),))) for letter in (u, v))
    n = Symbol(exponent, integer=True, positive=True)
    forms = {"form.product": Hadamard((one, other)), "form.power": Powered(one, n), "form.ones": Ones(n)}
    forms[ONES] = Ones(None)
    say = telling.language.sentence
    names = {"u": equal(one), "n": n, "m": size("m")}
    return {key: say(key, {"form": equal(form), **names}) for key, form in forms.items() if key in signs}


def _signs_forward(telling: ProgramTelling) -> set[str]:
    return {sign for _, right in telling.forward_forms.values() for sign in _signs_in(right)}


def which_forms(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return what the frames hold, where they are not whole matrices for every array."""
    sides = [telling.matrices(adjoint) for adjoint in telling.derivation.adjoints.values() if adjoint.entry.indices]
    found = [each for each in sides if each is not None]
    whole = all(not getattr(left, "places", ()) and "form.einsum" not in _signs_in(right) for left, right in found)
    return () if not found or (whole and len(found) == len(sides)) else (telling.prose("reverse.forms"),)


def _signs(telling: ProgramTelling, adjoint: Adjoint, *, short: bool = True) -> set[str]:
    sides = telling.matrices(adjoint, short=short)
    return set() if sides is None else {NABLA, *_signs_in(sides[1])}


def _signs_in(matrix: Expr | Matrix) -> set[str]:
    parts = tuple(parts_of(matrix)) if isinstance(matrix, Matrix) else ()
    needed = SHORT | {key: needs for key, (_, needs) in SIGNS.items()}
    return {key for key, needs in needed.items() if any(map(needs, parts))}
