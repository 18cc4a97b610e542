"""Greedy k-center in memory and on an accelerator: repeatedly the row farthest from all centers.

Both forms give the same picks as computing all distances in every step.
"""

import sys

import numpy as np
from scipy import sparse

from .._tensors import beside, join, row_sums, to_numpy
from ..selection import random_rows
from . import tensors
from .lazy import LazyGreedy
from .nearest import NearestCenters, SquaredDistances
from .tensors import TensorDistances, settle, ties_beside

__all__ = ["KCenter", "TensorKCenter"]

# with fewer features, measuring every row costs less than deciding which rows to measure. numpy
# sums up to 7 numbers one by one, so that sums over columns are the same as sums over rows
_FEW_FEATURES = 8


class KCenter:
    """Greedy k-center in memory: distances from the rows to the labeled ones.

    Only the distances needed for a pick are computed.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.

    Attributes
    ----------
    n_labeled : int
        Number of labeled rows that :meth:`extend` has added.

    See Also
    --------
    TensorKCenter : The same on an accelerator.
    """

    def __init__(self, vectors):
        self.nearest = NearestCenters(SquaredDistances(vectors))
        self.n_labeled = 0
        # the state after the last picks, reused if exactly these rows are labeled next
        self._after = None

    def extend(self, labeled):
        """Add the rows that were labeled since the last call."""
        distances = self.nearest.distances
        if self._after is not None and _same_rows(distances.centers_from(self.n_labeled), labeled):
            self.nearest = self._after
        else:
            distances.truncate(self.n_labeled)
            if labeled is not None:
                distances.add(to_numpy(labeled))
        self._after = None
        self.n_labeled = distances.n_centers
        return self

    def farthest_first(self, pool, n, random_state):
        """Repeatedly pick the free row farthest from all labeled and picked rows."""
        nearest = self.nearest.copy()
        distances = nearest.distances
        picks = []
        if not distances.n_centers and n:
            picks.append(random_rows(pool.available, 1, random_state)[0])
            distances.add_row(picks[0])
        if 0 < distances.n_features < _FEW_FEATURES and not sparse.issparse(distances.factors[0]):
            picks = _all_measured(nearest, picks, pool, n)
        else:
            picks = _lazily(nearest, picks, pool, n)
        self._after = nearest
        return np.array(picks, dtype=np.intp)


