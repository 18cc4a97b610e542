"""The strategy of a learner that was given none."""

import numpy as np
from scipy import sparse

from .._tensors import is_tensor
from ..query import MarginSampling

# where rows can be seen as vectors, and where they cannot
_FOR_VECTORS = MarginSampling
_FOR_OTHERS = MarginSampling


def default_strategy(learner, X):
    """The strategy of a learner whose ``query_strategy`` is None.

    Parameters
    ----------
    learner : ActiveLearner
        Who asks.
    X : container of n_rows rows
        Rows of the pool, or rows that are taught.

    Returns
    -------
    strategy : strategy
        With its defaults.
    """
    return (_FOR_VECTORS if sees_vectors(learner, X) else _FOR_OTHERS)()


def sees_vectors(learner, X):
    """Whether rows can be seen as vectors between which distances say something.

    Parameters
    ----------
    learner : ActiveLearner
        Who asks; a Pipeline makes vectors of rows by its steps before the last.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    sees : bool
        True for matrices of numbers, dense or sparse, for frames of numbers,
        and for what a Pipeline makes numbers of. False for what a net reads
        as it is, such as images, and for rows that are no vectors to
        begin with.
    """
    estimator = learner._base_estimator()
    if len(getattr(estimator, "steps", ())) > 1:
        return True
    if sparse.issparse(X):
        return True
    if isinstance(X, np.ndarray) or is_tensor(X):
        return X.ndim == 2 and (is_tensor(X) or X.dtype.kind in "biuf")
    dtypes = getattr(X, "dtypes", None)
    if dtypes is None or not hasattr(X, "columns"):
        return False
    return all(_is_number(dtype) for dtype in dtypes)


def _is_number(dtype):
    if hasattr(dtype, "is_numeric"):  # polars
        return dtype.is_numeric()
    return getattr(dtype, "kind", "O") in "biuf"
