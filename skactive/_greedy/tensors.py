"""Distances between the rows of a tensor on its device, and the draw of BADGE.

An accelerator reads all rows faster than it answers ten single requests. So one matrix
product lowers the upper bounds of all rows by all new centers at once. The rows with the
highest bounds, the front, are then measured in float64 and compared with each other on
the device, until a row outside the front may be higher. The picks are those of
:mod:`skactive._greedy.lazy`.
"""

import sys

import numpy as np

from .._tensors import beside, join, rounding, row_sums, safe_precision, to_numpy, working_type
from ..selection import TieOrder, slices

__all__ = [
    "FRONT",
    "TensorDistances",
    "draw_by_distance",
    "gradient_factor",
    "settle",
    "ties_beside",
]

# 64 MB in float32: few calls for all rows, and little beside the rows themselves
_NUMBERS_A_BLOCK = 1 << 24
# size of the front: minimum and maximum number of rows, and maximum number of float64 numbers, 32
# MB. They only affect the time: a smaller front needs more rounds, each of which waits for the
# device, and in a larger one each pick reads more numbers
FRONT = 64, 8192, 1 << 22


class TensorDistances:
    """Squared distances between rows and a growing list of centers, on the device of the rows.

    Parameters
    ----------
    *factors : tensor, each of shape (n_rows, n_features)
        The rows, which are not copied. A row is the outer product of its rows in each
        factor, as in :class:`skactive._greedy.nearest.SquaredDistances`.

    Attributes
    ----------
    n_rows, n_centers : int
        Number of rows and centers.
    norms : tensor of float64, shape (n_rows,)
        Squared norms of the rows.
    """

    def __init__(self, *factors):
        self.factors = [safe_precision(factor) for factor in factors]
        self.n_rows, self.n_centers = len(factors[0]), 0
        self.n_features = sum(factor.shape[1] for factor in factors)
        parts = [self._norms_of([f[rows] for f in self.factors]) for rows in self._blocks(0)]
        self.norms = _torch().cat(parts)
        self._types = [working_type(factor) for factor in self.factors]
        # as in SquaredDistances, with the error of a product in place of eps
        self.tolerance = (2 * self.n_features + 16) * max(map(rounding, self._types))
        tiny = max(_torch().finfo(dtype).tiny for dtype in self._types)
        self._smallest = self.n_features * tiny
        self._at_most = (1 + self.tolerance) * self.norms + self._smallest
        self._wide = [factor[:0].double() for factor in self.factors]
        self._center_norms = self.norms[:0]

    def add(self, *rows):
        """Append centers: for each factor a tensor of shape (n_new, n_features)."""
        wide = [new.double() for new in rows]
        self._wide = [join(old, new) for old, new in zip(self._wide, wide)]
        self._center_norms = join(self._center_norms, self._norms_of(wide))
        self.n_centers = len(self._center_norms)

    def add_rows(self, rows):
        """Append rows of the pool as centers."""
        self.add(*[factor[rows] for factor in self.factors])

    def truncate(self, n_centers):
        """Drop the centers after the first ``n_centers``."""
        self._wide = [centers[:n_centers] for centers in self._wide]
        self._center_norms = self._center_norms[:n_centers]
        self.n_centers = n_centers

    def screen(self, bounds, first=0):
        """Lower upper bounds of all rows, in place, by the centers from ``first`` on."""
        if first == self.n_centers:
            return
        for rows in self._blocks(self.n_centers - first):
            nearest = self._above(rows, first).amin(1) + self._at_most[rows]
            bounds[rows] = bounds[rows].minimum(nearest)

    def exact(self, rows):
        """Distance of each row given to its nearest center, in float64."""
        values = self.norms.new_full((len(rows),), np.inf)
        size = _rows_a_block(max(self.n_centers, self.n_features))
        for part in slices(len(rows), size):
            block = rows[part]
            above = self._above(block, 0)
            slack = 2 * self.tolerance * (self._at_most[block] + self._center_norms.max())
            limit = above.amin(1) + slack + 2 * self._smallest
            which, centers = (above <= limit[:, None]).nonzero(as_tuple=True)
            few = _rows_a_block(self.n_features)
            for pairs in zip(which.split(few), centers.split(few)):
                distances = self._pairs(block[pairs[0]], pairs[1])
                values.scatter_reduce_(0, part.start + pairs[0], distances, "amin")
        return values

    def _above(self, rows, first):
        """Upper bounds of distances, minus a number that is the same for all centers of a row."""
        parts = zip(self.factors, self._wide, self._types)
        with _torch().autocast(self.norms.device.type, enabled=False):
            products = [f[rows].to(type_) @ w[first:].to(type_).T for f, w, type_ in parts]
        at_most = (1 + self.tolerance) * self._center_norms[first:]
        product = products[0] if len(products) == 1 else products[0] * products[1]
        return at_most.to(product.dtype).add(product, alpha=-2)

    def _pairs(self, rows, centers):
        own = [factor[rows].double() for factor in self.factors]
        taken = [wide[centers] for wide in self._wide]
        if len(own) == 1:
            return row_sums(own[0].sub_(taken[0]).square_())
        ours, theirs, both = map(_row_dots, (own, taken, own), (own, taken, taken))
        return (ours + theirs - 2 * both).clamp_(min=0)

    def _norms_of(self, rows):
        wide = [row.double() for row in rows]
        return _row_dots(wide, wide)

    def _blocks(self, n_new):
        """Slices of rows small enough that their products, or their float64 form, fit a block."""
        is_read = not n_new or any(factor.element_size() < 4 for factor in self.factors)
        size = _rows_a_block(max(n_new, self.n_features if is_read else 64))
        return slices(self.n_rows, size) or [slice(0, 0)]


