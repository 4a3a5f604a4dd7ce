"""Work spread over processes by Dask: those of a cluster of one's own, or some on this machine while a command runs.

    for place, found in spread(function, items, scheduler="tcp://head:8786"): …

A worker is handed a function of ours, by its name, and plain data. What a lost worker was at is done again by others.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import click

from symbackprop.cli.command import under
from symbackprop.errors import ClusterError, MissingExtraError, imported

HERE = "local"
PATIENCE = 5  # seconds, for a scheduler and then for its first worker; a packet is sent again in three


def scheduler_option(*needs: str, default: str = "") -> Callable[..., Any]:
    """Return what gives a command the address of a scheduler; `default` is the one without, if there is any."""
    return click.option(
        "--scheduler",
        cls=under("Cluster", needs=needs),
        metavar="ADDRESS",
        help="Spread the work over the workers of this Dask scheduler, or over the cores of this machine: local."
        + f"  [default: {default}]" * bool(default),
    )


def spread(function: Callable[[Any], Any], items: Sequence[Any], *, scheduler: str = HERE) -> Iterator[tuple[int, Any]]:
    """Yield the number of each item and what the function makes of it, as it is done; an error in place of a result.

    Raises MissingExtraError without Dask, ClusterError where nobody can be reached, where a worker is of another
    version, and where the scheduler goes away."""
    distributed = _dask()
    if not items:
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by us, in one line
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, scheduler, stack))
        futures = client.map(_done, [(_version(), function, item) for item in items], pure=False, batch_size=1000)
        places = {future.key: place for place, future in enumerate(futures)}
        try:
            for future in distributed.as_completed(futures):
                yield places[future.key], _result(future, scheduler)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                client.cancel(futures)


def _dask() -> Any:
    return imported("distributed", extra="cluster", wanted="a cluster wants Dask")


def _client(distributed: Any, scheduler: str, stack: ExitStack) -> Any:
    """Return a connection to a scheduler that has a worker, one that is started here for `local`."""
    if scheduler == HERE:
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        options = {"n_workers": count, "threads_per_worker": 1, "dashboard_address": None}
        cluster = distributed.LocalCluster(**options, silence_logs=logging.CRITICAL)
        return distributed.Client(stack.enter_context(cluster))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not scheduler.strip():
                raise ValueError("nothing is no address")
            client = distributed.Client(scheduler, timeout=PATIENCE)
    except Exception as wrong:  # whatever a transport makes of an address
        reason = str(wrong).partition("\n")[0][:100] or type(wrong).__name__
        advice = "start one with dask scheduler, or leave --scheduler out"
        raise ClusterError(f"no scheduler answers at {scheduler[:60]!a}: {reason}; {advice}") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE / 2)
    except Exception:
        client.close()
        advice = f"start one with dask worker {scheduler[:60]}"
        raise ClusterError(f"the scheduler at {scheduler[:60]!a} has no worker; {advice}") from None
    return client


def _version() -> str:
    from symbackprop import __version__

    return __version__


def _done(task: tuple[str, Callable[[Any], Any], Any]) -> Any:
    """Do what a worker is asked for; raises ClusterError on one of another version, whose results would be others."""
    version, function, item = task
    if version != _version():
        raise ClusterError(f"a worker has symbackprop {_version()}, and this is {version}; install the same there")
    return function(item)


def _result(future: Any, scheduler: str) -> Any:
    """Return the result of a task or what went wrong with it; raises ClusterError for what would go wrong with all."""
    if future.status == "cancelled":
        raise ClusterError(f"the scheduler at {scheduler[:60]!a} has gone away; run again to go on")
    if future.status == "finished":
        return future.result()
    error = future.exception()
    if isinstance(error, ClusterError | ImportError | MissingExtraError):
        where = "" if isinstance(error, ClusterError) else "a worker cannot do this: "
        raise ClusterError(f"{where}{error}") from None
    return error
