"""Show the progress of long computations."""

import multiprocessing
import sys
import time

__all__ = ["is_watched", "track"]

# no output for work that takes less than this, in seconds
DELAY = 3.0


def track(results, total, *, verbose=0, description, unit):
    """Yield results as they come, and show how many there are.

    Parameters
    ----------
    results : iterable
        The results.
    total : int
        Their number.
    verbose : int, default=0
        0 shows a bar only in a terminal or a notebook, once the work has
        lasted 3 seconds. 1 or more always shows it.
    description : str
        Name of the work.
    unit : str
        Name of the results, in the plural.

    Returns
    -------
    results : iterable
        The same results, with a bar of tqdm. If tqdm is not installed, a line
        is printed for each result, or every 3 seconds with ``verbose=0``.
    """
    if total < 2 or not (verbose or is_watched()):
        return results
    delay = 0 if verbose else DELAY
    out = sys.stdout if verbose else sys.stderr
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _printed(results, total, delay, out, description, unit)
    return tqdm(
        results, total=total, desc=description, unit=f" {unit}", delay=delay, leave=bool(verbose)
    )


def is_watched():
    """Return whether the output goes to a terminal or a notebook, and not to a worker process."""
    if multiprocessing.parent_process() is not None:
        return False
    if "ipykernel" in sys.modules:
        return True
    return sys.stderr is not None and sys.stderr.isatty()


def _printed(results, total, delay, out, description, unit):
    next_line = time.monotonic() + delay
    for n_done, result in enumerate(results, start=1):
        if time.monotonic() >= next_line:
            print(f"[{description}] {n_done}/{total} {unit}", file=out, flush=True)
            next_line = time.monotonic() + delay
        yield result
