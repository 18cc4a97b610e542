"""Compute dask tasks, in threads or on a cluster.

A cluster may lose all its workers, or all of them may pause because their memory is full. Then
dask waits without a message. This module raises an error that describes the workers.
"""

import sys
import time
from contextlib import contextmanager, nullcontext

from .._progress import DELAY, is_watched
from .._warnings import warn_user
from ._traveling import why_it_cannot_travel

__all__ = ["compute_tasks", "cluster_client"]

# seconds between two checks of the workers, and how long all of them may be idle
_INTERVAL = 2.0
_TIMEOUT = "60 s"
_ADVICE = (
    "A worker pauses at 80 % of its memory limit and is killed at 95 %. Make blocks smaller "
    "(X.rechunk for an array, X.repartition for a dataframe), let the workers read files "
    "themselves in place of da.from_array(memmap), or give them more memory."
)


def compute_tasks(tasks, *, verbose=0, blocks="a block of the pool"):
    """Compute delayed tasks.

    Parameters
    ----------
    tasks : list of Delayed
        The tasks.
    verbose : int, default=0
        1 or more shows dask's progress bar if threads compute the tasks.
    blocks : str, default="a block of the pool"
        The rows that a task reads, in words, for messages.

    Returns
    -------
    results : list
        One result per task.

    Raises
    ------
    TypeError
        If an object cannot be sent to the workers. The message names it.
    TimeoutError
        If no worker works for longer than dask's setting ``skactive.timeout``, by
        default one minute.
    RuntimeError
        If workers died repeatedly while computing the same task.
    """
    client = cluster_client()
    if client is None:
        from dask import compute

        with _bar(verbose):
            return list(compute(*tasks))
    with _sent(client, tasks) as futures:
        return _results(client, futures, blocks)


def cluster_client():
    """Return the client of the cluster that dask uses now, or None."""
    from dask.base import get_scheduler

    if "distributed" not in sys.modules:
        return None
    client = getattr(get_scheduler(), "__self__", None)
    if not hasattr(client, "scheduler_info") or getattr(client, "asynchronous", False):
        return None
    return None if _is_on_a_worker() else client


def _is_on_a_worker():
    from distributed import get_worker

    try:
        get_worker()
    except ValueError:
        return False
    return True


def _bar(verbose):
    from dask.diagnostics import ProgressBar

    if verbose:
        return ProgressBar()
    return ProgressBar(minimum=DELAY, out=sys.stderr) if is_watched() else nullcontext()


@contextmanager
def _sent(client, tasks):
    """Send tasks to the cluster; release their futures at the end, also after an interrupt."""
    try:
        futures = client.compute(tasks)
    except Exception as error:
        why = why_it_cannot_travel(tasks)
        if why is None:
            raise
        raise TypeError(why) from error
    try:
        yield futures
    except BaseException:
        client.cancel(futures)
        raise
    finally:
        for future in futures:
            future.release()


def _results(client, futures, blocks):
    from distributed import KilledWorker

    try:
        _wait_for(client, futures)
        return client.gather(futures)
    except KilledWorker as error:
        raise RuntimeError(
            f"workers of the cluster died again and again over the same task ({error.task}), "
            f"which looks at {blocks}. As a rule it took more memory than a worker has: "
            f"{_described(_workers(client))}. {_ADVICE}"
        ) from error


def _wait_for(client, futures):
    """Wait until all futures are done or one has failed; raise if all workers stay idle."""
    from dask import config
    from dask.utils import parse_timedelta

    timeout = parse_timedelta(config.get("skactive.timeout", _TIMEOUT))
    started = last_seen = time.monotonic()
    is_told = False
    while not _are_done(futures, min(_INTERVAL, timeout)):
        now, workers = time.monotonic(), _workers(client)
        if _is_at_work(client, workers):
            last_seen = now
        if now - last_seen > timeout:
            raise TimeoutError(_what_is_known(futures, workers, now - last_seen, timeout))
        if now - started > timeout and not is_told:
            is_told = True
            warn_user(
                f"the cluster has been at work for {now - started:.0f} s, "
                f"{_count_of_done(futures)}: {_described(workers)}."
            )


def _are_done(futures, seconds):
    """Wait some seconds, and return whether all futures are done or one has failed."""
    from distributed import TimeoutError as NotYet
    from distributed import wait

    pending = [future for future in futures if not future.done()]
    try:
        wait(pending, timeout=seconds)
    except (NotYet, TimeoutError):
        return any(future.status in ("error", "cancelled", "lost") for future in futures)
    return True


def _workers(client):
    """Return the scheduler's information about all workers, by address."""
    try:
        info = client.scheduler_info(n_workers=-1)
    except TypeError:  # older versions return all of them
        info = client.scheduler_info()
    return info["workers"]


def _is_at_work(client, workers):
    """Return whether a running worker has tasks."""
    running = [name for name, worker in workers.items() if worker.get("status") == "running"]
    if not running:
        return False
    processing = client.processing()
    return any(processing.get(name) for name in running)


def _what_is_known(futures, workers, seconds, timeout):
    return (
        f"no worker of the cluster has been at work for {seconds:.0f} s, "
        f"{_count_of_done(futures)}: {_described(workers)}. {_ADVICE} To wait longer: "
        f"dask.config.set({{'skactive.timeout': '{10 * timeout:.0f} s'}})."
    )


def _count_of_done(futures):
    n_done = sum(future.done() for future in futures)
    return f"with {n_done} of {len(futures)} results there"


def _described(workers):
    """Describe the number, state and memory of workers in words."""
    if not workers:
        return "there are no workers"
    words = []
    for name, worker in list(workers.items())[:4]:
        used, limit = worker.get("metrics", {}).get("memory", 0), worker.get("memory_limit", 0)
        of_limit = f" of {limit / 1e9:.2g} GB" if limit else " bytes of memory without a limit"
        words.append(f"{name} is {worker.get('status')} with {used / 1e9:.2g}{of_limit}")
    more = f" and {len(workers) - len(words)} more" if len(workers) > len(words) else ""
    return f"{len(workers)} workers, {', '.join(words)}{more}"
