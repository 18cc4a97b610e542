"""Which rows can be among the n of the highest scores: single precision asks, double decides.

Scores in single precision cost half as much, and what rounding may have done
to them is bounded. Rows that even so stay below the n-th best need no more
than that; the others are worked out in double precision, so that picks are
those of scores in double precision throughout.

:meth:`skactive.pool.Pool.top_rows` switches :func:`screening` on around the
function that scores its rows. Then :func:`skactive.predictions.class_probabilities`
hands out what the model gave as it is, and :mod:`skactive.scores` answers with
:class:`~skactive._greedy.bounded.Bounded` numbers.
"""

import functools
import threading
from contextlib import contextmanager

import numpy as np

from ..selection import slices
from .bounded import Bounded, Unchecked

__all__ = [
    "Shortlist",
    "about_entropy",
    "about_largest",
    "about_margin",
    "bounded_information",
    "is_screening",
    "screened",
    "screening",
]

_NUMBERS_A_BLOCK = 1 << 16
_EPS = float(np.finfo(np.float32).eps)
_TINY = np.finfo(np.float32).tiny
# how far a sum in double precision may be from 1 is 1e-3; what is closer than this in single
# precision is so for sure, up to some 800 classes, and with more it is as a rule
_SUM_IS_ONE = 9e-4

# blocks of a pool may be scored by threads
_thread = threading.local()


@contextmanager
def screening(is_on):
    """Whether scores worked out inside, in this thread, may be bounded instead of exact."""
    before, _thread.is_on = is_screening(), is_on
    try:
        yield
    finally:
        _thread.is_on = before


def is_screening():
    """Whether bounded scores are of use to whoever asked for them."""
    return getattr(_thread, "is_on", False)


