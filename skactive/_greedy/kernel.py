"""Gaussian similarities of rows: their widths, and a coverage with stored similarities."""

from functools import partial

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from ..selection import slices
from .coverage import squared_distance
from .lazy import LazyGreedy

__all__ = [
    "KernelCoverage",
    "gaussian_kernel",
    "gaussian_of",
    "neighbor_ranks",
    "neighborhood_widths",
    "squared_distances",
]

_ROWS_A_BLOCK = 256
_NUMBERS_AT_ONCE = 1 << 17
_WORKING_MIB = 64


def gaussian_kernel(rows, centers, width):
    """exp(-squared distance / width) of all pairs.

    Parameters
    ----------
    rows, centers : ndarray of float32, shapes (n_rows, n_features), (n_centers, n_features)
        Centered vectors, because single precision is poor far from 0.
    width : float
        Squared distance at which the similarity is 1/e.

    Returns
    -------
    kernel : ndarray of float32, shape (n_rows, n_centers)
        Between 0 and 1.
    """
    squared = squared_distances(rows, centers)
    return gaussian_of(squared, width, out=squared)


def squared_distances(rows, centers):
    """Squared Euclidean distances of all pairs.

    Parameters
    ----------
    rows, centers : ndarray of float32, shapes (n_rows, n_features), (n_centers, n_features)
        Vectors, centered: single precision loses distances far from 0.

    Returns
    -------
    squared : ndarray of float32, shape (n_rows, n_centers)
        Not negative.
    """
    squared = np.empty((len(rows), len(centers)), dtype=np.float32)
    norms, center_norms = (np.einsum("ij,ij->i", part, part) for part in (rows, centers))
    for block in slices(len(rows), _ROWS_A_BLOCK):
        np.matmul(rows[block], centers.T, out=squared[block])
        squared_distance(squared[block], norms[block], center_norms)
    return squared


def gaussian_of(squared, width, out):
    """exp(-squared / width), written to an array that may be the same.

    Parameters
    ----------
    squared : ndarray of float32, shape (n_rows, n_centers)
        Squared distances.
    width : float
        Squared distance at which the similarity is 1/e.
    out : ndarray of float32, shape (n_rows, n_centers)
        For the similarities.

    Returns
    -------
    out : ndarray of float32, shape (n_rows, n_centers)
        Between 0 and 1.
    """
    divisor = -np.float32(width)
    # few rows at a time: the quotients are still in the cache when exp reads them
    for block in slices(len(squared), max(1, _NUMBERS_AT_ONCE // max(1, squared.shape[1]))):
        np.exp(np.divide(squared[block], divisor, out=out[block]), out=out[block])
    return out


def neighbor_ranks(n_rows, first):
    """Ranks of neighbors for widths: ``first``, and steps of sqrt(2) up to n_rows / 4.

    Parameters
    ----------
    n_rows : int
        Number of rows of the pool.
    first : int
        The smallest rank.

    Returns
    -------
    ranks : list of int
        Ascending, at least one; below n_rows.

    Examples
    --------
    >>> from skactive._greedy.kernel import neighbor_ranks
    >>> neighbor_ranks(400, 20), neighbor_ranks(12, 20)
    ([20, 28, 40, 57, 80], [11])
    """
    ranks = [min(first, n_rows - 1)]
    while (rank := round(first * 2 ** (len(ranks) / 2))) <= n_rows // 4:
        ranks.append(rank)
    return ranks


def neighborhood_widths(rows, references, ranks):
    """Median squared distances to the n-th neighbors.

    Parameters
    ----------
    rows : ndarray of float, shape (n_rows, n_features)
        The rows to search for neighbors.
    references : ndarray of float, shape (n_references, n_features)
        Some of these rows; their neighbors are searched.
    ranks : list of int
        Ranks of neighbors, below n_rows. A row is not its own neighbor.

    Returns
    -------
    widths : dict of int to float
        A positive number for each rank: the median; the mean if the median is 0; 1 if all
        rows are equal.
    """
    blocks = pairwise_distances_chunked(
        references,
        rows,
        reduce_func=partial(_distances_at, ranks=ranks),
        working_memory=_WORKING_MIB,
        metric="euclidean",
        squared=True,
    )
    squared = np.concatenate(list(blocks)).astype(np.float64)
    return {
        rank: float(np.median(column)) or float(column.mean()) or 1.0
        for rank, column in zip(ranks, squared.T)
    }


def _distances_at(squared, start, ranks):
    return np.partition(squared, ranks, axis=1)[:, ranks]


class KernelCoverage:
    """A coverage of rows by candidates, from a stored matrix of similarities.

    Parameters
    ----------
    kernel : ndarray of float32, shape (n_candidates, n_rows)
        Similarity of each candidate and each row, between 0 and 1.
    best : ndarray of float32, shape (n_rows,)
        Similarity of each row to the most similar row chosen so far.
    weights : ndarray of float, shape (n_rows,)
        The weight of each row.

    Attributes
    ----------
    gained : ndarray of float64, shape (n,)
        Share of the total weight that each of the last picks added to the coverage.
    """

    def __init__(self, kernel, best, weights):
        self.kernel = kernel
        self.best = best
        self.weights = weights.astype(np.float32)

    def gains(self, candidates):
        """How much each of some candidates would add to the coverage, in float64."""
        growth = self.kernel[candidates]
        growth -= self.best
        np.maximum(growth, 0, out=growth)
        return (growth @ self.weights).astype(np.float64)

    def bounds(self):
        """Upper bounds of all gains from one product, by max(0, k - b) <= k (1 - b)."""
        bounds = (self.kernel @ (self.weights * (1 - self.best))).astype(np.float64)
        return bounds * (1 + 1e-4) + 1e-12

    def pick(self, is_free, n, factors=None, ties=None):
        """Pick the free candidate with the highest gain, again and again.

        Parameters
        ----------
        is_free : ndarray of bool, shape (n_candidates,)
            True for candidates that may be picked.
        n : int
            Number of picks.
        factors : callable, default=None
            ``factors(picks)`` returns positive factors of the gains, given the picks
            so far (array of int): float64 of shape (n_candidates,).
        ties : skactive.selection.TieOrder, default=None
            The order of rows with equal gains. None: ``TieOrder()``.

        Returns
        -------
        picks : ndarray of int, shape (n,)
            In pick order.
        """
        bounds = np.where(is_free, self.bounds(), -np.inf)
        lazy = LazyGreedy(bounds, self.gains, block=64, ties=ties)
        total = max(self.weights.sum(dtype=np.float64), np.finfo(np.float64).tiny)
        picks, self.gained = np.empty(n, dtype=np.intp), np.empty(n)
        for i in range(n):
            picks[i] = lazy.take(None if factors is None else factors(picks[:i]))
            self.gained[i] = self.gains(picks[[i]])[0] / total
            self.best = np.maximum(self.best, self.kernel[picks[i]])
        return picks
