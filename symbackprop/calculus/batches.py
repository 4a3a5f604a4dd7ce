"""From one sample to a batch: an index s in front of every tensor that differs from sample to sample.

a_j  ->  a_sj        w_jk  ->  w_jk        and back, where all samples are the same
"""

from __future__ import annotations

from sympy import Expr

from symbackprop.calculus.matrices import Gradient, Matrix, Named
from symbackprop.network.notation import Tensor, index, size
from symbackprop.network.program import entries
from symbackprop.network.samples import Sampling, of_samples

__all__ = ["BATCH", "PARAMETERS", "SAMPLE", "Atoms", "batched", "is_parameter", "of_equal_samples"]

BATCH = size("m")  # the number of samples
SAMPLE = index("s")
PARAMETERS = ("w", "b")

Atoms = dict[Tensor, Matrix]  # what a tensor, or a stand-in for partial derivatives, is called as a whole


def is_parameter(tensor: Tensor, atoms: Atoms) -> bool:
    """Tell whether a tensor is a parameter, the same for all samples, or the derivative by one."""
    atom = atoms.get(tensor)
    return (isinstance(atom, Gradient) and atom.by.letter in PARAMETERS) or tensor.letter in PARAMETERS


def batched(expression: Expr, atoms: Atoms) -> Expr:
    """Return the expression with a sample index in front of every per-sample tensor; `atoms` learns their names."""
    own = {entry.base for entry in entries(expression) if not is_parameter(entry.base, atoms)}
    tensors = {tensor: of_samples(tensor, BATCH) for tensor in own}
    for one, several in tensors.items():
        atoms[several] = atoms.get(one, Named(one, batch=True))
    return Sampling(SAMPLE, BATCH, tensors).put(expression)


def of_equal_samples(expression: Expr) -> Expr:
    """Return an expression for a batch where all its samples are the same: a mean over them is what it is for one.

    Compared with the equation for one sample, it shows a mean that lost its 1/m, or that is none."""
    found = (entry for entry in entries(expression) if SAMPLE in entry.indices)
    tensors = {entry: Tensor(entry.base.args[0], entry.base.args[1], entry.base.axes[1:]) for entry in found}
    return expression.xreplace({entry: tensor[entry.indices[1:]] for entry, tensor in tensors.items()})
