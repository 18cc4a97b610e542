"""Eq. 9 of Aggarwal et al. (2020), and its argmin from few distances."""

import numpy as np

from ..selection import TieOrder, slices
from .nearest import SquaredDistances

# smaller distances, relative to the largest number in a class mean, count as 0 and are not divided
# by: a class mean that equals a row is only equal up to rounding. That is a sum of some thousand
# roundings by 1e-16 at most
_TINY = 1e-12
_NUMBERS_A_BLOCK = 1 << 18
# 64 KB in float64, so that freed memory is reused at once, even in dask's workers, which return
# free memory to the system
_NUMBERS_AT_ONCE = 1 << 13
# relative error of a bound in single precision: ten times that of about 10 roundings (distances,
# moves, sums, roots and the quotient) by 6e-8 each
_ROUNDING = 1e-5
# the smallest divisor in single precision
_SMALLEST = float(np.finfo(np.float32).tiny)


def distance_ratio(distances, target, others, denominator="max", tiny=_TINY):
    """Eq. 9: distance to the target's mean over that to means of over-represented classes.

    Parameters
    ----------
    distances : ndarray of float64, shape (n_rows, n_classes)
        Distance of each row to each class mean.
    target : int
        The wanted class.
    others : ndarray of bool, shape (n_classes,)
        The over-represented classes; the target is ignored.
    denominator : {"max", "min", "none"}, default="max"
        Which of their distances is the denominator.
    tiny : float, default=1e-12
        Smaller distances count as 0. The default suits numbers of about 1.

    Returns
    -------
    scores : ndarray of float64, shape (n_rows,)
        Lower is better; +inf if only the denominator is 0.
    """
    numerator = distances[:, target]
    others = others.copy()
    others[target] = False
    if denominator == "none" or not others.any():
        return numerator
    extreme = np.max if denominator == "max" else np.min
    divisor = extreme(distances[:, others], axis=1)
    vanishes = divisor < tiny
    at_vanishing = np.where(numerator < tiny, 0.0, np.inf)
    return np.where(vanishes, at_vanishing, numerator / np.where(vanishes, 1.0, divisor))


