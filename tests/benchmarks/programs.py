"""Programs that are run in a process of their own, and print their seconds, or bytes: derivations, and starting."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["DERIVATIONS", "MEMORIES", "STARTS", "Program"]

Program = tuple[str, list[str]]  # its name, and the arguments of Python

CLOCK = "import time\n{before}\nstart = time.process_time()\n{what}\nprint(time.process_time() - start)\n"
HEAP = "import tracemalloc\n{before}\ntracemalloc.start()\n{what}\nprint(tracemalloc.get_traced_memory()[1])\n"
TRAINED = """
import tracemalloc
import numpy as np
from symbackprop import compile, derive, descend, mlp
network, rng = mlp("784-512-256-10"), np.random.default_rng(0)
x, y = rng.normal(size=(640, 784)), np.eye(10)[rng.integers(10, size=640)]
params, seen = network.initial_params(0), []
"""
STEPS = """
def look(loss, params):
    seen.append(tracemalloc.get_traced_memory())
    tracemalloc.reset_peak()
tracemalloc.start()
descend(compile(derive(network)), params, x, y, learning_rate=0.1, epochs=2, batch_size=128, on_step=look)
print(max(most - before for (before, _), (_, most) in zip(seen[1:], seen[2:])))
"""
PROCESS = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""
OURS = "from symbackprop.calculus.backpropagation import derive\nfrom symbackprop.network.model import mlp\n"
EVERY_PARTIAL = """derivation = derive(network)
for layer, (before, width) in enumerate(zip(network.widths, network.widths[1:]), start=1):
    for j in range(1, width + 1):
        derivation.partial("b", layer=layer, j=j)
        for k in range(1, before + 1):
            derivation.partial("w", layer=layer, j=j, k=k)"""
COMPOSED = OURS + 'cost = mlp("{shape}").composed_cost(max_operations=10**6)\n'
COMPOSED += 'letters = [s for s in sorted(cost.free_symbols, key=str) if s.name[0] in "wb"]\n'
SYMENGINE = "import symengine\ncost, letters = symengine.sympify(cost), [symengine.Symbol(s.name) for s in letters]\n"
CASADI = """
import casadi
def sigmoid(z): return 1/(1 + casadi.exp(-z))
"""
TENSORGRAD = """
import sympy
from tensorgrad import Variable, functions as F
n = sympy.symbols("n0:9")
"""


def clock(what: str, before: str = "") -> list[str]:
    """Return the program that prints how long something takes after something else."""
    return ["-c", CLOCK.format(before=before, what=what)]


def deriving(shape: str, then: str = "derive(network)") -> Program:
    """Return the derivation of a chain of layers."""
    return f"derive {shape if len(shape) < 20 else f'{shape.count(chr(45))} layers of 100'}", clock(
        then, OURS + f'network = mlp("{shape}")'
    )


def example(name: str) -> Program:
    """Return the derivation of a shipped example of equations."""
    before = "from importlib.resources import files\nfrom symbackprop import derive, equations\n"
    before += f'e = equations(files("symbackprop.network").joinpath("examples", "{name}.eq").read_text("utf-8"))'
    return f"derive {name}.eq", clock("derive(e)", before)


def whole(name: str, *arguments: str) -> Program:
    """Return a whole process of Python."""
    return name, ["-c", PROCESS, *arguments]


def casadi(widths: tuple[int, ...]) -> str:
    """Return the same gradient, built and differentiated by CasADi's scalars."""
    lines = [f"a, letters = casadi.SX.sym('x', {widths[0]}), []"]
    for below, width in pairwise(widths):
        lines.append(f"w, b = casadi.SX.sym('w', {width}, {below}), casadi.SX.sym('b', {width})")
        lines.append("letters += [w, b]; a = sigmoid(w @ a + b)")
    lines.append(f"cost = casadi.sumsqr(a - casadi.SX.sym('y', {widths[-1]}))/2")
    return "\n".join([*lines, "grads = [casadi.gradient(cost, letter) for letter in letters]"])


