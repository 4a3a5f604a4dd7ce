r"""The code of a notebook: the network and its derivation, made again, and asserts that they are what is shown.

net = sb.mlp("2-3-1", …)          d = sb.derive(net)          assert lines("BP1") == [r"\delta^{(L)}_{j} = …", …]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SymbackpropError
from symbackprop.exposition.conventions import said_of
from symbackprop.exposition.document import Document, Steps
from symbackprop.exposition.mathtext.convention import USUAL
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.formulatext import formula_text
from symbackprop.network.layered import LayeredNetwork, sequential
from symbackprop.network.model import Network


@dataclass(frozen=True)
class Checks:
    """Writes the code for one derivation and one document."""

    derivation: Derivation | ProgramDerivation
    document: Document

    def setup(self) -> str:
        """Return what every other cell builds on: the network, its derivation, and what writes lines."""
        symbols = f", symbols={dict(self.document.symbols)!r}" if self.document.symbols else ""
        convention, depth = self.document.convention, self.document.depth
        if convention != USUAL:
            symbols += f", convention=convention_of({said_of(convention)!r}), depth={depth}"
        words = dict(self.document.words)
        return "\n".join(
            (
                "import symbackprop as sb",
                *(["from symbackprop.exposition.conventions import convention_of"] if convention != USUAL else ()),
                "from symbackprop.exposition.mathtext.latex import latex",
                "",
                f"net = {_made(self.derivation)}",
                f"d = {_derived(self.derivation)}",
                "",
                "",
                "def written(*sides):",
                f"    return latex(*sides, words={words!r}{symbols})",
                "",
                "",
                "def lines(name):",
                "    chain = d.chains[name]",
                "    return [written(chain.goal, step.after) for step in chain.steps]",
            )
        )

    def steps(self, block: Steps) -> str:
        """Return an assert for each chain that is told by steps; nothing for steps that are no derivation."""
        return "\n".join(_asserted(f"lines({name!r})", self._lines(chain)) for name, chain in self._told(block))

    def _told(self, block: Steps) -> Iterator[tuple[str, Chain]]:
        """Yield the chains whose goal and result stand in the steps."""
        goals, results = ({getattr(line, side) for line in block.lines} for side in ("left", "right"))
        for name, chain in self.derivation.chains.items():
            if chain.steps and chain.goal in goals and chain.result in results:
                yield name, chain

    def _lines(self, chain: Chain) -> list[str]:
        return [self._written(chain.goal, step.after) for step in chain.steps]

    def _written(self, *sides: Expr) -> str:
        style = self.document.style
        return latex(*sides, symbols=style.symbols, words=style.words, convention=style.convention, depth=style.depth)

    def section(self, key: str) -> str:
        """Return what is checked at the end of a section, by its key; nothing for those that are all steps."""
        if key == "evidence":
            return f"assert len(d.steps) == {len(self.derivation.steps)}\n{EVIDENCE}"
        if isinstance(self.derivation, ProgramDerivation):
            return self._of_program(self.derivation, key)
        return self._of_layers(self.derivation, key)

    def _of_program(self, derivation: ProgramDerivation, key: str) -> str:
        match key:
            case "arrays":
                names = [array.name for array in derivation.program.arrays]
                return f"assert [array.name for array in d.program.arrays] == {names!r}"
            case "computation":
                shown = [self._written(e.target, e.expression) for e in derivation.program.equations]
                return _asserted("[written(e.target, e.expression) for e in d.program.equations]", shown)
            case "onepage":
                shown = [self._written(each.left, each.right) for each in derivation.adjoints.values()]
                return _asserted("[written(each.left, each.right) for each in d.adjoints.values()]", shown)
        return ""

    def _of_layers(self, derivation: Derivation, key: str) -> str:
        match key:
            case "network":
                network = derivation.network
                return f"assert net.widths == {network.widths}\nassert net.parameter_count == {network.parameter_count}"
            case "forward":
                shown = [self._written(e.target, e.expression) for e in derivation.network.program.distinct]
                return _asserted("[written(e.target, e.expression) for e in net.program.distinct]", shown)
            case "chain":
                return _asserted('lines("last weight")[:1]', self._lines(derivation.chains["last weight"])[:1])
            case "equations":
                own = None if self.document.convention == USUAL else said_of(self.document.convention)
                shown = [equation.latex("matrix", convention=own) for equation in derivation.equations.values()]
                told = '"matrix"' if own is None else f'"matrix", convention={own!r}'
                return _asserted(f"[equation.latex({told}) for equation in d.equations.values()]", shown)
            case "descent":
                return DESCENT
        return ""


DESCENT = """from symbackprop.numerics.protocol import case_for

