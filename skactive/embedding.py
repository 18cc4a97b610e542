"""Rows as vectors: what an estimator sees, or what a transformer or callable makes of them."""

import numpy as np
from scipy import sparse

from ._estimators import check_fitted
from ._tensors import is_refusal, is_tensor, on_accelerator, to_numpy
from .pool import check_one_each, take_rows

__all__ = ["embed_rows", "embedding_needs_fit", "last_step"]

_ROWS_A_BLOCK = 1 << 16


def embed_rows(learner, X, embed=None, *, keep_tensors=False):
    """Vectors of rows.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Whose representation is taken when ``embed`` is None.
    X : container of n_rows rows
        The rows.
    embed : fitted transformer, callable or None, default=None
        A transformer's ``transform`` or the callable is applied to X; one with
        ``embed_rows(learner, X)`` reads the learner too. None: the
        representation that the estimator itself sees, i.e. what comes out of a
        Pipeline's steps before the last, otherwise X.
    keep_tensors : bool, default=False
        True leaves vectors on the accelerator where they live on one.

    Returns
    -------
    vectors : ndarray, csr matrix or tensor, shape (n_rows, n_features)
        Floating point; images are flattened; float32 is kept.

    Raises
    ------
    NotFittedError
        If the transformer is not fitted.
    TypeError
        If there are no numbers in X and no ``embed`` was given.
    ValueError
        If a vector holds NaN or infinity, or if there is not one for each row.
    """
    if embed is None:
        steps = _steps_before_last(learner)
        vectors = X if steps is None else _transformed(steps.transform, X)
    elif hasattr(embed, "embed_rows"):
        vectors = embed.embed_rows(learner, X)
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


def embedding_needs_fit(learner, embed=None):
    """Whether the vectors come from what the learner's estimator fits on labels."""
    if hasattr(embed, "embed_rows"):
        return True
    return embed is None and _pipeline(learner) is not None


def last_step(learner):
    """The steps before the classifier that a learner ends in, and that classifier.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Who predicts.

    Returns
    -------
    steps : Pipeline or None
        Fitted; None where the classifier sees the rows as they are.
    classifier : fitted classifier
        What sees their output; its classes may be codes.
    """
    pipeline = _pipeline(learner)
    return (None, learner) if pipeline is None else (pipeline[:-1], pipeline[-1])


def _pipeline(learner):
    """The Pipeline of two steps or more that a learner's estimator is, or None."""
    estimator = getattr(learner, "estimator_", getattr(learner, "estimator", learner))
    while not hasattr(estimator, "steps"):
        inner = getattr(estimator, "best_estimator_", getattr(estimator, "estimator", None))
        if inner is None or isinstance(inner, type):
            return None
        estimator = inner
    return estimator if len(estimator.steps) > 1 else None


def _steps_before_last(learner):
    pipeline = _pipeline(learner)
    return None if pipeline is None else pipeline[:-1]


def _transformed(method, X):
    """method(X); block after block on the host where it takes no rows of an accelerator."""
    try:
        return method(X)
    except TypeError as error:
        if not is_tensor(X) or not is_refusal(error):
            raise
    starts = range(0, len(X), _ROWS_A_BLOCK)
    blocks = (to_numpy(take_rows(X, slice(start, start + _ROWS_A_BLOCK))) for start in starts)
    parts = [method(block) for block in blocks]
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
        vectors = np.asarray(vectors)
        if vectors.dtype.kind != "f":
            vectors = vectors.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "this strategy needs rows as vectors of numbers, and those that it got are not: "
            f"{error}. Give it embed= (a fitted transformer or a callable), or put the "
            "transformer before the classifier in a Pipeline."
        ) from error
    vectors = vectors.reshape(len(vectors), -1)
    _check_finite(vectors, int)
    return vectors


def _check_finite(numbers, row_of):
    """Raise a ValueError that names the first row with NaN or infinity."""
    if np.isfinite(numbers.sum(dtype=np.float64)):
        return
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(bad):
        raise _not_finite(row_of(bad[0]))


def _not_finite(row):
    return ValueError(
        f"row {row} of those looked at holds NaN or infinity as a vector, which has no "
        "distance to other rows. Give embed= a transformer that fills it in."
    )
