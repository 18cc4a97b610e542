"""Read rows of a pool: some of them, one of them, their digests, their text."""

import hashlib

import numpy as np
from scipy import sparse

from ..pool import as_pool

__all__ = ["gather", "n_rows_of", "one_row", "row_bytes", "shown"]


def n_rows_of(X):
    """Return the number of rows of a pool."""
    return as_pool(X).n_rows


def gather(X, positions):
    """Load some rows of a pool into memory, in the same kind of container."""
    return as_pool(X).gather(np.asarray(positions, dtype=np.intp))


def one_row(X, position):
    """Return one row: an array, a series of a frame, or an entry of a list."""
    rows = gather(X, [position])
    if sparse.issparse(rows):
        return rows
    if hasattr(rows, "iloc"):
        return rows.iloc[0]
    if hasattr(rows, "row") and hasattr(rows, "columns"):
        return rows.row(0, named=True)
    return rows[0]


def row_bytes(rows):
    """Return the 8-byte digests of rows, joined; they are equal in every process."""
    return b"".join(hashlib.blake2b(part, digest_size=8).digest() for part in _parts(rows))


def _parts(rows):
    """Yield the content of each row as bytes."""
    if sparse.issparse(rows):
        rows = sparse.csr_array(rows)
        for start, stop in zip(rows.indptr[:-1], rows.indptr[1:]):
            yield rows.indices[start:stop].astype(np.int64).tobytes() + rows.data[
                start:stop
            ].tobytes()
        return
    if isinstance(rows, np.ndarray) and rows.dtype.kind != "O":
        rows = np.ascontiguousarray(rows).reshape(len(rows), -1)
        yield from (row.tobytes() for row in rows)
        return
    for row in _as_lists(rows):
        yield repr(row).encode("utf-8", "backslashreplace")


def _as_lists(rows):
    """Return the rows of a frame, series, tensor or list as plain Python values."""
    if hasattr(rows, "columns"):
        columns = [rows[name] for name in rows.columns]
        return zip(*(getattr(c, "to_list", getattr(c, "tolist", None))() for c in columns))
    for name in ("to_list", "tolist"):
        if hasattr(rows, name):
            return getattr(rows, name)()
    return rows


def layout(X):
    """Describe the rows of a pool: container, dtype, shape, columns."""
    kind = "sparse matrix" if sparse.issparse(X) else type(X).__name__
    if hasattr(X, "columns"):
        return f"{kind} with columns {[str(name) for name in X.columns]}"
    if hasattr(X, "dtype") and hasattr(X, "shape"):
        kind = "array" if isinstance(X, np.ndarray) else kind  # a memory map is one too
        return f"{kind} of {X.dtype} with rows of shape {tuple(map(int, X.shape[1:]))}"
    return kind


def shown(row):
    """Return a row as text for a person, with one line per column of a table."""
    if isinstance(row, str):
        return row
    if isinstance(row, dict):
        items = row.items()
    elif hasattr(row, "index") and hasattr(row, "items"):
        items = row.items()
    else:
        row = row.toarray()[0] if sparse.issparse(row) else row
        return str(row) if np.ndim(row) == 0 else np.array2string(np.asarray(row), precision=4)
    return "\n".join(f"{name}: {value}" for name, value in items)
