"""Layer lines that nobody should be able to hurt with: one printable line each, at once, and nothing large is made."""

from __future__ import annotations

import time

import pytest

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.network.layered import sequential

SAYS_WHERE = r"^(network|layer|\d+ layers|shape|the equations|activation)[^\n]*$"
HOSTILE = [
    "",
    "->",
    "4 ->",
    "-> dense(3)",
    "4 -> -> dense(3)",
    "4 -> dense(3",
    "4 -> dense 3)",
    "4 -> dense(3))",
    "4 -> dense(-3)",
    "4 -> dense(1e9)",
    "4 -> dense(1000000000)",
    "1000000000 -> dense(3)",
    f"4 -> dense({'9' * 4000})",
    f"{'9' * 4000} -> dense(3)",
    "4 -> dense(nan)",
    "4 -> dense(true)",
    "4 -> dense([3])",
    "4 -> dense(width=3, width=4)",
    "4 -> dense(bias=false, 3)",
    "4 -> dense(3, colour=red)",
    "4 -> dense(3) relu relu",
    "4 -> dense(3, width=4)",
    "4 -> dense(\u0663)",
    "\uff14 -> dense(3)",
    "4 -> dense(3) \"__import__('os').system('id')\"",
    "4 -> dense(3) 'z.__class__'",
    '4 -> __import__("os")',
    "4 -> dense(3); import os",
    "4 -> dense(3)\n-> dense(2)\x00",
    "4 -> dense(3)\u202e",
    "4 => dense(3)",
    "0 -> dense(3)",
    "0x4 -> dense(3)",
    "1x2x3x4x5 -> dense(3)",
    "4.5 -> dense(3)",
    "4 -> residual()",
    "4 -> residual(4)",
    "4 -> residual(residual)",
    f"4 -> {'residual(' * 500}dense(4){')' * 500}",
    f"4 -> dense({'[' * 900}{']' * 900})",
    f"4 -> dense(3){' -> dense(3)' * 2000}",
    f"4{' -> layer_norm' * 100}",
    "1x28x28 -> conv2d(8, 5, stride=0)",
    "1x28x28 -> conv2d(8, 5, padding=-1)",
    "1x28x28 -> conv2d(8, 5, groups=3)",
    "1x28x28 -> conv2d(8, [5, 5, 5])",
    "1x28x28 -> conv2d(8, 5, dilation=100)",
    "1x28x28 -> conv2d(8, 5, padding=1000000)",
    "4 -> dropout(1)",
    "4x3 -> lstm(3, returns=all)",
    "4x3 -> rnn(3, softmax)",
    "4x3 -> attention(2)",
    "4 -> dense(3, tied_to=1)",
    '4 -> prelu(per="channel\n")',
    "4 -> dense(3) ''",
    "4 -> Dense(3)",
    "network.toml -> dense(3)",
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: ascii(line)[:30])
def test_hostile_line_is_refused(line: str) -> None:
    """It is refused at once, in one printable line of a length that can be read."""
    started = time.process_time()
    with pytest.raises(SymbackpropError, match=SAYS_WHERE) as caught:
        sequential(line)
    assert time.process_time() - started < 2
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 420


def test_wide_layers_are_said_and_not_made() -> None:
    """A network of 10⁸ weights is derived and written as code, which makes no array of its own."""
    network = sequential("10000 -> dense(10000, bias=false) tanh")
    assert 10**8 == network.parameter_count
    assert "def gradient(params, x, y)" in sb.compile(sb.derive(network)).source
    assert sb.verify(network, samples=1).ok
