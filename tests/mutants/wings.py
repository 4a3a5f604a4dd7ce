"""The core, whose changes are tried, and the tests of each of its wings."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CORE", "TIMED", "concerning"]

TESTS = Path(__file__).parents[1]
NUMERICS = (
    "arithmetic",
    "comparison",
    "corners",
    "forms",
    "forwardvalues",
    "fusion",
    "interpretation",
    "layered_verification",
    "lonelayer",
    "plan",
    "pointwise",
    "program_points",
    "program_verification",
    "program_witnesses",
    "protocol",
    "trainer_verification",
    "verification",
    "ways",
    "witnesses",
)
CORE = (
    *(f"calculus/{path.name}" for path in sorted((TESTS.parent / "symbackprop" / "calculus").glob("[a-z]*.py"))),
    *(f"numerics/{name}.py" for name in NUMERICS),
)
# tests that look at the clock, which a nice process loses, and one that starts programs, which take long
TIMED = (
    "test_symbols_give_up_before_they_take_long",
    "test_budget_is_counted_before_anything_is_built",
    "test_derivations_never_simplify_and_are_always_the_same",
)
# of each wing, the files of its tests; a change is judged by those of them that reach it, the quickest first
WING = {
    "calculus": (*sorted(path.name for path in (TESTS / "calculus").glob("test_*.py")), "../numerics/test_lines.py"),
    "numerics": (
        *(name for name in (f"test_{module}.py" for module in NUMERICS) if (TESTS / "numerics" / name).is_file()),
        "test_pointwise.py",
        "arrays/test_programs.py",
        "../test_planted.py",
    ),
}


def concerning(wing: str) -> list[str]:
    """Return the test files of a wing."""
    return [str((TESTS / wing / name).resolve().relative_to(TESTS.parent)) for name in dict.fromkeys(WING[wing])]
