"""Types in the signatures of public names."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

# any container that the classifier takes: arrays, sparse matrices, frames, tensors, lists of texts
Rows: TypeAlias = Any
Labels: TypeAlias = ArrayLike
Positions: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
RandomState: TypeAlias = int | np.random.RandomState | None
# strategy(learner, X, n_queries) -> positions
Strategy: TypeAlias = Callable[[Any, Any, int], ArrayLike]
