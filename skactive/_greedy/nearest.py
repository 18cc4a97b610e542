"""Distance of each row to its nearest center: bounds first, then exact values where needed.

A matrix product in the precision of the rows gives the bounds. What they leave open is
decided by differences in float64, which do not depend on the other rows of a block.
Equal rows therefore have equal distances, and picks are the same as with all distances in
float64.
"""

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import row_norms

from ..selection import slices

__all__ = ["NearestCenters", "SquaredDistances", "nearest_squared"]

# 2 MB in float64, which fit into a cache
_NUMBERS_A_BLOCK = 1 << 18
# up to this many differences of one row are faster than a matrix product
_FEW_CENTERS = 16
# blocks are no longer with fewer centers, because the rows themselves fill the cache too
_MANY_CENTERS = 64


class SquaredDistances:
    """Squared Euclidean distances between rows and a growing list of centers.

    With several factors, a row is the outer product of its rows in each factor. It is never
    formed:
    :math:`\\lVert a x^T - b y^T \\rVert^2 = |a|^2 |x|^2 + |b|^2 |y|^2 - 2 (a b) (x y)`.

    Parameters
    ----------
    *factors : ndarray or csr matrix, each of shape (n_rows, n_features)
        The rows; they are not copied.

    Attributes
    ----------
    n_rows, n_centers : int
        Number of rows and centers.
    n_features : int
        Number of columns of all factors.
    norms : ndarray of float, shape (n_rows,)
        Squared norms of the rows.
    tolerance : float
        Maximum error of the bounds, relative to the sum of the two squared norms.
    """

    def __init__(self, *factors):
        self.factors = [_safe_precision(factor) for factor in factors]
        self.n_rows = factors[0].shape[0]
        self.n_features = sum(factor.shape[1] for factor in factors)
        self.norms = np.prod([row_norms(factor, squared=True) for factor in self.factors], axis=0)
        limits = np.finfo(max((f.dtype for f in self.factors), key=lambda d: np.finfo(d).eps))
        # the error of a sum of d products is at most d eps/2 times the sum of their magnitudes,
        # which is at most |x|^2 + |c|^2 for the two norms and again for 2 x c. The total is
        # d eps; twice that plus 16 eps allows for products of factors and the sum of the three
        self.tolerance = float((2 * self.n_features + 16) * limits.eps)
        # each of d products that underflows loses less than the smallest normal number
        self._smallest = float(self.n_features * limits.tiny)
        self._at_most = (1 + self.tolerance) * self.norms + self._smallest
        self._centers = [_GrowingRows(factor) for factor in self.factors]
        self._center_norms = np.empty(0, dtype=self.norms.dtype)

    @property
    def n_centers(self):
        return self._centers[0].n_rows

    def add(self, *rows):
        """Append centers: for each factor an array of shape (n_new, n_features)."""
        start = self.n_centers
        for centers, factor_rows in zip(self._centers, rows):
            centers.append(factor_rows)
        new = [centers.wide(slice(start, None)) for centers in self._centers]
        # not row_norms, because its checks cost more than the norm of one center
        norms = [_row_dots(rows, rows) for rows in new]
        self._center_norms = _at_least(self._center_norms, self.n_centers)
        self._center_norms[start : self.n_centers] = np.prod(norms, axis=0)

    def add_row(self, position):
        """Append a row of the pool as a center."""
        self.add(*[factor[[position]] for factor in self.factors])

    def truncate(self, n_centers):
        """Drop the centers after the first ``n_centers``."""
        for centers in self._centers:
            centers.truncate(n_centers)

    def centers_from(self, first):
        """The centers of the first factor from ``first`` on, in float64."""
        return self._centers[0].wide(slice(first, None))

    def at_most(self, rows, first):
        """Upper bounds of the distances of rows to the centers from ``first`` on.

        Returns
        -------
        bounds : ndarray, shape (n_taken, n_centers - first)
            In the precision of the rows.
        slack : ndarray of float64, shape (n_taken,)
            By how much the bounds of a row may be too high.
        """
        bounds = self._products(0, rows, first)
        for k in range(1, len(self.factors)):
            bounds = bounds * self._products(k, rows, first)
        at_most = (1 + self.tolerance) * self._center_norms[first : self.n_centers]
        bounds *= -2
        bounds += self._at_most[rows, None]
        bounds += at_most
        # twice the tolerance: the bound was raised by it, and the distance may be lower by it
        slack = (2 * self.tolerance) * (self._at_most[rows] + float(at_most.max()))
        return bounds, slack + 2 * self._smallest

    def exact(self, rows, centers):
        """Distance of the i-th row given to the i-th center given, or to the only center."""
        if len(centers) < len(rows) and (len(self.factors) > 1 or self._centers[0].is_sparse):
            centers = np.repeat(centers, len(rows))
        taken = [store.wide(centers) for store in self._centers]
        if len(taken) == 1 and not sparse.issparse(taken[0]):
            differences = self.factors[0][rows].astype(np.float64)
            differences -= taken[0]
            differences *= differences
            return differences.sum(axis=1)
        own = [factor[rows].astype(np.float64) for factor in self.factors]
        pairs = ((own, own), (taken, taken), (own, taken))
        ours, theirs, both = (np.prod(list(map(_row_dots, *pair)), axis=0) for pair in pairs)
        return np.maximum(ours + theirs - 2 * both, 0)

    def _products(self, k, rows, first):
        products = self.factors[k][rows] @ self._centers[k].screening(first).T
        return products.toarray() if sparse.issparse(products) else products


