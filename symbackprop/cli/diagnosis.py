"""A diagnosis on the screen: the verdict, and each finding with the right line below the wrong one."""

from __future__ import annotations

from symbackprop.calculus.diagnosis import Diagnosis, Finding
from symbackprop.calculus.judgement import MARKS, JudgedLine
from symbackprop.cli.screen import Pen, Screen, hanging
from symbackprop.cli.wishes import Wishes
from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.network.notation import COST


def show_diagnosis(screen: Screen, report: Diagnosis, wishes: Wishes) -> None:
    """Write the verdict and its findings, in the language that is wished for."""
    language = LANGUAGES[wishes.language].with_names(wishes.convention.names)
    pen = wishes.pen(screen)
    verdict = language.worded(report.verdict)
    if (first := report.first_wrong_line) is not None:
        verdict = "".join(map(str, language.say("diagnosis.line.first", verdict=verdict, number=first)))
    screen.say(verdict, "bold" if report.exit_status == 0 else "bold red")
    for guess in report.guessed:
        screen.say(hanging(language.worded(guess), screen.width, first="  ", rest="  "), "dim")
    if report.lines:
        screen.say()
        for line in report.lines:
            _show_line(screen, line, language)
        return
    for number, finding in enumerate(report.findings, start=1):
        screen.say()
        _show_finding(screen, (number, finding), pen, language)
    if report.undecided:
        screen.say()
        screen.say(hanging(language.words("diagnosis.undecided"), screen.width))
        for finding in report.undecided:
            place = f"{finding.kind} ({language.worded(finding.where)})"
            screen.say(hanging(place.replace("∂C/", f"∂{pen.formula(COST)}/"), screen.width, first="   ", rest="   "))
    if report.point:
        screen.say()
        screen.say(language.words("diagnosis.seen" if report.undecided else "diagnosis.apart"))
        for name, text in report.point.items():
            screen.say(hanging(f"{name} = {text}", screen.width, first="   ", rest="   "))
    if report.exit_status and report.errors:
        screen.say()
        errors = language.decimals(", ".join(f"{name} {error:.1e}" for name, error in report.errors.items()))
        screen.say(hanging(f"{language.words('diagnosis.errors')} {errors}", screen.width), "dim")


def _show_line(screen: Screen, line: JudgedLine, language: Language) -> None:
    """Write a line of a derivation with its mark, and below it what is said of it."""
    left = line.left if line.starts else " " * len(line.left)
    head, rest = f"{MARKS[line.verdict]} {line.number:>3}  ", " " * 9
    style = {"mistake": "red", "unknown": "yellow"}.get(line.verdict, "default")
    screen.say(hanging(f"{left} = {line.text}", screen.width, first=head, rest=rest), style)
    for remark in line.remarks:
        screen.say(hanging(language.worded(remark), screen.width, first=rest, rest=rest), "dim")
    if (example := line.counterexample) is not None:
        numbers = {"yours": f"{example.yours:.6g}", "right": f"{example.right:.6g}", "where": example.where}
        key = "numbers" if numbers["where"] else "point"
        told = language.decimals("".join(map(str, language.say(f"diagnosis.line.{key}", **numbers))))
        screen.say(hanging(told, screen.width, first=rest, rest=rest))
    if line.right is not None:
        right = f"{language.words('diagnosis.right')}  {line.right}"
        screen.say(hanging(right, screen.width, first=rest, rest=rest), "green")


def _show_finding(screen: Screen, numbered: tuple[int, Finding], pen: Pen, language: Language) -> None:
    """Write what happened and why it is wrong, both lines as formulas, and the right one in NumPy."""
    number, finding = numbered
    told = f"{number}. {finding.kind} ({language.worded(finding.where)}): {language.worded(finding.sentence)}"
    screen.say(hanging(told.replace("∂C/", f"∂{pen.formula(COST)}/"), screen.width, rest="   "))
    if finding.wrong is None or finding.right is None:
        return
    names = [language.words(f"diagnosis.{name}") for name in ("yours", "right")]
    wide = max(len(name) for name in (*names, "NumPy"))
    for name, line, style in zip(names, (finding.wrong, finding.right), ("red", "green"), strict=True):
        screen.say(f"   {name:<{wide}}  {pen.formula(*line.sides)}", style)
    if finding.right.code:
        screen.say(f"   {'NumPy':<{wide}}  {finding.right.code}".replace("\n", "\n" + " " * (wide + 5)), "green")