class TensorKCenter:
    """Greedy k-center on an accelerator: distances from the rows to the labeled ones.

    Parameters
    ----------
    vectors : tensor of float, shape (n_rows, n_features)
        The rows.

    Attributes
    ----------
    n_labeled : int
        Number of labeled rows that :meth:`extend` has added.
    """

    def __init__(self, vectors):
        self.distances = TensorDistances(vectors)
        self.bounds = self.distances.norms.new_full((len(vectors),), np.inf)
        self.n_labeled = 0

    def extend(self, labeled):
        """Add the rows that were labeled since the last call, or None."""
        # an interrupted query may have left its picks here
        self.distances.truncate(self.n_labeled)
        if labeled is not None:
            self.distances.add(beside(labeled, self.bounds))
            self.distances.screen(self.bounds, self.n_labeled)
            self.n_labeled = self.distances.n_centers
        return self

    def farthest_first(self, pool, n, random_state):
        """Repeatedly pick the free row farthest from all labeled and picked rows.

        Parameters
        ----------
        pool : skactive.pool.Pool
            The free rows, and the order of equally far ones.
        n : int
            Number of rows to pick.
        random_state : numpy.random.RandomState
            Draws the first row if there is no label.

        Returns
        -------
        positions : ndarray of int, shape (n,)
            In pick order.
        """
        bounds = self.bounds.clone()
        bounds[beside(np.flatnonzero(~pool.available), bounds)] = -np.inf
        ties = ties_beside(pool.ties, bounds)
        picks, size = [], 256
        if not self.n_labeled and n:
            picks.append(beside(random_rows(pool.available, 1, random_state), bounds))
            self._take(picks[0], bounds)
        while sum(map(len, picks)) < n:
            picks.append(self._round(bounds, size, n - sum(map(len, picks)), ties))
            size = 4 * len(picks[-1])
            self._take(picks[-1], bounds)
        self.distances.truncate(self.n_labeled)
        return np.concatenate([np.empty(0, np.intp), *map(to_numpy, picks)])

    def _take(self, rows, bounds):
        first = self.distances.n_centers
        self.distances.add_rows(rows)
        self.distances.screen(bounds, first)
        bounds[rows] = -np.inf

    def _round(self, bounds, size, n, ties):
        """The next picks, at most n, as long as no row outside the front can be farther."""
        fewest, most, numbers = tensors.FRONT
        size = max(fewest, min(size, most, numbers // max(1, self.distances.n_features)))
        rows = settle(self.distances, bounds, size)
        rows = rows[ties.keys(rows).argsort()]
        values = bounds[rows]
        if not values.max() > 0:  # all free rows equal a center
            return rows[:n]
        if len(rows) > size:
            kept = join(values.topk(size).indices, values.argmax(0, keepdim=True)).unique()
            rows, values = rows[kept], values[kept]
        outside = bounds.index_fill(0, rows, -np.inf).max()
        vectors = self.distances.factors[0][rows].double()
        picks, step = [], 8
        while sum(map(len, picks)) < min(n, len(rows)):
            step = min(2 * step, n - sum(map(len, picks)), len(rows) - sum(map(len, picks)))
            chosen, heights = contend(vectors, values, step)
            if not picks:  # certainly the farthest, even if a row outside is equally far
                heights[:1] = np.inf
            n_sure = int((heights > outside).cumprod(0).sum())
            picks.append(rows[chosen[:n_sure]])
            if n_sure < step:
                break
        return sys.modules["torch"].cat(picks)


def _lazily(nearest, picks, pool, n):
    """The next picks; only rows that may be the farthest are measured."""
    known = nearest.bounds
    nearest.bounds = np.where(pool.available, known, -np.inf)
    nearest.bounds[picks] = -np.inf
    lazy = LazyGreedy(
        nearest.bounds, nearest.measure, lower_all=nearest.screen, ties=pool.ties
    )
    while len(picks) < n:
        picks.append(lazy.take())
        nearest.distances.add_row(picks[-1])
    nearest.bounds = np.where(np.isneginf(nearest.bounds), known, nearest.bounds)
    return picks


def _all_measured(nearest, picks, pool, n):
    """The next picks; all rows are measured in every step."""
    is_taken = ~pool.available
    is_taken[picks] = True
    keys = np.empty(pool.n_rows)
    while len(picks) < n:
        nearest.settle()
        np.copyto(keys, nearest.bounds)
        np.copyto(keys, -np.inf, where=is_taken)
        picks.append(pool.ties.argmax(keys))
        is_taken[picks[-1]] = True
        nearest.distances.add_row(picks[-1])
    return picks


def _same_rows(rows, others):
    if others is None or rows.shape != others.shape:
        return False
    if sparse.issparse(rows) or sparse.issparse(others):
        return abs(sparse.csr_array(rows) - sparse.csr_array(others)).sum() == 0
    return np.array_equal(rows, others)


def contend(vectors, values, n):
    """Repeatedly pick the farthest of a few rows, without copying numbers to the host.

    Parameters
    ----------
    vectors : tensor of float64, shape (n_rows, n_features)
        The rows.
    values : tensor of float64, shape (n_rows,)
        Their distances to the nearest center. Each pick lowers them.
    n : int
        Number of picks, at most n_rows.

    Returns
    -------
    chosen : tensor of int, shape (n,)
        Positions among the rows.
    heights : tensor of float64, shape (n,)
        The distance of each row when it was picked.
    """
    torch = sys.modules["torch"]
    chosen = values.new_empty(n, dtype=torch.int64)
    heights = values.new_empty(n)
    for k in range(n):
        best = values.argmax(0, keepdim=True)
        chosen[k : k + 1] = best
        heights[k : k + 1] = values.index_select(0, best)
        squares = (vectors - vectors.index_select(0, best)).square_()
        torch.minimum(values, row_sums(squares), out=values)
        values.index_fill_(0, best, -np.inf)
    return chosen, heights
