"""Rows of any container: how many there are, some of them, block by block, which are free."""

from .._sklearn import num_samples
from ._blocks import (  # noqa: F401 - for the package alone
    AllRowsNeededError,
    BlockPool,
    as_pool,
    computed,
    is_dask,
    without_rows,
)
from ._memory import PoolMemory
from ._pool import (  # noqa: F401
    Pool,
    check_exclude,
    check_one_each,
    concatenate_rows,
    container_kind,
    take_rows,
)

__all__ = [
    "AllRowsNeededError",
    "BlockPool",
    "Pool",
    "PoolMemory",
    "as_pool",
    "concatenate_rows",
    "is_dask",
    "num_samples",
    "take_rows",
]
