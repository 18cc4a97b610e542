"""Fit on rows of a dask collection, and predict for all of its rows.

The learner fetches only labeled rows. The workers predict, where the rows are, when the result is
computed.
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
    """Return the rows that a learner is fitted to: in memory, or still as a dask collection.

    Parameters
    ----------
    learner : ActiveLearner
        The learner. With a budget below n_rows, ``fit`` simulates active learning.
    X : dask array or dataframe of n_rows rows
        Labeled rows.
    reset : bool
        Whether the learner starts over.

    Returns
    -------
    X : dask array or dataframe, or container of n_rows rows
        A dask collection if ``fit`` simulates active learning, which fetches each row
        when it reveals its label. Otherwise all rows, in memory.

    Raises
    ------
    ValueError
        If all rows are needed in memory and take more than 1 GB.
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
    """Return some rows of any container, in memory."""
    return as_pool(X).gather(positions) if is_dask(X) else take_rows(X, positions)


def predict_blocks(learner, method, X):
    """Predict for the rows of a dask collection, block by block.

    Parameters
    ----------
    learner : fitted ActiveLearner
        The learner. It is sent to the workers without its labeled rows.
    method : str
        Name of the method: ``predict``, ``predict_proba``, ...
    X : dask array or dataframe of n_rows rows
        The rows.

    Returns
    -------
    predictions : dask array of shape (n_rows,) or (n_rows, n_classes)
        It has the blocks of X. ``compute`` starts the work.
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
    """Return the accuracy on the rows of a dask collection; workers send only labels."""
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
