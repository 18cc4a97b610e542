"""Pairs of rows within a radius, stored as lists if memory allows."""

import numpy as np
from scipy import sparse

from ..selection import slices
from .nearest import SquaredDistances

__all__ = ["RadiusNeighbors"]

_ROWS_A_BLOCK = 1024


class RadiusNeighbors:
    """Pairs of rows within a radius of each other.

    Matrix products in the precision of the rows decide most pairs. Pairs near the radius
    are decided by differences in float64.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    radius : float
        The largest distance of a pair.
    max_pairs : int
        If there are more pairs, none are stored.

    Attributes
    ----------
    counts : ndarray of int, shape (n_rows,)
        Number of rows within the radius of each row, including itself.
    """

    def __init__(self, vectors, radius, max_pairs):
        self.vectors = vectors
        self.radius = radius
        self._distances = SquaredDistances(vectors)
        self.counts = np.ones(self._distances.n_rows, dtype=np.intp)
        pairs, n_pairs = [], 0
        for first, second in self._pairs_above_diagonal():
            self.counts += np.bincount(first, minlength=len(self.counts))
            self.counts += np.bincount(second, minlength=len(self.counts))
            n_pairs += 2 * len(first)
            if n_pairs <= max_pairs:
                pairs.append((first, second))
            else:
                pairs.clear()
        self._lists = self._as_lists(pairs) if n_pairs <= max_pairs else None

    def around(self, row):
        """Rows within the radius of one row, ascending."""
        if self._lists is not None:
            return self._lists.indices[self._lists.indptr[row] : self._lists.indptr[row + 1]]
        return np.flatnonzero(np.concatenate(list(self._near(self.vectors[[row]]))))

    def count_around(self, rows):
        """How many of some rows are within the radius of each row, shape (n_rows,)."""
        found = np.zeros(len(self.counts), dtype=np.intp)
        size = _ROWS_A_BLOCK if self._lists is not None else 64
        for block in (rows[part] for part in slices(len(rows), size)):
            if self._lists is not None:
                found += np.bincount(self._lists[block].indices, minlength=len(found))
            else:
                near = self._near(self.vectors[block])
                found += np.concatenate([inside.sum(axis=1) for inside in near])
        return found

    def _near(self, centers, n_rows=None):
        """Masks of rows near some centers, block by block, each (n_block, n_centers)."""
        self._distances.truncate(0)
        self._distances.add(centers)
        n_rows = len(self.counts) if n_rows is None else n_rows
        for block in slices(n_rows, _ROWS_A_BLOCK):
            yield self._is_near(np.arange(block.start, block.stop))

    def _is_near(self, rows):
        """A mask of rows near the present centers, (n_taken, n_centers)."""
        squared = self.radius**2
        bounds, slack = self._distances.at_most(slice(rows[0], rows[-1] + 1), 0)
        limits = np.nextafter((squared + slack).astype(bounds.dtype), np.inf)
        near = bounds <= limits[:, None]
        sure = np.nextafter(np.asarray(squared, dtype=bounds.dtype), -np.inf)
        row, center = _places(near & (bounds > sure))
        for pairs in slices(len(row), (1 << 18) // max(1, self._distances.n_features)):
            i, j = row[pairs], center[pairs]
            near[i, j] = self._distances.exact(rows[i], j) <= squared
        return near

    def _pairs_above_diagonal(self):
        """Pairs of near rows, the first with the lower position, in blocks."""
        for block in slices(len(self.counts), _ROWS_A_BLOCK):
            for k, near in enumerate(self._near(self.vectors[block], block.stop)):
                first, second = _places(near)
                first, second = first + k * _ROWS_A_BLOCK, second + block.start
                below = first < second
                yield first[below].astype(np.int32), second[below].astype(np.int32)

    def _as_lists(self, pairs):
        """A csr matrix of the pairs both ways and of every row with itself."""
        n_rows = len(self.counts)
        first = np.concatenate([pair[0] for pair in pairs])
        second = np.concatenate([pair[1] for pair in pairs])
        ones = np.ones(len(first), dtype=np.int8)
        above = sparse.csr_array((ones, (first, second)), shape=(n_rows, n_rows))
        itself = sparse.csr_array(sparse.identity(n_rows, dtype=np.int8))
        return (above + above.T + itself).tocsr().sorted_indices()


def _places(mask):
    """Rows and columns of True values; much faster than nonzero if there are few."""
    return np.divmod(np.flatnonzero(mask.ravel()), mask.shape[1])
