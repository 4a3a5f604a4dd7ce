"""From one sample to a batch: an index s at every tensor that differs from sample to sample, before the others or last.

a_j  ->  a_sj        w_jk  ->  w_jk        and back, where all samples are the same

The 1/m of the mean stands at the parameters, as in (1/m) Δᵀ A, or already in the errors, Δ = (1/m) (A - Y) ⊙ …, as
where the whole cost is differentiated; where the costs of the samples are added up there is none.
"""

from __future__ import annotations

from sympy import Add, Expr, Indexed, S, Sum

from symbackprop.calculus.checking import Setting, agree
from symbackprop.calculus.matrices import Gradient, Matrix, Named
from symbackprop.calculus.partials import Partial
from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import entries

BATCH = size("m")  # the number of samples
SAMPLE = index("s")
PARAMETERS = ("w", "b")
MEANS = ("parameters", "errors", "none")  # where the 1/m of the mean over the samples stands

Atoms = dict[Tensor, Matrix]  # what a tensor, or a stand-in for partial derivatives, is called as a whole


def is_parameter(tensor: Tensor, atoms: Atoms) -> bool:
    """Tell whether a tensor is a parameter, the same for all samples, or the derivative by one."""
    atom = atoms.get(tensor)
    return (isinstance(atom, Gradient) and atom.by.letter in PARAMETERS) or tensor.letter in PARAMETERS


def _is_adjoint(tensor: Tensor, atoms: Atoms) -> bool:
    """Tell whether a tensor is a derivative of the cost that each sample has for itself: δ, or ∂C/∂a."""
    return (isinstance(atoms.get(tensor), Gradient) or tensor.letter == "delta") and not is_parameter(tensor, atoms)


