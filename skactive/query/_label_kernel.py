"""Gaussian kernels around labeled rows."""

import numpy as np
from scipy import sparse

from .._greedy.coverage import gaussian
from ..selection import squared_norms

__all__ = ["by_similarity", "mean_gamma"]

_NUMBERS_A_BLOCK = 1 << 20


def mean_gamma(vectors):
    """The kernel factor by the mean criterion of [1]_.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        All rows.

    Returns
    -------
    gamma : float
        ``1 / (2 s**2)`` with ``s**2 = 2 N V / ((N - 1) ln((N - 1) / d**2))``, where V is
        the sum of the variances of the columns and d**2 = 2e-12; 1 if all rows are equal.

    References
    ----------
    .. [1] A. Chaudhuri, D. Kakde, C. Sadek, L. Gonzalez, S. Kong (2017). The
       Mean and Median Criteria for Kernel Bandwidth Selection for Support
       Vector Data Description. ICDM Workshops. doi:10.1109/ICDMW.2017.116
    """
    n_rows = vectors.shape[0]
    mean = np.asarray(vectors.mean(axis=0, dtype=np.float64)).ravel()
    squares = squared_norms(vectors).mean()
    variance = squares - mean @ mean
    if n_rows < 2 or variance <= 1e-12 * squares:
        return 1.0
    return (n_rows - 1) * np.log((n_rows - 1) / 2e-12) / (4 * n_rows * variance)


def by_similarity(vectors, centers, gamma, function):
    """Apply a function to the similarities between rows and centers, in blocks of rows.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    centers : ndarray or csr matrix, shape (n_centers, n_features)
        The centers.
    gamma : float
        Similarities are ``exp(-gamma * distance**2)``.
    function : callable
        Takes similarities of shape (n_block, n_centers) and returns one number per
        row.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        These numbers.
    """
    similarity, centers = gaussian(1 / gamma), centers.astype(np.float64)
    center_norms, values = squared_norms(centers), np.empty(vectors.shape[0])
    step = max(1, _NUMBERS_A_BLOCK // max(8, centers.shape[0], vectors.shape[1]))
    for start in range(0, len(values), step):
        rows = vectors[start : start + step].astype(np.float64)
        products = rows @ centers.T
        products = products.toarray() if sparse.issparse(products) else products
        values[start : start + step] = function(
            similarity(products, squared_norms(rows), center_norms)
        )
    return values
