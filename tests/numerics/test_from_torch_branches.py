"""Modules of PyTorch that are no chain of layers: their equations give the module's numbers, to the last digits."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.network.notation import COST
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.program_witnesses import Plain

torch = pytest.importorskip("torch")
from numerics.torch_layers import Block, Every, Two, check_refused  # noqa: E402 - it imports torch, which may not be there

nn, F = torch.nn, torch.nn.functional

TOLERANCE = 1e-12  # of the cost: some hundred sums and products of 53 bits


def learned(*shape: int) -> Any:
    """Return a parameter."""
    return nn.Parameter(torch.randn(*shape) / 2)


def evaluated(module: Any, *shape: int) -> Any:
    """Return a module that has seen some samples, and normalises by these from now on."""
    module(torch.randn(4, *shape))
    return module.eval()


def heads(own: Any, x: Any, *, by_hand: bool = False) -> Any:
    """Return attention as many write it: one layer for all three, views, transpositions, a mask."""
    b, t, d = x.size()
    assert t <= len(LATER)
    q, k, v = (each.view(b, t, 2, d // 2).transpose(1, 2) for each in own.qkv(x).split(d, dim=2))
    if by_hand:
        scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(k.size(-1)))
        y = F.softmax(scores.masked_fill(own.mask[:, :, :t, :t] == 0, -math.inf), dim=-1) @ v
    else:
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return own.out(y.transpose(1, 2).contiguous().view(b, t, d))


def steps(own: Any, x: Any) -> Any:
    """Return the last state of a recurrence that is written by hand."""
    h = torch.zeros(x.size(0), 2, dtype=x.dtype)
    for t in range(x.shape[1]):
        h = torch.tanh(own.a(x[:, t]) + own.b(h) + h @ own.a.weight) + (own.b.bias * x[:, t]).sigmoid() * h
    return h


def cells(own: Any, x: Any) -> Any:
    """Return the state of an LSTM's cell after some steps."""
    h = c = torch.zeros(x.size(0), 2, dtype=x.dtype)
    for t in range(x.shape[1]):
        h, c = own.cell(x[:, t], (h, c))
    return h


def attending(own: Any, x: Any) -> Any:
    """Return the state of a cell that reads each step beside what is made of all steps, reflected at the ends."""
    h = x[:, 0]
    for t in range(2):
        h = own.cell(torch.cat([x[:, t], own.a(torch.cat([h, x[:, 1]], 1))], 1), h)
    return F.pad(torch.cat([h, x[:, 1, :1]], 1), (1, 2), mode="reflect")


def overwriting(own: Any, x: Any) -> Any:
    """Return what becomes of arrays that are written into, under all of their names."""
    h = own.a(x) if isinstance(x, torch.Tensor) else x
    same = h
    same += 1
    F.relu(h, inplace=True)
    out = x.new_zeros(len(x), 3, 2)
    for t in range(3):
        out[:, t] = h * (t + 1)
    out[..., 1:] = h[:, None, :1]
    out[out > 2] = 0
    assert out.max(1).values.shape[0] == len(x)
    total = torch.zeros(len(x), 2, dtype=x.dtype)
    total.add_(h)
    return own.b(out.sum(1)) + total


