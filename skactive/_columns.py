"""The columns of any table as plain arrays: numbers, categories, texts.

pandas and polars frames, arrays of objects, lists of lists and lists of texts
differ in how they return a column, mark a missing value and name a type. Only
this file knows how.
"""

import datetime
import numbers

import numpy as np

__all__ = [
    "as_labels",
    "as_numbers",
    "column_kind",
    "columns_of",
    "is_missing",
    "rows_with_missing",
]

_WORDS_IN_A_TEXT = 3
_MOST_CATEGORIES_OF_A_TEXT = 40
_DATES = (datetime.date, datetime.timedelta, np.datetime64, np.timedelta64)
_SIMPLE = (str, bytes, bool, np.bool_, numbers.Number, datetime.time)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def columns_of(X):
    """Return the columns of a table, each as an array with one value per row.

    Parameters
    ----------
    X : frame, series, array or list of length n_rows
        The table. A one-dimensional container is one column.

    Returns
    -------
    names : list of length n_columns
        Names of the columns of a frame, otherwise their numbers.
    columns : list of ndarray, each of shape (n_rows,)
        The columns, of any dtype.
    """
    if hasattr(X, "get_columns"):  # polars
        return list(X.columns), [column.to_numpy() for column in X.get_columns()]
    if hasattr(X, "iloc") and getattr(X, "ndim", 1) == 2:
        return list(X.columns), [_of_pandas(X.iloc[:, j]) for j in range(X.shape[1])]
    if hasattr(X, "iloc"):
        return [X.name or 0], [_of_pandas(X)]
    array = X.to_numpy() if hasattr(X, "to_numpy") else _as_array(X)
    columns = [array] if array.ndim == 1 else [array[:, j] for j in range(array.shape[1])]
    return list(range(len(columns))), columns


def column_kind(column, name, *, is_alone=False):
    """Return the kind of a column's values.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        Some of its values.
    name : object
        Its name, for the message.
    is_alone : bool, default=False
        True if there is no other column. Then strings are texts if one of them
        has more than one word.

    Returns
    -------
    kind : {"number", "category", "text"}
        Dates and durations are numbers, booleans are categories. Strings are
        texts if most of them differ and they have three words or more.

    Raises
    ------
    TypeError
        If the values are of another kind, such as lists or dictionaries.
    """
    if column.dtype.kind in "iufmM":
        return "number"
    if column.dtype.kind == "b":
        return "category"
    values = _present(column)
    if column.ndim == 1 and column.dtype.kind in "OUS":
        if all(isinstance(value, str) for value in values):
            return _kind_of_strings(values, is_alone)
        if all(_is_number(value) for value in values):
            return "number"
        if all(isinstance(value, _DATES) for value in values):
            return "number"
        if all(isinstance(value, _SIMPLE) or _is_label(value) for value in values):
            return "category"
    found = column.dtype if column.dtype.kind != "O" else type(values[0]).__name__
    is_named = isinstance(name, str) or not is_alone
    where = f"column {name!r}" if is_named else "the pool"
    also = "" if is_alone else ", or drop the column"
    raise TypeError(
        f"{where} holds values such as {str(values[:1])[:80]} ({found}), which cannot be made "
        "vectors. Expected are numbers, dates, booleans, categories or texts. Pass embed= (a "
        f"fitted transformer or a callable) to the strategy{also}."
    )


def as_numbers(column):
    """Return a column as float64, with NaN where a value is missing or not a number.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        Numbers, dates or durations. Dates and durations are converted to seconds.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        Numbers; infinite values are kept.
    """
    if column.dtype.kind in "mM":
        unit = "datetime64[us]" if column.dtype.kind == "M" else "timedelta64[us]"
        seconds = column.astype(unit).astype(np.int64) / 1e6
        return np.where(np.isnat(column), np.nan, seconds)
    try:
        return column.astype(np.float64)
    except (TypeError, ValueError):
        return np.array([_number(value) for value in column], dtype=np.float64)


def as_labels(column):
    """Return a column as strings, with an empty string where a value is missing.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        Categories or texts.

    Returns
    -------
    labels : ndarray of object, shape (n_rows,)
        The strings.
    """
    labels = np.empty(len(column), dtype=object)
    labels[:] = ["" if is_missing(value) else str(value) for value in column.tolist()]
    return labels


def rows_with_missing(X):
    """Return the positions of the rows of a table with a missing value.

    Parameters
    ----------
    X : table, sparse matrix or tensor of n_rows rows
        The rows. Sparse matrices and tensors are not checked.

    Returns
    -------
    positions : ndarray of int
        Positions in ascending order.
    """
    if hasattr(X, "isna"):
        is_missing = np.asarray(X.isna())
    elif hasattr(X, "null_count"):
        is_missing = np.column_stack([_are_missing(column) for column in columns_of(X)[1]])
    elif isinstance(X, np.ndarray):
        is_missing = _are_missing(X.reshape(len(X), -1))
    else:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(is_missing.reshape(len(is_missing), -1).any(axis=1))


def _are_missing(array):
    if array.dtype.kind == "f":
        return np.isnan(array)
    if array.dtype.kind in "mM":
        return np.isnat(array)
    if array.dtype.kind != "O":
        return np.zeros(array.shape, dtype=bool)
    return np.vectorize(is_missing, otypes=[bool])(array)


def _of_pandas(series):
    kind = getattr(series.dtype, "kind", "O")
    if isinstance(series.dtype, np.dtype):
        return series.to_numpy()
    if kind in "iuf":
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    values = series.to_numpy(dtype="datetime64[ns]" if kind == "M" else object)
    return as_labels(values) if series.dtype.name == "category" else values


def _as_array(X):
    """Return an array with unchanged values; texts of a list keep their own lengths."""
    if isinstance(X, np.ndarray):
        return X
    try:
        return np.array(X, dtype=object)
    except ValueError:  # rows of different shapes
        array = np.empty(len(X), dtype=object)
        array[:] = list(X)
        return array


def _present(column):
    return [value for value in column.tolist() if not is_missing(value)]


def is_missing(value):
    """Return whether a value is None, NaN, NA or NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and value != value


def _is_number(value):
    return isinstance(value, numbers.Number) and not isinstance(value, (bool, complex))


def _is_label(value):
    """Return whether a value is a period or an interval, which pandas uses as categories."""
    return type(value).__name__ in ("Period", "Interval")


def _kind_of_strings(values, is_alone):
    words = np.array([len(value.split()) for value in values])
    if is_alone:
        return "text" if len(words) and words.max() > 1 else "category"
    few = min(_MOST_CATEGORIES_OF_A_TEXT, len(values) // 2)
    is_text = len(set(values)) > few and words.mean() >= _WORDS_IN_A_TEXT
    return "text" if is_text else "category"


def _number(value):
    if is_missing(value):
        return np.nan
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.datetime):
        zone = value.tzinfo or datetime.timezone.utc
        return (value.replace(tzinfo=zone) - _EPOCH).total_seconds()
    if isinstance(value, datetime.date):
        return 86400.0 * (value - _EPOCH.date()).days
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan
