"""Tests collected once, then run on one change after another: the code of a live function is replaced in a fork."""

from __future__ import annotations

import ast
import functools
import gc
import os
import pickle
import resource
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from inspect import CO_OPTIMIZED
from itertools import accumulate, zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import pytest

__all__ = ["OPTIONS", "Reach", "Session", "ended", "quiet", "replacements"]

ROOM = 4 * 2**30  # bytes of memory that a run may take; what takes more has noticed
PATIENCE = 10  # seconds of computing that each test may take, and so many times what it takes without a change
OPTIONS = ("-q", "-q", "-s", "-n0", "--no-header", "--no-summary", "-p", "no:cacheprovider")

Reach = dict[tuple[str, int], list[str]]  # (file, line of a statement) -> the tests that reach it, quickest first


def replacements(old: CodeType, new: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """Return the functions' code that a change replaces, as pairs; None if it changes what runs at the import."""
    both = [(code, [const for const in code.co_consts if isinstance(const, CodeType)]) for code in (old, new)]
    (_, first), (_, second) = both
    if len(first) != len(second):
        return None
    within = [replacements(*pair) for pair in zip(first, second, strict=True)]
    if any(pairs is None for pairs in within):
        return None
    if not old.co_flags & CO_OPTIMIZED:  # a module, or the body of a class
        own = [(each.co_code, each.co_names, [repr(c) for c in each.co_consts if c not in made]) for each, made in both]
        if own[0] != own[1] or any(pairs for each, pairs in zip(first, within, strict=True) if _runs_at_once(each)):
            return None
    found = [pair for pairs in within for pair in pairs or ()]
    return [*found, (old, new)] if old.co_flags & CO_OPTIMIZED and old != new else found


def _runs_at_once(code: CodeType) -> bool:
    """Tell whether code in a module is that of a comprehension, which runs where it stands."""
    return code.co_name.startswith("<") and code.co_name != "<lambda>"


def ended(child: int) -> str:
    """Wait for a fork that runs tests, and return 'seen', 'seen (time)' or 'unseen'."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "unseen" if status == 0 else "seen (time)" if status in (-signal.SIGPROF, -signal.SIGXCPU) else "seen"


class Session:
    """A plugin of pytest that hands over to `work(session)` in place of running what was collected."""

    def __init__(self, work: Callable[[Session], None], seconds: float) -> None:
        self._work, self._most = work, seconds
        self.reach: Reach = {}

    def run(self, tests: Sequence[str], without: Sequence[str]) -> None:
        """Collect the tests, find out which of them reach what, and do the work."""
        pytest.main([*OPTIONS, "-k", f"not ({' or '.join(without)})", *tests], plugins=[self])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work in place of pytest's loop."""
        self._plugins = session.config.pluginmanager
        self._items = {item.nodeid: item for item in session.items}
        package = str(Path.cwd() / "symbackprop")
        functions = [each for each in gc.get_objects() if type(each) is FunctionType]
        self._live = defaultdict(list)
        for function in functions:
            if function.__code__.co_filename.startswith(package):
                self._live[function.__code__.co_filename].append(function)
        if self._recorded():
            gc.freeze()
            self._work(self)
        return True

    def judged(self, path: Path, text: str, line: int) -> str | None:
        """Say whether the tests that reach a line notice that its module reads `text`; None where it runs at import."""
        old, new = (compile(source, path, "exec", dont_inherit=True) for source in (path.read_text("utf-8"), text))
        pairs = replacements(old, new)
        if pairs is None:
            return None
        tests = self.reach.get((str(path), line), [])
        tests.sort(key=lambda test: f"/test_{path.stem}." not in test)  # of a kind the quickest stay first
        until = accumulate(self._seconds[test] for test in tests)
        child = os.fork()
        if child == 0:
            self._swap(str(path), pairs)
            _forget(f"symbackprop.{path.parent.name}.")
            self._run([self._items[test] for test, at in zip(tests, until, strict=True) if at <= self._most])
        return ended(child)

    def _swap(self, path: str, pairs: Sequence[tuple[CodeType, CodeType]]) -> None:
        """Replace the code of what is alive."""
        for function in self._live[path]:
            for old, new in pairs:
                if function.__code__ == old:
                    function.__code__ = new
                    break

    def _run(self, items: Sequence[pytest.Item], after: Callable[[pytest.Item], None] | None = None) -> NoReturn:
        """Run tests until one fails, in silence, and end the process: 0 if none does."""
        status = 1
        try:
            quiet()
            reports = _Failures()
            self._plugins.register(reports)
            for item, following in zip_longest(items, items[1:]):
                signal.setitimer(signal.ITIMER_PROF, PATIENCE * (1 + self._seconds.get(item.nodeid, 1000)))
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                if reports.failed:
                    break
                if after:
                    after(item)
            else:
                status = 0
        finally:
            os._exit(status)

    def _recorded(self) -> bool:
        """Run all tests once, in a fork, and note how long each takes and what it reaches; False if one fails."""
        where = Path.cwd() / "reach.pickle"
        self._seconds = {}
        child = os.fork()
        if child == 0:
            hits: set[tuple[str, int]] = set()
            found: dict[str, tuple[float, set[tuple[str, int]]]] = {}
            for path in list(self._live):
                text = Path(path).read_text("utf-8")
                old, new = (
                    compile(tree, path, "exec", dont_inherit=True)
                    for tree in (ast.parse(text), _telling(ast.parse(text), path))
                )
                for function in self._live[path]:
                    function.__globals__["__hits__"] = hits
                self._swap(path, list(_all(old, new)))
            clock = [time.process_time()]

            def note(item: pytest.Item) -> None:
                now = time.process_time()
                found[item.nodeid] = now - clock[0], set(hits)
                clock[0] = now
                hits.clear()
                if len(found) == len(self._items):
                    where.write_bytes(pickle.dumps(found))

            self._run(list(self._items.values()), note)
        if ended(child) != "unseen":
            return False
        self.reach = defaultdict(list)
        for test, (seconds, statements) in sorted(
            pickle.loads(where.read_bytes()).items(), key=lambda pair: pair[1][0]
        ):
            self._seconds[test] = seconds
            for statement in statements:
                self.reach[statement].append(test)
        return True


class _Failures:
    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def _forget(modules: str) -> None:
    """Forget what functions have computed while modules were imported."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).startswith(modules):
            each.cache_clear()


def quiet() -> None:
    """Say nothing from now on, and let memory have an end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))


def _all(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    yield old, new
    for pair in zip(*([c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new)), strict=True):
        yield from _all(*pair)


def _telling(tree: ast.Module, path: str) -> ast.Module:
    """Let each statement of a function, and each lambda, say that it is reached."""
    told: set[ast.AST] = set()
    for node in [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.Lambda)]:
        if isinstance(node, ast.Lambda):
            node.body = ast.Subscript(
                ast.Tuple([_note(node, path), node.body], ast.Load()), ast.Constant(1), ast.Load()
            )
            continue
        for inner in [each for each in ast.walk(node) if each not in told]:
            told.add(inner)
            for name in ("body", "orelse", "finalbody"):
                block = getattr(inner, name, None)
                if isinstance(block, list):
                    setattr(inner, name, [new for each in block for new in (ast.Expr(_note(each, path)), each)])
    return ast.fix_missing_locations(tree)


def _note(reached: ast.stmt | ast.Lambda, path: str) -> ast.expr:
    return ast.parse(f"__hits__.add(({path!r}, {reached.lineno}))", mode="eval").body
