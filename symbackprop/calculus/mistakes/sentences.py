"""What each kind of mistake is, and why it is one, in one sentence; what to change is said by the right line itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from types import MappingProxyType

from symbackprop.calculus.diagnosis import Remark

# kinds in the order of how often they are made, those that only differ in name side by side
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing_slope": "the slope of the activation is left out; the weighted sum reaches the cost through the "
        "activation, so the chain rule multiplies by the slope there",
        "quadratic_without_slope": "the activation minus the target alone is the error of cross-entropy; with this "
        "cost nothing cancels the slope",
        "cross_entropy_with_slope": "the slope is multiplied in, but with this cost it has cancelled already: the "
        "activation minus the target is all that is left",
        "slope_of_activation": "the slope is taken at the activation, which comes out; it belongs at the weighted sum, "
        "which goes in",
        "slope_by_value_at_z": "a formula for the slope that wants the activation is given the weighted sum; with "
        "sigmoid the slope is the activation times one minus the activation",
        "activation_for_slope": "the activation itself stands where its slope belongs; the chain rule multiplies by "
        "the derivative of what the weighted sum goes through",
        "weight_not_transposed": "the error goes back through the weights as they stand; what went forward from one "
        "neuron to another comes back the other way, through the transpose",
        "sign": "the sign is turned round, so that a step of descent climbs",
        "sum_for_mean": "the {detail} are added up where the cost is their mean; it is too large by their number",
        "mean_for_sum": "the mean over the {detail} is taken where the cost adds them up; it is too small by their "
        "number",
        "mean_twice": "divided by the number of {detail} twice; the mean divides by it once",
        "updated_weights": "the error goes back through weights that were updated already; the gradient is that of the "
        "weights of the forward pass, so all derivatives are computed first",
        "bias_missing": "the derivative with respect to the bias is left at 0; a bias is a term of the "
        "weighted sum, so its derivative is the error itself",
        "bias_shared": "one bias serves all neurons of the layer, and its derivative is the sum over them; here each "
        "neuron has its own",
        "softmax_elementwise": "softmax is treated entry by entry; each of its outputs depends on all inputs, so its "
        "Jacobian is no diagonal",
        "relu_slope_of_activation_gradient": "relu's mask is taken from the gradient that comes back; which neurons "
        "were off is told by the weighted sums",
        "relu_slope_at_zero": "relu's slope at 0 is taken for 1; here it is 0, as in PyTorch",
        "penalty_missing": "the term of the penalty is left out; the penalty is a part of the cost, so its derivative "
        "is a part of the gradient",
        "penalty_on_bias": "the penalty is put on the bias, too; in the cost it counts the weights alone",
        "penalty_slope": "the term of the penalty wants a slope, that of |w| is its sign; without it the term does not "
        "change sign with the weight",
        "penalty_factor": "the term of the penalty is {detail} times what it is in this cost",
        "mean_detached": "the mean is taken for a constant; it depends on the inputs, so the error goes back through "
        "it as well",
        "variance_detached": "the variance is taken for a constant; it depends on the inputs, so the error goes back "
        "through it as well",
        "bessel": "the variance is divided by one less than the number of squares; in this layer it is their mean",
        "path_missing": "one of the uses of the array is forgotten; its derivative is the sum over all of them",
        "kernel_not_flipped": "the kernel is not turned round; what went forward by i + u comes back by i - u",
        "padding_lost": "the padding is forgotten on the way back; the places of the padded array are shifted by it",
        "target_of_other_sample": "inputs and targets do not belong together; each sample is compared with the target "
        "of another",
        "slope_twice": "the slope of the activation is multiplied in twice; the chain passes through the activation "
        "once",
        "wrong_layer_weight": "another weight, {detail}, is used; an error goes back through the weight that the "
        "values went forward through",
        "wrong_layer_activation": "another array, {detail}, is used; the error is multiplied by what was multiplied on "
        "the way forward",
        "activation_of_other_layer": "the slope is that of {detail}, which is not the activation of this layer",
        "left_at_zero": "the derivative is left at 0; the array has a share in the cost",
        "nothing_sent_back": "nothing is sent back through this array, as if it were a constant; what is before it "
        "gets no derivative",
        "other_cost": "this is the derivative of another cost, {detail}",
        "to_all_of_window": "the error goes to all entries of a window; what was the largest alone has a share in it",
        "factor_missing": "a factor of the chain is left out: {detail}",
        "factor_twice": "a factor of the chain is multiplied in twice: {detail}",
        "function_missing": "{detail} is left out, and what it is taken of stands in its place",
        "inner_sum": "a mean on the way back is taken as a sum; it is too large by the number of its entries",
        "inner_mean": "a sum on the way back is taken as a mean; it is too small by the number of its entries",
        "wrong_axis": "the sum runs along another axis than that which was gone through forward",
        "term_missing": "a term of the derivative is left out; what arrives by all paths is added up",
        "term_sign": "a term of the derivative has the other sign",
        "statistics_detached": "mean and variance are taken for constants; both depend on the inputs, so the error "
        "goes back through them as well",
        "matrix_not_transposed": "a matrix of the product, {detail}, is not transposed, or is where it should not be",
        "slope_in_part": "the slope of {detail} is there in part: a square, a factor or a term of it is missing",
        "one_sample": "the {detail} sample alone counts; the derivative adds up those of all samples",
        "one_sample_for_mean": "the {detail} sample alone counts, in place of the mean over all of them",
        "sample_missing": "the {detail} sample is left out of the sum over all of them",
        "kernel_turned": "the derivative by the kernel is turned round: its entries stand in reverse order",
        "repeats_lost": "a row that is looked up several times gets the derivative of the last place alone; those of "
        "all places are added up",
        "step_shifted": "{detail} is read at another step than on the way forward",
        "bias_not_updated": "the biases were kept while the weights moved; they have derivatives, too",
        "wrong_forward": "the forward pass computes another network, {detail}; for that one the derivatives are right",
        "precision": "the same numbers with fewer digits, {detail}",
        "transposed": "the same numbers, transposed",
        "names_swapped": "the same numbers under other names: {detail}",
        "permutation": "the same numbers with the {detail} in another order",
        "factor": "everything is {detail} times what is right",
    }
)


def sentence(kind: str, detail: str = "") -> Remark:
    """Return the sentence of a kind of mistake."""
    template = SENTENCES[kind]
    return Remark(template, detail=detail) if "{detail}" in template else Remark(template)


def alternatives(texts: Sequence[str]) -> str:
    """Return texts with the word for 'or' between them."""
    return reduce(lambda one, other: Remark("{one} or {other}", one=one, other=other), texts)
