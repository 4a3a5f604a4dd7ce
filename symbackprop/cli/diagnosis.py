"""A diagnosis on the screen: the verdict, and each finding with the right line below the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.cli.screen import Screen, hanging

if TYPE_CHECKING:
    from symbackprop.calculus.diagnosis import Diagnosis, Finding
    from symbackprop.cli.screen import Pen
    from symbackprop.cli.wishes import Wishes
    from symbackprop.exposition.languages import Language

__all__ = ["show_diagnosis"]


def show_diagnosis(screen: Screen, report: Diagnosis, wishes: Wishes) -> None:
    """Write the verdict and its findings, in the language that is wished for."""
    from symbackprop.exposition.languages import LANGUAGES

    language = LANGUAGES[wishes.language]
    pen = wishes.pen(screen)
    screen.say(language.worded(report.verdict), "bold" if report.exit_status == 0 else "bold red")
    for guess in report.guessed:
        screen.say(hanging(language.worded(guess), screen.width, first="  ", rest="  "), "dim")
    for number, finding in enumerate(report.findings, start=1):
        screen.say()
        _show_finding(screen, (number, finding), pen, language)
    if report.tells_apart is not None:
        screen.say()
        screen.say(language.words("diagnosis.apart"))
        for name, value in report.tells_apart.items():
            screen.say(hanging(f"{name} = {value}", screen.width, first="   ", rest="   "))
    if report.exit_status and report.errors:
        screen.say()
        errors = ", ".join(f"{name} {error:.1e}" for name, error in report.errors.items())
        screen.say(hanging(f"{language.words('diagnosis.errors')} {errors}", screen.width), "dim")


def _show_finding(screen: Screen, numbered: tuple[int, Finding], pen: Pen, language: Language) -> None:
    """Write what happened and why it is wrong, both lines as formulas, and the right one in NumPy."""
    number, finding = numbered
    where, sentence = language.worded(finding.where), language.worded(finding.sentence)
    screen.say(hanging(f"{number}. {finding.kind} ({where}): {sentence}", screen.width, rest="   "))
    if finding.wrong is None or finding.right is None:
        return
    names = [language.words(f"diagnosis.{name}") for name in ("yours", "right")]
    wide = max(len(name) for name in (*names, "NumPy"))
    for name, line, style in zip(names, (finding.wrong, finding.right), ("red", "green"), strict=True):
        screen.say(f"   {name:<{wide}}  {pen.formula(*line.sides)}", style)
    if finding.right.code:
        screen.say(f"   {'NumPy':<{wide}}  {finding.right.code}", "green")
