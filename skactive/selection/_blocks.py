"""Numbers of rows, worked out block by block."""

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import row_norms

# rows of a float32 embedding are turned to float64 this many numbers at a time
_BLOCK = 1 << 18


def squared_norms(vectors):
    """Squared Euclidean norm of every row, in float64."""
    return by_blocks(vectors, lambda rows: row_norms(rows, squared=True))


def row_products(rows, vector):
    """Product of each row with one vector, in which equal rows tie whatever stands beside them."""
    return rows @ vector if sparse.issparse(rows) else np.einsum("ij,j->i", rows, vector)


def by_blocks(vectors, function):
    """``function`` of float64 blocks of rows, joined: (n_rows,)."""
    return np.concatenate([function(rows) for _, rows in wide_blocks(vectors)])


def wide_blocks(vectors):
    """Blocks of rows in float64, each with the position of its first row.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows; float32 is never turned to float64 as a whole.

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
    """Slices of at most ``size`` rows, and of one at least, that cover n_rows rows.

    Unlike :func:`sklearn.utils.gen_batches` it takes 0 rows, and checks nothing, which
    would take longer than many a loop over blocks.
    """
    size = max(1, size)
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
