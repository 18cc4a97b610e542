"""Vectors of rows: what an estimator sees, or the output of a transformer or callable."""

import numpy as np
from scipy import sparse
from sklearn.exceptions import NotFittedError

from ._columns import rows_with_missing
from ._estimators import check_fitted
from ._progress import track
from ._table_vectors import ROWS_TO_FIT, TableVectors, are_comparable, has_one_scale
from ._tensors import is_refusal, is_tensor, on_accelerator, to_numpy
from ._unwrapping import pipeline_inside, split
from .pool import check_one_each, is_dask, num_samples, take_rows
from .selection import slices, spread_positions

__all__ = [
    "can_embed",
    "choose_embedding",
    "embed_rows",
    "embedding_needs_fit",
]

_ROWS_A_BLOCK = 1 << 16
_ROWS_TO_DECIDE = 1000
# dtypes of pandas, in addition to numbers and dates
_PLAIN_TYPES = {"category", "string", "str", "boolean"}


def embed_rows(learner, X, embed=None, *, keep_tensors=False):
    """Vectors of rows.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Without ``embed``, rows are taken as its estimator sees them.
    X : container of n_rows rows
        The rows.
    embed : fitted transformer, callable or None, default=None
        A transformer with ``transform``, a callable, or an object with
        ``embed_rows(learner, X)``. None: the result of :func:`choose_embedding` for X.
        To compare a pool with other rows, call it once for the pool and pass the result.
    keep_tensors : bool, default=False
        True leaves vectors on an accelerator.

    Returns
    -------
    vectors : ndarray, csr matrix or tensor, shape (n_rows, n_features)
        Floating-point numbers; images are flattened, float32 is kept.

    Raises
    ------
    NotFittedError
        If the transformer is not fitted.
    TypeError
        If X cannot be converted to vectors and no ``embed`` was given.
    ValueError
        If a vector holds NaN or infinity, or if there is not one vector per row.
    """
    embed = choose_embedding(learner, X) if embed is None else embed
    if hasattr(embed, "embed_rows"):
        vectors = embed.embed_rows(learner, X)
    elif isinstance(embed, TableVectors):
        vectors = _by_blocks(embed.transform, X)
    elif hasattr(embed, "transform"):
        vectors = _transformed(check_fitted("embed", embed, "transformer").transform, X)
    else:
        vectors = _transformed(embed, X)
    if keep_tensors and on_accelerator(vectors):
        vectors = _as_tensor_vectors(vectors.detach())
    else:
        vectors = _as_vectors(to_numpy(vectors))
    check_one_each(vectors.shape[0], X, f"there are {vectors.shape[0]} vectors")
    return vectors


def choose_embedding(learner, X):
    """Choose how to convert the rows of a pool to vectors if no ``embed`` is given.

    Rows are taken as the learner's estimator sees them, if these are finite numbers of
    comparable scale: the output of a Pipeline's steps before the last, otherwise X.
    Otherwise transformers of scikit-learn are fitted to 20,000 evenly spaced rows of X.
    They standardize and impute numbers and dates, one-hot encode categories, and convert
    texts to components of their tf-idf.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner.
    X : container of n_rows rows
        The pool, or evenly spaced rows of it.

    Returns
    -------
    embed : object
        Pass it to :func:`embed_rows`, for the pool and for rows of the same kind.

    Raises
    ------
    TypeError
        If the rows cannot be converted to vectors.

    Notes
    -----
    Scales are comparable if the largest standard deviation of a column is at most 50 times
    the median one; constant columns are ignored. The output of a Pipeline counts as of
    different scales only if X does too, because the scales of principal components may
    differ. Sparse matrices, images and tensors are taken as they are.
    """
    return AsSeen() if sees_vectors(learner, X) else fit_table(X)


def sees_vectors(learner, X):
    """Whether the estimator sees the rows of a pool as finite numbers of comparable scale.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner.
    X : container of n_rows rows
        The pool, or evenly spaced rows of it.

    Returns
    -------
    answer : bool
        See :func:`choose_embedding`.
    """
    if _before_last(learner) is not None:
        return _gives_vectors(learner, X)
    return is_taken_as_it_is(X) or _holds_finite_numbers(X) and _has_one_scale(_rows_to_decide(X))


