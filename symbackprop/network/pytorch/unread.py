"""Functions of PyTorch that are not read, as nothing comes back through them: why, and what to take instead."""

from __future__ import annotations

from typing import Any, NoReturn

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.composed import composes

PACKING = ("pack_padded_sequence", "pack_sequence", "pad_packed_sequence")
UNREAD = {
    "packs sequences, so that each sample has steps of its own; give it all steps of one length, and leave the packing "
    "out": PACKING,
    "takes places, or rounds, by what depends on its input, through which nothing comes back; take amax, softmax, or "
    "fixed places": (
        *("argmax", "argmin", "argsort", "kthvalue", "median", "quantile", "topk", "sort"),
        *("round", "floor", "ceil", "trunc", "fmod", "remainder", "mod"),
    ),
    "computes with complex numbers; take real and imaginary parts, of a Fourier transform by a matrix of cosines and "
    "one of sines": (
        *(f"fft_{way}{kind}fft{axes}" for way in ("", "i") for kind in ("", "r", "h") for axes in ("", "2", "n")),
        *("view_as_complex", "view_as_real", "complex", "polar", "stft", "istft"),
    ),
    "changes what comes back by a hook, which no equation says; leave the hook out": ("register_hook",),
    "computes a cost; let it return what the cost reads, and give from_torch a cost": (
        *("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss", "kl_div"),
        *("binary_cross_entropy", "binary_cross_entropy_with_logits", "gaussian_nll_loss", "poisson_nll_loss"),
    ),
}


def _refuses(names: tuple[str, ...], reason: str) -> None:
    """Refuse functions and methods of these names, wherever they are called."""

    def refused(*_: Any, **__: Any) -> NoReturn:
        raise SpecError(f"module: it {reason}")

    composes(*names)(refused)


for _reason, _names in UNREAD.items():
    _refuses(_names, _reason)


@composes("alpha_dropout", "feature_alpha_dropout")
def _of_negative_ones(t: Any, x: Any, p: float = 0.5, training: bool = False, **_: Any) -> Any:  # noqa: FBT001
    """Nothing but in training, where what is left out becomes another number, and the others move."""
    if training and p:
        raise SpecError("module: it draws which entries get another number; call eval() on it, or take Dropout")
    return x
