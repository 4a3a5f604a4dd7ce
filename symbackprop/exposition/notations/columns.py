r"""Batch notation: \Delta^{(l)} = (W^{(l+1)})^T \Delta^{(l+1)} \odot \sigma'(Z^{(l)}), one sample per column."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS
from symbackprop.exposition.notations import of_batch

NOTATIONS.add("columns", of_batch("columns"))