class NearestCenters:
    """Squared distance of each row to its nearest center, known by upper bounds.

    Parameters
    ----------
    distances : SquaredDistances
        Distances between rows and centers, or an object with the same methods.

    Attributes
    ----------
    bounds : ndarray of float64, shape (n_rows,)
        Upper bounds; +inf if nothing is known.
    n_screened : int
        Number of centers that :meth:`screen` has used.
    """

    def __init__(self, distances):
        self.distances = distances
        self.bounds = np.full(distances.n_rows, np.inf)
        self.n_screened = 0
        # exact, to the first n_seen centers
        self._values = np.full(distances.n_rows, np.inf)
        self._n_seen = np.zeros(distances.n_rows, dtype=np.int32)
        self._columns, self._spare, self._n_settled = None, None, 0

    def copy(self):
        """A copy of the bounds and distances; the centers are shared."""
        twin = object.__new__(NearestCenters)
        twin.distances, twin.n_screened = self.distances, self.n_screened
        twin.bounds = self.bounds.copy()
        twin._values, twin._n_seen = self._values.copy(), self._n_seen.copy()
        twin._columns, twin._n_settled = self._columns, self._n_settled
        twin._spare = self._spare
        return twin

    def measure(self, rows):
        """Exact distances of some rows, in float64.

        Parameters
        ----------
        rows : ndarray of int, shape (n_taken,)
            Distinct positions.

        Returns
        -------
        distances : ndarray of float64, shape (n_taken,)
            +inf when there is no center.
        """
        n_centers = self.distances.n_centers
        if len(rows) == 1:
            return self._measure_one(int(rows[0]), n_centers)
        by_seen = rows[np.argsort(self._n_seen[rows], kind="stable")]
        start = 0
        while start < len(by_seen):
            first = int(self._n_seen[by_seen[start]])
            step = max(1, _NUMBERS_A_BLOCK // max(_MANY_CENTERS, n_centers - first))
            if first < n_centers:
                self._measure_block(by_seen[start : start + step], first)
            start += step
        self._n_seen[rows] = n_centers
        return self._values[rows]

    def screen(self):
        """Lower the bounds of all rows by the centers added since the last call."""
        first, last = self.n_screened, self.distances.n_centers
        if first == last:
            return
        size = _NUMBERS_A_BLOCK // max(_MANY_CENTERS, last - first)
        for block in slices(self.distances.n_rows, size):
            nearest = self.distances.at_most(block, first)[0].min(axis=1)
            np.minimum(self.bounds[block], nearest, out=self.bounds[block])
        self.n_screened = last

    def settle(self):
        """Compute exact distances of all rows, for dense rows with fewer than 8 features.

        Sums over columns are then the same as sums over rows.
        """
        if self._columns is None:
            self._columns = np.ascontiguousarray(self.distances.factors[0].T, dtype=np.float64)
            self._spare = np.empty((2, self.distances.n_rows))
        total, difference = self._spare
        for center in self.distances.centers_from(self._n_settled):
            np.subtract(self._columns[0], center[0], out=total)
            total *= total
            for column, coordinate in zip(self._columns[1:], center[1:]):
                np.subtract(column, coordinate, out=difference)
                difference *= difference
                total += difference
            np.minimum(self._values, total, out=self._values)
        self._n_settled = self.n_screened = self.distances.n_centers
        self._n_seen[:] = self._n_settled
        self.bounds = self._values

    def _measure_one(self, row, n_centers):
        """Measure one row; with few new centers, without a matrix product."""
        first = int(self._n_seen[row])
        if 0 < n_centers - first <= _FEW_CENTERS:
            new = np.arange(first, n_centers)
            difference = self.distances.exact(np.full(len(new), row), new).min()
            self._values[row] = min(self._values[row], difference)
        elif first < n_centers:
            self._measure_block(np.array([row]), first)
        self._n_seen[row] = n_centers
        return self._values[row : row + 1]

    def _measure_block(self, rows, first):
        at_most, slack = self.distances.at_most(rows, first)
        limit = np.minimum(at_most.min(axis=1), self._values[rows]) + slack
        which, center = np.nonzero(at_most <= limit[:, None])
        size = _NUMBERS_A_BLOCK // max(1, self.distances.n_features)
        for pairs in slices(len(which), size):
            taken = rows[which[pairs]]
            np.minimum.at(self._values, taken, self.distances.exact(taken, first + center[pairs]))


def nearest_squared(vectors, centers):
    """Squared distance of each row to its nearest center, exact in float64.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    centers : ndarray or csr matrix, shape (n_centers, n_features)
        The centers, at least one.

    Returns
    -------
    distances : ndarray of float64, shape (n_rows,)
        Equal rows have equal distances.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive._greedy.nearest import nearest_squared
    >>> nearest_squared(np.array([[0.0, 0], [3, 4], [9, 9]]), np.array([[0.0, 1], [9, 8]]))
    array([ 1., 18.,  1.])
    """
    distances = SquaredDistances(vectors)
    distances.add(centers)
    return NearestCenters(distances).measure(np.arange(distances.n_rows))


class _GrowingRows:
    """Centers in the precision of the pool and in float64."""

    def __init__(self, like):
        self.n_rows = 0
        self.is_sparse = sparse.issparse(like)
        self._wide = like[:0].astype(np.float64)
        self._screening = like[:0]

    def append(self, rows):
        start, self.n_rows = self.n_rows, self.n_rows + rows.shape[0]
        if self.is_sparse:
            rows = sparse.csr_array(rows).astype(np.float64)
            self._wide = self._screening = sparse.vstack([self._wide, rows], format="csr")
            return
        self._wide = _at_least(self._wide, self.n_rows)
        self._screening = _at_least(self._screening, self.n_rows)
        rows = rows.toarray() if sparse.issparse(rows) else rows
        self._wide[start : self.n_rows] = rows
        self._screening[start : self.n_rows] = rows

    def truncate(self, n_rows):
        self.n_rows = n_rows
        if self.is_sparse:
            self._wide = self._screening = self._wide[:n_rows]

    def screening(self, first):
        return self._screening[first : self.n_rows]

    def wide(self, which):
        return self._wide[: self.n_rows][which]


def _safe_precision(vectors):
    """The rows in float64 if they are sparse or their squares would overflow, else as they are."""
    if sparse.issparse(vectors):
        return vectors.astype(np.float64, copy=False)
    vectors = vectors.astype(np.float32) if vectors.dtype.itemsize < 4 else vectors
    # a sum of d squares is below d max^0.8, so finite for d up to max^0.2, 50 million in float32
    limit = np.finfo(vectors.dtype).max ** 0.4
    is_safe = vectors.size == 0 or max(vectors.max(), -vectors.min()) < limit
    return vectors if is_safe else vectors.astype(np.float64)


def _row_dots(rows, others):
    """Dot products of the rows of two matrices, row by row."""
    if sparse.issparse(rows):
        return np.asarray(rows.multiply(others).sum(axis=1)).ravel()
    return np.einsum("ij,ij->i", rows, others)


def _at_least(array, n_rows):
    """The array, or a longer one with the same beginning."""
    if n_rows <= len(array):
        return array
    longer = np.empty((max(n_rows, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
