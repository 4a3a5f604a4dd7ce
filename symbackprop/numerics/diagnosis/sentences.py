"""What each kind of mistake is, in one sentence, and what to change in NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["SENTENCES", "sentence"]

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing_slope": "the slope of the activation is left out: multiply by it, delta = upstream * slope(z)",
        "slope_of_activation": "the slope is taken at a and belongs at z: write slope(z), or a*(1 - a) for sigmoid",
        "slope_twice": "the slope of the activation is put in twice: multiply by it once",
        "cross_entropy_with_slope": "with this cost the slope has cancelled: delta = a - y, without it",
        "quadratic_without_slope": "a - y is the error of cross-entropy: with this cost it is (a - y) * slope(z)",
        "softmax_elementwise": "softmax's Jacobian is taken as its diagonal: each share depends on all inputs, "
        "delta = a * (g - (g * a).sum(axis=1, keepdims=True))",
        "weight_not_transposed": "the error is sent back through W where it goes through its transpose",
        "wrong_layer_weight": "the weight of another layer, {detail}, is used",
        "wrong_layer_activation": "the activation of another layer, {detail}, is used",
        "sign": "the sign is turned round: a - y, not y - a",
        "sum_for_mean": "added up over the {detail} where the cost is their mean: divide by their number",
        "mean_for_sum": "the mean over the {detail} where the cost adds up: do not divide by their number",
        "mean_twice": "divided by the number of samples twice",
        "updated_weights": "the error is sent back through weights that were updated already: "
        "compute all derivatives first, then update",
        "bias_missing": "the derivative by the bias is left at 0: it is the error itself, summed over the samples",
        "bias_shared": "one bias for all neurons of the layer: its derivative is the sum over them",
        "bias_not_updated": "the biases were kept while the weights moved",
        "relu_slope_of_activation_gradient": "relu's mask is that of the gradient that comes in: take it from z, z > 0",
        "relu_slope_at_zero": "relu's slope at 0 is taken for 1: here it is 0, as in PyTorch",
        "activation_of_other_layer": "the slope is that of {detail}",
        "penalty_missing": "the penalty's term is left out",
        "penalty_on_bias": "the penalty is put on the bias, too",
        "penalty_factor": "the penalty's term is {detail} of what it is",
        "target_of_other_sample": "rows of x and y do not belong together",
        "path_missing": "one of the uses of the array is forgotten: its derivative is the sum over all of them",
        "mean_detached": "the mean is taken for a constant: it depends on the inputs as well",
        "variance_detached": "the variance is taken for a constant: it depends on the inputs as well",
        "bessel": "the variance is divided by n - 1 where it is the mean of n squares: np.var(x), without ddof=1",
        "kernel_not_flipped": "the kernel is not turned round where the error goes back through it",
        "padding_lost": "the padding is forgotten on the way back: cut it off the derivative, d[p:-p, p:-p], "
        "and read the padded array for that of the kernel",
        "wrong_forward": "the forward pass computes another network, {detail}: the derivatives of that one are right",
        "precision": "the same numbers with fewer digits",
        "transposed": "the same numbers, transposed",
        "permutation": "the same numbers with the neurons in another order",
        "factor": "everything is {detail} times what is right",
    }
)


def sentence(kind: str, detail: str = "") -> str:
    """Return the sentence of a kind of mistake."""
    return SENTENCES[kind].format(detail=detail)
