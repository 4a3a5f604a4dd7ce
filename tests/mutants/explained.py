"""Changes that no test can see, because they change nothing that is promised: each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXPLAINED"]

# module, line, change -> why nothing is to be seen
EXPLAINED: Mapping[tuple[str, str, str], str] = {
    (
        "numerics/corners.py",
        "moved = ([(at, y) for at, (_, y) in zip(z + side * beside, points, strict=True)] for side in (-1, 1))",
        "z + side * beside -> (z - side * beside)",
    ): "both sides are looked at, whichever comes first",
    (
        "numerics/program_witnesses.py",
        "STEP = Rational(1, 10**30)  # h: what a central difference cuts off is h², 60 digits below 1; rounding leaves 70",  # noqa: E501 - a line as it stands
        "1 -> (2)",
    ): "a step of 2e-30 is as good as one of 1e-30",
    (
        "numerics/corners.py",
        "for (z, y), truth in zip(points, layer.truths(points, digits), strict=True):",
        "True -> (False)",
    ): "there is a truth for each point, so both are as long",
    (
        "calculus/contraction.py",
        "left, right = delta.args[:2]",
        "2 -> (3)",
    ): "a delta has a third argument only where it was given a range, and none is here",
    (
        "calculus/fields.py",
        'waves = [self.draw("wave", stem, number) for number in range(2)]',
        "2 -> (3)",
    ): "a sum of three waves may stand for any smooth function as well as one of two",
    (
        "calculus/checking.py",
        "if kind is ManyDigits and difference is None and not patient:",
        "kind is ManyDigits -> (kind is not ManyDigits)",
    ): "what the hasty first pass leaves out, the patient one after it looks at",
    (
        "numerics/protocol.py",
        "patience, best = max(2, min(PATIENCE, SWIFT // network.depth)), 0.0",
        "2 -> (3)",
    ): "a third batch for the same parameters of a very deep network is as good as new ones",
    (
        "numerics/protocol.py",
        "best = max(best, forward.nearest_kink if np.isfinite(cost) else 0.0)",
        "0.0 -> (1.0)",
    ): "what counts as far enough from a kink is halved from round to round in either case",
    (
        "numerics/arithmetic.py",
        "if x.imag == 0 or abs(x.imag) > 2 * tangent:",
        "2 -> (3)",
    ): "a step is either half of the digits or no step at all",
    (
        "numerics/layered_verification.py",
        "errors = [abs(cost - sum(each for each, _ in single) / len(x)) / max(1.0, abs(cost))]",
        "1.0 -> (2.0)",
    ): "a cost below 1 is compared by its own size or by 1, and twice 1 is the same to a tolerance",
    (
        "numerics/verification.py",
        "label, here = network.shape[:60], alone(network)",
        "60 -> (61)",
    ): "where the name of a long network is cut off",
}
