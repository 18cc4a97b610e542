"""Screening in single precision: which rows can be among the n highest scores.

Scores in single precision cost half as much, and their rounding error is bounded. Rows
that are below the n-th best score even with this error are left out. The others are
computed in double precision. Picks are the same as with all scores in double precision.

:meth:`skactive.pool.Pool.top_rows` enables :func:`screening` while its function scores
rows. Then :func:`skactive.predictions.class_probabilities` returns the model's output
unchanged, and :mod:`skactive.scores` returns
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
# sums in double precision must be within 1e-3 of 1. A sum in single precision that is closer
# than this certainly is, up to about 800 classes, and usually with more
_SUM_IS_ONE = 9e-4

# blocks of a pool may be scored by threads
_thread = threading.local()


@contextmanager
def screening(is_on):
    """Context in which scores, in this thread, may be bounded instead of exact."""
    before, _thread.is_on = is_screening(), is_on
    try:
        yield
    finally:
        _thread.is_on = before


def is_screening():
    """Whether bounded scores are enough here."""
    return getattr(_thread, "is_on", False)


class Shortlist:
    """The n highest scores so far, of rows that come in blocks.

    Parameters
    ----------
    n : int
        Number of rows wanted, at least 1.

    See Also
    --------
    skactive.selection.top_n : Picks among the scores.

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
        # counter for tests: rows computed in double precision
        self._n_opened = 0
        self._best = np.empty(0)
        self._floor = -np.inf

    @classmethod
    def among(cls, n_rows, n_free, n):
        """A shortlist for n of the free rows; None if it would save nothing.

        Blocks may contain rows that are not free, so the list has room for these too. With too
        many of them it is useless.
        """
        n_listed = n + n_rows - n_free
        return cls(n_listed) if n and 8 * n_listed <= n_rows else None

    @np.errstate(invalid="ignore", over="ignore")
    def may_pass(self, values, slack):
        """Add scores of some rows.

        Parameters
        ----------
        values : ndarray of float, shape (n_rows,)
            Approximate scores.
        slack : float or ndarray of float, shape (n_rows,)
            Their maximum error.

        Returns
        -------
        mask : ndarray of bool, shape (n_rows,)
            True for rows that can be among the n highest; True for NaN.
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
        """Exact scores of the rows that can be among the n highest, -inf for the others.

        Parameters
        ----------
        bounded : Bounded
            Scores of some rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            One score per row.
        """
        scores = np.full(len(bounded), -np.inf)
        rows = np.flatnonzero(self.may_pass(bounded.estimates, bounded.slack))
        if len(rows):
            scores[rows] = bounded.exact(rows)
        return scores


def screened(about):
    """Decorator: return bounded scores of probabilities that were not used yet.

    Parameters
    ----------
    about : callable
        The score in single precision, such as :func:`about_entropy`.

    Returns
    -------
    decorate : callable
        For a function of probabilities, shape (n_rows, n_classes), that returns one number
        per row.
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
    """Entropy of rows in single precision, and its maximum error; overwrites both arrays."""
    if _log_terms(block, spare) < 0:  # not probabilities, so all rows pass
        return np.nan, 0.0
    values = np.einsum("ij,ij->i", spare, block)
    # relative error C eps / 2 of a sum of C terms with one sign; each term has the rounding error
    # of p and of its logarithm, and (1 + |ln p|) dp sums to at most eps (value + 1)
    return -values, _EPS * (block.shape[1] + 16) * (np.abs(values) + 1)


def about_margin(block, spare):
    """Gap between the two largest numbers in single precision, and its maximum error."""
    rows, top = np.arange(len(block)), block.argmax(axis=1)
    first = block[rows, top]
    block[rows, top] = -np.inf
    # rounding keeps the order; the error of both numbers and of their difference is at most half
    # an eps of the larger one each
    return first - block.max(axis=1), 4 * _EPS * np.abs(first)


def about_largest(block, spare):
    """The largest number in single precision, and its maximum error."""
    values = block.max(axis=1)
    return values, _EPS * np.abs(values)


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def _bounded(probabilities, about, number):
    """Scores of rows from single precision, with exact ones on demand.

    Parameters
    ----------
    probabilities : Unchecked, shape (n_rows, n_classes)
        They are checked if a sum is not clearly 1.
    about, number : callable
        As for :func:`screened`.

    Returns
    -------
    bounded : Bounded
        One number per row.
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
    """Mutual information of rows from single precision, with exact values on demand.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples, n_rows, n_classes)
        Class probabilities from samples of a posterior.
    number : callable
        Mutual information from samples of some rows, in float64.

    Returns
    -------
    bounded : Bounded
        One number per row.
    """
    n_samples, n_rows, n_classes = samples.shape
    estimates = np.empty(n_rows)
    step = max(1, min(_NUMBERS_A_BLOCK // max(1, n_samples * n_classes), n_rows))
    buffers = np.empty((2, n_samples * step * n_classes), dtype=np.float32)
    share = np.full(n_samples, 1 / n_samples, dtype=np.float32)
    # two entropies of at most ln C, each as in about_entropy; means over samples add a sum each
    slack = _EPS * (2 * n_samples + n_classes + 32) * (np.log(n_classes) + 1)
    # rows that are not probabilities all pass
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
    """Write logarithms of a block to ``out``, with zeros as tiny numbers; return the minimum."""
    lowest = block.min(initial=1)
    if not lowest > 0:
        np.maximum(block, _TINY, out=block)
    np.log(block, out=out)
    return lowest
