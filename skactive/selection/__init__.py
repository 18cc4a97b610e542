"""Functions that turn scores, groups and distances into picks."""

from ._blocks import (  # noqa: F401 - some used only inside the package
    by_blocks,
    row_products,
    slices,
    spread_positions,
    squared_norms,
    wide_blocks,
)
from ._free_rows import FreeRows, random_rows
from ._order import are_equal, round_robin, top_n  # noqa: F401
from ._ties import TieOrder

__all__ = [
    "FreeRows",
    "TieOrder",
    "by_blocks",
    "random_rows",
    "round_robin",
    "row_products",
    "squared_norms",
    "top_n",
]
