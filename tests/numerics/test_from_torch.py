"""Modules of PyTorch as networks of layers, where it is installed: there and back, autograd's gradient is ours."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.errors import MissingExtraError

torch = pytest.importorskip("torch")
from numerics.torch_layers import Block, Two, check_refused  # noqa: E402 - it imports torch, which may not be there

nn, F = torch.nn, torch.nn.functional

TOLERANCE = 1e-11  # of the largest entry of each array


def last_state(block: Any, x: Any) -> Any:
    """Return the last of all states, and a dense layer of it."""
    out, _ = block.cell(x)
    return block.head(out[:, -1])


def hidden_state(block: Any, x: Any) -> Any:
    """Return the state that a recurrence gives beside all of them."""
    _, (h, _) = block.cell(x)
    return block.head(h[-1])


def transformer(block: Any, x: Any) -> Any:
    """Return a layer of a transformer that normalises first."""
    n = block.first(x + block.position)
    x = x + block.attention(n, n, n, attn_mask=block.mask)[0]
    return x + block.down(F.gelu(block.up(block.second(x))))


def tied() -> Any:
    """Return two layers that share a weight."""
    module = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    module[2].weight = module[0].weight
    return module


LATER = torch.ones(3, 3).triu(1).bool()
ATTENTION = {"embed_dim": 4, "num_heads": 2, "batch_first": True}
MODULES: dict[str, tuple[Callable[[], Any], Any]] = {
    "dense": (lambda: nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), 4),
    "alone": (lambda: nn.Linear(4, 3, bias=False), 4),
    "activations": (
        lambda: nn.Sequential(
            nn.ReLU(), nn.Linear(4, 3), nn.LeakyReLU(0.2), nn.Linear(3, 4), nn.ELU(0.5), nn.Linear(4, 3), nn.Softmax(-1)
        ),
        4,
    ),
    "image": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding="same"),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(16, 2),
        ),
        (1, 4, 4),
    ),
    "signal": (
        lambda: nn.Sequential(
            nn.Conv1d(2, 4, 3, 2, padding=1, bias=False),
            nn.PReLU(4),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(4, 2),
        ),
        (2, 7),
    ),
    "functions": (
        lambda: Block(
            lambda own, x: own.b(torch.flatten(F.max_pool1d(torch.relu(own.a(x)), 2), 1)),
            a=nn.Conv1d(2, 3, 3),
            b=nn.Linear(6, 2),
        ),
        (2, 6),
    ),
    "residual": (
        lambda: Block(lambda own, x: F.relu(x + own.b(F.silu(own.a(x)))), a=nn.Linear(3, 4), b=nn.Linear(4, 3)),
        3,
    ),
    "identity past it": (
        lambda: Block(
            lambda own, x: own.b(own.past(x) + own.a(x)), past=nn.Identity(), a=nn.Linear(3, 3), b=nn.Linear(3, 2)
        ),
        3,
    ),
    "functions with options": (
        lambda: Block(
            lambda own, x: F.log_softmax(own.b(F.dropout(own.a(x.view(x.size(0), -1)), training=False)), dim=1),
            a=nn.Linear(4, 3),
            b=nn.Linear(3, 2),
        ),
        (2, 2),
    ),
    "two biases": (
        lambda: Block(
            lambda own, x: F.relu(own.past(x) + own.a(x)), past=nn.Conv2d(2, 3, 1), a=nn.Conv2d(2, 3, 3, padding=1)
        ),
        (2, 2, 2),
    ),
    "functions with arrays": (
        lambda: Block(
            lambda own, x: F.linear(F.hardswish(F.conv2d(x, own.k, None, 2, groups=2)).view(-1, 8), own.w, own.b),
            k=nn.Parameter(torch.randn(2, 1, 2, 2)),
            w=nn.Parameter(torch.randn(3, 8)),
            b=nn.Parameter(torch.randn(3)),
        ),
        (2, 4, 4),
    ),
    "activations by formula": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU6(), nn.Linear(4, 3), nn.LogSigmoid(), nn.Tanhshrink()),
        3,
    ),
    "projection": (
        lambda: Block(
            lambda own, x: own.past(x) + own.a(x).sigmoid(), past=nn.Linear(3, 4, bias=False), a=nn.Linear(3, 4)
        ),
        3,
    ),
    "recurrence": (lambda: nn.RNN(3, 2, nonlinearity="relu", batch_first=True), (4, 3)),
    "last of a gru": (lambda: Block(last_state, cell=nn.GRU(2, 3, batch_first=True), head=nn.Linear(3, 2)), (3, 2)),
    "state of an lstm": (
        lambda: Block(hidden_state, cell=nn.LSTM(2, 2, batch_first=True), head=nn.Linear(2, 1)),
        (3, 2),
    ),
    "words": (lambda: nn.Sequential(nn.Embedding(5, 3), nn.LayerNorm(3), nn.Linear(3, 2)), 4),
    "norms without arrays": (
        lambda: nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4, elementwise_affine=False), nn.RMSNorm(4, eps=1e-3)),
        4,
    ),
    "transformer": (
        lambda: Block(
            transformer,
            position=nn.Parameter(torch.randn(3, 4)),
            mask=LATER,
            first=nn.LayerNorm(4),
            second=nn.LayerNorm(4),
            attention=nn.MultiheadAttention(**ATTENTION),
            up=nn.Linear(4, 5),
            down=nn.Linear(5, 4),
        ),
        (3, 4),
    ),
    "encoder": (lambda: nn.TransformerEncoderLayer(4, 2, 5, 0, batch_first=True), (3, 4)),
    "encoder that normalises first": (
        lambda: Block(
            lambda own, x: own.encoder(x, mask=own.mask, is_causal=True),
            encoder=nn.TransformerEncoder(
                nn.TransformerEncoderLayer(4, 2, 5, 0, nn.SiLU(), norm_first=True, batch_first=True),
                1,
                nn.LayerNorm(4),
                enable_nested_tensor=False,
            ),
            mask=LATER,
        ),
        (3, 4),
    ),
    "encoder with another mask": (
        lambda: Block(
            lambda own, x: own.encoder(x, own.mask),
            encoder=nn.TransformerEncoder(
                nn.TransformerEncoderLayer(2, 1, 2, 0, norm_first=True, batch_first=True),
                1,
                nn.LayerNorm(2),
                enable_nested_tensor=False,
            ),
            mask=LATER[:2, :2].T,
        ),
        (2, 2),
    ),
    "dropout that is switched off": (
        lambda: nn.Sequential(
            nn.Linear(2, 2),
            nn.Dropout(0.5),
            nn.LSTM(2, 2, 2, dropout=0.5, batch_first=True),
        ).eval(),
        (2, 2),
    ),
    "shared weight": (tied, 3),
}


def taken(source: Any, arrays: dict[str, Any]) -> np.ndarray:
    """Return what a source says of arrays that are called as PyTorch calls them; a sum passes its derivative on."""
    if isinstance(source, str):
        return np.asarray(arrays[source])
    if isinstance(source[1], slice):
        return np.asarray(arrays[source[0]][source[1]])
    return taken(source[0], arrays)


@pytest.mark.parametrize("name", MODULES)
def test_gradient_by_autograd_is_ours(name: str) -> None:
    """The cost of a module, and autograd's derivatives by its parameters, are those of the network that it becomes."""
    torch.manual_seed(1)
    made, shape = MODULES[name]
    module = made().double()
    network, params = sb.from_torch(module, shape)
    rng = np.random.default_rng(0)
    axes = (shape,) if isinstance(shape, int) else shape
    words = getattr(network, "vocabulary", 0)
    x = rng.integers(0, words, size=(3, *axes)) if words else rng.normal(size=(3, *axes))
    output = module(torch.tensor(x))
    output = output[0] if isinstance(output, tuple) else output
    y = rng.normal(size=output.shape)
    F.mse_loss(output, torch.tensor(y)).backward()
    cost, grads = sb.compile(sb.derive(network))(params, x, y)
    assert cost == pytest.approx(F.mse_loss(output, torch.tensor(y)).item(), rel=1e-12)
    arrays = {name: each.grad.numpy() for name, each in module.named_parameters()}
    assert {each for source in network.torch_names.values() for each in named(source)} == set(arrays)
    for array, source in network.torch_names.items():
        wanted = taken(source, arrays).reshape(grads[array].shape)
        assert np.abs(grads[array] - wanted).max() <= TOLERANCE * np.abs(wanted).max() + 1e-14