gradient = sb.compile(d)
case = case_for(net, 0, samples=5)
before, slopes = gradient(case.params, case.x, case.y)
after, _ = gradient({name: value - 1e-4 * slopes[name] for name, value in case.params.items()}, case.x, case.y)
assert after <= before"""

EVIDENCE = """report = sb.verify(net)
print(report)
assert report.ok"""


def _made(derivation: Derivation | ProgramDerivation) -> str:
    """Return the call that makes the network again."""
    if isinstance(derivation, ProgramDerivation):
        if isinstance(derivation.network, LayeredNetwork):
            return _layers(derivation.network)
        network = derivation.network
        text, sizes = ("", {}) if network is None else (network.text, dict(network.sizes))
        return f"sb.equations({text!r}, sizes={sizes!r})".replace("\\n", "\\n'\n    '")
    return _network(derivation.network)


def _derived(derivation: Derivation | ProgramDerivation) -> str:
    """Return the call that derives the network again, or a batch of it, as far as it is told."""
    if isinstance(derivation, Derivation):
        return "sb.derive(net)"
    batch = f".of_samples({derivation.samples!r}, {derivation.mean!r})" if derivation.samples else ""
    return f"sb.derive(net){batch}" + (f".without({derivation.left_out!r})" if derivation.left_out else "")


def _layers(network: LayeredNetwork) -> str:
    """Return the call that makes a network of layers of any kind again."""
    wishes = "".join(f", {name}={said!r}" for name, said in _wishes(network).items())
    return f"sb.sequential({network.line!r}{wishes})"


def _wishes(network: LayeredNetwork) -> dict[str, Any]:
    """Return what is said of a network besides its line."""
    wishes: dict[str, Any] = {"cost": network.cost_name}
    if network.reduction != "mean":
        wishes["reduction"] = network.reduction
    if network.penalties:
        wishes["penalty"] = [each.text for each in network.penalties]
    if any(each.biases for each in network.penalties):
        wishes["l2_biases"] = True
    return wishes


def can_be_made(derivation: Derivation | ProgramDerivation) -> bool:
    """Tell whether a call makes the network again: branches that were read from PyTorch have no line."""
    network = derivation.network
    if not isinstance(network, LayeredNetwork) or not network.torch_names:
        return True
    try:
        again = sequential(network.line, **_wishes(network))
    except SymbackpropError:
        return False
    return isinstance(again, LayeredNetwork) and again.program == network.program


def _network(network: Network) -> str:
    """Return the call that makes a network of layers again."""
    names = [_activation(activation) for activation in network.activations]
    activation = repr(names[0]) if len(set(names)) == 1 else repr(names)
    return f"sb.mlp({network.shape!r}, activation={activation}, cost={network.cost_function.name!r})"


def _activation(activation: Activation) -> str:
    """Return the name of an activation, or its definition in z, if it was given as one."""
    if activation.name in ACTIVATIONS and ACTIVATIONS[activation.name] == activation:
        return activation.name
    assert activation.function is not None
    return formula_text(activation.function.definition)


def _asserted(code: str, shown: Sequence[str]) -> str:
    """Return the assert that code gives the texts that are shown."""
    return f"assert {code} == [\n" + "".join(f"    {_raw(text)},\n" for text in shown) + "]"


def _raw(text: str) -> str:
    """Return text as a literal of Python, raw where that is possible."""
    return repr(text) if '"' in text or text.endswith("\\") else f'r"{text}"'
