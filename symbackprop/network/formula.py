"""A formula as the tree of what was written: nine kinds of node, each with its place in the text.

A larger grammar, that of equations, adds nodes of its own; each says which formula is as large as it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import TypeAlias

from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number exactly as written: 0.01 is 1/100."""

    at: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or one of the constants pi and e."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added up; what is subtracted is a Negative."""

    at: int
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied; what is divided by is an Inverse."""

    at: int
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """The negative of a term."""

    at: int
    term: Node


@dataclass(frozen=True, slots=True)
class Inverse:
    """1/divisor."""

    at: int
    divisor: Node


@dataclass(frozen=True, slots=True)
class Power:
    """base^exponent."""

    at: int
    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Call:
    """function(arguments); e^u is read as exp(u)."""

    at: int
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Extension(ABC):
    """What a larger grammar adds to formulas: entries of arrays, sums over indices, products of matrices."""

    at: int

    @abstractmethod
    def as_large(self) -> Node:
        """Return a formula that grows as fast: what the bounds look at."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """left < right, or another of the five signs: the condition of `where`."""

    at: int
    sign: str
    left: Node
    right: Node


Node: TypeAlias = Number | Name | Sum | Product | Negative | Inverse | Power | Call | Comparison | Extension
