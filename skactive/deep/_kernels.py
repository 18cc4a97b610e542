"""Fisher kernels of standardized descriptors, with three ways to combine scales.

Eqs. 6 and 12 of Gudovskiy et al. (2020), arXiv:2003.00393.
"""

import numpy as np

from ._descriptors import Descriptors, standardize

__all__ = ["COMBINATIONS", "fisher_kernel", "k_centers", "similarities"]

COMBINATIONS = ("sum_of_products", "sum", "product_of_sums")


def fisher_kernel(
    left, right, lengths, *, combine="sum_of_products", scale_weight="length"
):
    """Compute the similarity of every row of one set to every row of another.

    Parameters
    ----------
    left, right : tuple of two array-like, shapes (n_left, L) and (n_right, L)
        Features and gradients of the rows, before standardization. If the
        gradients are None, only features count; this is PCC.
    lengths : sequence of int
        Number of entries of each scale.
    combine : {"sum_of_products", "sum", "product_of_sums"}, default="sum_of_products"
        How to combine the similarities Rz of features and Rg of gradients; see
        :class:`FisherKernel`.
    scale_weight : {"length", "equal"}, default="length"
        Whether the weight of a scale is its length, or equal for all scales.

    Returns
    -------
    similarity : ndarray of float64, shape (n_left, n_right)
        Higher means more similar.

    Examples
    --------
    >>> from skactive.deep._kernels import fisher_kernel
    >>> row = [[1, 2, 3]]
    >>> fisher_kernel((row, None), ([[2, 4, 6], [3, 2, 1]], None), [3])
    array([[ 2., -2.]])
    """
    sides = []
    for Z, G in (left, right):
        gradients = None if G is None else standardize(G, lengths)
        sides.append(Descriptors(standardize(Z, lengths), gradients, None, tuple(lengths)))
    return similarities(*sides, combine=combine, scale_weight=scale_weight)


def similarities(left, right, *, combine, scale_weight):
    """Compute the kernel of standardized descriptors.

    Parameters
    ----------
    left, right : Descriptors
        Rows. If G is None, only features count.
    combine : str
        One of ``COMBINATIONS``.
    scale_weight : {"length", "equal"}
        Weight of a scale.

    Returns
    -------
    similarity : ndarray of float64, shape (n_left, n_right)
        Higher means more similar.
    """
    lengths = left.lengths
    weights = np.ones(len(lengths)) if scale_weight == "length" else 1 / (np.array(lengths) - 1)
    by_entry = np.repeat(weights, lengths)
    left_Z, right_Z = left.Z * by_entry, right.Z.astype(np.float64)
    if left.G is None:
        return left_Z @ right_Z.T
    left_G, right_G = left.G * by_entry, right.G.astype(np.float64)
    if combine == "sum":
        return left_Z @ right_Z.T + left_G @ right_G.T
    if combine == "product_of_sums":
        return (left_Z @ right_Z.T) * (left_G @ right_G.T)
    ends = np.cumsum(lengths)
    scales = [slice(end - length, end) for end, length in zip(ends, lengths)]
    return sum(
        (left_Z[:, j] @ right_Z[:, j].T) * (left_G[:, j] @ right_G[:, j].T) for j in scales
    )


def k_centers(kernel_row, n_rows, n, first):
    """Run greedy k-center by similarity: repeatedly take the row least similar to all taken.

    :class:`skactive._greedy.k_center.KCenter` does the same for distances,
    where bounds save most computations. A kernel has no such bounds.

    Parameters
    ----------
    kernel_row : callable
        ``kernel_row(position)`` returns the similarities of one row to all
        rows.
    n_rows : int
        Number of rows.
    n : int
        Number of rows to choose, at most n_rows.
    first : int
        The first row.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Positions in the order chosen; ties go to the lower position.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep._kernels import k_centers
    >>> kernel = np.array([[1, .9, .1], [.9, 1, .3], [.1, .3, 1]])
    >>> k_centers(kernel.__getitem__, 3, 2, first=0)
    array([0, 2])
    """
    nearest = np.full(n_rows, -np.inf)
    chosen = np.empty(n, dtype=np.intp)
    row = first
    for i in range(n):
        chosen[i] = row
        np.maximum(nearest, kernel_row(row), out=nearest)
        nearest[chosen[: i + 1]] = np.inf
        row = int(np.argmin(nearest))
    return chosen
