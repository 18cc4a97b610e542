"""The largest pool that a strategy takes on, and what to do about a larger one."""

__all__ = ["check_cost"]


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
    if pool.n_rows <= strategy.max_pool_rows:
        return
    name = type(strategy).__name__
    wrappers = " or ".join(wrapper.format(f"{name}()") for wrapper in strategy.wrappers)
    raise ValueError(
        f"{name} takes on up to {strategy.max_pool_rows:,} rows, beyond which a query takes more "
        f"than a minute or a gigabyte, and got {pool.n_rows:,}. Let it see fewer at a time: "
        f"{wrappers}."
    )


class AllPairs:
    """Mixin of strategies that look at all pairs of rows, whose cost is quadratic."""

    max_pool_rows = 100_000
    wrappers = ("Subsampled({}, n_rows=20_000)", "Partitioned({}, part_rows=20_000)")