@dataclass(frozen=True)
class Batch:
    """How many samples are written: `samples` are 'rows' or 'columns', the 1/m stands where `mean` says.

    Raises SpecError for another word."""

    samples: str = "rows"
    mean: str = MEANS[0]

    def __post_init__(self) -> None:
        """Refuse what is no layout."""
        for what, got, known in (("samples", self.samples, ("rows", "columns")), ("mean", self.mean, MEANS)):
            if got not in known:
                raise SpecError(f"{what}: got {str(got)[:40]!a}, wanted one of {', '.join(known)}")

    def tensor(self, tensor: Tensor) -> Tensor:
        """Return the tensor of all samples for that of one."""
        axis = (1, BATCH)
        axes = (axis, *tensor.axes) if self.samples == "rows" else (*tensor.axes, axis)
        return Tensor(tensor.args[0], tensor.args[1], axes)

    def place(self, places: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """Return the indices of an entry of one sample with that of the sample among them."""
        return (SAMPLE, *places) if self.samples == "rows" else (*places, SAMPLE)


def _batched(expression: Expr, atoms: Atoms, batch: Batch) -> Expr:
    """Return the expression with a sample index at every per-sample tensor; `atoms` learns their names."""
    found = [entry for entry in entries(expression) if not is_parameter(entry.base, atoms)]
    for one in {entry.base for entry in found}:
        atoms[batch.tensor(one)] = atoms.get(one, Named(one, batch=True))
    return expression.xreplace({e: batch.tensor(e.base)[batch.place(e.indices)] for e in found})


def _adjoints_by_sample(expression: Expr, atoms: Atoms, factor: Expr) -> Expr:
    """Return the expression with a factor before each derivative of the cost that a sample has for itself."""
    found = [entry for entry in entries(expression) if _is_adjoint(entry.base, atoms)]
    return expression.xreplace({entry: factor * entry for entry in found})


def _of_equal_samples(expression: Expr, batch: Batch) -> Expr:
    """Return an expression for a batch where all its samples are the same: a mean over them is what it is for one.

    Compared with the equation for one sample, it shows a mean that lost its 1/m, or that is none."""
    found = [entry for entry in entries(expression) if SAMPLE in entry.indices]
    return expression.xreplace({entry: _of_one(entry, batch) for entry in found})


def _of_one(entry: Indexed, batch: Batch) -> Expr:
    tensor, kept = entry.base, slice(1, None) if batch.samples == "rows" else slice(None, -1)
    return Tensor(tensor.args[0], tensor.args[1], tensor.axes[kept])[entry.indices[kept]]


def sides_of_samples(sides: tuple[Expr, Expr], atoms: Atoms, batch: Batch) -> tuple[Expr, Expr]:
    """Return both sides for a batch; raises CheckError unless they are those of one sample where all are the same."""
    entry = sides[0]
    parameter = isinstance(entry, Indexed) and is_parameter(entry.base, atoms)
    left, right = (_batched(side, atoms, batch) for side in sides)
    if parameter:
        right = Sum(right, (SAMPLE, 1, BATCH)) / BATCH
    agree(sides[1], _of_equal_samples(right, batch), _places(entry))
    if batch.mean == "parameters" or not (parameter or _is_adjoint(left.base, atoms)):
        return left, right
    if batch.mean == "none":
        return left, right * BATCH if parameter else right
    return left, _of_whole_cost(left, right, atoms)


def _of_whole_cost(left: Expr, right: Expr, atoms: Atoms) -> Expr:
    """Return the right side where every derivative by what a sample has is that of the mean: Δ = δ/m, ∂C/∂a/m.

    Raises CheckError unless it gives the derivatives of the samples' own costs back."""
    adjoint = _is_adjoint(left.base, atoms)
    among = any(_is_adjoint(found.base, atoms) for found in entries(right))
    whole = right * (1 if adjoint else BATCH) if among else right / BATCH
    again = _adjoints_by_sample(whole, atoms, 1 / BATCH) * (BATCH if adjoint else 1)
    agree(right, again, _places(left))
    return whole


@dataclass(frozen=True)
class OwnCosts:
    """The `tensors` that each of `count` samples has for itself: the derivatives by them are of the samples' own costs.

    ∂C/∂Z = (1/m) (A - Y),  ∂C/∂W = ∂C/∂Z Aᵀ + λ W    ->    dZ = m ∂C/∂Z = A - Y,  dW = (1/m) dZ Aᵀ + λ W
    Where the cost C of the batch is the mean, so that its 1/m stands at the parameters alone."""

    tensors: frozenset[Expr]
    count: Expr

    def right(self, left: Expr, right: Expr) -> Expr:
        """Return m ∂C/∂z, or ∂C/∂w, by the derivatives of the samples' own costs."""
        terms = (part for term in Add.make_args(right) for part in self._parted(term))
        return Add(*(self._term(term, of_sample=self._is_own(left)) for term in terms))

    def check(self, left: Expr, right: Expr, setting: Setting) -> None:
        """Raise CheckError unless what `right` makes of a right side is the same again, with m ∂C/∂z for each dz."""
        own = self.right(left, right)
        again = own.xreplace({each: self.count * each for each in self._derivatives(own)})
        agree(right, again / self.count if self._is_own(left) else again, setting)

    def _parted(self, term: Expr) -> tuple[Expr, ...]:
        """Return a term, or the terms that it is the sum of where some of them alone have such a derivative."""
        without = term.xreplace(dict.fromkeys(self._derivatives(term), S.Zero))
        return (term,) if without in (0, term) else Add.make_args(term.expand())

    def _term(self, term: Expr, *, of_sample: bool) -> Expr:
        if bool(self._derivatives(term)) == of_sample:
            return term
        return term * self.count if of_sample else term / self.count

    def _derivatives(self, expression: Expr) -> set[Expr]:
        """Return the derivatives of the cost by what a sample has, and the names of such ones."""
        partials = {p for p in expression.atoms(Partial) if self._is_own(p)}
        return partials | {e for e in expression.atoms(Indexed) if str(e.base).startswith("delta")}

    def _is_own(self, side: Expr) -> bool:
        return isinstance(side, Partial) and side.of == COST and getattr(side.by, "base", None) in self.tensors


def _places(entry: Indexed) -> Setting:
    """Return where two sides of the equation for an entry are compared."""
    return Setting((), dict(zip(entry.indices, entry.base.axes, strict=True)))
