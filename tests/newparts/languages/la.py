"""A language of two words, English for the rest."""

from __future__ import annotations

from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.languages.en import SENTENCES

LANGUAGES.add("la", Language("la", "lingua latina", {**SENTENCES, "section.network": "Rete", "section.arrays": "Rete"}))
