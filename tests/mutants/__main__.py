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
import pickle
import random
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from mutants.explained import EXPLAINED  # noqa: E402
from mutants.session import OPTIONS, Reach, Session, ended, quiet  # noqa: E402
from mutants.sites import Site, mutated, sites  # noqa: E402
from mutants.wings import CORE, TIMED, WING, concerning  # noqa: E402

WANTED = 0.95
PATIENCE = 240  # seconds of computing that the tests of a module may take; what takes longer has noticed


def main() -> int:
    """Draw a sample, try each change, print what nobody saw, and return the exit status."""
    options = _options()
    os.nice(19 - os.nice(0))
    package = ROOT / "symbackprop"
    every = [site for module in CORE for site in sites(package, module)]
    chosen = [site for site in every if not options.only or any(_is_meant(site, only) for only in options.only)]
    if options.sample and options.sample < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.sample)
    print(f"{len(chosen)} of {len(every)} changes in {len(CORE)} modules, seed {options.seed}", flush=True)
    _preload()
    verdicts: dict[Site, str] = {}
    with TemporaryDirectory(prefix="mutants-") as folder:
        copy = _copied(Path(folder).resolve())
        for wing in WING:
            here = [site for site in chosen if site.module.startswith(f"{wing}/")]
            if here:
                verdicts |= zip(here, _tried(copy, wing, here, options.seconds), strict=True)
    seen = sum(verdict.startswith("seen") for verdict in verdicts.values())
    unseen = [site for site in chosen if verdicts[site] == "unseen"]
    nothing = len(chosen) - seen - len(unseen)
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
    parser.add_argument("--seconds", type=float, default=600, help="how long the tests of one change may take")
    return parser.parse_args()


def _is_meant(site: Site, only: str) -> bool:
    module, _, line = only.partition(":")
    return site.module == module and (not line or site.line == int(line))


def _preload() -> None:
    """Import what every run needs and no change touches: each run is a fork of this process."""
    import mpmath  # noqa: F401
    import numpy  # noqa: F401
    import sympy  # noqa: F401


def _copied(folder: Path) -> Path:
    """Return a copy of the package, its tests and their settings, compiled: only what is changed is read anew."""
    for name in ("symbackprop", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    compileall.compile_dir(folder / "symbackprop", quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return folder


def _tried(copy: Path, wing: str, chosen: Sequence[Site], seconds: float) -> list[str]:
    """Return what the tests of a wing say of each change: 'seen', 'seen (time)', 'unseen' or 'changes nothing'."""
    found = copy / "found.pickle"

    def swap(session: Session) -> None:
        verdicts: list[str | None] = []
        for site in chosen:
            start = time.perf_counter()
            path = copy / "symbackprop" / site.module
            verdict = session.judged(path, mutated(copy / "symbackprop", site), site.statement)
            verdicts.append(verdict and _told(site, verdict, start))
        found.write_bytes(pickle.dumps((verdicts, session.reach)))

    child = os.fork()
    if child == 0:
        _enter(copy)
        Session(swap, seconds).run(concerning(wing), TIMED)
        os._exit(not found.is_file())
    if ended(child) != "unseen":
        sys.exit(f"the tests of {wing} fail without any change")
    verdicts, reach = pickle.loads(found.read_bytes())
    found.unlink()
    for place, site in enumerate(chosen):
        if verdicts[place] is None:
            start = time.perf_counter()
            verdicts[place] = _told(site, _imported(copy, site, reach), start)
    return verdicts


def _told(site: Site, verdict: str, start: float) -> str:
    """Print the verdict on a change, which may be known to change nothing, and return it."""
    if verdict == "unseen" and (EXPLAINED.get(site.key) or site.is_choice):
        verdict = "changes nothing"
    print(f"{time.perf_counter() - start:5.0f} s  {verdict:15} {site}", flush=True)
    return verdict


def _imported(copy: Path, site: Site, reach: Reach) -> str:
    """Say whether a change of what runs when its module is imported is noticed by the tests that reach the module."""
    path = copy / "symbackprop" / site.module
    before = path.read_bytes()
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_text(mutated(copy / "symbackprop", site), encoding="utf-8")
    tests = dict.fromkeys(test for (file, _), some in reach.items() if file == str(path) for test in some)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _enter(copy)
            quiet()
            resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE + 5))
            again = "ignore::pytest.PytestAssertRewriteWarning"  # what a file has imported, the next one finds
            status = int(pytest.main([*OPTIONS, "-x", "-W", again, *tests]))
        finally:
            os._exit(status)
    verdict = ended(child)
    path.write_bytes(before)
    return verdict


def _enter(copy: Path) -> None:
    """Let what is imported from now on come from the copy."""
    os.chdir(copy)
    sys.dont_write_bytecode = True
    os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
    here = (ROOT, ROOT / "tests")
    sys.path[:] = [str(copy), *(entry for entry in sys.path if Path(entry or ".").resolve() not in here)]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("mutants", "tests", "symbackprop")]:
        del sys.modules[name]


if __name__ == "__main__":
    sys.exit(main())
