"""Checks of X before anything is fitted; the estimator checks the rest."""

import os
from collections.abc import Iterator, Mapping, Set

import numpy as np
from scipy import sparse
from sklearn.utils.validation import validate_data

from .._wrapping import first_step, input_tags
from ..pool import is_dask, is_dataset, num_samples, without_rows
from ._block_rows import rows_to_fit

# types whose length is not a number of rows
_NO_ROWS = (str, bytes, bytearray, memoryview, Set, type)

# a row that is a text, the path of a file, or a dict for a DictVectorizer
NO_NUMBERS = (str, bytes, os.PathLike, Mapping)

_COLUMNS = ("n_features_in_", "feature_names_in_")


def check_new_rows(learner, X, estimator, *, reset):
    """Return checked rows, and the attributes that describe their columns.

    Parameters
    ----------
    learner : ActiveLearner
        The learner; it does not change.
    X : container of n_rows rows
        Rows from the user.
    estimator : classifier
        Its tags say what X may hold.
    reset : bool
        False compares the columns with those of earlier rows.

    Returns
    -------
    X : container of n_rows rows
        Rows as returned by :func:`check_rows`.
    columns : dict
        Name to value of the attributes.
    """
    known = {k: v for k, v in vars(learner).items() if not reset or k not in _COLUMNS}
    twin = object.__new__(type(learner))
    twin.__dict__.update(known)
    X = check_rows(twin, X, estimator, reset=reset)
    return X, {name: vars(twin)[name] for name in _COLUMNS if name in vars(twin)}


def check_rows(learner, X, estimator, *, reset):
    """Return X as the estimator takes it, after the checks that hold for any estimator.

    Arrays, sparse matrices and lists of numbers are checked as in
    scikit-learn. Frames, series, texts, dicts and other containers are passed
    on; the estimator validates them.

    Parameters
    ----------
    learner : ActiveLearner
        Gets ``n_features_in_`` and ``feature_names_in_`` if ``reset``.
    X : container of n_rows rows
        Rows from the user.
    estimator : classifier
        Its tags say what X may hold.
    reset : bool
        False compares the columns with those of earlier rows.

    Returns
    -------
    X : container of n_rows rows
        Usually the same object. Lists of numbers become arrays, and a dask
        collection is loaded into memory, unless there are more rows than the budget.
    """
    if is_dask(X):
        X = rows_to_fit(learner, X, reset=reset)
        if is_dask(X):
            validate_data(learner, without_rows(X), reset=reset, skip_check_array=True)
            return X
    if not reset and _is_plain(learner, X):
        return X
    check_container(X)
    if not _is_numeric(X):
        if not is_dataset(X):  # it would load a row to count its columns
            validate_data(learner, X, reset=reset, skip_check_array=True)
        if num_samples(X) == 0:
            raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
        return X
    what = _what_it_takes(estimator)
    if not sparse.issparse(X):
        X = _as_array(X)
        if what["dtype"] == "numeric":
            X = _as_numbers(X)
    return validate_data(
        learner, X, reset=reset, accept_sparse=("csr", "csc"), allow_nd=True, **what
    )


def check_container(X):
    """Raise an error unless X holds rows that can be counted and indexed."""
    if type(X) is np.ndarray:
        return
    looks_like_rows = any(hasattr(X, name) for name in ("shape", "__array__"))
    has_length = hasattr(X, "__len__") and not isinstance(X, Mapping)
    if isinstance(X, _NO_ROWS) or not (looks_like_rows or has_length):
        raise TypeError(
            "X must hold rows, in an array, a sparse matrix, a dataframe, a tensor or a list; "
            f"got {_named(X)}.{_advice(X)}"
        )
    _check_names(X)
    _check_types_of_names(X)
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array with masked entries, and the values under the mask would be "
            "used. Fill the entries, for example with X.filled(np.nan)."
        )
    if getattr(X, "requires_grad", False) is True:
        raise ValueError("X is a tensor that requires a gradient. Pass X.detach().")


def _named(X):
    if isinstance(X, type):
        return f"the class {X.__name__}"
    return f"a {type(X).__name__}: {repr(X)[:60]}"


def _advice(X):
    if isinstance(X, Iterator):
        return " Make a list of it: its items can be taken only once."
    return " For named columns, use a dataframe." if isinstance(X, Mapping) else ""


def _check_names(X):
    """Raise an error if a frame has no columns, or two with one name."""
    if not hasattr(X, "columns") or not hasattr(X, "shape"):
        return
    if not len(X.columns):
        raise ValueError("Found array with 0 feature(s) while a minimum of 1 is required.")
    if not getattr(X.columns, "is_unique", True):
        name = X.columns[X.columns.duplicated()][0]
        raise ValueError(
            f"X has more than one column named {name!r}. Rename these columns, or drop the "
            "duplicates."
        )


def _check_types_of_names(X):
    """Raise an error if some columns of a pandas frame have strings as names, and others not."""
    names = getattr(X, "columns", None)
    if not getattr(names, "inferred_type", "").startswith("mixed"):
        return
    kinds = sorted({type(name).__name__ for name in names})
    if "str" in kinds and len(kinds) > 1:
        raise TypeError(
            f"X has columns with names of the types {', '.join(kinds)}: {list(names)[:5]}. "
            "scikit-learn takes names only if all of them are strings. Set X.columns = "
            "X.columns.astype(str)."
        )


