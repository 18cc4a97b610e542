"""Rows as vectors: what an estimator sees, or what a transformer or callable makes of them."""

import numpy as np
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["embed_rows", "embedding_needs_fit"]


def embed_rows(learner, X, embed=None):
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

    Returns
    -------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        Floating point; images are flattened; float32 is kept.

    Raises
    ------
    NotFittedError
        If the transformer is not fitted.
    TypeError
        If there are no numbers in X and no ``embed`` was given.
    ValueError
        If a vector holds NaN or infinity.
    """
    if embed is None:
        steps = _steps_before_last(learner)
        vectors = X if steps is None else steps.transform(X)
    elif hasattr(embed, "embed_rows"):
        vectors = embed.embed_rows(learner, X)
    elif hasattr(embed, "transform"):
        vectors = _checked_transformer(embed).transform(X)
    else:
        vectors = embed(X)
    return _as_vectors(vectors)


def embedding_needs_fit(learner, embed=None):
    """Whether the vectors come from what the learner's estimator fits on labels."""
    if hasattr(embed, "embed_rows"):
        return True
    return embed is None and _pipeline(learner) is not None


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


def _checked_transformer(embed):
    if hasattr(embed, "get_params"):
        try:
            check_is_fitted(embed)
        except NotFittedError as error:
            raise NotFittedError(
                f"embed={embed!r} is not fitted. A fitted transformer is lost when a strategy is "
                "cloned, as every search and cross-validation does: hand over "
                "sklearn.frozen.FrozenEstimator(transformer), which survives clone."
            ) from error
    return embed


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
        raise ValueError(
            f"row {row_of(bad[0])} holds NaN or infinity as a vector, which has no distance to "
            "other rows. Give embed= a transformer that fills it in."
        )