class MeanDistances:
    """Distances of rows to class means that move a little with each label.

    It stores the distances to earlier means. The distance that a mean has moved since then
    bounds the change of these distances. Only rows with a lower bound of Eq. 9 below the
    best value are measured.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.

    Attributes
    ----------
    tiny : float
        Smaller distances count as 0. It depends only on the means, so it is the same for
        all parts of a pool.
    """

    def __init__(self, vectors):
        # counters for tests: rows measured, and computations of the distances of all rows
        self._n_measured = self._n_refreshed = 0
        self._to_means = SquaredDistances(vectors)
        self._means = self._means_then = np.empty((0, vectors.shape[1]))
        # upper bounds of the distances to those means, one float32 array per class
        self._distances = []
        self._too_high = np.empty(0)
        self.tiny = _TINY

    def move(self, means):
        """Set the present means, of no fewer classes than before.

        Parameters
        ----------
        means : ndarray of float64, shape (n_classes, n_features)
            The class means.
        """
        self._means = means
        self.tiny = max(_TINY * np.abs(means).max(initial=0), np.finfo(np.float64).tiny)
        self._to_means.truncate(0)
        self._to_means.add(means)

    def exact(self, rows, classes):
        """Distances of some rows to the means of some classes, (n_taken, n_classes_taken)."""
        columns = np.empty((len(rows), len(classes)))
        size = _NUMBERS_AT_ONCE // max(1, self._to_means.n_features)
        for block in slices(len(rows), size):
            for k, code in enumerate(classes):
                squared = self._to_means.exact(rows[block], np.array([code]))
                columns[block, k] = np.sqrt(squared)
        return columns

    def best(self, target, others, free, denominator, ties=None):
        """The free row with the smallest Eq. 9.

        Parameters
        ----------
        target : int
            The wanted class.
        others : ndarray of bool, shape (n_classes,)
            The over-represented classes.
        free : ndarray of bool, shape (n_rows,)
            True for rows that may be picked; at least one.
        denominator : {"max", "min", "none"}
            Which of their distances is the denominator.
        ties : skactive.selection.TieOrder, default=None
            The order of equal rows. None: ``TieOrder()``.

        Returns
        -------
        row : int
            Its position.
        """
        ties = TieOrder() if ties is None else ties
        others = np.array(others)
        others[target] = False
        others = np.flatnonzero(others) if denominator != "none" else np.empty(0, dtype=int)
        classes = np.append(target, others)

        def measure(rows):
            self._n_measured += len(rows)
            mask = np.arange(len(classes)) > 0
            return distance_ratio(self.exact(rows, classes), 0, mask, denominator, self.tiny)

        at_least = self._at_least(target, others, free, denominator)
        first = np.array([int(at_least.argmin())])
        first = first if free[first[0]] else np.flatnonzero(free)[:1]
        rows = np.flatnonzero((at_least <= measure(first)) & free)
        if len(rows) > max(64, len(free) // 256) and not self._is_fresh():
            self._refresh()
            mask = others_mask(others, len(self._means))
            return self.best(target, mask, free, denominator, ties)
        return ties.first(_smallest(rows[np.argsort(at_least[rows])], at_least, measure))

    def _at_least(self, target, others, free, denominator):
        """Lower bounds of Eq. 9; +inf for rows that are not free."""
        if len(self._distances) < len(self._means):
            self._refresh()
        moved = np.sqrt(((self._means - self._means_then) ** 2).sum(axis=1))
        # a distance below tiny counts as 0, also where it is divided by another one
        too_high = moved[target] + self._too_high[target] + self.tiny
        numerator = self._distances[target] - np.float32(too_high)
        np.maximum(numerator, 0, out=numerator)
        if len(others):
            extreme = np.maximum if denominator == "max" else np.minimum
            divisor = self._distances[others[0]] + np.float32(moved[others[0]])
            shifted = np.empty_like(divisor)
            for code in others[1:]:
                np.add(self._distances[code], np.float32(moved[code]), out=shifted)
                extreme(divisor, shifted, out=divisor)
            np.maximum(divisor, np.float32(max(self.tiny, _SMALLEST)), out=divisor)
            numerator /= divisor
        numerator *= np.float32(1 - _ROUNDING)
        np.copyto(numerator, np.inf, where=~free)
        return numerator

    def _is_fresh(self):
        return np.array_equal(self._means, self._means_then)

    def _refresh(self):
        """Compute the distances of all rows to the present means."""
        self._n_refreshed += 1
        n_rows, n_classes = self._to_means.n_rows, len(self._means)
        self._means_then = self._means
        self._distances = [np.empty(n_rows, dtype=np.float32) for _ in range(n_classes)]
        self._too_high = np.zeros(n_classes)
        for block in slices(n_rows, _NUMBERS_A_BLOCK // max(16, n_classes)):
            squared, slack = self._to_means.at_most(block, 0)
            high = np.sqrt(np.maximum(squared, 0))
            low = np.sqrt(np.maximum(squared - slack[:, None], 0))
            np.maximum(self._too_high, (high - low).max(axis=0), out=self._too_high)
            for code, column in enumerate(self._distances):
                column[block] = high[:, code]
        largest = max((column.max(initial=0) for column in self._distances), default=0)
        self._too_high += _ROUNDING * float(largest)


def others_mask(others, n_classes):
    """Class numbers as a mask."""
    mask = np.zeros(n_classes, dtype=bool)
    mask[others] = True
    return mask


def _smallest(rows, at_least, measure):
    """The rows with the smallest value, given rows by ascending lower bound."""
    best, smallest = np.inf, []
    for block in (rows[part] for part in slices(len(rows), 64)):
        if at_least[block[0]] > best:
            break
        values = measure(block)
        lowest = values.min()
        if lowest < best:
            best, smallest = lowest, []
        smallest.append(block[values == best])
    return np.concatenate(smallest)