class Shortlist:
    """The n highest scores so far, of rows that come block after block.

    Parameters
    ----------
    n : int
        How many rows are wanted, at least 1.

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

    def __init__(self, n):
        self.n = n
        # rows that had to be worked out in double precision
        self._n_opened = 0
        self._best = np.empty(0)
        self._floor = -np.inf

    @classmethod
    def among(cls, n_rows, n_free, n):
        """For n of the free rows among all rows; None where it would save nothing.

        Taken rows may stand between the free ones of a block, so there is room for
        them: many are too many.
        """
        n_listed = n + n_rows - n_free
        return cls(n_listed) if n and 8 * n_listed <= n_rows else None

    @np.errstate(invalid="ignore", over="ignore")
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
        at_least = values - slack
        above = at_least[at_least > self._floor]
        if len(above):
            best = np.concatenate([self._best, above])
            if len(best) >= self.n:
                best = np.partition(best, len(best) - self.n)[len(best) - self.n :]
                self._floor = best[0]
            self._best = best
        mask = ~(values + slack < self._floor)
        self._n_opened += int(np.count_nonzero(mask))
        return mask

    @np.errstate(invalid="ignore", over="ignore", divide="ignore")
    def opened(self, bounded):
        """Exact scores of the rows that may pass, -inf for the others.

        Parameters
        ----------
        bounded : Bounded
            Scores of some rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            One a row.
        """
        scores = np.full(len(bounded), -np.inf)
        rows = np.flatnonzero(self.may_pass(bounded.estimates, bounded.slack))
        if len(rows):
            scores[rows] = bounded.exact(rows)
        return scores


def screened(about):
    """Decorator: a number of rows of probabilities that nobody has read yet is bounded.

    Parameters
    ----------
    about : callable
        The number in single precision, such as :func:`about_entropy`.

    Returns
    -------
    decorate : callable
        For a function of probabilities, shape (n_rows, n_classes), to one number a row.
    """

    def decorate(number):
        @functools.wraps(number)
        def either(values):
            if isinstance(values, Unchecked) and not values.is_settled:
                return _bounded(values, about, number)
            return number(values)

        return either

    return decorate


def about_entropy(block, spare):
    """Entropy of rows in single precision, and by how much it may be off; both are overwritten."""
    if _log_terms(block, spare) < 0:  # no probabilities: all of them pass
        return np.nan, 0.0
    values = np.einsum("ij,ij->i", spare, block)
    # a sum of C terms of one sign is off by C halves of eps of itself, a term by the rounding of
    # p and some units of its logarithm, and (1 + |ln p|) dp adds up to at most eps (value + 1)
    return -values, _EPS * (block.shape[1] + 16) * (np.abs(values) + 1)


def about_margin(block, spare):
    """The same of the distance between the two largest numbers."""
    rows, top = np.arange(len(block)), block.argmax(axis=1)
    first = block[rows, top]
    block[rows, top] = -np.inf
    # rounding keeps the order; both numbers and their difference are off by half an eps of the
    # larger one each
    return first - block.max(axis=1), 4 * _EPS * np.abs(first)


def about_largest(block, spare):
    """The same of the largest number, which rounding to single precision alone can change."""
    values = block.max(axis=1)
    return values, _EPS * np.abs(values)


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def _bounded(probabilities, about, number):
    """A number of every row from single precision, and exactly where it is asked for.

    Parameters
    ----------
    probabilities : Unchecked, shape (n_rows, n_classes)
        They are checked where a sum is not clearly 1.
    about, number : callable
        As for :func:`screened`.

    Returns
    -------
    bounded : Bounded
        One number a row.
    """
    given = probabilities.given
    n_rows, n_columns = given.shape
    step = max(1, _NUMBERS_A_BLOCK // max(1, n_columns))
    ones = np.ones(n_columns, dtype=np.float32)
    buffers = np.empty((2, min(step, n_rows), n_columns), dtype=np.float32)
    sums, estimates, slack = np.empty((3, n_rows))
    for rows in slices(n_rows, step):
        block, spare = buffers[:, : len(given[rows])]
        np.copyto(block, given[rows], casting="same_kind")
        sums[rows] = block @ ones
        estimates[rows], slack[rows] = about(block, spare)
    if not (np.abs(sums - 1) <= _SUM_IS_ONE).all():
        probabilities.check(given)
    return Bounded(estimates, slack, lambda rows: number(given[rows].astype(np.float64)))


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def bounded_information(samples, number):
    """Mutual information of every row from single precision, and exactly where it is asked for.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples, n_rows, n_classes)
        Class probabilities under samples from a posterior.
    number : callable
        Mutual information of samples of some rows, in float64.

    Returns
    -------
    bounded : Bounded
        One number a row.
    """
    n_samples, n_rows, n_classes = samples.shape
    estimates = np.empty(n_rows)
    step = max(1, min(_NUMBERS_A_BLOCK // max(1, n_samples * n_classes), n_rows))
    buffers = np.empty((2, n_samples * step * n_classes), dtype=np.float32)
    share = np.full(n_samples, 1 / n_samples, dtype=np.float32)
    # two entropies of at most ln C, as for one of them; means over samples add a sum each
    slack = _EPS * (2 * n_samples + n_classes + 32) * (np.log(n_classes) + 1)
    # rows of numbers that are no probabilities all pass
    for rows in slices(n_rows, step):
        taken = samples[:, rows]
        block, terms = buffers[:, : taken.size].reshape(2, n_samples, -1)
        np.copyto(block.reshape(taken.shape), taken, casting="same_kind")
        if _log_terms(block, terms) < 0:
            estimates[rows] = np.nan
            continue
        terms *= block
        mean = share @ block
        values = (share @ terms - np.log(mean) * mean).reshape(-1, n_classes).sum(axis=1)
        estimates[rows] = values
    return Bounded(estimates, slack, lambda rows: number(samples[:, rows]))


def _log_terms(block, out):
    """Logarithms of a block, whose zeros become tiny; the lowest number of it."""
    lowest = block.min(initial=1)
    if not lowest > 0:
        np.maximum(block, _TINY, out=block)
    np.log(block, out=out)
    return lowest
