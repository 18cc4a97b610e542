"""What is checked of X and y before anything is fitted, and what is left to the estimator."""

import numbers

import numpy as np
from scipy import sparse
from sklearn.base import is_regressor
from sklearn.utils.validation import validate_data

from .._wrapping import input_tags
from ..pool import computed, is_dask, num_samples, without_rows
from ..query._base import check_strategy

_COLUMNS = ("n_features_in_", "feature_names_in_")


def check_new_rows(learner, X, estimator, *, reset):
    """Checked rows, and the attributes that say what columns they have.

    Parameters
    ----------
    learner : ActiveLearner
        It is not changed.
    X : container of n_rows rows
        What the user gave.
    estimator : classifier
        Its tags say what X may hold.
    reset : bool
        False compares the columns with those seen before.

    Returns
    -------
    X : container of n_rows rows
        As from :func:`check_rows`.
    columns : dict
        Name to value of those attributes that X has.
    """
    known = {k: v for k, v in vars(learner).items() if not reset or k not in _COLUMNS}
    twin = object.__new__(type(learner))
    twin.__dict__.update(known)
    X = check_rows(twin, X, estimator, reset=reset)
    return X, {name: vars(twin)[name] for name in _COLUMNS if name in vars(twin)}


def check_rows(learner, X, estimator, *, reset):
    """X as the estimator takes it, after the checks that hold for any estimator.

    Arrays, sparse matrices and lists of numbers are checked as scikit-learn
    does; frames, series, texts and anything else pass as they are, and what
    is wrong with them is for the estimator to say.

    Parameters
    ----------
    learner : ActiveLearner
        Gets ``n_features_in_`` and ``feature_names_in_`` when ``reset``.
    X : container of n_rows rows
        What the user gave.
    estimator : classifier
        Its tags say what X may hold.
    reset : bool
        False compares the columns with those seen before.

    Returns
    -------
    X : container of n_rows rows
        The same object as a rule; lists of numbers become arrays, and the rows of a dask
        collection come into memory.
    """
    X = computed(X)
    if not reset and _is_plain(learner, X):
        return X
    if not _is_numeric(X):
        validate_data(learner, X, reset=reset, skip_check_array=True)
        if num_samples(X) == 0:
            raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
        return X
    return validate_data(
        learner,
        X,
        reset=reset,
        accept_sparse=("csr", "csc"),
        allow_nd=True,
        **_what_it_takes(estimator),
    )


def _is_plain(learner, X):
    """Whether X is a plain array of finite numbers as wide as the rows before it.

    Every estimator takes that; finding out costs a tenth of asking scikit-learn.
    """
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and len(X) > 0
        and X.dtype.kind in "fiu"
        and _is_as_wide(learner, X)
        and bool(np.isfinite(X).all())
    )


def _is_as_wide(learner, X):
    """Whether an array has the columns taught: as many, and there are no names."""
    has_names = hasattr(learner, "feature_names_in_")
    return X.ndim > 1 and not has_names and X.shape[1] == getattr(learner, "n_features_in_", None)


def check_pool(learner, X):
    """A pool as it is asked about: lists of numbers as an array, with the columns taught."""
    if is_dask(X) and not hasattr(X, "shape"):
        raise TypeError(
            f"a dask {type(X).__name__} cannot be a pool; make it an array or a dataframe."
        )
    if _is_numeric(X) and not sparse.issparse(X) and not isinstance(X, np.ndarray):
        X = np.asarray(X)
    if learner.n_labels_:
        check_columns(learner, X)
    return X


def check_columns(learner, X):
    """Raise or warn when the columns of X are not those of the labelled rows."""
    if isinstance(X, np.ndarray) and _is_as_wide(learner, X):
        return  # the same question as below, asked in every round
    is_one_row = _is_numeric(X) and getattr(X, "ndim", 2) == 1
    if not is_one_row:  # the estimator has a better message for that
        validate_data(learner, without_rows(X), reset=False, skip_check_array=True)


def check_parameters(learner):
    """Raise when a parameter of a learner is not what it must be."""
    _check_count("budget", learner.budget, optional=True)
    _check_count("batch_size", learner.batch_size)
    _check_count("n_initial", learner.n_initial)
    estimator = learner.estimator
    if estimator is not None and (not hasattr(estimator, "fit") or is_regressor(estimator)):
        raise TypeError(f"estimator must be a classifier with fit, got {estimator!r}.")
    for name in ("query_strategy", "cold_start"):
        if getattr(learner, name) is not None:
            check_strategy(name, getattr(learner, name))
    if hasattr(learner.cold_start, "requires_fit") and learner.cold_start.requires_fit(learner):
        raise ValueError(
            f"cold_start must pick without a fitted model, and {learner.cold_start!r} needs one."
        )


def _check_count(name, value, *, optional=False):
    """Raise unless a parameter is an int of at least 1 (or None where that is allowed)."""
    if value is None and optional:
        return
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        expected = "an int of at least 1" + (" or None" if optional else "")
        raise TypeError(f"{name} must be {expected}, got {value!r}.")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value!r}.")


def check_initial(initial, n_rows, budget):
    """Positions of the rows that a game starts from as an int array, empty for None."""
    positions = np.empty(0, dtype=np.intp) if initial is None else np.asarray(initial)
    if positions.ndim != 1 or (positions.dtype.kind not in "iu" and positions.size):
        raise TypeError(f"initial must be a 1-d array of int positions, got {initial!r}.")
    outside = positions[(positions < 0) | (positions >= n_rows)]
    if len(outside):
        raise ValueError(f"initial holds position {outside[0]}, but X has {n_rows} rows.")
    if len(np.unique(positions)) != len(positions):
        raise ValueError(f"initial holds a position twice: {initial!r}.")
    if budget is not None and len(positions) > budget:
        raise ValueError(
            f"initial holds {len(positions)} positions, more than the budget of {budget}."
        )
    return positions.astype(np.intp)


def _is_numeric(X):
    """Whether X is an array, a sparse matrix or a list that is to hold numbers."""
    if sparse.issparse(X):
        return True
    if isinstance(X, (list, tuple)):
        return len(X) == 0 or not isinstance(X[0], (str, bytes))
    if isinstance(X, np.ndarray):
        return not (X.ndim == 1 and X.dtype.kind in "OUS" and len(X) and isinstance(X[0], str))
    return not hasattr(X, "shape")


def _what_it_takes(estimator):
    """Arguments of ``check_array`` by which an estimator refuses no more than it would itself."""
    tags = input_tags(estimator)
    if tags is None:
        return {"dtype": None, "ensure_all_finite": False}
    takes_objects = tags.string or tags.categorical
    return {
        "dtype": None if takes_objects else "numeric",
        "ensure_all_finite": "allow-nan" if tags.allow_nan else True,
    }
