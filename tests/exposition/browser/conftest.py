"""A real browser for the tests of pages and decks: Debian's Chromium, driven by Playwright.

Where one of the two is missing the tests are skipped and say why; in a run for the record they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.rendering import render_files

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# what passes is not written down, as that takes far longer than to find it out
AXE = """async (out) => (await axe.run({ exclude: [out] }, { resultTypes: ["violations"] })).violations
    .map((one) => [one.impact, one.id, one.nodes[0].html.slice(0, 200)])"""
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}


def _needed(missing: str) -> None:
    """Skip the tests, or fail them in a run for the record."""
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running Chromium."""
    program = shutil.which("chromium")
    if program is None:
        _needed("chromium is not installed; try: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _needed("playwright is not installed; it is in the extra `test`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in the browser, and what went wrong on it or left it."""

    page: Any
    trouble: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self, address: str) -> None:
        """Write down every complaint, and every request but that for the page itself."""
        self.page.on("console", lambda message: self.trouble.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", lambda request: self._ask(request.url, address))

    def _ask(self, url: str, address: str) -> None:
        if url.partition("?")[0].partition("#")[0] != address and not url.startswith("data:"):
            self.requests.append(url)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the files that are looked at, each of which is made once."""
    return tmp_path_factory.mktemp("written")


@pytest.fixture
def visit(chromium: Any, derived: Callable[[str], Any], written: Path) -> Iterator[Callable[..., Visit]]:
    """Open `visit(format, network, lang, size=…, scheme=…, query=…)` from a file, as a reader would."""
    contexts = []

    def open_page(
        name: str,
        network: str = "plain",
        lang: str = "en",
        *,
        size: tuple[int, int] = SIZES["720p"],
        scheme: str = "light",
        query: str = "",
    ) -> Visit:
        path = written / f"{name}-{network}-{lang}.html"
        if not path.exists():
            content = render_files(derived(network), name, lang=lang)[FORMATS[name].main]
            path.write_text(str(content), encoding="utf-8")
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.listen(path.as_uri())
        visit.page.goto(path.as_uri() + query)
        return visit

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def serious() -> Callable[..., list[str]]:
    """Return what axe finds on a page that is serious or critical; what is left out saves time where all is alike."""
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def found(page: Any, *, leaving_out: str) -> list[str]:
        page.evaluate(f"() => {{ {axe} }}")
        violations = page.evaluate(AXE, leaving_out)
        return [f"{rule}: {example}" for impact, rule, example in violations if impact in ("serious", "critical")]

    return found
