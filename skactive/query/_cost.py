"""The largest pool that a strategy takes on, and what to do about a larger one."""

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
]

# of a pool on a cluster: most bytes and rows that come into the memory of who asks, and
# rows that are drawn where there are more
_MOST_BYTES = 1 << 28
_MOST_ROWS = 1_000_000
_ROWS_TO_DRAW = 200_000
# and of those that a user asks for
_MOST_BYTES_ASKED_FOR = 1e9


def check_cost(strategy, pool):
    """Raise, before any work, if a pool has more rows than a strategy takes on.

    Parameters
    ----------
    strategy : QueryStrategy
        Its attribute ``max_pool_rows`` is the number of rows up to which a
        query takes about a minute and a gigabyte; ``wrappers`` says what to
        wrap it in, with ``{}`` for the strategy.
    pool : Pool or BlockPool
        The rows.

    Raises
    ------
    ValueError
        If there are more.
    """
    if pool.is_in_memory:  # of a larger pool on a cluster some rows are drawn
        _check_rows(strategy, pool.n_rows)


def check_stage(strategy, pool, n_rows):
    """Raise, before any work, if a stage to come is too much for a strategy or for the memory.

    Parameters
    ----------
    strategy : strategy or callable
        Who will see some rows of a pool.
    pool : Pool or BlockPool
        The pool.
    n_rows : int
        How many rows.

    Raises
    ------
    ValueError
        If a query on so many rows takes minutes, or if they come from a cluster and take up
        more than 1 GB.
    """
    _check_rows(strategy, n_rows)
    if not pool.is_in_memory and n_rows * pool.row_bytes() > _MOST_BYTES_ASKED_FOR:
        raise ValueError(
            f"{n_rows:,} rows, {n_rows * pool.row_bytes() / 1e9:.2g} GB, would come from the "
            f"cluster into this process, and 1 GB is the limit. Let {_named(strategy)} see fewer "
            "rows; an int is a number of rows, a float a share of the free rows."
        )


def _check_rows(strategy, n_rows):
    if n_rows <= getattr(strategy, "max_pool_rows", n_rows):
        return
    name = _named(strategy)
    wrappers = " or ".join(wrapper.format(name) for wrapper in strategy.wrappers)
    raise ValueError(
        f"{type(strategy).__name__} takes on up to {strategy.max_pool_rows:,} rows, beyond which "
        f"a query takes more than a minute or a gigabyte, and got {n_rows:,}. Let it see fewer at "
        f"a time: {wrappers}."
    )


def _named(strategy):
    return getattr(strategy, "__name__", None) or f"{type(strategy).__name__}()"


def number_of_rows(value, n_free):
    """A number of rows that is given as such, an int, or as a share of the free ones, a float."""
    return int(value) if isinstance(value, Integral) else int(np.ceil(value * n_free))


def rows_to_fetch(strategy, pool):
    """Up to how many rows a pool on a cluster comes as a whole to a strategy that wants all.

    Parameters
    ----------
    strategy : strategy or callable
        Who looks at all rows of its pool.
    pool : BlockPool
        The pool.

    Returns
    -------
    n_rows : int
        A million, 256 MB, or as many as the strategy takes on.
    """
    own = getattr(strategy, "max_pool_rows", _MOST_ROWS)
    return int(min(own, _MOST_ROWS, _MOST_BYTES / max(1, pool.row_bytes())))


def rows_to_draw(strategy, pool, n_classes):
    """How many rows of a larger pool on a cluster are drawn for it.

    Parameters
    ----------
    strategy, pool
        As for :func:`rows_to_fetch`.
    n_classes : int
        Number of classes.

    Returns
    -------
    n_rows : int
        200,000, or what the strategy says in ``sample_rows``; no more than fit into 256 MB, also
        as class probabilities.
    """
    own = getattr(strategy, "sample_rows", _ROWS_TO_DRAW)
    by_classes = _MOST_BYTES // (8 * max(1, n_classes))
    return min(own, by_classes, rows_to_fetch(strategy, pool))


def tell_of_sample(strategy, pool, n_rows):
    """Warn, once for a pool, that a strategy sees but some rows of it.

    Parameters
    ----------
    strategy : strategy or callable
        Who does.
    pool : BlockPool
        The pool.
    n_rows : int
        How many.
    """
    name = _named(strategy)

    def tell():
        warn_user(
            f"{name} looks at all rows of its pool, and the {pool.n_rows:,} rows here are on a "
            f"cluster. Each query draws {n_rows:,} of them, as Subsampled({name}, "
            f"n_rows={n_rows}) does. Wrap it in that for another number of rows, in "
            f"Partitioned({name}) to let all rows be seen, part by part where they are, or in "
            f"Filtered({name}, by=MarginSampling(), keep={n_rows}) for the most uncertain ones."
        )
        return True

    pool.memory.recall(None, ("told of a sample", name), tell)


class AllPairs:
    """Mixin of strategies that look at all pairs of rows, whose cost is quadratic."""

    max_pool_rows = 100_000
    sample_rows = 20_000
    wrappers = ("Subsampled({}, n_rows=20_000)", "Partitioned({}, part_rows=20_000)")
