"""Greedy k-center: again and again the row farthest from all centers, in memory and on a device.

Both forms give the picks of a full pass over all distances for every row.
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

# with fewer, reading every row costs less than finding out which to read, and numpy adds up a row
# number after number, from 8 on by halves: column after column gives the same sum
_FEW_FEATURES = 8


class KCenter:
    """Greedy k-center in memory: how far the rows are from the labeled ones.

    Distances are worked out as far as a pick asks for them.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.

    Attributes
    ----------
    n_labeled : int
        Labeled rows that :meth:`extend` has seen.

    See Also
    --------
    TensorKCenter : The same on an accelerator.
    """

    def __init__(self, vectors):
        self.nearest = NearestCenters(SquaredDistances(vectors))
        self.n_labeled = 0
        # what was known after the last picks, good if just those are labeled next
        self._after = None

    def extend(self, labeled):
        """Take in the rows that were labeled since the last time."""
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
        """Again and again the free row farthest from all labeled and picked ones."""
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
    """How far the rows of a tensor are from the labeled ones.

    Parameters
    ----------
    vectors : tensor of float, shape (n_rows, n_features)
        The rows.

    Attributes
    ----------
    n_labeled : int
        Labeled rows that :meth:`extend` has seen.
    """

    def __init__(self, vectors):
        self.distances = TensorDistances(vectors)
        self.bounds = self.distances.norms.new_full((len(vectors),), np.inf)
        self.n_labeled = 0

    def extend(self, labeled):
        """Take in the rows that were labeled since the last time; None for none."""
        # a query that was interrupted may have left its picks
        self.distances.truncate(self.n_labeled)
        if labeled is not None:
            self.distances.add(beside(labeled, self.bounds))
            self.distances.screen(self.bounds, self.n_labeled)
            self.n_labeled = self.distances.n_centers
        return self

    def farthest_first(self, pool, n, random_state):
        """Again and again the free row farthest from all labeled and picked ones.

        Parameters
        ----------
        pool : skactive.pool.Pool
            Says which rows are free, and which of equally far ones comes first.
        n : int
            How many rows to pick.
        random_state : numpy.random.RandomState
            Draws the first row where there is no label.

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
        """The next picks, up to n, for as long as only the rows in front can be the farthest."""
        fewest, most, numbers = tensors.FRONT
        size = max(fewest, min(size, most, numbers // max(1, self.distances.n_features)))
        rows = settle(self.distances, bounds, size)
        rows = rows[ties.keys(rows).argsort()]
        values = bounds[rows]
        if not values.max() > 0:  # all free rows are as near as can be
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
            if not picks:  # the farthest for sure, even if one outside comes up to it
                heights[:1] = np.inf
            n_sure = int((heights > outside).cumprod(0).sum())
            picks.append(rows[chosen[:n_sure]])
            if n_sure < step:
                break
        return sys.modules["torch"].cat(picks)


def _lazily(nearest, picks, pool, n):
    """The next picks, of which only rows that may be the farthest are measured."""
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
    """The same with all rows measured in every step."""
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
    """n rows of a few, again and again the farthest, with nothing coming to the host.

    Parameters
    ----------
    vectors : tensor of float64, shape (n_rows, n_features)
        The rows.
    values : tensor of float64, shape (n_rows,)
        Their distances to all centers there are; lowered by each row taken.
    n : int
        How many, at most n_rows.

    Returns
    -------
    chosen : tensor of int, shape (n,)
        Places among the rows.
    heights : tensor of float64, shape (n,)
        How far each was when its turn came.
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
