"""A learner and the rows of a dask collection: which of them are fetched, and predictions of all.

No more than the labeled rows come into the memory of a learner. Predictions are made where the
rows are, when they are asked for.
"""

import numpy as np
from sklearn.metrics import accuracy_score

from .._tensors import to_numpy
from ..pool import as_pool, delayed_blocks, is_dask, num_samples, take_rows, with_known_lengths
from ..pool._computing import compute_tasks
from ..query._base import as_it_predicts

__all__ = ["predict_blocks", "rows_at", "rows_to_fit", "score_blocks"]

_MOST_BYTES = 1e9


def rows_to_fit(learner, X, *, reset):
    """Rows of a dask collection that are to be taught: in memory, or as they are for a game.

    Parameters
    ----------
    learner : ActiveLearner
        Its budget says whether there will be a game.
    X : dask array or dataframe of n_rows rows
        What the user gave.
    reset : bool
        Whether the learner starts over.

    Returns
    -------
    X : dask array or dataframe, or container of n_rows rows
        A game fetches rows as their labels are revealed; otherwise all are in memory.

    Raises
    ------
    ValueError
        If all rows would have to come, and take up more than 1 GB.
    """
    pool = as_pool(X)
    if reset and learner.budget is not None and pool.n_rows > learner.budget:
        return with_known_lengths(X, pool)
    n_bytes = pool.n_rows * pool.row_bytes()
    if n_bytes > _MOST_BYTES:
        raise ValueError(
            f"an estimator is fitted in this process on all labeled rows, and X is a dask "
            f"collection of {pool.n_rows:,} rows, {n_bytes / 1e9:.2g} GB, more than 1 GB. With a "
            "budget, fit reveals no more labels than that and fetches their rows alone; teach "
            "takes the rows that have a label; or hand over X.compute(), if it fits."
        )
    return pool.gather(np.arange(pool.n_rows))


def rows_at(X, positions):
    """Some rows of X in memory, wherever they are."""
    return as_pool(X).gather(positions) if is_dask(X) else take_rows(X, positions)


def predict_blocks(learner, method, X):
    """Predictions for the rows of a dask collection.

    Parameters
    ----------
    learner : fitted ActiveLearner
        Who predicts. It travels without the rows that it was taught.
    method : str
        The name of what is asked: ``predict``, ``predict_proba``, ...
    X : dask array or dataframe of n_rows rows
        The rows.

    Returns
    -------
    predictions : dask array of shape (n_rows,) or (n_rows, n_classes)
        Nothing is worked out before ``compute``. It has the blocks of X.
    """
    import dask.array as da

    example = getattr(learner, method)(take_rows(learner.X_labeled_, slice(0, 1)))
    example = np.asarray(to_numpy(example))[:0]
    blocks, lengths = delayed_blocks(X)
    parts = [
        da.from_delayed(part, shape=(length, *example.shape[1:]), meta=example)
        for part, length in zip(_delayed(learner, method, blocks, example), lengths)
    ]
    return da.concatenate(parts, allow_unknown_chunksizes=True)


def score_blocks(learner, X, y, sample_weight=None):
    """Mean accuracy on the rows of a dask collection; only labels leave the blocks."""
    blocks, _ = delayed_blocks(X)
    none = learner.y_labeled_[:0]
    predicted = compute_tasks(_delayed(learner, "predict", blocks, none))
    weights = None if sample_weight is None else np.asarray(sample_weight)
    return accuracy_score(np.asarray(y), np.concatenate(predicted), sample_weight=weights)


def _delayed(learner, method, blocks, none):
    from dask import delayed

    model = delayed(as_it_predicts(learner), pure=False, traverse=False)
    return [delayed(_predicted)(model, method, rows, none) for rows in blocks]


def _predicted(model, method, rows, none):
    return np.asarray(to_numpy(getattr(model, method)(rows))) if num_samples(rows) else none
