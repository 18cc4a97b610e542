"""The largest pool that a strategy accepts, and advice for larger ones."""

from numbers import Integral

import numpy as np

from .._warnings import warn_user

__all__ = [
    "AllPairs",
    "check_cost",
    "check_stage",
    "number_of_rows",
    "rows_to_draw",
    "rows_to_fetch",
    "tell_of_sample",
    "warn_of_minutes",
]

# a dask collection with at most so many bytes and rows is loaded into memory; of a larger
# one, so many rows are drawn
_MOST_BYTES = 1 << 28
_MOST_ROWS = 1_000_000
_ROWS_TO_DRAW = 200_000
_MINUTES_TO_WARN_OF = 2
# most bytes of the rows that a user asks for
_MOST_BYTES_ASKED_FOR = 1e9


def check_cost(strategy, pool):
    """Raise, before any work, if a pool has too many rows for a strategy.

    Parameters
    ----------
    strategy : QueryStrategy
        Its ``max_pool_rows`` is the number of rows up to which a query takes about a
        minute and a gigabyte. Its ``wrappers`` are strategies to wrap it in, with
        ``{}`` for the strategy.
    pool : Pool or BlockPool
        The rows.

    Raises
    ------
    ValueError
        If there are more rows.
    """
    if pool.is_in_memory:  # a large dask collection is sampled
        _check_rows(strategy, pool.n_rows)


def check_stage(strategy, pool, n_rows):
    """Raise before any work if a later stage would need too much time or memory.

    Parameters
    ----------
    strategy : strategy or callable
        The strategy of that stage.
    pool : Pool or BlockPool
        The pool.
    n_rows : int
        Number of rows that the strategy will see.

    Raises
    ------
    ValueError
        If a query on so many rows takes minutes, or if the rows of a dask collection take
        more than 1 GB.
    """
    _check_rows(strategy, n_rows)
    if not pool.is_in_memory and n_rows * pool.row_bytes() > _MOST_BYTES_ASKED_FOR:
        raise ValueError(
            f"{_named(strategy)} would load {n_rows:,} rows of the dask collection into memory, "
            f"{n_rows * pool.row_bytes() / 1e9:.2g} GB; the limit is 1 GB. Let it see fewer rows: "
            "an int is a number of rows, a float is a share of the free rows."
        )


def warn_of_minutes(strategy, n_rows, n_parts):
    """Warn before any work if many parts of a pool will take minutes.

    Parameters
    ----------
    strategy : strategy or callable
        The strategy that picks in each part. A query on ``max_pool_rows`` rows takes about a
        minute; others are taken to be quick.
    n_rows, n_parts : int
        Number of rows per part, and of parts.
    """
    share = n_rows / getattr(strategy, "max_pool_rows", np.inf)
    minutes = n_parts * share ** getattr(strategy, "cost_exponent", 1)
    if minutes > _MINUTES_TO_WARN_OF:
        warn_user(
            f"{_named(strategy)} on {n_parts:,} parts of {n_rows:,} rows takes up to "
            f"{minutes:.0f} minutes of CPU time. Subsampled({_named(strategy)}, "
            f"n_rows={n_rows}) takes {minutes / n_parts:.2g}."
        )


def _check_rows(strategy, n_rows):
    if n_rows <= getattr(strategy, "max_pool_rows", n_rows):
        return
    wrappers = " or ".join(wrapper.format(_named(strategy)) for wrapper in strategy.wrappers)
    raise ValueError(
        f"{type(strategy).__name__} accepts at most {strategy.max_pool_rows:,} rows, because a "
        f"query on more takes over a minute or a gigabyte; got {n_rows:,}. Wrap it so that it "
        f"sees fewer rows at a time: {wrappers}."
    )


def _named(strategy):
    return getattr(strategy, "__name__", None) or f"{type(strategy).__name__}()"


def number_of_rows(value, n_free):
    """A number of rows, given as an int or as a share of the free rows, a float."""
    return int(value) if isinstance(value, Integral) else int(np.ceil(value * n_free))


def rows_to_fetch(strategy, pool, n_classes):
    """Number of rows up to which a dask collection is loaded into memory for a strategy.

    Parameters
    ----------
    strategy : strategy or callable
        A strategy that needs all rows of its pool.
    pool : BlockPool
        The pool.
    n_classes : int
        Number of classes.

    Returns
    -------
    n_rows : int
        At most a million, the rows that take 256 MB, and the limits of the strategy.
    """
    own = getattr(strategy, "max_pool_rows", _MOST_ROWS)
    by_classes = getattr(strategy, "max_probabilities", np.inf) / max(1, n_classes)
    return int(min(own, by_classes, _MOST_ROWS, _MOST_BYTES / max(1, pool.row_bytes())))


def rows_to_draw(strategy, pool, n_classes):
    """Number of rows to draw from a larger dask collection.

    Parameters
    ----------
    strategy, pool, n_classes
        As for :func:`rows_to_fetch`.

    Returns
    -------
    n_rows : int
        200,000, or ``sample_rows`` of the strategy, but at most the rows that take 256 MB and
        whose class probabilities take 256 MB.
    """
    own = getattr(strategy, "sample_rows", _ROWS_TO_DRAW)
    by_classes = _MOST_BYTES // (8 * max(1, n_classes))
    return min(own, by_classes, rows_to_fetch(strategy, pool, n_classes))


def tell_of_sample(strategy, pool, n_rows):
    """Warn once per pool that a strategy sees only a sample of it.

    Parameters
    ----------
    strategy : strategy or callable
        The strategy.
    pool : BlockPool
        The pool.
    n_rows : int
        Number of rows in the sample.
    """
    name = _named(strategy)

    def tell():
        warn_user(
            f"{name} needs all rows of its pool in memory, but the pool is a dask collection of "
            f"{pool.n_rows:,} rows. Each query draws {n_rows:,} of them, as Subsampled({name}, "
            f"n_rows={n_rows}) does. Use that strategy to draw another number of rows, "
            f"Partitioned({name}) to see all rows, part by part on the workers, or "
            f"Filtered({name}, by=MarginSampling(), keep={n_rows}) to see the most uncertain rows."
        )
        return True

    pool.memory.recall(None, ("told of a sample", name), tell)


class AllPairs:
    """Mixin for strategies that compare all pairs of rows, at quadratic cost."""

    max_pool_rows = 100_000
    sample_rows = 20_000
    cost_exponent = 2
    wrappers = ("Subsampled({}, n_rows=20_000)", "Partitioned({}, part_rows=20_000)")
