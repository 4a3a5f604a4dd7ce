"""The core, whose changes are tried, and the tests that concern each of its modules, the nearest and quickest first."""

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
# of each wing, those that take longest last
WING = {
    "calculus": (
        "calculus/test_evaluation.py",
        "calculus/test_reverse.py",
        "calculus/test_derivations.py",
        "calculus/test_derivations_of_programs.py",
        "calculus/test_degrees.py",
        "calculus/test_backpropagation.py",
        "calculus/test_numbers.py",
        "calculus/test_paths.py",
        "calculus/test_batched_forms.py",
        "calculus/test_checking.py",
        "calculus/test_matrixform.py",
        "calculus/test_contraction.py",
        "calculus/test_layers_derived.py",
        "calculus/test_instances.py",
    ),
    "numerics": (
        "numerics/test_plan.py",
        "numerics/test_interpretation.py",
        "test_planted.py",
        "numerics/test_verification.py",
        "numerics/test_comparison.py",
        "numerics/test_witnesses.py",
        "numerics/test_trainer_verification.py",
        "numerics/test_corners.py",
    ),
}


# where other files than those of the wing are the nearest
NEAREST = {
    "calculus/judgement.py": "numerics/test_lines.py",
    "numerics/program_verification.py": "numerics/arrays/test_programs.py",
    "numerics/program_witnesses.py": "numerics/arrays/test_programs.py",
    "numerics/arithmetic.py": "numerics/test_pointwise.py",
}


def concerning(module: str) -> list[str]:
    """Return the test files of a module, its own and then those of its wing; of a wing, these alone."""
    wing, _, name = module.partition("/")
    own = [f"{wing}/test_{name}"] if (TESTS / wing / f"test_{name}").is_file() else []
    own += [NEAREST[module]] if module in NEAREST else []
    return [f"tests/{path}" for path in dict.fromkeys((*own, *WING[wing]))]
