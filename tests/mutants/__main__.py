"""Change one operator, comparison or number of the core at a time, in a copy, and see whether its tests notice.

    python -m tests.mutants [--sample 60] [--seed 0] [--only calculus/fields.py] [--only numerics/plan.py:170]

Nothing outside of a temporary folder is written, so it can be stopped at any time. One process at a time, as nice as
can be. Exits with 1 if less than 95 % of what changes something is seen. What changes nothing is explained in
`explained.py`, or is a number at the top of its module whose reason stands beside it: a little more would do, too.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from mutants.explained import EXPLAINED  # noqa: E402
from mutants.sites import Site, mutated, sites  # noqa: E402
from mutants.wings import CORE, TIMED, concerning  # noqa: E402

WANTED = 0.95
PATIENCE = 240  # seconds of computing that the tests of a module may take; what takes longer has noticed


def main() -> int:
    """Draw a sample, try each change, print what nobody saw, and return the exit status."""
    options = _options()
    os.nice(19)
    package = ROOT / "symbackprop"
    every = [site for module in CORE for site in sites(package, module)]
    chosen = [site for site in every if not options.only or any(_is_meant(site, only) for only in options.only)]
    if options.sample and options.sample < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.sample)
    print(f"{len(chosen)} of {len(every)} changes in {len(CORE)} modules, seed {options.seed}", flush=True)
    _preload()
    seen, unseen, nothing = 0, [], 0
    with TemporaryDirectory(prefix="mutants-") as folder:
        copy = _copied(Path(folder))
        for wing in {site.module.partition("/")[0] for site in chosen}:
            if _judged(copy, concerning(wing)) != "unseen":
                sys.exit(f"the tests of {wing} fail without any change")
        for number, site in enumerate(chosen, 1):
            start = time.perf_counter()
            verdict = _tried(copy, site)
            reason = EXPLAINED.get(site.key) or site.is_choice
            seen += verdict != "unseen"
            if verdict == "unseen":
                nothing += bool(reason)
                unseen += [] if reason else [site]
            told = "changes nothing" if verdict == "unseen" and reason else verdict
            print(f"{number:4} {time.perf_counter() - start:5.0f} s  {told:15} {site}", flush=True)
    share = seen / max(1, seen + len(unseen))
    print(
        f"\n{seen} seen, {len(unseen)} not seen, {nothing} that change nothing: {share:.1%} of what changes something"
    )
    for site in unseen:
        print(f"  not seen: {site}")
    return 0 if share >= WANTED else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=60, help="how many changes are drawn; 0: all of them")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--only", action="append", metavar="MODULE[:LINE]", help="only changes there")
    return parser.parse_args()


def _is_meant(site: Site, only: str) -> bool:
    module, _, line = only.partition(":")
    return site.module == module and (not line or site.line == int(line))


def _preload() -> None:
    """Import what every run needs and no change touches: each run is a fork of this process."""
    import mpmath  # noqa: F401
    import numpy  # noqa: F401
    import pytest  # noqa: F401
    import sympy  # noqa: F401


def _copied(folder: Path) -> Path:
    """Return a copy of the package, its tests and their settings, compiled: only what is changed is read anew."""
    for name in ("symbackprop", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    compileall.compile_dir(folder / "symbackprop", quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return folder


def _tried(copy: Path, site: Site) -> str:
    """Return 'seen', 'seen (time)' or 'unseen': what the tests say of one change."""
    path = copy / "symbackprop" / site.module
    before = path.read_bytes()
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_text(mutated(copy / "symbackprop", site), encoding="utf-8")
    try:
        return _judged(copy, concerning(site.module))
    finally:
        path.write_bytes(before)


def _judged(copy: Path, tests: list[str]) -> str:
    child = os.fork()
    if child == 0:
        _run_tests(copy, tests)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "unseen" if status == 0 else "seen (time)" if status == -signal.SIGXCPU else "seen"


def _run_tests(copy: Path, tests: list[str]) -> None:
    """Run the tests on the copy, in silence, and end the process with their status."""
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE + 5))
    status = 1
    try:
        os.chdir(copy)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
        here = (ROOT, ROOT / "tests")
        sys.path[:] = [str(copy), *(entry for entry in sys.path if Path(entry or ".").resolve() not in here)]
        for name in [name for name in sys.modules if name.partition(".")[0] in ("mutants", "tests", "symbackprop")]:
            del sys.modules[name]
        import pytest

        without = f"not ({' or '.join(TIMED)})"
        again = "ignore::pytest.PytestAssertRewriteWarning"  # what a file has imported, the next one finds
        options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", again, "-k", without]
        status = next((code for test in tests if (code := int(pytest.main([*options, test])))), 0)
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
