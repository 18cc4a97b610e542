"""Say before people label that the estimator will refuse the rows of a pool.

Only parts of scikit-learn are judged, because their tags say what they take.
"""

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from sklearn.base import ClassifierMixin, OneToOneFeatureMixin
from sklearn.utils import get_tags

from .._columns import columns_of, is_missing, rows_with_missing
from .._tensors import is_tensor
from .._wrapping import first_step
from ..pool import as_pool, is_dask, is_dataset, num_samples, take_rows
from ..selection import spread_positions
from ._validation import NO_NUMBERS

__all__ = ["refusal"]

_NUMBERS = "biufc"
_ROWS_TO_TRY = 100
_MOST_BYTES, _ROWS_OF_A_LARGE_POOL = 1e9, 20_000


def refusal(estimator, X, exclude=None):
    """Return why an estimator will refuse rows, and what to do.

    Parameters
    ----------
    estimator : classifier
        The wrapped estimator.
    X : container of n_rows rows
        The rows.
    exclude : array of int or of bool, default=None
        Rows that nobody will label.

    Returns
    -------
    why : str or None
        Two sentences. None if nothing is known against the rows.
    """
    if is_dask(X) or is_dataset(X) or is_tensor(X) or not num_samples(X):
        return None
    return _of_shape(estimator, X) or _of_words(estimator, X) or _of_holes(estimator, X, exclude)


def _of_shape(estimator, X):
    name = _who_refuses(estimator, lambda part, takes: not takes.three_d_array)
    if name is None or getattr(X, "ndim", 2) < 3:
        return None
    return (
        f"each row of the pool is an array of shape {tuple(X.shape[1:])}, but {name} takes "
        "vectors. Pass X_pool.reshape(len(X_pool), -1), or put a transformer before the "
        "classifier in a Pipeline."
    )


def _of_words(estimator, X):
    """Say which column holds something else than numbers."""
    name = _who_refuses(estimator, _takes_numbers_only)
    if name is None or sparse.issparse(X) or _kind(X) in _NUMBERS:
        return None
    value, column = _first_word(take_rows(X, spread_positions(num_samples(X), _ROWS_TO_TRY)))
    if value is None:
        return None
    where, step = "the pool", "TfidfVectorizer()"
    if isinstance(value, Mapping):
        step = "DictVectorizer()"
    elif column is not None:
        where = f"column {column!r} of the pool"
        step = "ColumnTransformer with OneHotEncoder(handle_unknown='ignore') for such columns"
    return (
        f"{where} holds values such as {str(value)[:40]!r} ({type(value).__name__}), but {name} "
        f"takes numbers. Put a transformer before the classifier in a Pipeline: {step}."
    )


def _kind(X):
    """Return the kind of the dtype of an array or a series, "O" for other containers."""
    return getattr(getattr(X, "dtype", None), "kind", "O")


def _takes_numbers_only(part, takes):
    if hasattr(part, "categorical_features"):  # HistGradientBoostingClassifier
        return False
    is_known = isinstance(part, (ClassifierMixin, OneToOneFeatureMixin))
    return is_known and not (takes.string or takes.categorical or takes.dict)


def _first_word(sample):
    """Return the first value of a table that is not a number, and its column if it has columns."""
    if isinstance(sample, list) and isinstance(sample[0], NO_NUMBERS):
        return sample[0], None
    has_columns = getattr(sample, "ndim", len(getattr(sample, "shape", ()))) == 2
    for name, column in zip(*columns_of(sample)):
        kind = column.dtype.kind
        for value in column.tolist() if kind in "OUSmM" else ():
            if kind in "mM" or not (is_missing(value) or _is_number(value)):
                return value, name if has_columns else None
    return None, None


def _is_number(value):
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _of_holes(estimator, X, exclude):
    """Say which row holds NaN or infinity."""
    if _is_finite(X):
        return None
    name = _who_refuses(estimator, lambda part, takes: not takes.allow_nan)
    place = None if name is None else _first_free(_rows_with(np.isnan, X), X, exclude)
    if place is not None:
        return (
            f"row {place} of the pool holds a missing value (NaN), but {name} takes none. Put "
            "SimpleImputer() before the classifier in a Pipeline, or take a classifier that takes "
            "NaN, such as HistGradientBoostingClassifier(min_samples_leaf=3)."
        )
    name = _who_refuses(estimator, lambda part, takes: True)
    place = None if name is None else _first_free(_rows_with(np.isinf, X), X, exclude)
    if place is not None:
        return (
            f"row {place} of the pool holds infinity, but {name} takes finite numbers. Replace "
            "infinity by a number, or exclude such rows."
        )
    return None


@np.errstate(over="ignore", invalid="ignore")
def _is_finite(X):
    """Return whether all numbers are finite, by their sum; False if that is not known so fast."""
    numbers = X.data if sparse.issparse(X) else X
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in _NUMBERS:
        return False
    is_large = numbers.nbytes > _MOST_BYTES
    return numbers.dtype.kind != "f" or not is_large and bool(np.isfinite(numbers.sum()))


def _rows_with(test, X):
    """Return the positions of rows with NaN or infinity, among 20,000 rows of a large array."""
    if sparse.issparse(X):
        entries = X.tocoo()
        return np.unique(entries.row[test(entries.data)])
    positions = np.arange(num_samples(X))
    is_large = isinstance(X, np.ndarray) and X.nbytes > _MOST_BYTES
    if is_large or isinstance(X, np.ndarray) and X.dtype.kind == "O":
        positions = spread_positions(num_samples(X), _ROWS_OF_A_LARGE_POOL)
    rows = take_rows(X, positions) if len(positions) < num_samples(X) else X
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "f":
        return positions[test(rows.reshape(len(rows), -1)).any(axis=1)]
    return positions[rows_with_missing(rows) if test is np.isnan else []]


def _first_free(positions, X, exclude):
    """Return the first position that is not excluded, or None."""
    if exclude is not None and len(positions):
        positions = positions[as_pool(X, exclude).are_free(positions)]
    return int(positions[0]) if len(positions) else None


def _who_refuses(estimator, refuses):
    """Return the name of the first part of scikit-learn that refuses rows as they are, or None."""
    steps = getattr(estimator, "steps", [(None, estimator)])
    for step in [step for _, step in steps if step not in (None, "passthrough")]:
        part = first_step(step)
        if part is None or not type(part).__module__.startswith("sklearn."):
            return None
        tags = get_tags(part)
        if tags.no_validation:
            return None
        if refuses(part, tags.input_tags):
            return type(step).__name__
        if not isinstance(part, OneToOneFeatureMixin) or tags.input_tags.categorical:
            return None  # it may fill in or encode values
    return None
