"""The house style, as far as it can be counted: sizes, docstrings, what tests say, nothing of one machine."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from sources import nodes, parsed

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50  # lines, its docstring not counted

PACKAGE_FILES = sorted((ROOT / "symbackprop").rglob("*.py"))
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
TEXT_FILES = sorted(
    path
    for pattern in ("symbackprop/**/*", "tests/**/*", ".ci/*", "*.md", "*.toml", ".*.yaml")
    for path in ROOT.glob(pattern)
    if path.is_file() and path.suffix in {"", ".html", ".json", ".md", ".py", ".svg", ".tex", ".toml", ".txt", ".yaml"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[str], Iterator[str]]


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function and method, wherever it stands."""
    return (node for node in nodes(tree) if isinstance(node, Function))


def modules_are_short(source: str) -> Iterator[str]:
    """A module that needs more than about 300 lines holds two ideas."""
    if (lines := len(source.splitlines())) > LONGEST_MODULE:
        yield f"{lines} lines, at most {LONGEST_MODULE}"


def functions_are_short(source: str) -> Iterator[str]:
    """A function is read without scrolling; what its docstring promises does not count."""
    for node in functions(parsed(source)):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        first = node.body[0]
        if ast.get_docstring(node) is not None:
            lines -= (first.end_lineno or first.lineno) - first.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{node.name} has {lines} lines, at most {LONGEST_FUNCTION}"


def public_things_have_docstrings(source: str) -> Iterator[str]:
    """The module, every public class, and every public function or method says what it promises.

    The signatures of an overloaded function promise what the function itself does."""
    tree = parsed(source)
    if source.strip() and ast.get_docstring(tree) is None:
        yield "the module has no docstring"
    scopes: list[ast.Module | ast.ClassDef] = [tree]
    while scopes:
        for node in scopes.pop().body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                if ast.get_docstring(node) is None and "overload" not in map(ast.unparse, node.decorator_list):
                    yield f"{node.name} has no docstring"
                if isinstance(node, ast.ClassDef):
                    scopes.append(node)


def options_are_not_passed_through(source: str) -> Iterator[str]:
    """`**options` that are handed on hide what may be said; they are spelt out."""
    for function in functions(parsed(source)):
        if (options := function.args.kwarg) is not None:
            handed_on = (each.value for each in ast.walk(function) if isinstance(each, ast.keyword) and not each.arg)
            if any(isinstance(value, ast.Name) and value.id == options.arg for value in handed_on):
                yield f"{function.name} passes **{options.arg} on"


