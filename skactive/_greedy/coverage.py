"""Greedy coverage: the row that adds most to how well all rows are covered.

With weights w and a similarity s, the rows S chosen so far cover a pool by

    f(S) = sum_i w_i max(0, max_{j in S} s(x_i, x_j)).

This is submodular: the gain of a row only falls as S grows. Old gains are therefore
upper bounds of new ones, and only few are computed again.
"""

import numpy as np

from ..selection import slices

__all__ = ["Coverage", "cosine", "gaussian", "squared_distance"]

_NUMBERS_A_BLOCK = 1 << 21


def cosine(products, norms, center_norms):
    """1 + cosine, for rows of norm 1.

    Parameters
    ----------
    products : ndarray of float, shape (n_rows, n_centers)
        Inner products; may be overwritten.
    norms, center_norms : ndarray of float, shapes (n_rows,) and (n_centers,)
        Squared norms; not used.

    Returns
    -------
    similarities : ndarray of float, shape (n_rows, n_centers)
        Between 0 and 2.
    """
    products += 1
    return products


def squared_distance(products, norms, center_norms):
    """The squared Euclidean distances, in place of the inner products; see :func:`cosine`."""
    products *= -2
    products += norms[:, None]
    products += center_norms
    return np.maximum(products, 0, out=products)


def gaussian(scale):
    """A similarity function exp(-distance**2 / scale), to use like :func:`cosine`."""

    def similarity(products, norms, center_norms):
        squared = squared_distance(products, norms, center_norms)
        squared /= -scale
        return np.exp(squared, out=squared)

    return similarity


class Coverage:
    """Similarity of each row to the most similar chosen row; 0 if nothing is chosen.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows to cover.
    similarity : callable
        ``similarity(products, norms, center_norms)``, such as :func:`cosine`.
    weights : ndarray of float, shape (n_rows,), default=None
        The weight of each row. None: all are equal.

    Attributes
    ----------
    best : ndarray of float, shape (n_rows,)
        The similarities so far.
    """

    def __init__(self, vectors, similarity, weights=None):
        self.vectors = vectors
        self.similarity = similarity
        self.weights = np.ones(vectors.shape[0]) if weights is None else weights
        self.best = np.zeros(vectors.shape[0], dtype=vectors.dtype)
        self._norms = _squared_norms(vectors)

    def cover_from(self, chosen):
        """Add chosen rows, given as vectors."""
        for block, similarities in self._similarities(chosen):
            self.best[block] = np.maximum(self.best[block], similarities.max(axis=1))

    def take(self, row):
        """Add one row, given as a vector; return the share of all weight that it newly covers."""
        before = self.best.copy()
        self.cover_from(row)
        grown = (self.best - before).astype(np.float64)
        total = self.weights.sum()
        return float(self.weights @ grown / total) if total > 0 else 0.0

    def gains(self, candidates):
        """How much each of some vectors would add to the coverage, in float64."""
        total = np.zeros(candidates.shape[0])
        for block, similarities in self._similarities(candidates):
            similarities -= self.best[block, None]
            np.maximum(similarities, 0, out=similarities)
            total += self.weights[block].astype(similarities.dtype) @ similarities
        return total

    def _similarities(self, chosen):
        """Blocks of rows and their similarities to the chosen vectors."""
        center_norms = _squared_norms(chosen)
        size = _NUMBERS_A_BLOCK // max(8, chosen.shape[0])
        for block in slices(self.vectors.shape[0], size):
            products = self.vectors[block] @ chosen.T
            products = products if isinstance(products, np.ndarray) else products.toarray()
            yield block, self.similarity(products, self._norms[block], center_norms)


def _squared_norms(vectors):
    squares = vectors.multiply(vectors) if hasattr(vectors, "multiply") else vectors * vectors
    return np.asarray(squares.sum(axis=1)).ravel()