def fit_table(X):
    """A :class:`TableVectors` fitted to 20,000 evenly spaced rows of a pool."""
    return TableVectors().fit(spread(X, ROWS_TO_FIT))


def can_embed(X, embed=None):
    """Whether rows can be converted to vectors; only a few rows are read to decide.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.
    embed : transformer, callable or None, default=None
        Maps rows to vectors.

    Returns
    -------
    answer : bool
        Without ``embed``, False for containers such as lists of dictionaries and for
        dask collections of objects, whose rows are not in memory.
    """
    if is_dask(X):
        return embed is not None or _has_plain_columns(X)
    if embed is not None or is_taken_as_it_is(X):
        return True
    sample = spread(X, 100)
    try:
        _as_numbers(sample)
    except (TypeError, ValueError):
        try:
            TableVectors().fit(sample)
        except (TypeError, ValueError):
            return False
    return True


def _has_plain_columns(X):
    """Whether the columns of a dask collection are numbers, dates, categories or strings."""
    types = getattr(X, "dtypes", X.dtype if hasattr(X, "dtype") else None)
    types = list(types) if hasattr(types, "__iter__") else [types]
    is_table = hasattr(X, "divisions") or getattr(X, "ndim", 2) == 2
    return is_table and all(
        getattr(each, "kind", "O") in "fiubM" or getattr(each, "name", "") in _PLAIN_TYPES
        for each in types
    )


def embedding_needs_fit(learner, embed=None):
    """Whether the vectors depend on steps that the learner's estimator fits to labels.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner.
    embed : transformer, callable or None, default=None
        Maps rows to vectors.

    Returns
    -------
    answer : bool
        True if there are no vectors before the first fit.
    """
    if hasattr(embed, "embed_rows"):
        return True
    return embed is None and _before_last(learner) is not None


class AsSeen:
    """An ``embed`` that takes rows as the learner's estimator sees them."""

    def embed_rows(self, learner, X):
        """X, or the output of the estimator's steps before the last."""
        before = _before_last(learner)
        return X if before is None else _transformed(before, X)


def _before_last(learner):
    """The steps of a learner's Pipeline before the last as a callable; None if there are none."""
    pipeline = pipeline_inside(learner)
    return None if pipeline is None else split(pipeline)[0]


def is_taken_as_it_is(X):
    """Whether rows are images, a sparse matrix or a tensor, which are not read as a table."""
    return is_tensor(X) or sparse.issparse(X) or getattr(X, "ndim", 2) > 2


def are_finite_numbers(X):
    """Whether rows are numbers without missing values. Infinity raises an error later."""
    return is_taken_as_it_is(X) or _holds_finite_numbers(X)


def _holds_finite_numbers(X):
    try:
        numbers = _as_numbers(X)
    except (TypeError, ValueError):
        return False
    return not (np.isnan(_total(numbers)) and np.isnan(numbers).any())


def _is_one_scale(X):
    """Whether the columns of numbers in a table have comparable scales."""
    return is_taken_as_it_is(X) or _has_one_scale(_rows_to_decide(X))


def _has_one_scale(rows):
    is_plain = isinstance(rows, np.ndarray) and rows.ndim == 2 and rows.dtype.kind in "iuf"
    if not is_plain or not len(rows) or not np.isfinite(rows).all():
        return has_one_scale(rows)
    # the same result, for all columns at once; each is summed on its own
    return are_comparable(np.ascontiguousarray(rows.T, dtype=np.float64).std(axis=1))


def _gives_vectors(learner, X):
    """Whether a learner's Pipeline outputs finite numbers of comparable scale."""
    rows = _rows_to_decide(X)
    try:
        vectors = to_numpy(AsSeen().embed_rows(learner, rows))
        is_seen = are_finite_numbers(vectors) and (_is_one_scale(vectors) or _is_one_scale(rows))
        incomplete = rows_with_missing(X)[:_ROWS_TO_DECIDE] if is_seen else ()
        if len(incomplete):
            vectors = AsSeen().embed_rows(learner, take_rows(X, incomplete))
            return are_finite_numbers(to_numpy(vectors))
        return is_seen
    except NotFittedError:
        return False


