"""All faults that are planted, by the part that they are in."""

from __future__ import annotations

from collections.abc import Mapping

from planted.code import BATCHES, PROGRAMS, SINGLE_SAMPLES, WRITTEN_FROM, WRITTEN_OUT
from planted.derivations import CONTRACTION, DERIVATION, MATRIX_FORM, SECOND
from planted.engines import ENGINES
from planted.planting import Fault
from planted.witnesses import OTHERS_IN_TRAINERS, TRAINERS, WITNESSES

__all__ = ["FAULTS"]

FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "derivation": (*DERIVATION, *CONTRACTION),
    "matrix form": MATRIX_FORM,
    "second derivatives": SECOND,
    "single derivatives": WRITTEN_OUT,
    "what all code is written from": WRITTEN_FROM,
    "code of batches": BATCHES,
    "code of single samples": SINGLE_SAMPLES,
    "code of programs": PROGRAMS,
    "code for PyTorch and JAX": ENGINES,
    "witnesses": WITNESSES,
    "trainers": (*TRAINERS, *OTHERS_IN_TRAINERS),
}