def tensorgrad(depth: int) -> str:
    """Return the same gradient, derived and simplified by tensorgrad, whose sizes are letters."""
    lines = ["a, letters = Variable('x', n[0]), []"]
    for n in range(1, depth + 1):
        lines.append(f"w, b = Variable('w{n}', n[{n - 1}], n[{n}]), Variable('b{n}', n[{n}])")
        lines.append("letters += [w, b]; a = F.sigmoid(a @ w + b)")
    lines.append(f"cost = F.frobenius2(a - Variable('y', n[{depth}]))")
    return "\n".join([*lines, "grads = [cost.grad(letter).full_simplify() for letter in letters]"])


IMPORT = ("import sympy", clock("import sympy"))
EQUAL = {layers: "-".join(["100"] * (layers + 1)) for layers in (2, 100)}
PARTIALS = ("derive 4-8-8-2, every partial", deriving("4-8-8-2", EVERY_PARTIAL)[1])
DIFF = "for letter in letters: cost.diff(letter)"
ALL_1000 = OURS + "from symbackprop import compile\nderivation = derive(mlp((8,) * 1001))"
# what, beside what, the ratio that is wanted, how often, the package that the rival needs
DERIVATIONS: tuple[tuple[Program, Program, float | None, int, str], ...] = (
    *((example(name), IMPORT, 8.0, 7, "sympy") for name in ("attention", "layer_norm", "rnn", "lstm")),
    (deriving("784-30-10"), deriving("2-3-1"), 1.2, 11, "sympy"),
    (deriving(EQUAL[100]), deriving(EQUAL[2]), 1.5, 11, "sympy"),
    (deriving("784-30-10"), IMPORT, 1.0, 11, "sympy"),
    (("compile 1000 layers", clock("compile(derivation)", ALL_1000)), IMPORT, 1.4, 5, "sympy"),
    (PARTIALS, ("SymPy, the composed cost", clock(DIFF, COMPOSED.format(shape="4-8-8-2"))), 0.01, 1, "sympy"),
    (
        PARTIALS,
        ("SymEngine, the composed cost", clock(DIFF, COMPOSED.format(shape="4-8-8-2") + SYMENGINE)),
        None,
        5,
        "symengine",
    ),
    (PARTIALS, ("CasADi, scalars", clock(casadi((4, 8, 8, 2)), CASADI)), None, 5, "casadi"),
    (deriving("2-3-1"), ("tensorgrad", clock(tensorgrad(2), TENSORGRAD)), None, 5, "tensorgrad"),
)
# bytes at most, beside what; the ratio that is wanted, how often, the package that the rival needs
MEMORIES: tuple[tuple[Program, Program, float, int, str], ...] = (
    (
        ("a step of training 784-512-256-10, batch 128", ["-c", TRAINED + STEPS]),
        ("its parameters", ["-c", TRAINED + "print(sum(array.nbytes for array in params.values()))"]),
        0.01,
        1,
        "numpy",
    ),
    (
        ("derive 784-512-256-10", ["-c", HEAP.format(before=OURS, what='derive(mlp("784-512-256-10"))')]),
        ("derive 2-3-3-1", ["-c", HEAP.format(before=OURS, what='derive(mlp("2-3-3-1"))')]),
        1.05,
        1,
        "sympy",
    ),
)
DERIVE = ("-m", "symbackprop", "derive", "2-3-1", "--stdout", "--to", "latex")
LIBRARIES = whole("import sympy, latex2mathml", "-c", "import sympy, latex2mathml.converter")
STARTS: tuple[tuple[Program, Program, float | None, int, str], ...] = (
    (
        whole("symbackprop --help", "-m", "symbackprop", "--help"),
        whole("python -c pass", "-c", "pass"),
        4.5,
        11,
        "sympy",
    ),
    (
        whole("derive --stdout --to latex", *DERIVE),
        whole("python -c 'import sympy'", "-c", "import sympy"),
        1.7,
        11,
        "sympy",
    ),
    (whole("derive --to html --stdout", *DERIVE[:-1], "html"), LIBRARIES, 1.6, 7, "sympy"),
)
