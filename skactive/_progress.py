"""Progress of long computations."""

import multiprocessing
import sys
import time

__all__ = ["is_watched", "track"]

# seconds before a progress bar is shown
DELAY = 3.0


def track(results, total, *, verbose=0, description, unit):
    """Pass results on as they come, and show progress.

    Parameters
    ----------
    results : iterable
        The results.
    total : int
        Their number.
    verbose : int, default=0
        0 shows a bar after 3 seconds in a terminal or a notebook, and nothing
        elsewhere. 1 or more always shows it.
    description : str
        The name of the computation.
    unit : str
        The name of the results, in the plural.

    Returns
    -------
    results : iterable
        The same results, with a bar from tqdm. If tqdm is not installed, a line is
        printed per result with ``verbose``, and every 3 seconds without.
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
    """Whether the output goes to a terminal or a notebook, and this is not a worker process."""
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
