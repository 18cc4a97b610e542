"""The strategy of a learner that was given none."""

import numpy as np
from scipy import sparse

from .._columns import column_kind, columns_of
from .._tensors import is_tensor
from ..pool import is_dask, is_dataset, num_samples, take_rows
from ..query import MarginSampling

# where rows can be seen as vectors, and where they cannot
_FOR_VECTORS = MarginSampling
_FOR_OTHERS = MarginSampling

_ROWS_LOOKED_AT = 50


def default_strategy(learner, X):
    """The strategy of a learner whose ``query_strategy`` is None.

    Parameters
    ----------
    learner : ActiveLearner
        Who asks.
    X : container of n_rows rows
        The pool, or rows that are taught.

    Returns
    -------
    strategy : strategy
        With its defaults.
    """
    return (_FOR_VECTORS if can_be_vectors(learner, X) else _FOR_OTHERS)()


def can_be_vectors(learner, X):
    """Whether vectors can be made of rows between which distances say something.

    Parameters
    ----------
    learner : ActiveLearner
        Who asks.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    can : bool
        True for matrices of numbers, dense or sparse, for tables of numbers,
        categories, dates and texts, and for what a Pipeline makes vectors of.
        False for images, for rows that a net or a cluster holds, and for
        columns of other things, such as lists.
    """
    if is_dask(X) or is_dataset(X):
        return False
    steps = getattr(learner._base_estimator(), "steps", None)
    last = steps[-1][1] if steps else learner._base_estimator()
    is_net = hasattr(last, "module") and hasattr(last, "optimizer")
    if steps is not None and len(steps) > 1:
        return not is_net
    if sparse.issparse(X):
        return True
    if is_tensor(X) or (isinstance(X, np.ndarray) and X.dtype.kind in "biuf"):
        return X.ndim == 2
    return not is_net and len(getattr(X, "shape", ())) < 3 and _are_simple(X)


def _are_simple(X):
    """Whether the columns of the first rows hold numbers, categories, dates or texts."""
    n_rows = num_samples(X)
    try:
        names, columns = columns_of(take_rows(X, slice(0, min(n_rows, _ROWS_LOOKED_AT))))
        for name, column in zip(names, columns):
            column_kind(column, name)
    except (TypeError, ValueError):
        return False
    return True