def _as_array(X):
    """Return a list of rows of numbers as an array."""
    if isinstance(X, np.ndarray):
        return X
    try:
        return np.asarray(X)
    except ValueError as error:
        raise ValueError(
            f"X must hold rows of one length, but they differ: {error}. Fill in missing values."
        ) from error


def _as_numbers(X):
    """Return an array as numbers, if it holds objects that are numbers."""
    if X.dtype.kind in "mMV":
        raise ValueError(
            f"X must hold numbers, got dtype {X.dtype}. Convert it to numbers, or put a "
            "transformer before the classifier in a Pipeline."
        )
    if X.dtype.kind != "O":
        return X
    try:
        return X.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"X must hold numbers, but one entry is not a number: {error}. Convert all entries to "
            "numbers, or put a transformer before the classifier in a Pipeline."
        ) from error


def _is_plain(learner, X):
    """Return whether X is a plain array of finite numbers, as wide as the earlier rows.

    Every estimator takes such an array, and this check takes a tenth of
    scikit-learn's time.
    """
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and len(X) > 0
        and X.dtype.kind in "fiu"
        and _is_as_wide(learner, X.shape)
        and bool(np.isfinite(X).all())
    )


def _is_as_wide(learner, shape):
    """Return whether an array of a shape has as many columns as the rows taught, without names."""
    has_names = hasattr(learner, "feature_names_in_")
    width = getattr(learner, "n_features_in_", None)
    return len(shape) > 1 and not has_names and shape[1] == width


def check_pool(learner, X):
    """Return a checked pool, with lists of numbers as an array, and with the columns taught."""
    check_container(X)
    if is_dask(X) and not hasattr(X, "shape"):
        raise TypeError(
            f"a dask {type(X).__name__} cannot be a pool; convert it to an array or a dataframe."
        )
    if sparse.issparse(X):
        _check_format(X)
    elif _is_numeric(X):
        X = _as_array(X)
    if learner.n_labels_:
        check_columns(learner, X)
    _check_has_columns(learner, X)
    return X


def _check_format(X):
    """Raise an error unless the rows of a sparse matrix can be read."""
    if X.ndim != 2 or X.format in ("bsr", "coo", "dia"):
        raise TypeError(
            f"the rows of a {type(X).__name__} with shape {X.shape} cannot be read. Convert the "
            "pool to two-dimensional csr once, with X_pool.tocsr(), and pass it in every round."
        )


def _check_has_columns(learner, X):
    """Raise an error if a pool holds single numbers instead of rows with columns."""
    if not isinstance(X, np.ndarray) or X.ndim != 1 or not _is_numeric(X):
        return
    n_columns = getattr(learner, "n_features_in_", None)
    taught = "" if n_columns is None else f", but the rows taught have {n_columns} columns"
    raise ValueError(
        f"the pool is a one-dimensional array of numbers{taught}. Use X_pool.reshape(1, -1) for "
        "one row, X_pool.reshape(-1, 1) for one column."
    )


def check_columns(learner, X):
    """Raise or warn if the columns of X differ from those of the labeled rows."""
    is_plain = type(X) is np.ndarray and X.dtype.kind in "biuf"
    if is_plain and _is_as_wide(learner, X.shape):
        return  # a quick answer, because this check runs in every round
    if is_dataset(X):
        return
    check_container(X)
    if isinstance(X, (list, tuple)) and not X:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
    if _is_numeric(X) and not sparse.issparse(X) and _holds_numbers(learner.X_labeled_):
        _as_numbers(_as_array(X))
    is_one_row = _is_numeric(X) and getattr(X, "ndim", 2) == 1
    if not is_one_row:  # the estimator has a better message for that
        validate_data(learner, without_rows(X), reset=False, skip_check_array=True)


def _holds_numbers(X):
    return isinstance(X, np.ndarray) and X.dtype.kind in "biuf"


def _is_numeric(X):
    """Return whether X is an array, a sparse matrix or a list that should hold numbers."""
    if sparse.issparse(X):
        return True
    if isinstance(X, (list, tuple)):
        return len(X) == 0 or not isinstance(X[0], NO_NUMBERS)
    if isinstance(X, np.ndarray):
        is_plain = X.ndim != 1 or X.dtype.kind not in "OUS" or not len(X)
        return is_plain or not isinstance(X[0], NO_NUMBERS)
    return not hasattr(X, "shape") and not is_dataset(X)


def _what_it_takes(estimator):
    """Return arguments of ``check_array`` that are no stricter than the estimator."""
    tags = input_tags(estimator)
    if tags is None:
        return {"dtype": None, "ensure_all_finite": False}
    takes_objects = tags.string or tags.categorical
    return {
        "estimator": type(first_step(estimator)).__name__,
        "dtype": None if takes_objects else "numeric",
        "ensure_all_finite": "allow-nan" if tags.allow_nan else True,
    }
