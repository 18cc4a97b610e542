"""A pool as leading principal components, and distances between its rows."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD

from .._greedy.kernel import (
    gaussian_kernel,
    gaussian_of,
    neighbor_ranks,
    neighborhood_widths,
    squared_distances,
)
from ..selection import slices, spread_positions

# rows that represent the pool where an estimate is enough
_SAMPLE = 2048
_ROWS_A_BLOCK = 1 << 14


class Components:
    """Leading principal components of a pool, centered, scaled and in single precision.

    One factor for all components makes their mean variance 1.

    With many rows, everything is computed from ``max_rows`` evenly spaced ones.

    Parameters
    ----------
    vectors : ndarray, csr matrix or VectorsInBlocks, shape (n_rows, n_features)
        The pool.
    n_components : int
        Maximum number of components.
    n_neighbors : int
        The smallest rank of a neighbor that determines a width.
    max_rows : int
        Maximum number of rows to compute from.

    Attributes
    ----------
    sample : ndarray of float32, shape (n_sampled, n_components)
        All rows, or ``max_rows`` of them.
    widths : dict of int to float
        Median squared distance to the n-th neighbor, by n.
    """

    def __init__(self, vectors, n_components, n_neighbors, max_rows):
        taken = spread_positions(vectors.shape[0], max_rows)
        sample = vectors[taken]
        is_long = vectors.shape[1] > n_components
        self._svd = self._pca = None
        if is_long and sparse.issparse(sample):
            # unlike PCA, it keeps sparse matrices sparse
            self._svd = TruncatedSVD(min(n_components, len(taken)), random_state=0).fit(sample)
        self._mean = self._dense(sample).mean(axis=0)
        if is_long and self._svd is None:
            self._pca = PCA(min(n_components, len(taken)), svd_solver="covariance_eigh")
            self._pca.fit(self._dense(sample) - self._mean)
        self._scale = _one_over_deviation(self._centered(sample))
        self.sample = self.of(sample)
        self.widths = neighborhood_widths(
            self.sample, self._references(), neighbor_ranks(len(self.sample), n_neighbors)
        )
        self._squared = self._kernel = self._kept_width = None

    def of(self, vectors):
        """The components of some vectors."""
        blocks = slices(vectors.shape[0], _ROWS_A_BLOCK)
        return np.concatenate([self._block(vectors[block]) for block in blocks])

    def _block(self, vectors):
        return (self._centered(vectors) * self._scale).astype(np.float32)

    def _centered(self, vectors):
        # centered first, because single precision is poor far from 0
        rows = self._dense(vectors) - self._mean
        return rows if self._pca is None else self._pca.transform(rows)

    def _dense(self, vectors):
        """Rows in double precision; singular vectors replace long sparse rows."""
        if self._svd is not None:
            return self._svd.transform(vectors)
        vectors = vectors.toarray() if sparse.issparse(vectors) else vectors
        return np.asarray(vectors, dtype=np.float64)

    def width(self, n_labels):
        """The width for a number of labels: each label covers at most its share of the pool."""
        share = len(self.sample) / max(1, n_labels)
        ranks = list(self.widths)
        return self.widths[max([rank for rank in ranks if rank <= share], default=ranks[0])]

    def density(self, rows):
        """Mean similarity of rows to those of the pool, with the smallest width."""
        references = self._references()
        kernel = gaussian_kernel(rows, references, next(iter(self.widths.values())))
        # a row is similar to itself, whether it is among the references or not
        return np.maximum(kernel.mean(axis=1, dtype=np.float64), 1 / len(references))

    def kernel(self, width):
        """Similarities of all pairs of the sample, overwritten once another width is needed."""
        if self._squared is None:
            # most of the work, and the same for all widths
            self._squared = squared_distances(self.sample, self.sample)
            self._kernel = np.empty_like(self._squared)
        if self._kept_width != width:
            self._kept_width = None
            gaussian_of(self._squared, width, out=self._kernel)
            self._kept_width = width
        return self._kernel

    def _references(self):
        return self.sample[spread_positions(len(self.sample), _SAMPLE)]


def _one_over_deviation(rows):
    """The factor that makes the mean variance of centered columns 1; 1 if none varies."""
    largest = abs(rows).max(initial=0)
    if not largest:
        return 1.0
    # divided first, because squares of very small or large numbers are not finite
    return 1 / (largest * np.sqrt(np.mean((rows / largest) ** 2)))
