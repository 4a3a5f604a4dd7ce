"""Tensors that stand for partial derivatives: ∂C/∂u_q as the entry of a tensor of its own, which is called ∇C."""

from __future__ import annotations

from sympy import Expr, Indexed

from symbackprop.calculus.batches import PARAMETERS, Atoms, Batch
from symbackprop.calculus.matrices import Gradient, Jacobian
from symbackprop.calculus.partials import Partial
from symbackprop.errors import CheckError
from symbackprop.network.notation import COST, Tensor


def without_partials(expression: Expr, atoms: Atoms, *, batch: Batch | None) -> Expr:
    """Return the expression with ∂C/∂u_q and ∂a_i/∂z_j written as entries of tensors of their own."""
    stand_ins = {}
    for partial in expression.atoms(Partial):
        by = partial.by
        if not isinstance(by, Indexed) or not (partial.of == COST or isinstance(partial.of, Indexed)):
            raise CheckError(f"{partial} has no matrix form: it is not carried out")
        if partial.of == COST:
            tensor = Tensor(f"grad_{by.base.name}", None, by.base.axes)
            per_sample = by.base.letter not in PARAMETERS
            whole = batch is not None and (not per_sample or batch.mean == "errors")
            atoms[tensor] = Gradient(by.base, batch is not None and per_sample, whole)
            stand_ins[partial] = tensor[by.indices]
        else:
            tensor = Tensor(
                f"jacobian_{partial.of.base.name}_{by.base.name}", None, (*partial.of.base.axes, *by.base.axes)
            )
            atoms[tensor] = Jacobian(partial.of.base, by.base)
            stand_ins[partial] = tensor[(*partial.of.indices, *by.indices)]
    return expression.xreplace(stand_ins)


def slopes_of_numbers(expression: Expr, atoms: Atoms) -> dict[Expr, Expr]:
    """Return ∂C/∂r for each stand-in for the derivative by a number: it is written before a matrix, as ∂C/∂r_t is."""
    pairs = ((entry, atoms.get(entry.base)) for entry in expression.atoms(Indexed))
    return {entry: Partial(COST, atom.by[entry.indices]) for entry, atom in pairs if isinstance(atom, Gradient)}
