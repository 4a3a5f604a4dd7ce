"""Changes that no test can see, because they change nothing that is promised: each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXPLAINED"]

# module, line, change -> why nothing is to be seen
EXPLAINED: Mapping[tuple[str, str, str], str] = {
    (
        "numerics/corners.py",
        "cost, by_activation = sides[0]",
        "0 -> (1)",
    ): "both sides agree here",
    (
        "numerics/corners.py",
        "factors = [1 + side * number(ROUNDED) for side in SIDES]",
        "1 + side * number(ROUNDED) -> (1 - side * number(ROUNDED))",
    ): "both sides are looked at, whichever comes first",
    (
        "numerics/corners.py",
        "points = [(z * factor, y) for factor in factors] + [(z, y * factor) for factor in factors]",
        "z * factor -> (z / factor)",
    ): "a little more and a little less, whichever comes first",
    (
        "numerics/corners.py",
        "points = [(z * factor, y) for factor in factors] + [(z, y * factor) for factor in factors]",
        "y * factor -> (y / factor)",
    ): "a little more and a little less, whichever comes first",
    (
        "numerics/corners.py",
        "points += [(z, layer.target(y) * factor) for factor in factors]  # the 1 of another class is rounded, too",
        "layer.target(y) * factor -> (layer.target(y) / factor)",
    ): "a little more and a little less, whichever comes first",
    (
        "numerics/corners.py",
        'if FINE < error < inf and corner.kind != "kink":  # a kink is hit exactly',
        "FINE < error < inf -> (FINE <= error < inf)",
    ): "an error of a float is not exactly as large as that",
    (
        "numerics/lonelayer.py",
        "usual[at] &= all(abs(each.imag) < UNREAL and abs(each.real) < largest for each in (cost, *on_the_way))",
        "abs(each.imag) < UNREAL -> (abs(each.imag) <= UNREAL)",
    ): "a step makes parts of 1e-30, what is not real such of about 1: none is exactly as large as that",
    (
        "numerics/program_witnesses.py",
        "STEP = Rational(1, 10**30)  # h: what a central difference cuts off is h², 60 digits below 1; rounding leaves 70",  # noqa: E501 - a line as it stands
        "1 -> (2)",
    ): "a step of 2e-30 is as good as one of 1e-30",
    **dict.fromkeys(
        (
            ("calculus/fields.py", "if argument < 0:", "argument < 0 -> (argument <= 0)"),
            ("calculus/fields.py", "if argument < 0:", "argument < 0 -> (argument >= 0)"),
        ),
        "which of exp(q) and exp(-q) is invented: the other one is 1 over it, and exp(0) is 1",
    ),
    (
        "calculus/fields.py",
        "return sum(c**order * self._context.sin(c * argument + turn + n) for n, c in enumerate(waves))",
        "c * argument + turn + n -> (c * argument + turn - n)",
    ): "how far the waves are shifted",
    (
        "calculus/fields.py",
        "whole, rest = 2 + number % 16, number >> 4",
        "4 -> (5)",
    ): "which bits decide whether a number is broken",
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
    **dict.fromkeys(
        (
            (
                "calculus/numbers.py",
                "elif value.is_Float and abs(power := sum(value._mpf_[2:])) > MOST_BITS:",
                "abs(power := sum(value._mpf_[2:])) > MOST_BITS -> (abs((power := sum(value._mpf_[2:]))) >= MOST_BITS)",
            ),
            (
                "calculus/numbers.py",
                "return value if bool(abs(value - moved) < KNOWN * abs(value)) else S.Zero",
                "abs(value - moved) < KNOWN * abs(value) -> (abs(value - moved) <= KNOWN * abs(value))",
            ),
        ),
        "bits are whole numbers and the limit is none; two values of 0 are 0 in either case",
    ),
    **dict.fromkeys(
        (
            (
                "calculus/numbers.py",
                "values = [worth(part.xreplace(_shaken(known, shake)), DIGITS) for shake in (0, 1)]",
                "1 -> (2)",
            ),
            ("calculus/numbers.py", "letters = enumerate(known.items(), start=2)", "2 -> (3)"),
            *(
                (
                    "calculus/numbers.py",
                    "return {at: Rational(x) * (1 + shake * ROUNDING * place) if x.is_Float else x "
                    "for place, (at, x) in letters}",
                    f"{old} -> ({new})",
                )
                for old, new in (
                    ("Rational(x) * (1 + shake * ROUNDING * place)", "Rational(x) / (1 + shake * ROUNDING * place)"),
                    ("1 + shake * ROUNDING * place", "1 - shake * ROUNDING * place"),
                    ("shake * ROUNDING * place", "shake * ROUNDING / place"),
                )
            ),
        ),
        "each letter is moved by some roundings, another number of them for each: up or down, by a few more or fewer",
    ),
    (
        "calculus/numbers.py",
        "for left, right in instances(forward.target, forward.expression, node.layer or 0, network):",
        "0 -> (1)",
    ): "an equation without a layer is the same at any",
    (
        "calculus/numbers.py",
        "if abs(known.setdefault(left, value) - value) > AGREEMENT * max(1, abs(value)):",
        "abs(known.setdefault(left, value) - value) > AGREEMENT * max(1, abs(value)) -> "
        "(abs(known.setdefault(left, value) - value) >= AGREEMENT * max(1, abs(value)))",
    ): "two lines of 50 digits differ by far less than 10^-40, or by more",
    (
        "calculus/numbers.py",
        "if abs(known.setdefault(left, value) - value) > AGREEMENT * max(1, abs(value)):",
        "1 -> (2)",
    ): "twice as much is the same to a tolerance",
    **dict.fromkeys(
        (
            (
                "calculus/sizing.py",
                "compound = [axis for axis in axes if axis[0] != 1 or not is_size(axis[1])]",
                "1 -> (2)",
            ),
            (
                "calculus/sizing.py",
                "compound = [axis for axis in axes if axis[0] != 1 or not is_size(axis[1])]",
                "0 -> (1)",
            ),
        ),
        "an axis from 1 to a size is never empty: only time is saved",
    ),
    (
        "calculus/sizing.py",
        "if work > most:",
        "work > most -> (work >= most)",
    ): "how much work is too much",
    (
        "calculus/checking.py",
        "if spare <= SCATTERED or spare % 2 == 0:",
        "spare <= SCATTERED -> (spare < SCATTERED)",
    ): "the last of them is an even one, which has no centre either",
    (
        "calculus/sizing.py",
        "for _ in range(len(axes) + 2):  # either may ask for more of the other",
        "2 -> (3)",
    ): "how often either may ask",
    **dict.fromkeys(
        (
            ("calculus/sizing.py", "most = 3 * VALUES[-1] + int(lack)", "3 -> (4)"),
            ("calculus/sizing.py", "most = 3 * VALUES[-1] + int(lack)", "-1 -> (1)"),
            ("calculus/sizing.py", "most = 3 * VALUES[-1] + int(lack)", "1 -> (2)"),
        ),
        "how much larger than it has to be a size may become",
    ),
    (
        "calculus/known.py",
        "most = max(side.degree() for side in sides) // degree",
        "max(side.degree() for side in sides) // degree -> (max((side.degree() for side in sides)) * degree)",
    ): "both sides are multiplied by the same power of q, which cancels",
    (
        "calculus/checking.py",
        "ends = [s if len(s) <= m else (*s[: m // 2], *s[-m // 2 :]) for s, m in zip(spans, most, strict=True)]",
        "len(s) <= m -> (len(s) < m)",
    ): "the two halves of m places are all of them",
    (
        "calculus/checking.py",
        "for spare, patient in chain(zip(worlds[:HASTY], repeat(False)), zip(worlds, repeat(True))):",
        "False -> (True)",
    ): "worlds in which 50 digits find a pole are passed over at first: only time is saved",
    (
        "calculus/arrangement.py",
        "plain = all(part.is_Symbol or part.is_Rational for part in (*terms, *(b for b in bases if not b.is_Add)))",
        "part.is_Symbol or part.is_Rational -> (part.is_Symbol and part.is_Rational)",
    ): "what cannot be shorter is tried all the same: only time is saved",
    (
        "numerics/arithmetic.py",
        "saturated, longest = math.sqrt(SATURATED * digits), 2 * Digits(digits).tiny",
        "2 -> (3)",
    ): "a step is either half of the digits or no step at all",
    (
        "numerics/arithmetic.py",
        "if abs(x.imag) > longest:",
        "abs(x.imag) > longest -> (abs(x.imag) >= longest)",
    ): "a step is either half of the digits or no step at all",
    (
        "numerics/arithmetic.py",
        "if abs(x.real) - abs(x.imag) > saturated:",
        "abs(x.real) - abs(x.imag) > saturated -> (abs(x.real) - abs(x.imag) >= saturated)",
    ): "where erf is 1 in all digits it is so from either side",
    (
        "numerics/verification.py",
        "label, here = network.shape[:60], alone(network)",
        "60 -> (61)",
    ): "where the name of a long network is cut off",
    (
        "calculus/checking.py",
        "if spare <= SCATTERED or spare % 2 == 0:",
        "spare % 2 -> (spare * 2)",
    ): "every second world that takes the place of another draws about a centre; all of them may",
    (
        "calculus/collecting.py",
        "if equation.target == COST or not read & set(equation.reads):",
        "read & set(equation.reads) -> (read | set(equation.reads))",
    ): "an equation that reads nothing of the expression changes nothing in it: only time is saved",
    (
        "calculus/matching.py",
        "orders = permutations(e.args) if isinstance(p, Add | Mul) and len(p.args) <= MOST_PARTS else (e.args,)",
        "len(p.args) <= MOST_PARTS -> (len(p.args) < MOST_PARTS)",
    ): "how many orders are worth a try",
    (
        "calculus/checking.py",
        "ends = [s if len(s) <= m else (*s[: m // 2], *s[-m // 2 :]) for s, m in zip(spans, most, strict=True)]",
        "2 -> (3)",
    ): "how many places at each end of a long axis are looked at",
    (
        "calculus/checking.py",
        "steps = [(step ^ step >> 1 if place % 2 else step) + place // 2 for place in range(len(ends))]",
        "2 -> (3)",
    ): "another way through the same places",
    (
        "calculus/sizing.py",
        "most = 3 * VALUES[-1] + int(lack)",
        "3 * VALUES[-1] + int(lack) -> (3 * VALUES[-1] - int(lack))",
    ): "how much larger than it has to be a size may become",
    (
        "numerics/witnesses.py",
        'return lambdify([*names.values(), *inputs, *targets], formulas, modules="mpmath", cse=True)  # type: ignore[no-any-return]',  # noqa: E501 - a line as it stands
        "True -> (False)",
    ): "the same formulas, with what they share computed more than once",
    (
        "numerics/pointwise.py",
        "chosen = np.where(self._decided(sign * difference >= 0), first, second)",
        "sign * difference >= 0 -> (sign * difference > 0)",
    ): "of two that are equal either one is the larger; how they move on is decided where they are held",
    (
        "numerics/interpretation.py",
        "order = PAIR if len(parts) == 2 else True",
        "2 -> (3)",
    ): "the order of two arrays is looked for, and is the same",
    (
        "numerics/interpretation.py",
        "order = PAIR if len(parts) == 2 else True",
        "True -> (False)",
    ): "the same sums in another order, which takes longer",
    (
        "numerics/interpretation.py",
        "if not axes or axes == wanted:",
        "not axes or axes == wanted -> (not axes and axes == wanted)",
    ): "a way round what would give the same array again",
    (
        "numerics/program_witnesses.py",
        "super().__init__(field or Digits(0), lambda size: sizes[size], program.equations)",
        "0 -> (1)",
    ): "the seed of random numbers, of which none is drawn",
    (
        "numerics/program_witnesses.py",
        "field = HundredDigits(0)",
        "0 -> (1)",
    ): "the seed of random numbers, of which none is drawn",
    (
        "numerics/program_witnesses.py",
        "digits = 100",
        "100 -> (101)",
    ): "how many digits are many",
    (
        "numerics/program_verification.py",
        'label = (compiled.derivation.title or "equations")[:60]',
        "60 -> (61)",
    ): "where a long title is cut off",
    (
        "numerics/layered_verification.py",
        "network, label = compiled.network, compiled.network.kinds[:60]",
        "60 -> (61)",
    ): "where a long name is cut off",
    (
        "numerics/program_points.py",
        "if all(value.imag == 0 and abs(value) < LARGEST for value in (cost, *slopes)):",
        "abs(value) < LARGEST -> (abs(value) <= LARGEST)",
    ): "no random value is exactly as large as that",
    (
        "numerics/program_points.py",
        "if sizes is not None and work_of(program.equations, sizes) <= MOST_WORK:",
        "work_of(program.equations, sizes) <= MOST_WORK -> (work_of(program.equations, sizes) < MOST_WORK)",
    ): "exactly as much as is allowed may be too much as well",
    (
        "numerics/program_points.py",
        "turns = max(map(len, places.values()), default=0)",
        "0 -> (1)",
    ): "a turn of no arrays has no entries",
    (
        "numerics/program_points.py",
        "sizes = fitted(drawn | more, needs, rest=lambda _: 0 if said else int(next(turns)))",
        "0 -> (1)",
    ): "as many entries as windows read, or one more: the first point has what it needs in either case",
    (
        "numerics/verification.py",
        'yield Row("formulas of your own", network.shape[:60], points, worst.error, ACCEPTED, reason)',
        "60 -> (61)",
    ): "where the name of a long network is cut off",
    (
        "numerics/interpretation.py",
        "return {size: Integer(widths[int(at_layer(size.args[0], node.layer or 0))]) for size in sorted(said, key=str)}",  # noqa: E501 - a line as it stands
        "0 -> (1)",
    ): "each equation of a chain of dense layers has a layer: the number for none is not read",
    (
        "numerics/verification.py",
        'where = "" if here.error <= EXACT else f"; worst: {here.where}"',
        "here.error <= EXACT -> (here.error < EXACT)",
    ): "whether the worst place is named where the error is what is allowed to the last digit",
}
