"""Backpropagation, derived: you say what a network computes, and get its derivation, checked, typeset and compiled.

    import symbackprop as sb

    network = sb.mlp("2-3-1", activation="sigmoid", cost="quadratic")
    derivation = sb.derive(network)           # the four equations, every step checked
    text = sb.render(derivation, "latex")     # told in a document
    gradient = sb.compile(derivation)         # the same equations as numeric code
    report = sb.verify(network)               # and the evidence that all of them agree

`import symbackprop` loads nothing else: a name brings its module with it when it is first used.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # that of typing, which takes longer to load than this module
if TYPE_CHECKING:
    import os
    from typing import Any

    from symbackprop.calculus.backpropagation import Derivation, derive
    from symbackprop.calculus.diagnosis import Diagnosis
    from symbackprop.errors import SymbackpropError
    from symbackprop.exposition.exercise.paper import Exercise, exercise
    from symbackprop.exposition.rendering import render
    from symbackprop.network.layered import LayeredNetwork, sequential
    from symbackprop.network.model import Network, mlp
    from symbackprop.network.pytorch.reading import from_torch
    from symbackprop.network.text.equations import EquationsNetwork, equations
    from symbackprop.numerics.compilation import compile
    from symbackprop.numerics.diagnosis.diagnosing import diagnose
    from symbackprop.numerics.report import Report
    from symbackprop.numerics.training import descend
    from symbackprop.numerics.verification import verify

    __version__: str

__all__ = [
    "Derivation",
    "Diagnosis",
    "EquationsNetwork",
    "Exercise",
    "LayeredNetwork",
    "Network",
    "Report",
    "SymbackpropError",
    "__version__",
    "compile",
    "derive",
    "descend",
    "diagnose",
    "equations",
    "exercise",
    "from_torch",
    "mlp",
    "read_spec",
    "render",
    "sequential",
    "verify",
]

# name -> the module that it is defined in
_HOMES = {
    "Derivation": "symbackprop.calculus.backpropagation",
    "Diagnosis": "symbackprop.calculus.diagnosis",
    "Exercise": "symbackprop.exposition.exercise.paper",
    "EquationsNetwork": "symbackprop.network.text.equations",
    "LayeredNetwork": "symbackprop.network.layered",
    "Network": "symbackprop.network.model",
    "Report": "symbackprop.numerics.report",
    "SymbackpropError": "symbackprop.errors",
    "compile": "symbackprop.numerics.compilation",
    "derive": "symbackprop.calculus.backpropagation",
    "descend": "symbackprop.numerics.training",
    "diagnose": "symbackprop.numerics.diagnosis.diagnosing",
    "equations": "symbackprop.network.text.equations",
    "exercise": "symbackprop.exposition.exercise.paper",
    "from_torch": "symbackprop.network.pytorch.reading",
    "mlp": "symbackprop.network.model",
    "render": "symbackprop.exposition.rendering",
    "sequential": "symbackprop.network.layered",
    "verify": "symbackprop.numerics.verification",
}


def read_spec(path: str | os.PathLike[str]) -> Network | EquationsNetwork:
    """Return the network that a TOML or JSON file says, or that the equations in a file ending in .eq say.

    Raises SpecError for a file that cannot be read or holds anything else, and what `mlp` and `equations` raise."""
    import os

    from symbackprop.errors import SpecError
    from symbackprop.files import read_named
    from symbackprop.network.spec import LARGEST_SPEC, spec_from_text
    from symbackprop.network.text.equations import equations_from_file

    if not isinstance(path, str | os.PathLike):
        raise SpecError(f"path: wanted the name of a file, got {type(path).__name__}; try 'network.toml'")
    text, kind, where = read_named(path, largest=LARGEST_SPEC)
    if kind == "eq":
        return equations_from_file(text, where=where)
    return spec_from_text(text, kind=kind, where=where).network


def __getattr__(name: str) -> Any:
    """Import what a public name stands for, and keep it."""
    if name == "__version__":
        value = _version()
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("symbackprop")
    except metadata.PackageNotFoundError:  # run from its folder, without having been installed
        return "unknown"
