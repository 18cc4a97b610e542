"""Numbers of rows, computed block by block."""

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import row_norms

# float32 rows are converted to float64 this many numbers at a time
_BLOCK = 1 << 18


def squared_norms(vectors):
    """Squared Euclidean norm of each row, in float64.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.

    Returns
    -------
    norms : ndarray of float64, shape (n_rows,)
        One number per row.
    """
    return by_blocks(vectors, lambda rows: row_norms(rows, squared=True))


def row_products(rows, vector):
    """Product of each row with one vector; equal rows get equal products in any block.

    Parameters
    ----------
    rows : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    vector : ndarray of float, shape (n_features,)
        The vector.

    Returns
    -------
    products : ndarray of float, shape (n_rows,)
        One number per row.
    """
    return rows @ vector if sparse.issparse(rows) else np.einsum("ij,j->i", rows, vector)


def by_blocks(vectors, function):
    """Apply a function to blocks of rows in float64, and join the results.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    function : callable
        Takes a block of rows and returns one number per row.

    Returns
    -------
    values : ndarray, shape (n_rows,)
        The joined results.
    """
    return np.concatenate([function(rows) for _, rows in wide_blocks(vectors)])


def wide_blocks(vectors):
    """Blocks of rows in float64, each with the position of its first row.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows. Float32 rows are converted one block at a time.

    Yields
    ------
    start : int
        Position of the first row.
    rows : ndarray or csr matrix of float64, shape (n_block, n_features)
        The block.
    """
    is_whole = sparse.issparse(vectors) or vectors.dtype == np.float64
    size = vectors.shape[0] if is_whole else _BLOCK // max(1, vectors.shape[1])
    for block in slices(vectors.shape[0], size):
        yield block.start, vectors[block].astype(np.float64, copy=False)


def slices(n_rows, size):
    """Slices of ``size`` rows, at least 1, that cover n_rows rows; the last may be shorter.

    Unlike :func:`sklearn.utils.gen_batches`, it accepts 0 rows and checks nothing. The
    checks would take longer than many loops over blocks.
    """
    size = max(1, size)
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def spread_positions(n_rows, n):
    """n evenly spaced positions out of n_rows, or all of them."""
    return np.linspace(0, n_rows - 1, min(n, n_rows)).astype(np.intp)
