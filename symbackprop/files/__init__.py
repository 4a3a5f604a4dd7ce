"""The only place that reads and writes files: within a limit, and whole or not at all."""

from symbackprop.files.appending import growing
from symbackprop.files.manifest import MANIFEST, of_others
from symbackprop.files.reading import read_blocks, read_bytes, read_named, read_text
from symbackprop.files.writing import check_place, write_all

__all__ = [
    "MANIFEST",
    "check_place",
    "growing",
    "of_others",
    "read_blocks",
    "read_bytes",
    "read_named",
    "read_text",
    "write_all",
]
