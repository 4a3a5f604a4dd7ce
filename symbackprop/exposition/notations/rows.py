r"""Batch notation: \Delta^{(l)} = \Delta^{(l+1)} W^{(l+1)} \odot \sigma'(Z^{(l)}), one sample per row."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS
from symbackprop.exposition.notations import of_batch

NOTATIONS.add("rows", of_batch("rows"))