def gates(own: Any, x: Any) -> Any:
    """Return the last state of a recurrence that is written by hand, three of whose gates are parts of one array."""
    h, c = x.new_zeros(len(x), 2), x.new_zeros(len(x), 2)
    for step in x.unbind(1):
        i, f, g, o = (own.x(step) + own.h(h)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h


def writing_parts(own: Any, x: Any) -> Any:
    """Return what becomes of arrays of which parts are written, along several axes, in steps, by their own names."""
    h = own.a(x).clone()
    h[:, 0, 1:] = x[:, 1, 1:] * 2
    first, last = h[:, 0], h[:, 2, ::2]
    first += 1
    last *= 3
    h[..., 1::2] *= h[..., 0::2]
    same = h.tanh_()
    h[:, 1] = 0.5
    return h * same


def writing_beside(own: Any, x: Any) -> Any:
    """Return a view of what was written, after it was written again."""
    h = own.a(x)
    h[:, 0] = 1
    seen = h[:, :1]
    h[:, 0] = 2
    return seen * 3


def picking(own: Any, x: Any) -> Any:
    """Return products of what is taken, and written, at places of each sample."""
    h, every = own.a(x), torch.arange(len(x))
    left = torch.cat([torch.ones_like(h[:, :1, 0]), h[..., 2]], 1).cumprod(1)[:, :-1]  # as rays are rendered
    return h[every, -1].scatter(1, own.i.expand(len(x), -1), h[every[:, None], own.i, 1]) + h[every][:, 0] * left


def likelihood(own: Any, x: Any) -> Any:
    """Return a logarithm of a density, an entropy, and functions that others say."""
    mean, width, angle = own.a(x).unbind(1)
    normal = torch.distributions.Normal(mean, width.exp())
    parts = torch.distributions.Categorical(logits=own.a(x))
    found = [normal.log_prob(x[:, 0]), parts.entropy(), torch.sinc(mean), torch.atan2(angle, mean)]
    found += [torch.diff(x).sum(1), torch.erfc(mean) + torch.logit(angle.sigmoid(), 1e-3), torch.atanh(angle / 9)]
    return torch.stack(found, 1)


def unsaid(own: Any, x: Any) -> Any:
    """Return shares along the axis that PyTorch takes, which warns of it; of what is computed again on the way back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return own.s(torch.utils.checkpoint.checkpoint(own.a, x, use_reentrant=False)) * np.sqrt(2)


def both_ways(own: Any, x: Any) -> Any:
    """Return the last states of both ways of a recurrence, side by side."""
    _, (h, _) = own.cell(x)
    return torch.cat((h[-2], h[-1]), dim=1)


def without_grad(own: Any, x: Any) -> Any:
    """Return a product with a factor that is taken for a constant."""
    with torch.no_grad():
        fixed = own.a(x)
    return own.a(x) * fixed


def turned(own: Any, x: Any) -> Any:
    """Return a half of each vector turned by angles."""
    a, b = own.a(x).chunk(2, dim=-1)
    return own.a(x) * own.c + torch.cat((-b, a), dim=-1) * own.c


LATER = torch.ones(3, 3).triu(1).bool()
SEEN = torch.tril(torch.ones(4, 4)).view(1, 1, 4, 4)
SMALL = {"kernel_size": 2, "padding": 1}
READ: dict[str, tuple[Callable[[], Any], Any]] = {
    "gate": (lambda: Block(lambda own, x: own.a(x).sigmoid() * own.b(x), a=nn.Linear(3, 2), b=nn.Linear(3, 2)), 3),
    "gates of one layer": (lambda: Block(gates, x=nn.Linear(2, 8), h=nn.Linear(2, 8)), (2, 2)),
    "concatenation": (
        lambda: Block(lambda own, x: own.a(torch.cat([x, own.b(x).relu()], 1)), a=nn.Linear(5, 2), b=nn.Linear(3, 2)),
        3,
    ),
    "stack": (lambda: Block(lambda own, x: torch.stack([own.a(x), x], 1).mean(1), a=nn.Linear(2, 2)), 2),
    "tied": (lambda: Block(lambda own, x: torch.tanh(x @ own.w + own.b) @ own.w.T, w=learned(3, 2), b=learned(2)), 3),
    "used twice": (lambda: Block(lambda own, x: own.a(own.a(x.flatten(1)).tanh()), a=nn.Linear(4, 4)), (2, 2)),
    "written into": (lambda: Block(overwriting, a=nn.Linear(2, 2), b=nn.Linear(2, 2)), 2),
    "written in parts": (lambda: Block(writing_parts, a=nn.Linear(4, 4)), (3, 4)),
    "words of two": (
        lambda: Two(lambda own, x, y: own.u(x) * own.v(y[:, 0]), u=nn.Embedding(4, 2), v=nn.Embedding(5, 2)),
        ((), (2,)),
    ),
    "places of numbers": (
        lambda: Block(
            lambda own, x: x + own.p(torch.arange(2).expand(len(x), 2)) * own.p(x.new_ones(len(x), 2).long()),
            p=nn.Embedding(3, 2),
        ),
        (2, 2),
    ),
    "normal": (lambda: Block(likelihood, a=nn.Linear(3, 3)), 3),
    "entries by pairs of places": (
        lambda: Block(
            lambda own, x: (
                (x.transpose(1, 2) @ own.a(x))[:, own.i, [1, 0]].scatter_add(1, own.i.expand(len(x), 2), x[:, 0])
                + x.new_zeros(len(x), 2).index_add_(1, own.i, x[:, 1], alpha=2)
            ),
            a=nn.Linear(2, 2),
            i=torch.tensor([1, 1]),
        ),
        (3, 2),
    ),
    "tied decoder": (lambda: Block(lambda own, x: F.linear(own.a(x), own.a.weight.t()), a=nn.Linear(3, 2)), 3),
    "scale": (
        lambda: Block(
            lambda own, x: x + own.g * own.a(x) * own.s,
            a=nn.Linear(2, 2),
            g=learned(2),
            s=nn.Parameter(torch.tensor(0.3)),
        ),
        2,
    ),
    "fixed numbers": (lambda: Block(lambda own, x: own.a((x - own.m) / 3), a=nn.Linear(2, 2), m=torch.randn(2)), 2),
    "downsampling": (
        lambda: Block(
            lambda own, x: F.relu(own.b(F.relu(own.a(x))) + own.past(x)),
            a=nn.Conv2d(1, 2, 2, 2, bias=False),
            b=nn.Conv2d(2, 2, 1),
            past=nn.Sequential(nn.Conv2d(1, 2, 1, 2, bias=False), nn.BatchNorm2d(2)),
        ),
        (1, 2, 4),
    ),
    "batch norm that is settled": (
        lambda: evaluated(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.ReLU()), 2),
        2,
    ),
    "squeeze and excite": (
        lambda: Block(
            lambda own, x: x * own.a(F.adaptive_avg_pool2d(x, 1).flatten(1)).sigmoid().view(-1, 2, 1, 1),
            a=nn.Linear(2, 2),
        ),
        (2, 2, 2),
    ),
    "group norm": (lambda: nn.GroupNorm(2, 4), (4, 2)),
    "instance norm": (lambda: nn.InstanceNorm1d(2, affine=True), (2, 3)),
    "norm over two axes": (lambda: nn.LayerNorm([2, 3]), (2, 3)),
    "norm by hand": (
        lambda: Block(lambda own, x: own.g * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6), g=learned(3)),
        (2, 3),
    ),
    "unit vectors": (lambda: Block(lambda own, x: F.linear(F.normalize(x), F.normalize(own.w)), w=learned(2, 3)), 3),
    "variance": (
        lambda: Block(lambda own, x: own.a(x).var(1, keepdim=True) + own.a(x).amax(1, keepdim=True), a=nn.Linear(2, 3)),
        2,
    ),
    "upsampling beside a skip": (
        lambda: Block(
            lambda own, x: torch.cat([x, own.up(F.max_pool1d(own.a(x), 2))], 1),
            a=nn.Conv1d(1, 2, 1),
            up=nn.Upsample(scale_factor=2),
        ),
        (1, 4),
    ),
    "transposed convolution": (lambda: nn.ConvTranspose2d(2, 3, (2, 3), 2, (0, 1)), (2, 2, 1)),
    "pixels from channels": (lambda: nn.Sequential(nn.Conv2d(1, 4, 1), nn.PixelShuffle(2)), (1, 2, 1)),
    "padded pool": (lambda: nn.MaxPool1d(3, 2, padding=1), (2, 5)),
    "pool to two": (lambda: nn.AdaptiveAvgPool1d(2), (2, 4)),
    "largest in halves": (lambda: nn.AdaptiveMaxPool1d(2), (1, 4)),
    "reflected": (lambda: nn.Conv1d(1, 1, padding_mode="reflect", **SMALL), (1, 3)),
    "replicated": (lambda: nn.Conv1d(1, 1, padding_mode="replicate", **SMALL), (1, 3)),
    "circular": (lambda: nn.Conv1d(1, 1, padding_mode="circular", **SMALL), (1, 3)),
    "a number of one, and the shape of another": (
        lambda: Block(
            lambda own, x: own.a(x.flatten(1)).view_as(x) * float(own.s), a=nn.Linear(4, 4), s=torch.ones(())
        ),
        (2, 2),
    ),
    "cut and added": (lambda: Block(lambda own, x: own.a(F.pad(x, (-2, 1))), a=nn.Linear(3, 2)), 4),
    "causal": (
        lambda: Block(
            lambda own, x: own.a(F.pad(x, (2, 0))).tanh() * own.b(x)[:, :, :-2],
            a=nn.Conv1d(1, 2, 2, dilation=2),
            b=nn.Conv1d(1, 2, 3, padding=2),
        ),
        (1, 3),
    ),
    "gated linear unit": (lambda: nn.Sequential(nn.Linear(2, 4), nn.GLU()), 2),
    "bilinear": (lambda: Block(lambda own, x: own.a(x[:, :2], x[:, 2:]), a=nn.Bilinear(2, 2, 2)), 4),
    "more activations": (lambda: nn.Sequential(nn.CELU(0.5), nn.Softshrink(0.1), nn.Hardsigmoid(), nn.Softmin(-1)), 3),
    "functions of entries": (
        lambda: Block(
            lambda own, x: torch.exp(-own.g * (x.unsqueeze(1) - own.c) ** 2).sum(-1).clamp(0, 1),
            g=learned(1),
            c=learned(3, 2),
        ),
        2,
    ),
    "largest of two": (
        lambda: Block(lambda own, x: torch.max(own.a(x), torch.sin(2 * math.pi * x)), a=nn.Linear(2, 2)),
        2,
    ),
    "distance": (
        lambda: Block(lambda own, x: (own.a(x[:, 0]) - own.a(x[:, 1])).norm(dim=1), a=nn.Linear(2, 3)),
        (2, 2),
    ),
    "both ways": (lambda: Block(both_ways, cell=nn.LSTM(2, 2, batch_first=True, bidirectional=True)), (2, 2)),
    "both ways, all states": (lambda: nn.GRU(2, 1, 2, batch_first=True, bidirectional=True), (2, 2)),
    "time first": (lambda: Block(lambda own, x: own.cell(x)[0].mean(0) / len(x), cell=nn.RNN(2, 2)), (3, 2)),
    "time first after a transposition": (
        lambda: Block(lambda own, x: own.cell(x.transpose(0, 1))[0][-1], cell=nn.GRU(2, 2)),
        (2, 2),
    ),
    "cell of an lstm": (
        lambda: Block(lambda own, x: own.cell(x)[1][1][-1], cell=nn.LSTM(2, 2, batch_first=True)),
        (2, 2),
    ),
    "recurrence by hand": (lambda: Block(steps, a=nn.Linear(2, 2), b=nn.Linear(2, 2)), (3, 2)),
    "cells": (lambda: Block(cells, cell=nn.LSTMCell(2, 2)), (2, 2)),
    "cells of two arrays": (lambda: Block(attending, cell=nn.GRUCell(4, 2), a=nn.Linear(4, 2)), (2, 2)),
    "attention": (lambda: Block(heads, qkv=nn.Linear(4, 12), out=nn.Linear(4, 4)), (3, 4)),
    "shares along no axis that is said": (lambda: Block(unsaid, a=nn.Conv2d(1, 2, 1), s=nn.Softmax()), (1, 1, 2)),
    "attention with a mask": (
        lambda: Block(lambda own, x: heads(own, x, by_hand=True), qkv=nn.Linear(4, 12), out=nn.Linear(4, 4), mask=SEEN),
        (2, 4),
    ),
    "einsum": (lambda: Block(lambda own, x: torch.einsum("bij,bkj->bik", own.a(x), x), a=nn.Linear(2, 2)), (3, 2)),
    "attention, time first": (
        lambda: Block(
            lambda own, x: own.a(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1))[0],
            a=nn.MultiheadAttention(2, 1),
        ),
        (2, 2),
    ),
    "attention of two": (
        lambda: Block(lambda own, x: own.a(x[:, :1], x, x)[0], a=nn.MultiheadAttention(2, 1, batch_first=True)),
        (3, 2),
    ),
    "encoder, time first": (
        lambda: Block(lambda own, x: own.a(x.permute(1, 0, 2))[0], a=nn.TransformerEncoderLayer(2, 1, 2, 0)),
        (2, 2),
    ),
    "patches": (
        lambda: Block(
            lambda own, x: torch.cat((own.c.expand(x.shape[0], -1, -1), own.a(x).flatten(2).transpose(1, 2)), 1)[
                :, 0:2
            ],
            a=nn.Conv2d(1, 2, 2, 2),
            c=learned(1, 1, 2),
        ),
        (1, 2, 4),
    ),
    "first of two parts": (
        lambda: Block(
            lambda own, x: torch.cat([own.a(x).view(-1, 2, 2)[:, :1], own.a(x).view(-1, 2, 2)], 1), a=nn.Linear(2, 4)
        ),
        2,
    ),
    "arguments by name": (
        lambda: Block(
            lambda own, x: (
                torch.flip(torch.where(x > 0, other=own.a(x), input=torch.add(x, 1, alpha=2)), dims=[1])
                + torch.pow(F.linear(input=x, weight=own.a.weight), exponent=2).permute(dims=(0, 2, 1))
            ),
            a=nn.Linear(2, 2),
        ),
        (2, 2),
    ),
    "places by the scale": (
        lambda: Block(
            lambda own, x: (
                F.interpolate(own.a(x), scale_factor=1.7, mode="linear")
                + F.interpolate(x, scale_factor=1.7).repeat(1, 2, 1)
            ),
            a=nn.Conv1d(1, 2, 1),
        ),
        (1, 3),
    ),
    "low scores beside their shares": (
        lambda: Block(
            lambda own, x: (s := own.a(x).masked_fill(torch.ones(2, 2).triu(1) > 0, -1e9)).softmax(-1) + 1e-9 * s,
            a=nn.Linear(2, 2),
        ),
        (2, 2),
    ),
    "chosen and laid side by side": (
        lambda: Block(lambda own, x: (h := own.a(x)).where(h > x, 2 * x).tile(2), a=nn.Linear(2, 2)),
        (2, 2),
    ),
    "mixer": (lambda: Block(lambda own, x: x + own.a(x.transpose(1, 2)).transpose(1, 2), a=nn.Linear(3, 3)), (3, 2)),
    "reshaped": (
        lambda: Block(lambda own, x: own.a(x.reshape(-1, 2, 3).permute(0, 2, 1).reshape(-1, 2, 3)), a=nn.Linear(3, 2)),
        (3, 2),
    ),
    "parts turned": (lambda: Block(turned, a=nn.Linear(4, 4), c=torch.randn(2, 4)), (2, 4)),
    "every second": (
        lambda: Block(
            lambda own, x: own.a(x[:, ::2]) + x.flip(1)[:, 1:3] * x.unsqueeze(1).flip(1).cumsum(1).max(1).values[:, :2],
            a=nn.Linear(2, 2),
        ),
        4,
    ),
    "words and places": (
        lambda: Block(
            lambda own, x: own.a.weight[0] + own.a(x) + own.p(torch.arange(x.shape[1])),
            a=nn.Embedding(4, 2),
            p=nn.Embedding(5, 2),
        ),
        3,
    ),
    "masks that hide some": (
        lambda: Block(
            lambda own, x: own.a(x, x, x, key_padding_mask=own.k.expand(len(x), -1), attn_mask=own.m)[0],
            a=nn.MultiheadAttention(2, 1, batch_first=True),
            k=torch.tensor([False, False, True]),
            m=torch.tensor([[False, True, False], [False, False, False], [True, False, False]]),
        ),
        (3, 2),
    ),
    "mask that adds": (
        lambda: Block(
            lambda own, x: F.scaled_dot_product_attention(own.a(x), x, x, own.m),
            a=nn.Linear(2, 2),
            m=torch.tensor([[0.5, -math.inf], [1.0, -2.0]], dtype=torch.double),
        ),
        (2, 2),
    ),
    "words that fill up": (
        lambda: Block(
            lambda own, x: (
                (own.a(x) * (x != 0).unsqueeze(-1)).sum(1) / ((x > 0) | (x == 3)).sum(1, keepdim=True)
                + own.a(x)[range(len(x)), (x != 0).sum(1) - 1]
            ),
            a=nn.Embedding(4, 2),
        ),
        3,
    ),
    "sequence after another": (
        lambda: Two(
            lambda own, x, y: own.b(y, own.a(x)[1])[0],
            a=nn.LSTM(2, 2, 2, batch_first=True),
            b=nn.LSTM(1, 2, 2, batch_first=True),
        ),
        ((2, 2), (2, 1)),
    ),
    "learned state to begin with": (
        lambda: Block(
            lambda own, x: own.a(x, own.h.expand(1, len(x), 2))[0], a=nn.GRU(1, 2, batch_first=True), h=learned(1, 1, 2)
        ),
        (2, 1),
    ),
    "words of another vocabulary": (
        lambda: Block(
            lambda own, x: own.a(x) + own.b.weight[:1],
            a=nn.Embedding(4, 2, padding_idx=0),
            b=nn.Embedding(2, 2),
        ),
        3,
    ),
    "parametrized": (
        lambda: nn.Sequential(
            torch.nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)),
            torch.nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2)),
        ).eval(),
        3,
    ),
    "likeness": (
        lambda: Two(
            lambda own, x, y: (
                F.cosine_similarity(own.a(x), y) + F.pairwise_distance(own.a(x), y) * own.a(x).sign()[:, 0]
            ),
            a=nn.Linear(3, 3),
        ),
        ((3,), (3,)),
    ),
    "two sequences": (
        lambda: Two(lambda own, x, y: own.a(x, y, y)[0], a=nn.MultiheadAttention(2, 1, batch_first=True)),
        ((1, 2), (2, 2)),
    ),
    "image and numbers": (
        lambda: Two(lambda own, x, y: own.a(x).amax((2, 3)) * own.b(y), a=nn.Conv2d(1, 2, 2), b=nn.Linear(3, 2)),
        ((1, 2, 3), (3,)),
    ),
    "roots of third order": (
        lambda: Block(
            lambda own, x: torch.sigmoid(own.a(x)) ** (1 / 3) + torch.exp(own.a(x)) ** (2 / 3),
            a=nn.Linear(3, 2),
        ),
        3,
    ),
    "entries in other orders": (
        lambda: Block(
            lambda own, x: (
                own.a(torch.roll(x[:, own.i], 1, dims=1)).repeat_interleave(2, dim=1) * x.repeat(1, 2)[:, :4]
            ),
            a=nn.Linear(3, 2),
            i=torch.tensor([3, 1, 0]),
        ),
        4,
    ),
    "windows": (
        lambda: Block(
            lambda own, x: own.a(F.unfold(x, 2).transpose(1, 2)) + x.unfold(3, 2, 2).flatten(1)[:, :2].unsqueeze(1),
            a=nn.Linear(4, 2),
        ),
        (1, 3, 2),
    ),
    "along an axis": (
        lambda: Block(
            lambda own, x: torch.lerp(own.a(x).cumsum(1), own.a(x).prod(1, keepdim=True), 0.3) * torch.cdist(x, own.c),
            a=nn.Linear(2, 3),
            c=learned(3, 2),
        ),
        (3, 2),
    ),
    "one number": (lambda: Block(lambda own, x: own.a(x).squeeze(-1), a=nn.Linear(2, 1)), 2),
    "dropout by function": (
        lambda: Block(lambda own, x: x + F.dropout(own.a(x), 0.3, training=False), a=nn.Linear(2, 2)),
        2,
    ),
    "states that are projected": (
        lambda: Block(
            lambda own, x: own.a(x)[0].mean(1) + own.a(x)[1][0][-1],
            a=nn.LSTM(1, 2, proj_size=1, bidirectional=True, batch_first=True),
        ),
        (2, 1),
    ),
    "words in a bag": (lambda: nn.Sequential(nn.EmbeddingBag(4, 2, mode="mean"), nn.Linear(2, 1)), 3),
    "keys of another width": (
        lambda: Two(
            lambda own, x, y: own.a(x, y, y)[0], a=nn.MultiheadAttention(2, 1, kdim=3, vdim=3, batch_first=True)
        ),
        ((1, 2), (2, 3)),
    ),
    "heads of queries in groups": (
        lambda: Block(
            lambda own, x: F.scaled_dot_product_attention(
                own.a(x)[:, :1].unflatten(2, (2, 1)).transpose(1, 2),
                x[:, None],
                x[:, None],
                is_causal=True,
                enable_gqa=True,
            ),
            a=nn.Linear(1, 2),
        ),
        (2, 1),
    ),
    "normalised in space": (lambda: nn.BatchNorm3d(1), (1, 1, 2, 1)),
    "numbers that are all one": (
        lambda: Block(lambda own, x: own.a(x) * torch.ones(3) + x @ torch.ones(2, 3).to(x), a=nn.Linear(2, 1)),
        2,
    ),
    "one entry again and again": (
        lambda: Block(
            lambda own, x: own.a(x).unsqueeze(1).expand(-1, 3, -1).sum(1) * own.v.expand(2).sum(),
            a=nn.Linear(2, 2),
            v=learned(1),
        ),
        2,
    ),
    "flags as numbers": (
        lambda: Block(
            lambda own, x: own.a(x)[:, own.k] * own.a(x).clamp(min=own.m).bool().double()[:, own.i].flatten(1),
            a=nn.Linear(2, 2),
            k=torch.tensor([True, False]),
            i=torch.tensor([[1]]),
            m=torch.tensor([0.0, -0.2]),
        ),
        2,
    ),
    "by other functions": (
        lambda: Block(
            lambda own, x: F.local_response_norm(
                F.pixel_unshuffle(F.interpolate(own.a(x), size=(2, 4), mode="bilinear"), 2), 2, k=2.0
            ),
            a=nn.Conv2d(1, 1, 1),
        ),
        (1, 1, 3),
    ),
    "space": (lambda: nn.Sequential(nn.Conv3d(2, 2, (1, 2, 2), groups=2), nn.MaxPool3d((1, 2, 1))), (2, 1, 3, 2)),
    "pool beyond the ends": (
        lambda: nn.Sequential(nn.AvgPool1d(2, 1, 1, count_include_pad=False), nn.AdaptiveAvgPool1d(2)),
        (1, 2),
    ),
    "windows that end outside": (
        lambda: nn.Sequential(nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.LPPool2d(2, 2, ceil_mode=True)),
        (2, 4, 5),
    ),
    "transposed in groups": (
        lambda: nn.Sequential(
            nn.ConvTranspose2d(4, 2, (2, 3), (1, 2), dilation=(2, 1), groups=2, output_padding=(0, 1)),
            nn.ConvTranspose2d(2, 1, 1, 2),
        ),
        (4, 1, 2),
    ),
    "diagonals": (
        lambda: Block(
            lambda own, x: torch.diagonal(own.a(x).unsqueeze(1) * own.w.roll(1), 1, 1, 2) @ torch.diag(own.v, -1),
            a=nn.Linear(3, 3),
            w=learned(3, 3),
            v=learned(1),
        ),
        3,
    ),
    "norm of zeros": (
        lambda: Block(
            lambda own, x: own.a(F.relu(x - 100)).norm(dim=1, keepdim=True) + own.a(x).norm(3, 1, True),
            a=nn.Linear(2, 2, bias=False),
        ),
        2,
    ),
    "entries by places": (
        lambda: Block(
            lambda own, x: torch.tensordot(own.a(x).gather(1, own.i.expand(len(x), -1)), own.v, 1) + own.a(x).min(1)[0],
            a=nn.Linear(2, 3),
            i=torch.tensor([[2, 0]]),
            v=learned(2),
        ),
        2,
    ),
    "an entry for each sample": (
        lambda: Block(picking, a=nn.Linear(2, 3), i=torch.tensor([[2, 0]])),
        (3, 2),
    ),
    "frames of a film": (
        lambda: Block(
            lambda own, x: own.a(x.view(-1, 1, 3, 2)).view(*x.shape[:2], -1),
            a=nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.MaxPool2d((2, 1))),
        ),
        (2, 1, 3, 2),
    ),
    "kernel of weights": (
        lambda: torch.nn.utils.parametrizations.weight_norm(nn.Conv1d(1, 2, 2)),
        (1, 2),
    ),
    "mask for each head": (
        lambda: Block(
            lambda own, x: own.a(x, x, x, attn_mask=own.m.repeat(len(x), 1, 1))[0],
            a=nn.MultiheadAttention(2, 2, batch_first=True),
            m=torch.tensor([[[False, True], [False, False]], [[False, False], [True, False]]]),
        ),
        (2, 2),
    ),
    "decoder": (
        lambda: Every(
            lambda own, x, y: own.a(x, y, tgt_is_causal=True, tgt_mask=LATER[:2, :2]),
            a=nn.TransformerDecoderLayer(2, 1, 2, 0.0, batch_first=True, norm_first=True),
        ),
        ((2, 2), (1, 2)),
    ),
}


def cost_of(network: Any, params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> float:
    """Return the cost by the equations, one entry after the other, in 50 digits; nothing is derived or compiled."""
    program = getattr(network, "batch", None) or sb.network.samples.over_samples(network.program)
    values: dict[str, Any] = {**params, "x": x, "y": y, **network.constants}
    count = next(iter(program.array("y").tensor.sizes))
    sizes = {**program.sizes, count: len(x)}
    for array in program.arrays:
        if array.name in values:
            shape = [int(each.xreplace({k: sb_integer(v) for k, v in sizes.items()})) for each in array.tensor.sizes]
            values[array.name] = np.reshape(values[array.name], shape)
    return float(Plain(program, values, sizes).array(COST))


def sb_integer(number: int) -> Any:
    """Return a whole number as SymPy has it."""
    from sympy import Integer

    return Integer(number)


def made_of(name: str) -> tuple[Any, Any, np.ndarray]:
    """Return a module, the shape that it is read with, and two samples for it, of several arrays as rows."""
    torch.manual_seed(1)
    made, shape = READ[name]
    module = made().double()
    axes = (shape,) if isinstance(shape, int) else shape
    axes = axes if isinstance(axes[0], int) else (sum(map(math.prod, axes)),)
    rng = np.random.default_rng(0)
    words = name.startswith("words")
    return module, shape, rng.integers(0, 4, size=(2, *axes)) if words else rng.normal(size=(2, *axes))


@pytest.mark.parametrize("name", READ)
def test_equations_give_the_numbers_of_the_module(name: str) -> None:
    """The cost by the equations is that by the module, and every array of PyTorch's has its name."""
    module, shape, x = made_of(name)
    network, params = sb.from_torch(module, shape)
    assert re.search(r"[-+] 0\b(?!\.)", network.text) is None
    assert getattr(network, "vocabulary", 0) == (4 if name.startswith("words") else 0)
    given = torch.tensor(x.swapaxes(0, 1) if name == "time first" else x)
    parts = [given] if isinstance(shape, int) or isinstance(shape[0], int) else apart(given, shape)
    output = module(*parts)
    output = output[0] if isinstance(output, tuple) else output
    wanted = output.detach().numpy()
    wanted = wanted.swapaxes(0, 1) if name in ("attention, time first",) else wanted
    y = np.random.default_rng(2).normal(size=wanted.shape)
    assert cost_of(network, params, x.reshape(2, *network.input_shape), y) == pytest.approx(
        ((wanted - y) ** 2).mean(), rel=TOLERANCE
    )
    known = {*dict(module.named_parameters()), *dict(module.named_buffers())}
    assert set(network.torch_names) <= set(params)
    assert {each for source in network.torch_names.values() for each in named(source)} <= known


def test_masks_are_told_as_they_are_meant() -> None:
    """A buffer keeps its name when it is spread over samples; a hidden score has a share of exactly 0."""
    module, shape, _ = made_of("masks that hide some")
    network, _ = sb.from_torch(module, shape)
    assert {"k", "m"} < set(network.torch_names.values())
    assert re.search(r"where\(K\d+\[[^]]*\] > 1/2, 0, exp\(", network.text)


@pytest.mark.parametrize(
    ("made", "shape", "shapes"),
    [
        (
            lambda: nn.TransformerEncoderLayer(2, 1, 3, 0.3, batch_first=True),
            (3, 2),
            [(3, 3), (3, 2), (3, 3), (3, 2)],
        ),
        (
            lambda: nn.TransformerEncoderLayer(2, 1, 3, 0.3, batch_first=True, norm_first=True),
            (1, 2),
            [(1, 1, 1), (2,), (1, 3), (1, 2)],
        ),
        (
            lambda: Block(
                lambda own, x: own.d(own.b(own.a(x.flatten(0, 1)).view(len(x), 2, -1)).mean((1, 2))),
                a=nn.Sequential(nn.Conv1d(2, 2, 2), nn.Flatten(), nn.Dropout(0.3)),
                b=nn.Dropout1d(0.3),
                d=nn.Dropout(0.3),
            ),
            (2, 2, 3),
            [(2, 4), (2,), (1,)],
        ),
    ],
)
def test_what_dropout_leaves_out_is_a_mask(made: Any, shape: Any, shapes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In training each dropout of a module, that of shares too, multiplies by a mask of its own."""
    torch.manual_seed(1)
    module, rng = made().double(), np.random.default_rng(0)
    network, params = sb.from_torch(module, shape)
    assert (list(network.masks.values()), set(network.rates.values())) == (shapes, {0.3})
    masks = {name: rng.integers(0, 2, size=(2, *each)) / 0.7 for name, each in network.masks.items()}
    left = iter(masks.values())

    def drop(x: Any, *_: Any, **__: Any) -> Any:
        mask = torch.tensor(next(left))
        return x * mask.reshape(x.shape if mask.numel() == x.numel() else (*mask.shape, 1))

    for name in ("dropout", "dropout1d"):
        monkeypatch.setattr(F, name, drop)
    scores = lambda q, k, v, *_: drop((q @ k.mT / k.shape[-1] ** 0.5).softmax(-1)) @ v  # noqa: E731
    monkeypatch.setattr(F, "scaled_dot_product_attention", scores)
    x = rng.normal(size=(2, *shape))
    wanted = module(torch.tensor(x)).detach().numpy()
    y = rng.normal(size=wanted.shape)
    assert cost_of(network, params | masks, x, y) == pytest.approx(((wanted - y) ** 2).mean(), rel=TOLERANCE)
    assert next(left, None) is None


def apart(rows: Any, shapes: Any) -> list[Any]:
    """Return the arrays whose entries stand beside each other in the rows."""
    pieces = rows.split([math.prod(shape) for shape in shapes], dim=1)
    return [piece.reshape(-1, *shape) for piece, shape in zip(pieces, shapes, strict=True)]


def named(source: Any) -> list[str]:
    """Return the names in a source."""
    if isinstance(source, str):
        return [source]
    return [source[0]] if isinstance(source[1], slice) else [name for part in source for name in named(part)]


@pytest.mark.parametrize(
    "name",
    [
        "concatenation",
        "gates of one layer",
        "tied",
        "scale",
        "fixed numbers",
        "recurrence by hand",
        "one number",
        "norm of zeros",
        "an entry for each sample",
    ],
)
def test_gradient_by_autograd_is_ours(name: str) -> None:
    """The derivatives by all parameters of a module are those of the network that it becomes."""
    module, shape, x = made_of(name)
    network, params = sb.from_torch(module, shape)
    output = module(torch.tensor(x))
    y = np.random.default_rng(2).normal(size=output.shape)
    F.mse_loss(output, torch.tensor(y)).backward()
    _, grads = sb.compile(sb.derive(network))(params, x, y)
    arrays = {name: each.grad.numpy() for name, each in module.named_parameters()}
    learned = {name: source for name, source in network.torch_names.items() if name in grads}
    assert set(learned.values()) == set(arrays)
    assert network.parameter_count == sum(each.numel() for each in module.parameters())
    for array, source in learned.items():
        wanted = arrays[source].reshape(grads[array].shape)
        assert np.abs(grads[array] - wanted).max() <= 1e-11 * np.abs(wanted).max() + 1e-14  # sums of a few numbers


def settled() -> tuple[Any, Any, dict[str, np.ndarray]]:
    """Return a module with a buffer, frozen weights, and a normalisation by what it has seen; as a network, too."""
    torch.manual_seed(1)
    parts = {"a": nn.Linear(2, 2), "b": nn.Linear(2, 2), "m": torch.randn(2), "n": nn.BatchNorm1d(2)}
    parts["b"].weight.requires_grad_(False)
    module = evaluated(Block(lambda own, x: own.n(own.a(x - own.m)) * own.b(x), **parts), 2).double()
    return module, *sb.from_torch(module, 2)


def test_what_pytorch_does_not_learn_is_a_constant() -> None:
    """Buffers and frozen weights are carried along, and nothing is differentiated by them, nor moves them."""
    module, network, params = settled()
    names = {"K1": "m", "mu3": "n.running_mean", "tau3": "n.running_var", "W4": "b.weight"}
    assert {name: network.torch_names[name] for name in network.fixed} == names
    given = module.state_dict()
    assert all(np.array_equal(params[name], given[source].numpy()) for name, source in names.items())
    x, y = np.random.default_rng(0).normal(size=(2, 3, 2))
    F.mse_loss(module(torch.tensor(x)), torch.tensor(y)).backward()
    wanted = {name: each.grad.numpy() for name, each in module.named_parameters() if each.grad is not None}
    function = sb.compile(sb.derive(network))
    for cost, grads in (function(params, x, y), loaded(function.source)["gradient"](params, x, y)):
        assert cost == pytest.approx(cost_of(network, params, x, y), rel=TOLERANCE)
        assert set(grads) == set(params) - set(names) == set(network.learned_shapes)
        for name, grad in grads.items():  # a few sums of numbers of 53 bits
            assert grad == pytest.approx(wanted[network.torch_names[name]], rel=1e-11, abs=1e-14)
    assert network.parameter_count == sum(map(np.size, wanted.values()))
    assert set(function.hvp(params, x, y, grads)) == set(grads)
    assert all(np.array_equal(network.initial_params(3)[name], params[name]) for name in names)
    ended = sb.descend(function, params, x, y, learning_rate=0.1, epochs=1).params
    assert {name for name, array in params.items() if np.array_equal(ended[name], array)} == set(names)


def test_constants_are_told_as_such() -> None:
    """The table of arrays says what is fixed, in both languages; the picture has no box of weights alone."""
    _, network, _ = settled()
    assert network.line == "2 -> sum -> dense -> normalised -> dense -> product"
    derivation = sb.derive(network)
    assert "| $`K^{(1)}_{j}`$ | $`n_{0}`$ | constant | the fixed numbers of layer 1 |" in sb.render(
        derivation, "markdown"
    )
    assert "| los números fijos de la capa 1 |" in sb.render(derivation, "markdown", lang="es")


def test_words_of_a_part_are_told() -> None:
    """Flags of words, times a weight, are a product of matrices in the picture and in the text."""
    network, _ = sb.from_torch(Block(lambda own, x: own.e(x[:, :2]), e=nn.Embedding(3, 2)), 3)
    assert (network.line, network.vocabulary) == ("3 -> matrix_product", 3)
    assert "matrices" in sb.render(sb.derive(network), "markdown", lang="es")


KINKS: dict[str, Callable[[Any], Any]] = {
    "clamp": lambda x: x.clamp(-1, 1),
    "clamp from an array on": lambda x: torch.clamp(x, min=torch.tensor([0.0, 1.0, -3.0, 3.0, 2.0])),
    "relu6": lambda x: F.relu6(2 * x),
    "hardtanh": lambda x: F.hardtanh(x, -3, 1),
    "hardsigmoid": lambda x: 6 * F.hardsigmoid(x),
    "hardswish": F.hardswish,
    "fmax": lambda x: torch.fmax(x, torch.ones_like(x)),
    "fmin": lambda x: torch.fmin(torch.ones_like(x), x),
    "largest of an array and 0": lambda x: torch.max(x, torch.zeros_like(x)),
}


@pytest.mark.parametrize("name", KINKS)
def test_slope_at_a_kink_is_that_of_pytorch(name: str) -> None:
    """At the very numbers where two pieces meet, the derivative is autograd's."""
    module = Block(lambda own, x: KINKS[name](own.s * x), s=nn.Parameter(torch.ones(5))).double()
    network, params = sb.from_torch(module, 5)
    x = torch.tensor([[-3.0, -1.0, 0.0, 1.0, 3.0]], dtype=torch.double)
    output = module(x)
    y = output.detach() - torch.arange(1.0, 6)
    F.mse_loss(output, y).backward()
    _, grads = sb.compile(sb.derive(network))(params, x.numpy(), y.numpy())
    (found,) = grads.values()  # hardsigmoid's slope of PyTorch is 1/6 in 24 bits
    assert found == pytest.approx(module.s.grad.numpy(), rel=1e-7 if name == "hardsigmoid" else TOLERANCE)


class Doubled(torch.autograd.Function):
    """The same, of which twice as much comes back."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Return the same."""
        del ctx
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, upstream: Any) -> Any:
        """Return twice what comes back."""
        del ctx
        return 2 * upstream


def hooked(own: Any, x: Any) -> Any:
    """Return what a hook is on that doubles what comes back."""
    h = own.a(x)
    if h.requires_grad:
        h.register_hook(lambda upstream: 2 * upstream)
    return h


def masking(own: Any, x: Any) -> Any:
    """Return a layer whose weights are set to 0 first, as those of masked convolutions are."""
    own.a.weight.data *= own.m
    return own.a(x)


def replacing(own: Any, x: Any) -> Any:
    """Return a layer of other weights."""
    own.a.weight.data = own.a.weight * own.m
    return own.a(x)


def leaving_out(own: Any, x: Any) -> Any:
    """Return a layer, or none, as a coin falls."""
    return own.a(x) if np.random.rand() < 0.5 else own.a(own.a(x))


def with_hooks(*, of_array: bool) -> Any:
    """Return a module of which, or of an array of which, a hook doubles what comes back."""
    module = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    if of_array:
        module[0].weight.register_hook(lambda upstream: 2 * upstream)
    else:
        module[1].register_full_backward_hook(lambda module, downstream, upstream: (2 * downstream[0],))
    return module


REFUSED: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "a way back of its own": (
        lambda: Block(lambda own, x: Doubled.apply(own.a(x)), a=nn.Linear(2, 2)),
        2,
        r"^module: it calls the autograd.Function Doubled, whose way back .* \(line \d+ of test_from",
    ),
    "a hook of what is computed": (
        lambda: Block(hooked, a=nn.Linear(2, 2)),
        2,
        "^module: it changes what comes back by a hook, which no equation says; leave the hook out",
    ),
    "a hook of a module": (lambda: with_hooks(of_array=False), 2, r"^module '1' \(Tanh\) has hooks"),
    "a hook of an array": (lambda: with_hooks(of_array=True), 2, r"^module '0.weight' \(Parameter\) has hooks"),
    "writes into its parameters": (
        lambda: Block(masking, a=nn.Linear(2, 2), m=torch.eye(2)),
        2,
        "^module: it writes into its own parameters; multiply them by the mask where they are read",
    ),
    "gives its parameters other numbers": (
        lambda: Block(replacing, a=nn.Linear(2, 2), m=torch.eye(2)),
        2,
        "^module: it gives an array other numbers by its .data; let it compute another array",
    ),
    "drawn by NumPy": (
        lambda: Block(leaving_out, a=nn.Linear(2, 2)),
        2,
        "^module: it draws other numbers each time; let it read them, or keep them in a buffer$",
    ),
    "places that may be the same": (
        lambda: Block(
            lambda own, x: own.a(x).scatter(1, own.i.expand(len(x), 2), x), a=nn.Linear(2, 2), i=torch.tensor([1, 1])
        ),
        2,
        "^module: it writes to places of which two may be the same; take scatter_add",
    ),
    "inside a module": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.Fold((1, 2), 1)),
        (1, 2),
        r"^module 'fold' in '1' \(Fold\) is no layer",
    ),
    "over the samples": (
        lambda: Block(lambda own, x: x - own.a(x).mean(0), a=nn.Linear(2, 2)),
        2,
        r"'mean' mixes the samples of a batch",
    ),
    "some samples": (lambda: Block(lambda own, x: own.a(x)[:1], a=nn.Linear(2, 2)), 2, "takes some samples"),
    "shares of an attention": (
        lambda: Block(lambda own, x: own.a(x, x, x)[1].mean(1), a=nn.MultiheadAttention(2, 1, batch_first=True)),
        (2, 2),
        "^module 'getitem' takes the shares of an attention",
    ),
    "nothing comes back": (
        lambda: Block(without_grad, a=nn.Linear(2, 2)),
        2,
        r"^module 'a' \(Linear\): under no_grad nothing comes back.* \(line \d+ of test_from_torch_branches.py\)$",
    ),
    "hooks": (
        lambda: nn.Sequential(torch.nn.utils.spectral_norm(nn.Linear(2, 2))),
        2,
        r"^module '0' \(Linear\) has hooks, which are not read",
    ),
    "random numbers": (
        lambda: Block(lambda own, x: own.a(x) + torch.randn_like(x), a=nn.Linear(2, 2)),
        2,
        "'randn_like' draws other numbers each time",
    ),
    "numbers that are drawn": (
        lambda: Block(lambda own, x: own.a(x) + torch.randn(2), a=nn.Linear(2, 2)),
        2,
        "^module: it draws other numbers each time; let it read them",
    ),
    "the number of samples": (
        lambda: Block(lambda own, x: own.a(x) * len(x), a=nn.Linear(2, 2)),
        2,
        "^module: 'mul' calculates with the number of samples, which is another one in each batch; take a mean",
    ),
    "a share of the samples": (
        lambda: Block(lambda own, x: own.a(x) + torch.full((len(x), 2), 1 / len(x)), a=nn.Linear(2, 2)),
        2,
        "^module: .* calculates with the number of samples",
    ),
    "as often as there are samples": (
        lambda: Block(lambda own, x: sum(own.a(x) for _ in range(len(x))), a=nn.Linear(2, 2)),
        2,
        "^module: what it computes depends on the number of samples",
    ),
    "a number": (
        lambda: Block(lambda own, x: own.a(x) * x.sum().item(), a=nn.Linear(2, 2)),
        2,
        "^module: it takes numbers out of what depends on its input",
    ),
    "shares of the samples": (
        lambda: Block(lambda own, x: own.a(x).softmax(0), a=nn.Linear(2, 2)),
        2,
        "^module 'softmax' mixes the samples",
    ),
    "sums over the samples": (
        lambda: Block(lambda own, x: own.a(x).cumsum(0), a=nn.Linear(2, 2)),
        2,
        "^module 'cumsum' takes some samples",
    ),
    "keys that are drawn": (
        lambda: Two(
            lambda own, x, y: own.a(x, y, y)[0], a=nn.MultiheadAttention(2, 1, add_bias_kv=True, batch_first=True)
        ),
        ((1, 2), (2, 2)),
        r"\(MultiheadAttention\) has add_bias_kv = True, wanted False",
    ),
    "words beside numbers": (
        lambda: Two(lambda own, x, y: own.a(x).mean(1) + own.b(y), a=nn.Embedding(3, 2), b=nn.Linear(2, 2)),
        ((2,), (2,)),
        "^module: it reads words beside other numbers, which are no one array",
    ),
    "places of the largest": (
        lambda: Block(lambda own, x: own.a(x).topk(2, dim=1)[0], a=nn.Linear(2, 2)),
        2,
        "^module: it takes places, or rounds, by what depends on its input, through which nothing comes back",
    ),
    "whole numbers": (
        lambda: Block(lambda own, x: own.a(x).long() * x, a=nn.Linear(2, 2)),
        2,
        "^module: it rounds numbers to torch.int64, through which nothing comes back",
    ),
    "drawn in place": (
        lambda: Block(lambda own, x: own.a(x) + F.dropout(own.k, 0.5), a=nn.Linear(2, 2), k=torch.ones(2)),
        2,
        "^module: it draws other numbers each time; let it read them",
    ),
    "what is left out moves": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.SELU(), nn.AlphaDropout()),
        2,
        r"^module '2' \(AlphaDropout\): it draws which entries get another number; call eval\(\)",
    ),
    "channels of samples": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.Dropout1d()),
        2,
        r"^module '1' \(Dropout1d\): dropout1d wants samples alone along the first axis, channels along the second, "
        "and 1 more, got an array of 2 axes; take Dropout, or call eval",
    ),
    "channels of frames": (
        lambda: Block(lambda own, x: own.a(x.flatten(0, 1)).view(len(x), -1), a=nn.Dropout1d()),
        (2, 1, 3),
        r"^module 'a' \(Dropout1d\): dropout1d wants samples alone along the first axis",
    ),
    "one channel of frames and of samples": (
        lambda: Block(
            lambda own, x: own.a(x.flatten(0, 1)).view(len(x), -1) + own.a(x[:, 0]).flatten(1).repeat(1, 2),
            a=nn.Conv1d(1, 1, 2),
        ),
        (2, 1, 3),
        r"^module 'a' \(Conv1d\) shares a.weight with another use that has other axes",
    ),
    "complex numbers": (
        lambda: Block(lambda own, x: torch.fft.fft(own.a(x)).real, a=nn.Linear(2, 2)),
        2,
        "^module: it computes with complex numbers; take real and imaginary parts",
    ),
    "a cost": (
        lambda: Two(lambda own, x, y: F.mse_loss(x, y)),
        ((2,), (2,)),
        "^module: it computes a cost; let it return",
    ),
    "lists of places apart": (
        lambda: Block(lambda own, x: own.a(x)[:, [0, 1], :, [1, 0]], a=nn.Linear(2, 2)),
        (2, 3, 2),
        r"^module 'getitem' gives \(2, 17, 3\), which is not read in this way",
    ),
    "writes beside a view": (
        lambda: Block(writing_beside, a=nn.Linear(2, 2)),
        2,
        "^module: it reads an array after a view of the same numbers was written; take torch.where",
    ),
    "steps of their own": (
        lambda: Block(
            lambda own, x: own.a(nn.utils.rnn.pack_padded_sequence(x, [2] * len(x), batch_first=True))[1],
            a=nn.GRU(2, 2, batch_first=True),
        ),
        (2, 2),
        "^module: it packs sequences",
    ),
    "padding that is not 0": (
        lambda: nn.Embedding.from_pretrained(torch.ones(3, 2), freeze=False, padding_idx=1),
        2,
        r"^module '0' \(Embedding\) never learns its row 1, which is not 0 as a row of padding is; make it 0",
    ),
    "0 times": (
        lambda: Block(lambda own, x: own.a(x) + 0 * own.b(x), a=nn.Linear(2, 2), b=nn.Linear(2, 2)),
        2,
        "^a2: what reads it does not depend on it",
    ),
    "no input": (lambda: Block(lambda own, x: own.a.weight, a=nn.Linear(2, 2)), 2, "does not depend on"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_named_with_its_place(name: str) -> None:
    """One line says which function it is, in which module, and what is wrong with it."""
    made, shape, message = REFUSED[name]
    check_refused(made(), shape, message)
