"""The only place that reads and writes files: within a limit, and whole or not at all."""

from symbackprop.files.reading import read_blocks, read_bytes, read_named, read_text
from symbackprop.files.writing import MANIFEST, write_all

__all__ = ["MANIFEST", "read_blocks", "read_bytes", "read_named", "read_text", "write_all"]
