"""Tasks of dask on the blocks of a collection, which run where the blocks are."""

import numpy as np

from ._computing import cluster_client, compute_tasks
from ._joining import concatenate_rows
from ._pool import Pool, num_samples, take_rows
from ._traveling import warn_of_memory_maps

__all__ = [
    "blocks_of",
    "delayed_blocks",
    "later",
    "merged",
    "of_part",
    "rows_of_block",
    "top_of_block",
    "with_known_lengths",
]


def later(function):
    """A function, or any other object, as a node of dask's graph."""
    from dask import delayed

    return delayed(function, pure=False, traverse=False)


def delayed_blocks(X):
    """Delayed blocks of whole rows of a collection, and their lengths, NaN if not known."""
    is_array = _is_array(X)
    if is_array and X.ndim > 1:
        X = X.rechunk({axis: -1 for axis in range(1, X.ndim)})
    blocks = list(np.ravel(X.to_delayed()))
    return blocks, X.chunks[0] if is_array else (np.nan,) * len(blocks)


def with_known_lengths(X, pool):
    """A collection with the lengths of its blocks, which its pool has counted."""
    if not _is_array(X) or not np.isnan(X.shape[0]):
        return X
    import dask.array as da

    parts = [
        da.from_delayed(rows, shape=(length, *X.shape[1:]), meta=X._meta)
        for rows, length in zip(*pool.blocks_and_lengths())
    ]
    return da.concatenate(parts)


def _is_array(X):
    return hasattr(X, "chunks") and hasattr(X, "rechunk") and not hasattr(X, "columns")


def blocks_of(X):
    """Delayed blocks of rows of a collection, and how many rows each holds."""
    if cluster_client() is not None:
        warn_of_memory_maps(X)
    blocks, lengths = delayed_blocks(X)
    if np.isnan(lengths).any():
        lengths = compute_tasks([later(num_samples)(block) for block in blocks])
    # a block without rows has no result
    kept = [(block, int(n)) for block, n in zip(blocks, lengths) if n] or [(blocks[0], 0)]
    return [block for block, _ in kept], [n for _, n in kept]


def top_of_block(function, chunk_rows, n, rows, length, taken, ties):
    """The highest numbers of a block, their positions in the whole pool, whether all are equal."""
    pool = Pool(rows_of_block(rows, length), taken, ties=ties)
    n = min(n, pool.n_available)
    values, top, is_flat = pool.top_rows(function, chunk_rows, n, for_merge=True)
    return values, top + ties.positions, is_flat


def rows_of_block(rows, length, positions=None):
    """Some rows of a block or all of them; an error if its length has changed."""
    if num_samples(rows) != length:
        raise ValueError(
            f"a block of the pool has {num_samples(rows)} rows, but had {length} before. The rows "
            "of a pool must not change; persist or store the collection if its rows depend on "
            "chance or on files that change."
        )
    return rows if positions is None else take_rows(rows, positions)


def merged(tops, n, ties):
    """The highest of several summaries of blocks, and whether all their numbers are equal."""
    values, positions = (np.concatenate(each) for each in list(zip(*tops))[:2])
    is_flat = all(each for _, _, each in tops) and values.min() == values.max()
    order = np.lexsort((ties.keys(positions), -values), axis=0)[:n]
    take = np.take_along_axis
    return take(values, order, 0), take(positions, order, 0), is_flat


def of_part(function, pieces, taken, number, ties):
    return function(Pool(concatenate_rows(*pieces), taken, ties=ties), number)