def _rows_to_decide(X):
    """A thousand of the rows that a table would be fitted on, or all rows."""
    n_rows = num_samples(X)
    if n_rows <= _ROWS_TO_DECIDE:
        return X
    positions = spread_positions(n_rows, ROWS_TO_FIT)
    return take_rows(X, positions[spread_positions(len(positions), _ROWS_TO_DECIDE)])


def spread(X, n):
    """n evenly spaced rows of a container, or all of them."""
    n_rows = num_samples(X)
    return X if n_rows <= n else take_rows(X, spread_positions(n_rows, n))


def _by_blocks(method, X):
    """Apply a method block by block, so that intermediate results stay small."""
    n_rows = num_samples(X)
    if n_rows <= _ROWS_A_BLOCK:
        return method(X)
    vectors = None
    blocks = slices(n_rows, _ROWS_A_BLOCK)
    for block in track(blocks, len(blocks), description="vectors", unit="blocks"):
        part = method(take_rows(X, block))
        if vectors is None:
            vectors = np.empty((n_rows, part.shape[1]), dtype=part.dtype)
        vectors[block] = part
    return vectors


def _transformed(method, X):
    """Apply a method to X; block by block on the host if it does not accept a tensor."""
    try:
        return method(X)
    except TypeError as error:
        if not is_tensor(X) or not is_refusal(error):
            raise
    blocks = slices(len(X), _ROWS_A_BLOCK)
    parts = [method(to_numpy(take_rows(X, block))) for block in blocks]
    return sparse.vstack(parts, "csr") if sparse.issparse(parts[0]) else np.concatenate(parts)


def _as_tensor_vectors(vectors):
    vectors = vectors.reshape(len(vectors), -1)
    vectors = vectors if vectors.is_floating_point() else vectors.double()
    if vectors.numel() and not np.isfinite([float(end) for end in vectors.aminmax()]).all():
        raise _not_finite(np.flatnonzero(~to_numpy(vectors.isfinite().all(1)))[0])
    return vectors


def _as_vectors(vectors):
    if sparse.issparse(vectors):
        vectors = vectors.tocsr()
        ends = vectors.indptr[1:]
        _check_finite(vectors.data[:, None], lambda i: np.searchsorted(ends, i, "right"))
        return vectors
    try:
        vectors = _as_numbers(vectors)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"this strategy needs rows that are vectors of numbers; got {error}. Give it embed= "
            "(a fitted transformer or a callable), or put the transformer before the classifier "
            "in a Pipeline."
        ) from error
    vectors = vectors.reshape(len(vectors), -1)
    _check_finite(vectors, int)
    return vectors


def _as_numbers(X):
    """Rows as an array of floats; raises a TypeError or ValueError if they are not numbers."""
    types = getattr(X, "dtypes", None)
    types = types if hasattr(types, "__iter__") else [types]
    if not all(getattr(each, "kind", "f") in "fiub" for each in types):
        raise TypeError("a frame with columns that are not numbers")
    array = np.asarray(X)
    if array.dtype.kind not in "fiubO":
        raise TypeError(f"values of type {array.dtype}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


@np.errstate(over="ignore", invalid="ignore")
def _total(numbers):
    """Sum of all numbers, not finite if one of them is not; ten times as fast as testing each."""
    # not in float64: conversion takes longer than addition. After an overflow, each is tested
    return numbers.sum(dtype=np.promote_types(numbers.dtype, np.float32))


def _check_finite(numbers, row_of):
    """Raise a ValueError that names the first row with NaN or infinity."""
    if np.isfinite(_total(numbers)):
        return
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(bad):
        raise _not_finite(row_of(bad[0]))


def _not_finite(row):
    return ValueError(
        f"the vector of row {row} holds NaN or infinity, so it has no distance to other rows. "
        "Replace such values in the pool, or in a transformer: one before the classifier in a "
        "Pipeline, or embed= of the strategy."
    )
