"""The floors of the house: imports point down, one place touches files, no text is run, nothing is kept without end."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sources import nodes, parsed

PACKAGE = Path(__file__).parents[1] / "symbackprop"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

BELOW_ALL = {"errors", "frozen", "registry"}
# wing or room -> what it may import, itself included
FLOORS = {
    "errors": set(),
    "frozen": set(),
    "registry": {"errors"},
    "network": {"network", *BELOW_ALL},
    "files": {"files", "network", *BELOW_ALL},
    "calculus": {"calculus", "network", *BELOW_ALL},
    "exposition": {"exposition", "calculus", "network", *BELOW_ALL},
    "numerics": {"numerics", "calculus", "network", *BELOW_ALL},
    "cli": {"cli", "exposition", "numerics", "calculus", "network", "files", "__version__", *BELOW_ALL},
    "__init__": {"exposition", "numerics", "calculus", "network", "files", *BELOW_ALL},
    "__main__": {"cli"},
}

# which module, or which folder, may print, read and write, and why
MAY_TOUCH_FILES = {
    "cli/": "the command line is where the world is",
    "exposition/web/assets.py": "reads the style, the script and the font that are shipped inside the package",
    "files/": "whole files or none, for the command line and read_spec",
    "registry.py": "reads what installed packages announce, as importlib.metadata would, which loads slowly",
}
MAY_RUN_CODE = {
    "cli/userscode.py": "runs the file of a person who asks for it, and is told so before",
    "frozen.py": "writes the initialisers of our own classes, as dataclasses does",
    "numerics/loading.py": "turns generated source, never a user's text, into a function",
}
# where all that a function returned is kept, and why that is little, or must be
KEEPS_ALL = {
    "cli/command.py": "the sections of the help",
    "exposition/languages/clauses.py": "the sentences of the table of clauses",
    "exposition/mathtext/outlines.py": "the letters of a font",
    "exposition/web/assets.py": "the files that are shipped",
    "network/manydigits.py": "a few numbers of digits",
    "network/notation.py": "a tensor is one object: what is equal is the same",
    "network/text/tree.py": "the kinds of node of a tree",
    "numerics/arithmetic.py": "a few functions at a few numbers of digits",
    "registry.py": "the paths on which packages lie: one",
}

TOUCHING_CALLS = {"input", "open", "print"}
TOUCHING_METHODS = {"mkdir", "open", "read_bytes", "read_text", "rmdir", "touch", "unlink", "write_bytes", "write_text"}
TOUCHING_MODULES = {"http", "shutil", "socket", "subprocess", "tempfile", "urllib"}
RUNNING_NAMES = {"__import__", "_sympify", "eval", "literal_eval", "parse_expr", "parse_latex", "sympify"}

Rule = Callable[[str, ast.Module], Iterator[str]]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module imports, wherever in it."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def floors_point_down(name: str, tree: ast.Module) -> Iterator[str]:
    """A module imports its own wing and what is below; exposition and numerics do not know each other."""
    wing = name.split("/", maxsplit=1)[0].removesuffix(".py")
    if wing not in FLOORS:
        yield f"{name} stands on no floor; say in FLOORS what it may import"
        return
    for line, imported in imports(tree):
        root, _, rest = imported.partition(".")
        target = rest.partition(".")[0]
        if root == "" or (root == "symbackprop" and target not in FLOORS[wing]):
            yield f"{name}:{line} imports {imported}; {wing} may import {sorted(FLOORS[wing])}, by full names"


def reference_is_independent(name: str, tree: ast.Module) -> Iterator[str]:
    """The witness by hand knows NumPy and the standard library, nothing that it is a witness against."""
    if not name.startswith("numerics/reference"):
        return
    for line, imported in imports(tree):
        known = imported.startswith("symbackprop.numerics.reference")
        if not known and imported.split(".")[0] not in {"numpy", *sys.stdlib_module_names}:
            yield f"{name}:{line} imports {imported}"


def only_the_command_line_touches_the_world(name: str, tree: ast.Module) -> Iterator[str]:
    """Nobody else prints, reads, writes, or starts a program."""
    if name in MAY_TOUCH_FILES or f"{name.partition('/')[0]}/" in MAY_TOUCH_FILES:
        return
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in TOUCHING_CALLS:
                yield f"{name}:{node.lineno} calls {called.id}()"
            if isinstance(called, ast.Attribute) and called.attr in TOUCHING_METHODS:
                yield f"{name}:{node.lineno} calls .{called.attr}()"
        if isinstance(node, ast.Attribute) and node.attr in {"stdin", "stdout", "stderr"}:
            yield f"{name}:{node.lineno} uses {node.attr}"
    for line, imported in imports(tree):
        if imported.split(".")[0] in TOUCHING_MODULES:
            yield f"{name}:{line} imports {imported}"


def no_text_is_run(name: str, tree: ast.Module) -> Iterator[str]:
    """Text becomes mathematics by the grammar alone: no eval, no sympify, no S("..."), no exec but of our own code."""
    for node in nodes(tree):
        used = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if used in RUNNING_NAMES or (used == "exec" and name not in MAY_RUN_CODE):
            yield f"{name}:{node.lineno} uses {used}"  # type: ignore[attr-defined]  # a name or an attribute has a line
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "S":
            yield f"{name}:{node.lineno} calls S(), which is sympify"
    for line, imported in imports(tree):
        if RUNNING_NAMES & set(imported.split(".")) or imported.startswith("sympy.parsing"):
            yield f"{name}:{line} imports {imported}"


def caches_have_an_end(name: str, tree: ast.Module) -> Iterator[str]:
    """A process that derives many networks keeps the last ones: what is remembered by arguments has a size."""
    for function in ast.iter_child_nodes(tree):
        if isinstance(function, ast.FunctionDef) and (function.args.args or function.args.vararg):
            endless = {"cache", "lru_cache(None)", "lru_cache(maxsize=None)"} & {
                *map(ast.unparse, function.decorator_list)
            }
            if endless and name not in KEEPS_ALL:
                yield f"{name}:{function.lineno} keeps all that {function.name} returns; give lru_cache a size"


RULES: tuple[Rule, ...] = (
    floors_point_down,
    reference_is_independent,
    only_the_command_line_touches_the_world,
    no_text_is_run,
    caches_have_an_end,
)


def test_modules_keep_the_rules() -> None:
    """Every module of the package keeps every rule."""
    trees = {name: parsed((PACKAGE / name).read_text(encoding="utf-8")) for name in MODULES}
    assert len(trees) > 500
    assert [] == [complaint for name, tree in trees.items() for rule in RULES for complaint in rule(name, tree)]


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (floors_point_down, "network/a.py", "from symbackprop.calculus.rules import Rule"),
        (floors_point_down, "network/a.py", "import symbackprop.calculus"),
        (floors_point_down, "network/a.py", "from symbackprop import calculus"),
        (floors_point_down, "network/a.py", "from . import notation"),
        (floors_point_down, "network/a.py", "from ..calculus import rules"),
        (floors_point_down, "network/a.py", "def f():\n    import symbackprop.cli"),
        (floors_point_down, "network/a.py", "import symbackprop"),
        (floors_point_down, "calculus/a.py", "from symbackprop.exposition import document"),
        (floors_point_down, "calculus/a.py", "from symbackprop.numerics import verification"),
        (floors_point_down, "exposition/formats/a.py", "from symbackprop.numerics.verification import verify"),
        (floors_point_down, "numerics/a.py", "from symbackprop.exposition.document import Document"),
        (floors_point_down, "numerics/a.py", "from symbackprop.cli import main"),
        (floors_point_down, "errors.py", "from symbackprop.registry import Registry"),
        (floors_point_down, "registry.py", "from symbackprop.network import notation"),
        (floors_point_down, "__init__.py", "from symbackprop.cli import main"),
        (floors_point_down, "helpers.py", ""),
        (reference_is_independent, "numerics/reference.py", "import sympy"),
        (reference_is_independent, "numerics/reference.py", "from symbackprop.errors import DataError"),
        (reference_is_independent, "numerics/reference_costs.py", "from symbackprop.numerics.stable import sigmoid"),
        (reference_is_independent, "numerics/reference.py", "def f():\n    import torch"),
        (only_the_command_line_touches_the_world, "numerics/a.py", "print(1)"),
        (only_the_command_line_touches_the_world, "network/spec.py", "open('network.toml')"),
        (only_the_command_line_touches_the_world, "network/spec.py", "Path('network.toml').read_text()"),
        (only_the_command_line_touches_the_world, "exposition/a.py", "path.write_bytes(b'')"),
        (only_the_command_line_touches_the_world, "exposition/a.py", "sys.stdout.write('')"),
        (only_the_command_line_touches_the_world, "exposition/a.py", "import subprocess"),
        (only_the_command_line_touches_the_world, "exposition/a.py", "from tempfile import mkstemp"),
        (no_text_is_run, "network/a.py", "eval('1')"),
        (no_text_is_run, "network/a.py", "sympy.sympify('1')"),
        (no_text_is_run, "network/a.py", "from sympy import sympify as number"),
        (no_text_is_run, "network/a.py", "from sympy.parsing.sympy_parser import standard_transformations"),
        (no_text_is_run, "network/a.py", "import sympy.parsing.latex"),
        (no_text_is_run, "network/a.py", "ast.literal_eval('1')"),
        (no_text_is_run, "network/a.py", "run = eval"),
        (no_text_is_run, "network/a.py", "S('1')"),
        (no_text_is_run, "numerics/verification.py", "exec('1')"),
        (caches_have_an_end, "network/a.py", "@cache\ndef f(x): pass"),
        (caches_have_an_end, "network/a.py", "@lru_cache(maxsize=None)\ndef f(*x): pass"),
    ],
)
def test_rule_can_fail(rule: Rule, name: str, source: str) -> None:
    """Each rule complains about a planted fault, and says in which file."""
    assert all(name in complaint for complaint in rule(name, ast.parse(source)))
    assert [] != list(rule(name, ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (floors_point_down, "calculus/a.py", "from symbackprop.network.notation import index\nimport sympy, math"),
        (floors_point_down, "cli/a.py", "from symbackprop import exposition, files, numerics"),
        (reference_is_independent, "numerics/reference.py", "import numpy as np\nfrom math import exp"),
        (reference_is_independent, "numerics/verification.py", "import sympy"),
        (only_the_command_line_touches_the_world, "cli/commands/a.py", "print(open('a').read())"),
        (only_the_command_line_touches_the_world, "exposition/a.py", "text.replace('a', 'b')\nbuffer.write(b'')"),
        (no_text_is_run, "network/a.py", "S.Zero + x.evalf(30)"),
        (no_text_is_run, "numerics/loading.py", "exec(source)"),
        (caches_have_an_end, "network/a.py", "@cache\ndef f(): pass\n@lru_cache(8)\ndef g(x): pass"),
    ],
)
def test_rule_lets_good_code_pass(rule: Rule, name: str, source: str) -> None:
    """No rule complains about what is allowed."""
    assert [] == list(rule(name, ast.parse(source)))


def test_exceptions_are_still_needed() -> None:
    """A module or a folder that is excepted from a rule exists."""
    assert all(any(name.startswith(place) for name in MODULES) for place in MAY_TOUCH_FILES)
    assert set(MAY_RUN_CODE) | set(KEEPS_ALL) <= set(MODULES)


HELP = """
import sys
from symbackprop.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    heavy = {name.partition(".")[0] for name in sys.modules} & {"jax", "numpy", "rich", "sympy", "torch"}
    if sys.argv[1] == "--help":
        heavy |= {*sys.modules} & {"importlib.metadata", "symbackprop.cli.request", "symbackprop.cli.screen"}
    sys.exit(end.code or (f"--help imports {sorted(heavy)}" if heavy else 0))
sys.exit("--help did not exit")
"""
PLAIN = """
import sys
from symbackprop.cli import run
idle = {"numpy", "symbackprop.calculus.reverse", "symbackprop.network.layered", "symbackprop.network.text.equations"}
for format in ("latex", "html"):
    if run(["derive", "--stdout", "--to", format]):
        sys.exit(f"{format} failed")
    idle ^= {"importlib.metadata"}  # which latex2mathml loads
    print(*idle.intersection(sys.modules), file=sys.stderr, end="")
"""


@pytest.mark.parametrize("arguments", [["--help"], ["derive", "--help"]])
def test_help_imports_neither_sympy_nor_numpy(arguments: list[str]) -> None:
    """`symbackprop --help` answers at once, because heavy packages wait until they are asked for."""
    command = [sys.executable, "-c", HELP, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "" == done.stderr
    assert 0 == done.returncode
    assert "derive" in done.stdout


def test_a_chain_of_dense_layers_is_told_without_arrays_and_without_other_layers() -> None:
    """What a formula in a document needs is loaded, and neither NumPy nor what reads equations and layer lines."""
    command = [sys.executable, "-c", PLAIN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (0, "") == (done.returncode, done.stderr)