def draw_by_distance(distances, pool, n, generator):
    """Pick the longest row, then draw by squared distance to the nearest drawn row.

    Parameters
    ----------
    distances : TensorDistances
        The rows, without centers.
    pool : skactive.pool.Pool
        The free rows, and the order of equal ones.
    n : int
        Number of rows to draw.
    generator : numpy.random.Generator
        Draws one exponential number per row and draw.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        In the order drawn.
    """
    free = beside(pool.available, distances.norms)
    order = ties_beside(pool.ties, free).keys(_torch().arange(len(free), device=free.device))
    bounds = distances.norms.new_full((distances.n_rows,), np.inf).masked_fill_(~free, -np.inf)
    norms = distances.norms.masked_fill(~free, -1)
    longest = (norms == norms.max()).nonzero().ravel()
    picks = [longest[order[longest].argmin(0, keepdim=True)]][:n]
    while len(picks) < n:
        first = distances.n_centers
        distances.add_rows(picks[-1])
        distances.screen(bounds, first)
        bounds.index_fill_(0, picks[-1], -np.inf)
        # a draw of 0 would divide by 0
        race = np.maximum(generator.standard_exponential(distances.n_rows), 1e-300)
        weights = beside(1 / race, bounds)
        rows = settle(distances, bounds, FRONT[0], weights)
        rows = rows[order[rows].argsort()]
        picks.append(rows[(bounds[rows] * weights[rows]).argmax(0, keepdim=True)])
    return np.concatenate([np.empty(0, np.intp), *map(to_numpy, picks)])


def gradient_factor(probabilities, like):
    """Class probabilities minus one at the predicted class, in the precision of another factor.

    Parameters
    ----------
    probabilities : ndarray or tensor of float64, shape (n_rows, n_classes)
        Class probabilities.
    like : tensor
        The other factor.

    Returns
    -------
    factor : tensor, shape (n_rows, n_classes)
        On the device of ``like``; rows sum to 0.
    """
    probabilities = beside(probabilities, like)
    factor = probabilities.to(working_type(like), copy=True)
    predicted = probabilities.argmax(1, keepdim=True)
    return factor.scatter_add_(1, predicted, -_torch().ones_like(factor[:, :1]))


def ties_beside(ties, like):
    """A TieOrder for rows on the device of a tensor."""
    is_start = np.ndim(ties.positions) == 0
    return TieOrder(ties.seed, ties.positions if is_start else beside(ties.positions, like))


def settle(distances, bounds, size, weights=None):
    """Measure, in place, each row that may be the highest; return these rows, ascending."""
    keys = _keys(bounds, weights)
    rows = keys.topk(min(size, len(keys))).indices.sort().values
    rows = rows[bounds[rows] > -np.inf]
    bounds[rows] = distances.exact(rows)
    best = _keys(bounds, weights)[rows].max()
    # bounds of 0 cannot be lowered
    is_open = ((keys >= best) & (bounds > 0)).index_fill_(0, rows, False)
    others = is_open.nonzero().ravel()
    if not len(others) and best > 0:
        return rows
    bounds[others] = distances.exact(others)
    keys = _keys(bounds, weights)
    return join(rows, (keys >= keys[join(rows, others)].max()).nonzero().ravel()).unique()


def _keys(bounds, weights):
    return bounds if weights is None else bounds * weights


def _row_dots(rows, others):
    """Dot products of the rows of two matrices, row by row, over all factors."""
    product = row_sums(rows[0] * others[0])
    for row, other in zip(rows[1:], others[1:]):
        product *= row_sums(row * other)
    return product


def _rows_a_block(width):
    return max(1, _NUMBERS_A_BLOCK // max(1, width))


def _torch():
    return sys.modules["torch"]
