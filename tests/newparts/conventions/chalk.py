"""Letters of a blackboard: the error is e, the activation h, the layer an index below."""

from __future__ import annotations

from types import MappingProxyType

from symbackprop.exposition.conventions import CONVENTIONS, Convention

CONVENTIONS.add("chalk", Convention("chalk", MappingProxyType({"delta": "e", "a": "h"}), layer="_l"))
