"""Pools: the rows of any container, and which of them are free to be picked."""

from .._sklearn import num_samples
from ._block_tasks import delayed_blocks, with_known_lengths  # noqa: F401 - for the package
from ._blocks import AllRowsNeededError, BlockPool, without_rows  # noqa: F401
from ._datasets import is_dataset
from ._exclude import as_positions, check_exclude  # noqa: F401
from ._joining import concatenate_rows, container_kind  # noqa: F401
from ._memory import PoolMemory
from ._pool import (  # noqa: F401
    Pool,
    as_pool,
    check_one_each,
    is_dask,
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
    "is_dataset",
    "num_samples",
    "take_rows",
]
