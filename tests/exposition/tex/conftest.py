"""A folder in which a real pdflatex sets files, what it complains about, and the text of the pages that it makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

COMPLAINTS = re.compile(
    r"Overfull \\[hv]box|undefined|Missing character|LaTeX Warning|Package \w+ Warning|multiply.defined|^!"
)
UNSETTLED = re.compile(r"reference|rerun", re.IGNORECASE)
HEIGHT = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</word>')
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</word>')


def need(program: str, package: str) -> None:
    """Skip the test where a program is not installed; fail where the tests run for the record."""
    if shutil.which(program) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed; install {package}")
        pytest.skip(f"{program} is not installed")


@dataclass(frozen=True)
class Tex:
    """Sets files in one folder."""

    folder: Path

    def complaints(self, files: Mapping[str, str | bytes], main: str, *, runs: int = 2) -> list[str]:
        """Return the lines of the log of the last run in which TeX complains; a run that stops fails the test.

        After one run, what a second one would settle is no complaint: references, and the place of labels."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", main]
        for _ in range(runs):
            done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=240, check=False)
            assert done.returncode == 0, done.stdout[-2000:].decode(errors="replace")
        log = (self.folder / main).with_suffix(".log").read_text(encoding="utf-8", errors="replace")
        found = [line for line in log.splitlines() if COMPLAINTS.search(line)]
        return found if runs > 1 else [line for line in found if not UNSETTLED.search(line)]

    def pages(self, name: str) -> list[str]:
        """Return the text of a PDF, page by page."""
        return self._text(name, "-layout").split("\f")[:-1]

    def words(self, name: str) -> list[list[tuple[float, float, str]]]:
        """Return the words of a PDF with their places in points, page by page."""
        pages = self._text(name, "-bbox").split("<page ")[1:]
        return [[(float(x), float(y), word) for x, y, word in WORD.findall(page)] for page in pages]

    def heights(self, name: str) -> list[list[tuple[str, float]]]:
        """Return the words of a PDF with the heights of their letters in points, page by page."""
        pages = self._text(name, "-bbox").split("<page ")[1:]
        return [[(word, float(low) - float(high)) for high, low, word in HEIGHT.findall(page)] for page in pages]

    def marked(self, name: str) -> str:
        """Return the words of a PDF with their places and the sizes of their letters, as XML."""
        return self._printed("pdftohtml", "-xml", "-stdout", "-i", "-zoom", "4", name)

    def _text(self, name: str, option: str) -> str:
        return self._printed("pdftotext", option, name, "-")

    def _printed(self, *command: str) -> str:
        need(command[0], "poppler-utils")
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def tex(tmp_path: Path) -> Tex:
    """Return a folder for pdflatex; the test is skipped where there is none, unless it runs for the record."""
    need("pdflatex", "texlive-latex-recommended texlive-pictures lmodern")
    return Tex(tmp_path)


@pytest.fixture
def packages() -> set[str]:
    """Return the packages that every small TeX installation has."""
    return {
        *("fontenc", "inputenc", "lmodern", "microtype", "amsmath", "amssymb", "mathtools", "bm"),
        *("xcolor", "booktabs", "tikz", "hyperref"),
    }
