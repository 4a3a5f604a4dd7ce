"""Gradients and a training on eight devices beside one: run with XLA_FLAGS=--xla_force_host_platform_device_count=8.

Prints the largest differences, relative to the largest entry of each array.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec

import symbackprop as sb

jax.config.update("jax_enable_x64", True)
NETWORKS = {
    "dense": sb.mlp("6-8-4", ("tanh", "softmax"), "cross_entropy"),
    "convolution": sb.sequential(
        "1x6x6 -> conv2d(2, 3) relu -> flatten -> dense(4) softmax", cost="cross_entropy", l2=0.01
    ),
}
SAMPLES, STEPS = 32, 20
SHARES, WHOLE = PartitionSpec("samples"), PartitionSpec()


def apart(found: Any, wanted: Any) -> float:
    """Return the largest difference of two trees of arrays, relative to the largest entry of each."""
    pairs = zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True)
    return max(float(np.max(np.abs(one - other)) / np.max(np.abs(other))) for one, other in pairs)


def trained(gradient: Any, params: Any, x: Any, y: Any) -> Any:
    """Return the parameters after some steps of descent, all of them one compiled program."""

    def step(params: Any, _: Any) -> Any:
        cost, grads = gradient(params, x, y)
        return jax.tree.map(lambda value, grad: value - 0.1 * grad, params, grads), cost

    return jax.lax.scan(step, params, length=STEPS)


def main() -> None:
    """Compare and print."""
    mesh = jax.make_mesh((8,), ("samples",), axis_types=(AxisType.Auto,))
    rng = np.random.default_rng(0)
    for name, network in NETWORKS.items():
        gradient = sb.compile(sb.derive(network), backend="jax")
        inside = (network.widths[0],) if name == "dense" else network.input_shape
        x = rng.normal(size=(SAMPLES, *inside))
        y = np.eye(4)[rng.integers(4, size=SAMPLES)]
        params = {key: jax.numpy.asarray(value) for key, value in network.initial_params(0).items()}
        run = jax.jit(partial(trained, gradient))
        one = gradient(params, x, y), run(params, x, y)

        # each device has its samples and a copy of the parameters: what is computed where follows from where data lies
        shares = [jax.device_put(array, NamedSharding(mesh, SHARES)) for array in (x, y)]
        copies = jax.device_put(params, NamedSharding(mesh, WHOLE))
        assert len(shares[0].addressable_shards) == 8
        placed = gradient(copies, *shares), run(copies, *shares)

        # the same spelled out: each device takes the gradient of its own samples, and the mean goes round
        def mean(params: Any, x: Any, y: Any, gradient: Any = gradient) -> Any:
            return jax.lax.pmean(gradient(params, x, y), "samples")

        spelled = jax.jit(
            jax.shard_map(mean, mesh=mesh, in_specs=(WHOLE, SHARES, SHARES), out_specs=WHOLE, check_vma=False)
        )
        by_hand = spelled(copies, *shares), jax.jit(partial(trained, spelled))(copies, *shares)
        grads = jax.jit(jax.grad(gradient.cost))(copies, *shares)  # by the custom_vjp
        print(name, apart(placed, one), apart(by_hand, one), apart(grads, one[0][1]))


if __name__ == "__main__":
    main()
