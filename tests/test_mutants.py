"""The changes that python -m tests.mutants tries: operators, comparisons and numbers, nothing that is said."""

from __future__ import annotations

import ast
from pathlib import Path

from mutants.explained import EXPLAINED
from mutants.session import replacements
from mutants.sites import mutated, sites
from mutants.wings import CORE, TESTS, WING, concerning

TEXT = '''"""A text with 1 + 1."""
__all__ = ["f"]
STEP = 2.5

def f(a: int | float = 1, *, b=-3) -> int:
    """Return 2 * a."""
    if not a or b <= 4 < a:
        raise ValueError(f"{a + 1}" + "2")
    return a * b if isinstance(a, int | Add) else (a is None)
'''
CHANGES = [
    "2.5 -> (5.0)",
    "1 -> (2)",
    "-3 -> (3)",
    "3 -> (4)",
    "not a or b <= 4 < a -> (not a and b <= 4 < a)",
    "not a -> (a)",
    "b <= 4 < a -> (b < 4 < a)",
    "b <= 4 < a -> (b > 4 < a)",
    "4 -> (5)",
    "a * b -> (a / b)",
    "a is None -> (a is not None)",
]


def test_every_change_is_found_and_made(tmp_path: Path) -> None:
    """Docstrings, messages, types and lists of names stay; each change gives a text that Python reads, and differs."""
    (tmp_path / "module.py").write_text(TEXT, encoding="utf-8")
    found = sites(tmp_path, "module.py")
    assert CHANGES == [f"{site.old} -> {site.new}" for site in found]
    texts = {ast.unparse(ast.parse(mutated(tmp_path, site))) for site in found}
    assert len(found) == len(texts)
    assert ast.unparse(ast.parse(TEXT)) not in texts
    assert TEXT == (tmp_path / "module.py").read_text(encoding="utf-8")


def test_core_and_its_tests_are_there() -> None:
    """Each module of the core exists, and so does each test file that is run for it."""
    package = TESTS.parent / "symbackprop"
    assert [] == [module for module in CORE if not (package / module).is_file()]
    assert {module.partition("/")[0] for module in CORE} == WING.keys()
    assert [] == [path for wing in WING for path in concerning(wing) if not (TESTS.parent / path).is_file()]
    assert "tests/calculus/test_fields.py" in concerning("calculus")


def test_code_is_replaced_unless_it_runs_at_the_import() -> None:
    """What changes within functions and methods is found as pairs of code; a default or a constant is not."""

    def pairs(old: str, new: str) -> list[str] | None:
        found = replacements(*(compile(TEXT.replace(old, text), "module.py", "exec") for text in (old, new)))
        return found and [f"{before.co_qualname} {before is after}" for before, after in found]

    assert ["f False"] == pairs("a * b", "a / b")
    assert pairs("2.5", "5.0") is None
    assert pairs("b=-3", "b=3") is None
    assert [] == pairs("a * b", "a * b")


def test_what_is_explained_is_there() -> None:
    """Each change that is said to change nothing can still be made."""
    package = TESTS.parent / "symbackprop"
    found = {site.key for module in {key[0] for key in EXPLAINED} for site in sites(package, module)}
    assert [] == [key for key in EXPLAINED if key not in found]
