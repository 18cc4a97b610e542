"""How far a long piece of work is."""

import multiprocessing
import sys
import time

__all__ = ["is_watched", "track"]

# what takes less than that is not worth a line, in seconds
DELAY = 3.0


def track(results, total, *, verbose=0, description, unit):
    """Hand results on as they come and show how many there are.

    Parameters
    ----------
    results : iterable
        What is waited for.
    total : int
        How many there will be.
    verbose : int, default=0
        0 shows a bar in a terminal or a notebook once the work has lasted
        3 seconds, and nothing anywhere else. 1 or more always shows it.
    description : str
        What is under way.
    unit : str
        What a result is, in the plural.

    Returns
    -------
    results : iterable
        The same, with a bar of tqdm or, where that is not installed, with a
        printed line for each; every 3 seconds where nobody asked for them.
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
    """Whether somebody looks at the output: a terminal or a notebook, not that of a worker."""
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
