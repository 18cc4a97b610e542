"""The largest pool that a strategy accepts, and advice for larger ones."""

__all__ = ["check_cost"]


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
    if pool.n_rows <= strategy.max_pool_rows:
        return
    name = type(strategy).__name__
    wrappers = " or ".join(wrapper.format(f"{name}()") for wrapper in strategy.wrappers)
    raise ValueError(
        f"{name} accepts at most {strategy.max_pool_rows:,} rows, because a query on more takes "
        f"over a minute or a gigabyte; got {pool.n_rows:,}. Wrap it so that it sees fewer rows "
        f"at a time: {wrappers}."
    )


class AllPairs:
    """Mixin for strategies that compare all pairs of rows, at quadratic cost."""

    max_pool_rows = 100_000
    wrappers = ("Subsampled({}, n_rows=20_000)", "Partitioned({}, part_rows=20_000)")
