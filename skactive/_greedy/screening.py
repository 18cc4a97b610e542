"""Which rows can be among the n of the highest scores: single precision asks, double decides.

Scores in single precision cost half as much, and what rounding may have done
to them is bounded. Rows that even so stay below the n-th best need no more
than that; the others are worked out in double precision, so that picks are
those of scores in double precision throughout.
"""

import numpy as np

__all__ = [
    "Shortlist",
    "about_entropy",
    "about_margin",
    "defined_together",
    "screen",
    "screen_information",
]

_NUMBERS_A_BLOCK = 1 << 16
_EPS = float(np.finfo(np.float32).eps)
_TINY = np.finfo(np.float32).tiny


class Shortlist:
    """The n highest scores so far, of rows that come block after block.

    Parameters
    ----------
    n : int
        How many rows are wanted, at least 1.
    sign : {1.0, -1.0}, default=1.0
        -1 asks for the lowest.

    Attributes
    ----------
    n_opened : int
        Rows that had to be worked out in double precision: the work done.

    See Also
    --------
    skactive.selection.top_n : What picks among the scores.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive._greedy.screening import Shortlist
    >>> shortlist = Shortlist(1)
    >>> shortlist.may_pass(np.array([0.3, 0.7, 0.69]), 0.01)
    array([False,  True,  True])
    >>> shortlist.may_pass(np.array([0.65, 0.9]), 0.01)
    array([False,  True])
    """

    def __init__(self, n, sign=1.0):
        self.n = n
        self.sign = sign
        self.n_opened = 0
        self._best = np.empty(0)
        self._floor = -np.inf

    @classmethod
    def of_pool(cls, pool, n_queries, sign=1.0):
        """For the free rows of a pool; None where it would save nothing.

        Taken rows may stand between the free ones of a block, hence room for
        them: many are too many. Blocks elsewhere know nothing of each other.
        """
        n = n_queries + pool.n_rows - pool.n_available
        return cls(n, sign) if pool.is_in_memory and 0 < 8 * n <= pool.n_rows else None

    def may_pass(self, values, slack):
        """Take in scores of some rows.

        Parameters
        ----------
        values : ndarray of float, shape (n_rows,)
            Their scores, about.
        slack : float or ndarray of float, shape (n_rows,)
            By how much they may be off.

        Returns
        -------
        mask : ndarray of bool, shape (n_rows,)
            True where a row can be among the n; NaN passes.
        """
        values = self.sign * values
        at_least = values - slack
        above = at_least[at_least > self._floor]
        if len(above):
            best = np.concatenate([self._best, above])
            if len(best) >= self.n:
                best = np.partition(best, len(best) - self.n)[len(best) - self.n :]
                self._floor = best[0]
            self._best = best
        mask = ~(values + slack < self._floor)
        self.n_opened += int(np.count_nonzero(mask))
        return mask


def defined_together(strategy, name, *others):
    """Whether the class that defines a screen is the last one to define what it stands for.

    Parameters
    ----------
    strategy : object
        An instance.
    name : str
        Name of the attribute of its class that is the screen.
    *others : str
        Names of the methods that a subclass may have defined anew.

    Returns
    -------
    together : bool
        False: a subclass scores in its own way, and the screen is not about that.
    """
    for owner in type(strategy).__mro__:
        if any(each in vars(owner) for each in (name, *others)):
            return name in vars(owner)
    return False


def about_entropy(block, spare):
    """Entropy of rows in single precision, and by how much it may be off; both are overwritten."""
    if _log_terms(block, spare) < 0:  # no probabilities: all of them pass
        return np.nan, 0.0
    values = np.einsum("ij,ij->i", spare, block)
    return -values, _EPS * (block.shape[1] + 16) * (np.abs(values) + 1)


def about_margin(block, spare):
    """The same of the gap between the two largest numbers."""
    rows, top = np.arange(len(block)), block.argmax(axis=1)
    first = block[rows, top]
    block[rows, top] = -np.inf
    return first - block.max(axis=1), 4 * _EPS * np.abs(first)


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def screen(probabilities, about, shortlist, exact, check):
    """Scores of the rows that may pass, -inf for the others.

    Parameters
    ----------
    probabilities : ndarray of float32 or float64, shape (n_rows, n_classes)
        Class probabilities.
    about : callable
        :func:`about_entropy` or :func:`about_margin`.
    shortlist : Shortlist
        What was seen before; ``sign`` says which end is wanted.
    exact : callable
        Scores of some rows of ``probabilities``, as float64.
    check : callable
        Called with a block in which a sum is not clearly 1.

    Returns
    -------
    scores : ndarray of float64, shape (n_rows,)
        What ``exact`` gave.
    """
    n_rows, n_columns = probabilities.shape
    step = max(1, _NUMBERS_A_BLOCK // max(1, n_columns))
    ones = np.ones(n_columns, dtype=np.float32)
    buffers = np.empty((2, min(step, n_rows), n_columns), dtype=np.float32)
    sums, estimates, slack = np.empty((3, n_rows))
    for start in range(0, n_rows, step):
        rows = slice(start, start + step)
        block, spare = buffers[:, : len(probabilities[rows])]
        np.copyto(block, probabilities[rows], casting="same_kind")
        sums[rows] = block @ ones
        estimates[rows], slack[rows] = about(block, spare)
    # sums in single precision are good enough to tell that a row is in order
    if not (np.abs(sums - 1) <= 9e-4).all():
        check(probabilities)
    return _opened(estimates, slack, shortlist, lambda rows: exact(probabilities[rows]))


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def screen_information(samples, shortlist, exact):
    """Scores by mutual information of the rows that may pass, -inf for the others.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples, n_rows, n_classes)
        Class probabilities under samples from a posterior.
    shortlist : Shortlist
        What was seen before.
    exact : callable
        Scores of samples of some rows, as float64.

    Returns
    -------
    scores : ndarray of float64, shape (n_rows,)
        What ``exact`` gave.
    """
    n_samples, n_rows, n_classes = samples.shape
    estimates = np.empty(n_rows)
    step = min(max(1, _NUMBERS_A_BLOCK // max(1, n_samples * n_classes)), n_rows)
    buffers = np.empty((2, n_samples * step * n_classes), dtype=np.float32)
    share = np.full(n_samples, 1 / n_samples, dtype=np.float32)
    slack = _EPS * (2 * n_samples + n_classes + 32) * (np.log(n_classes) + 1)
    # rows of numbers that are no probabilities all pass
    for start in range(0, n_rows, step):
        taken = samples[:, start : start + step]
        block, terms = buffers[:, : taken.size].reshape(2, n_samples, -1)
        np.copyto(block.reshape(taken.shape), taken, casting="same_kind")
        if _log_terms(block, terms) < 0:
            estimates[start : start + step] = np.nan
            continue
        terms *= block
        mean = share @ block
        values = (share @ terms - np.log(mean) * mean).reshape(-1, n_classes).sum(axis=1)
        estimates[start : start + step] = values
    return _opened(estimates, slack, shortlist, lambda rows: exact(samples[:, rows]))


def _log_terms(block, out):
    """Logarithms of a block, whose zeros become tiny; the lowest number of it."""
    lowest = block.min(initial=1)
    if not lowest > 0:
        np.maximum(block, _TINY, out=block)
    np.log(block, out=out)
    return lowest


def _opened(estimates, slack, shortlist, exact):
    """Exact scores of the rows that may pass, -inf for the others."""
    scores = np.full(len(estimates), -np.inf)
    rows = np.flatnonzero(shortlist.may_pass(estimates, slack))
    if len(rows):
        scores[rows] = exact(rows)
    return scores
