"""Nielsen, "Neural Networks and Deep Learning" (2015), chapter 2: z^l, w^l_jk, δ^l, ∇_a C; the input is layer 1."""

from __future__ import annotations

from symbackprop.exposition.conventions import CONVENTIONS, Convention

CONVENTIONS.add(
    "nielsen",
    Convention(
        "nielsen", layer="l", first=1, matrices="small", source="M. Nielsen, Neural Networks and Deep Learning (2015)"
    ),
)