def named(source: Any) -> list[str]:
    """Return the names in a source."""
    if isinstance(source, str):
        return [source]
    return [source[0]] if isinstance(source[1], slice) else [name for part in source for name in named(part)]


def test_names_say_which_array_is_which() -> None:
    """A whole array, a part of one, and a sum of two parts."""
    network, _ = sb.from_torch(nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), 4)
    assert network.torch_names == {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
    assert isinstance(network, sb.Network)
    network, _ = sb.from_torch(nn.LSTM(2, 3, batch_first=True), (4, 2))
    rows = slice(3, 6)
    assert network.torch_names["Whf1"] == ("weight_hh_l0", rows)
    assert network.torch_names["bf1"] == (("bias_ih_l0", rows), ("bias_hh_l0", rows))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of PyTorch's, as it loads its compiler
def test_compiled_module_is_the_one_that_was_compiled() -> None:
    """What torch.compile gives is read as what it was given, by the same names."""
    network, _ = sb.from_torch(torch.compile(nn.Sequential(nn.Linear(4, 3), nn.Tanh())), 4)
    assert network.torch_names == {"W1": "0.weight", "b1": "0.bias"}


def test_module_is_left_as_it_was() -> None:
    """Reading a module neither moves its statistics nor makes its numbers longer, nor its code make them shorter."""
    short, _ = sb.from_torch(Block(lambda own, x: own.a(x.float()), a=nn.Linear(3, 2)), 3)
    assert short.shape == "3-2"
    module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    _, params = sb.from_torch(module, 2)
    params["W1"][:] = 7
    assert module[1].num_batches_tracked == 0
    assert module[0].weight.dtype == torch.float32
    assert module[0].weight.max() < 1


ONE = nn.Linear(2, 2)
BRANCHES = r"^module: it branches by what .* take torch.where \(line \d+ of test_from_torch.py\)$"
REFUSED: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "no module": (lambda: "nn", 2, "wanted a module of PyTorch, got str; try torch.nn.Linear"),
    "a function": (
        lambda: Block(lambda own, x: torch.cummax(own.a(x), 1)[0], a=ONE),
        2,
        "'cummax' is no layer",
    ),
    "shape": (lambda: nn.Linear(3, 2), 4, r"input_shape \(4,\): the module does not take it"),
    "time first": (
        lambda: Block(last_state, cell=nn.GRU(2, 2), head=ONE),
        (3, 2),
        "^module 'getitem_2' takes some samples of a batch",
    ),
    "no numbers yet": (lambda: nn.LazyLinear(3), 2, "module: weight has no numbers yet; call the module once"),
    "two outputs": (
        lambda: Block(lambda own, x: (own.a(x), {"loss": None, "h": x[:, :1]}), a=ONE),
        2,
        r"^module: it gives several arrays, 0 of 2, \(1, 'h'\) of 1; say which the cost reads, such as output=0$",
    ),
    "a function of a function": (
        lambda: Block(lambda own, x: torch.vmap(own.a)(x), a=ONE),
        2,
        r"^module: it calls code in C\+\+, or maps or differentiates a function, as vmap and grad do; .* \(line",
    ),
    "compiled": (torch.jit.ScriptModule, 3, "^module: TorchScript has no code of it that is read"),
    "no output": (lambda: Block(lambda own, x: None), 2, "^module: wanted an array as output, got NoneType"),
    "computed weight": (
        lambda: Block(lambda own, x: F.linear(x, own.a(x)), a=ONE),
        2,
        "^module 'linear' mixes the samples",
    ),
    "activation of an encoder": (
        lambda: nn.TransformerEncoderLayer(4, 2, 5, 0, torch.cos, batch_first=True),
        (3, 4),
        "has activation = cos, wanted one that is a layer here, such as 'gelu'",
    ),
    "mask of all": (
        lambda: Block(
            lambda own, x: own.a(x, x, x, attn_mask=own.mask)[0],
            a=nn.MultiheadAttention(**ATTENTION),
            mask=torch.tensor([[True, True, True], [False, True, False], [False, False, False]]),
        ),
        (3, 4),
        r"\(MultiheadAttention\) hides all entries of a row",
    ),
    "mask for each sample": (
        lambda: Block(
            lambda own, x: own.a(x, x, x, key_padding_mask=own.mask[: len(x)])[0],
            a=nn.MultiheadAttention(**ATTENTION),
            mask=torch.tensor([[True, False, False], [False, False, False]] * 20),
        ),
        (3, 4),
        r"\(MultiheadAttention\) has other numbers for each sample of a batch",
    ),
    "several inputs": (
        lambda: Two(lambda own, x, y: own.a(x) + y, a=ONE),
        2,
        "^module: it reads more than 1; give input_shape a shape for each input",
    ),
    "branches": (lambda: Block(lambda own, x: x if x.sum() > 0 else own.a(x), a=ONE), 2, BRANCHES),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_layer_is_named_with_its_place(name: str) -> None:
    """One line says which module or function it is, and what is wrong with it."""
    made, shape, message = REFUSED[name]
    check_refused(made(), shape, message)


Given = namedtuple("Given", ["first", "h"])


@pytest.mark.parametrize(
    ("given", "chosen", "alone"),
    [
        (lambda own, x: (x, own.a(x)), 1, None),
        (lambda own, x: [own.a(x), None], None, None),
        (lambda own, x: {"x": x, "h": (x, own.a(x))}, ("h", 1), None),
        (lambda own, x: Given(x, own.a(x)), "h", None),
        (lambda own, x: own.cell(x), (1, 0), lambda own, x: own.cell(x)[1][0]),
    ],
)
def test_one_of_several_outputs_is_chosen(given: Any, chosen: Any, alone: Any) -> None:
    """The network is that of a module which gives the chosen array alone; another choice is refused."""
    parts = {"a": ONE, "cell": nn.LSTM(2, 2, batch_first=True)}
    module, shape = Block(given, **parts), 2 if alone is None else (2, 2)
    network, params = sb.from_torch(module, shape, output=chosen)
    wanted, known = sb.from_torch(Block(alone or (lambda own, x: own.a(x)), **parts), shape)
    assert (network.program, params.keys()) == (wanted.program, known.keys())
    with pytest.raises(sb.SymbackpropError, match=r"gives several arrays, .*, none of them 'y'|^output: .* one array"):
        sb.from_torch(module if chosen is not None else ONE, shape, output="y")


def test_without_pytorch_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where torch is missing, one line says how it is installed."""

    def missing(name: str, *_: Any) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("symbackprop.errors.import_module", missing)
    with pytest.raises(MissingExtraError, match=r"not installed; try: python -m pip install '\.\[torch\]'"):
        sb.from_torch(None, 2)