def every_test_says_what_it_holds(source: str) -> Iterator[str]:
    """A test has a docstring of one sentence, and names the message of every error that it expects."""
    tree = parsed(source)
    for test in functions(tree):
        sentence = ast.get_docstring(test) or ""
        if test.name.startswith("test_") and not (sentence.endswith(".") and "\n\n" not in sentence):
            yield f"{test.name} has no docstring of one sentence"
    for node in nodes(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "raises":
            exits = [ast.unparse(argument) for argument in node.args] == ["SystemExit"]  # its message is a number
            if not exits and "match" not in [keyword.arg for keyword in node.keywords]:
                yield f"line {node.lineno}: pytest.raises without match="


def nothing_of_one_machine(source: str) -> Iterator[str]:
    """No path into somebody's machine, and no address inside somebody's network."""
    for place in re.finditer(r"(?<![\w.)}])/(?:home|mnt|opt|root|Users|work)/\w+", source):
        yield f"the path {place.group()}"
    for place in re.finditer(r"https?://(?:localhost|[0-9.]+|[\w-]+(?:\.(?:internal|lan|local))?)(?:[:/]|$)", source):
        yield f"the address {place.group()}"


# what Python, ast, SymPy and Jupyter call, and the functions that `stable` finds beside one another
NAMED_BY_OTHERS = re.compile(
    r"__\w+__|visit_\w+|_(print|eval|repr|sympy)_?\w+|_hashable_content|fdiff|(\w+_)?(slope|into|value_and_slope)"
)
CALLED_BY_OTHERS = {
    "convert": "click",
    "format_epilog": "click",
    "format_help_text": "click",
    "format_usage": "click",
    "get_command": "click",
    "max_relative_error": "people, of a report",
    "on_broken_pipe": "rich",
}


def defined_and_named(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return the names of functions that no decorator files anywhere, and all names that something is called by."""
    defined, named = set(), set()
    for node in nodes(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                named.add(name)
            case ast.FunctionDef(name=name, decorator_list=decorators):
                if {*map(ast.unparse, decorators)} <= {"cached_property", "classmethod", "property", "staticmethod"}:
                    defined.add(name)
    return defined, named


def left_over(sources: Iterable[str]) -> set[str]:
    """Return the functions and methods that no source calls, hands on or names."""
    pairs = [defined_and_named(parsed(source)) for source in sources]
    unnamed = set().union(*(defined for defined, _ in pairs)) - set().union(*(named for _, named in pairs))
    return {name for name in unnamed if not NAMED_BY_OTHERS.fullmatch(name)}


def test_no_function_is_left_over() -> None:
    """Every function and every method of the package is used in it, but for those that others call."""
    assert {*CALLED_BY_OTHERS} == left_over(path.read_text(encoding="utf-8") for path in PACKAGE_FILES)


def test_function_that_is_left_over_is_found() -> None:
    """What is named in no module is found, but not what is filed, what a text says, or what Python itself calls."""
    one = (
        "def f(): ...\ndef g(): ...\n@filed\ndef h(): ...\nclass A:\n    def i(self): ...\n    def visit_Name(self): 1"
    )
    assert {"f", "i"} == left_over([one, "g()"])
    assert set() == left_over([one, "g()", "x.i", "getattr(x, 'f')"])


LANGUAGES = ROOT / "symbackprop" / "exposition" / "languages"  # a language is one file of sentences, however many

FILES_OF: dict[Rule, list[Path]] = {
    modules_are_short: [path for path in PACKAGE_FILES if path.parent != LANGUAGES],
    functions_are_short: PACKAGE_FILES,
    public_things_have_docstrings: PACKAGE_FILES,
    options_are_not_passed_through: PACKAGE_FILES,
    every_test_says_what_it_holds: TEST_FILES,
    nothing_of_one_machine: TEXT_FILES,
}


@pytest.mark.parametrize("rule", FILES_OF, ids=lambda rule: rule.__name__)
def test_files_keep_the_rule(rule: Rule) -> None:
    """Every file keeps every rule of the house that is for its kind."""
    found = {
        str(path.relative_to(ROOT)): complaints
        for path in FILES_OF[rule]
        if (complaints := list(rule(path.read_text(encoding="utf-8"))))
    }
    assert {} == found


def test_there_are_files_to_look_at() -> None:
    """The lists of files are not empty, or the rules would hold of nothing."""
    assert all(len(files) > 5 for files in FILES_OF.values())


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (modules_are_short, "x = 1\n" * 301),
        (functions_are_short, "def f():\n" + "    x = 1\n" * 50),
        (functions_are_short, "class C:\n    def f(self):\n" + "        x = 1\n" * 50),
        (public_things_have_docstrings, "x = 1"),
        (public_things_have_docstrings, '"""A."""\ndef f(): ...'),
        (public_things_have_docstrings, '"""A."""\nclass C: ...'),
        (public_things_have_docstrings, '"""A."""\nclass C:\n    """B."""\n    def f(self): ...'),
        (options_are_not_passed_through, "def f(**options):\n    return g(1, **options)"),
        (every_test_says_what_it_holds, "def test_a(): ..."),
        (every_test_says_what_it_holds, 'def test_a():\n    """No full stop"""'),
        (every_test_says_what_it_holds, "with pytest.raises(ValueError):\n    f()"),
        (nothing_of_one_machine, "see /" + "home/ann/net.toml"),
        (nothing_of_one_machine, "cd /" + "work/main"),
        (nothing_of_one_machine, "https:" + "//mirror/simple"),
        (nothing_of_one_machine, "http:" + "//10.0.0.7:8080/simple"),
    ],
)
def test_rule_can_fail(rule: Rule, source: str) -> None:
    """Each rule complains about a planted fault."""
    assert [] != list(rule(source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (modules_are_short, "x = 1\n" * 300),
        (functions_are_short, 'def f():\n    """A.\n\n' + "    b\n" * 90 + '    """\n' + "    x = 1\n" * 49),
        (public_things_have_docstrings, '"""A."""\ndef _f(): ...\ndef g():\n    """B."""\n    def inner(): ...'),
        (public_things_have_docstrings, ""),
        (options_are_not_passed_through, "def f(fields):\n    return g(**fields)"),
        (
            every_test_says_what_it_holds,
            'def test_a():\n    """One holds."""\n    with pytest.raises(E, match="a"): ...',
        ),
        (nothing_of_one_machine, "output/work/x, https://arxiv.org/abs/1706.02515, http://www.w3.org/2000/svg"),
    ],
)
def test_rule_lets_good_code_pass(rule: Rule, source: str) -> None:
    """No rule complains about what is allowed."""
    assert [] == list(rule(source))


def test_group_of_the_tests_is_their_extra() -> None:
    """What `pip install '.[test]'` brings and what the dependency group `test` brings are the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["optional-dependencies"]["test"] == project["dependency-groups"]["test"]
