"""A pool by its leading principal components, and how far apart its rows are."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD

from .._greedy.kernel import gaussian_kernel, neighbor_ranks, neighborhood_widths

# rows that stand for the pool where a figure of all of it is not needed
_SAMPLE = 2048
_ROWS_A_BLOCK = 1 << 14


class Components:
    """Rows as centered principal components in single precision; what is known of a pool's.

    What needs all rows is found on evenly spaced ones where there are many.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The pool.
    n_components : int
        Most components.
    n_neighbors : int
        Nearest of the neighbors that widths go by.
    max_rows : int
        Most rows that figures are found on.

    Attributes
    ----------
    sample : ndarray of float32, shape (n_sampled, n_components)
        All rows, or ``max_rows`` of them.
    widths : dict of int to float
        Median squared distance to the n-th neighbor, by n.
    """

    def __init__(self, vectors, n_components, n_neighbors, max_rows):
        taken = evenly_spaced(vectors.shape[0], max_rows)
        sample = vectors if len(taken) == vectors.shape[0] else vectors[taken]
        self._reduce = None
        if vectors.shape[1] > n_components:
            self._reduce = _fit_reduction(sample, n_components)
        self._mean = 0.0
        self._mean = self._reduced(sample).mean(axis=0, dtype=np.float64)
        self.sample = self.of(sample)
        self.widths = neighborhood_widths(
            self.sample,
            self._references(),
            neighbor_ranks(len(self.sample), n_neighbors),
        )
        self._kept = None, None

    def of(self, vectors):
        """Components of some vectors."""
        parts = [
            self._reduced(vectors[start : start + _ROWS_A_BLOCK]) - self._mean
            for start in range(0, vectors.shape[0], _ROWS_A_BLOCK)
        ]
        return np.concatenate([part.astype(np.float32) for part in parts])

    def width(self, n_labels):
        """The width for so many labels: of the neighbor that each would have to reach."""
        target = np.log(max(1.0, len(self.sample) / max(1, n_labels)))
        rank = min(self.widths, key=lambda rank: abs(np.log(rank) - target))
        return self.widths[rank]

    def density(self, rows):
        """Mean similarity of rows to those of the pool, by the smallest width."""
        kernel = gaussian_kernel(rows, self._references(), next(iter(self.widths.values())))
        return kernel.mean(axis=1, dtype=np.float64)

    def kernel(self, width):
        """Similarities of all pairs of the sample, kept until another width is asked for."""
        kept_width, kernel = self._kept
        if kept_width != width:
            self._kept = None, None  # two of them need not fit into memory
            kernel = gaussian_kernel(self.sample, self.sample, width)
            self._kept = width, kernel
        return kernel

    def _references(self):
        return self.sample[evenly_spaced(len(self.sample), _SAMPLE)]

    def _reduced(self, vectors):
        if not sparse.issparse(vectors):
            vectors = np.asarray(vectors, dtype=np.float64)
        if self._reduce is not None:
            return self._reduce.transform(vectors)
        return vectors.toarray() if sparse.issparse(vectors) else vectors


def evenly_spaced(n_rows, n):
    """At most n positions at equal distances from the first to the last row."""
    return np.linspace(0, n_rows - 1, min(n_rows, n)).astype(np.intp)


def _fit_reduction(vectors, n_components):
    """PCA; of a sparse matrix a truncated SVD, which does not fill it in."""
    n_components = min(n_components, *vectors.shape)
    if sparse.issparse(vectors):
        return TruncatedSVD(n_components, random_state=0).fit(vectors)
    return PCA(n_components, svd_solver="covariance_eigh").fit(vectors.astype(np.float64))
