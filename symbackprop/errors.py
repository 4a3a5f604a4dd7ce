"""The tree of errors: every complaint about wrong input derives from one class.

    SymbackpropError (ValueError)
    ├── ShapeError        a network's shape, a layer's width, an array's shape
    ├── UnknownNameError  a name that no registry holds; says what is close
    ├── ExpressionError   the text of a custom activation or cost
    ├── SpecError         a network file: unreadable, unknown key, wrong type
    ├── DomainError       a cost outside the range of the activation before it
    ├── DataError         training data or parameters: ragged, not finite, wrong type
    ├── BudgetError       an expansion larger than it was allowed to become
    ├── OutputError       a folder or a file that cannot be written
    ├── ClusterError      workers that cannot be reached, or cannot do what they are asked for
    ├── MissingExtraError a feature whose optional packages are not installed
    └── CheckError        a step whose two sides do not agree: a defect of ours, or a wrong rule

A message is one line: where, what it got, what it wanted, what to try.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

__all__ = [
    "BudgetError",
    "CheckError",
    "ClusterError",
    "DataError",
    "DomainError",
    "ExpressionError",
    "MissingExtraError",
    "OutputError",
    "ShapeError",
    "SpecError",
    "SymbackpropError",
    "UnknownNameError",
]


class SymbackpropError(ValueError):
    """The input is wrong: the message says where, what it got, what it wanted, what to try; in English.

    Whoever shows it may word its clauses in another language."""


class ShapeError(SymbackpropError):
    """A width, the number of layers, or the shape of an array is wrong."""


class UnknownNameError(SymbackpropError):
    """A name is in no registry; the message lists what is there."""


class ExpressionError(SymbackpropError):
    """The text of a custom activation or cost is not accepted."""


class SpecError(SymbackpropError):
    """A network file cannot be read or holds something it should not."""


class DomainError(SymbackpropError):
    """A cost takes the logarithm of values that the activation before it does not keep positive."""


class DataError(SymbackpropError):
    """Data or parameters are ragged, not finite, or of the wrong type."""


class BudgetError(SymbackpropError):
    """An expanded expression would have more operations than were allowed."""


class OutputError(SymbackpropError):
    """A file cannot be written where it was asked for."""


class ClusterError(SymbackpropError):
    """No worker can be reached, or none can do what it is asked for."""


class MissingExtraError(SymbackpropError):
    """Optional packages are missing; the message says how to install them."""

    @staticmethod
    def advice(extra: str) -> str:
        """Return how an extra is installed: from the folder that the package itself was installed from."""
        return f"python -m pip install '.[{extra}]' in the folder of symbackprop"


def imported(package: str, *, extra: str, wanted: str) -> Any:
    """Return an optional package; raises MissingExtraError, which begins with what wanted it."""
    try:
        return import_module(package)
    except ImportError:
        advice = MissingExtraError.advice(extra)
        raise MissingExtraError(f"{wanted}, which is not installed; try: {advice}") from None


class CheckError(SymbackpropError):
    """The two sides of a step do not agree, so the step does not exist."""


@contextmanager
def errors_of(where: str) -> Iterator[None]:
    """Let every error about input inside begin with where it is: 'network.toml: shape is missing'."""
    try:
        yield
    except SymbackpropError as error:
        raise type(error)(f"{where}: {error}") from None
