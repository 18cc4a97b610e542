"""The default width of Gaussian kernels."""

import numpy as np

from ..selection import wide_blocks

__all__ = ["scale_gamma"]


def scale_gamma(vectors):
    """1 / (number of features * variance of all numbers), as ``gamma="scale"`` of SVC.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.

    Returns
    -------
    gamma : float
        1 if all numbers are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query._kernel_width import scale_gamma
    >>> scale_gamma(np.array([[1.0, 3.0], [3.0, 1.0]]))
    0.5
    """
    blocks = list(_sums(vectors))
    size = vectors.shape[0] * vectors.shape[1]
    mean, square = np.sum(blocks, axis=0) / size
    variance = square - mean**2
    return float(1 / (vectors.shape[1] * variance)) if variance > 1e-12 * square else 1.0


def _sums(vectors):
    """Sum and sum of squares of each block."""
    for _, rows in wide_blocks(vectors):
        squares = rows.multiply(rows) if hasattr(rows, "multiply") else rows * rows
        yield rows.sum(), squares.sum()
