"""Explain why rows were picked, by the model, the labels and the strategy."""

from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from .._table import Table
from .._typing import Rows
from ..embedding import embed_rows
from ..pool import as_pool
from ..predictions import class_outputs
from ..query import MarginSampling
from ..query._base import requires_fit
from ..query._class_counts import ClassCounts
from ..query._scoring import ScoringStrategy
from ..query._vectors import pool_embedding
from ._cold_start import cold_start_of
from ._validation import check_pool

_N_NEAREST = 3


class ExplainingMixin:
    """Explanations of picks."""

    def explain(self, X: Rows, positions: Any) -> Table:
        """Explain why rows of a pool would be picked now.

        Parameters
        ----------
        X : container of n_rows rows
            The pool.
        positions : array of int, shape (n_taken,)
            Positions of rows in pick order, as returned by :meth:`query`.

        Returns
        -------
        table : Table
            One line per row, with columns by name (``table["margin"]``) and
            ``.to_frame()``: position, strategy, phase, aim, score, gain (share
            of the pool that the row newly covers), first and second (the two
            most probable classes), p_first, p_second, margin, nearest (labels
            of the three nearest labeled rows), distance and counts. None where
            something is not known.

        Raises
        ------
        ValueError, TypeError
            If the pool does not fit the rows taught.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skactive import ActiveLearner
        >>> X, y = load_iris(return_X_y=True)
        >>> learner = ActiveLearner(random_state=0).fit(X[::10], y[::10])
        >>> table = learner.explain(X, learner.query(X, 2))
        >>> table["first"].tolist(), table["second"].tolist()
        ([1, 1], [2, 2])
        """
        X = check_pool(self, X)
        positions = np.asarray(positions, dtype=np.intp)
        return Table({"position": positions, **reasons(self, X, positions)})


def reasons(learner, X, positions):
    """Return the columns of an explanation.

    Parameters
    ----------
    learner : ActiveLearner
        The learner that picked.
    X : container of n_rows rows
        The pool.
    positions : ndarray of int, shape (n_taken,)
        Positions of rows in pick order.

    Returns
    -------
    columns : dict of str to list of length n_taken
        ``strategy``, ``phase`` ("cold start", "discovery", "balance" or None),
        ``aim`` (the class that the strategy looks for), ``score`` (higher =
        picked first), ``gain`` (share of the pool that the row newly covers,
        for covering strategies), ``first`` and ``second`` (the two most probable
        classes), ``p_first``, ``p_second``, ``margin``, ``nearest`` (labels of
        the three nearest labeled rows), ``distance`` (to the nearest labeled
        or previously picked row) and ``counts`` (number of labels of each
        class).
    """
    pool = as_pool(X)
    rows = pool.gather(positions)
    n = len(positions)
    strategy, is_cold = _asked(learner, pool)
    columns = {"strategy": [_name(strategy)] * n, "phase": [None] * n, "aim": [None] * n}
    if is_cold:
        columns["phase"] = ["cold start"] * n
    else:
        columns.update(_phase_and_aims(learner, strategy, pool.n_rows, n))
    notes = _notes(learner, pool.n_rows, positions)
    columns["score"] = _scores(learner, strategy, rows, notes, is_cold)
    columns["gain"] = [note.get("gain") for note in notes]
    columns.update(_most_probable(learner, rows, n))
    columns.update(_nearest(learner, strategy, pool, rows, n))
    columns["counts"] = [_counts(learner)] * n
    return columns


def _asked(learner, pool):
    """Return the strategy that answers the next query, and whether it is the cold start."""
    strategy = getattr(learner, "strategy_", learner.query_strategy)
    strategy = MarginSampling() if strategy is None else strategy
    is_short = getattr(learner, "_cold", False) and learner.n_labels_ < learner.n_initial
    if requires_fit(strategy, learner) and (is_short or not hasattr(learner, "estimator_")):
        return cold_start_of(learner, strategy, pool), True
    return strategy, False


def _name(strategy):
    return getattr(strategy, "__name__", type(strategy).__name__)


def _phase_and_aims(learner, strategy, n_rows, n):
    """Return phase and aim of two-phase strategies, Eqs. 8 and 9 of Aggarwal et al. (2020)."""
    if not hasattr(strategy, "denominator") or not learner.n_labels_:
        return {}
    budget = n_rows if learner.budget is None else learner.budget
    counts = ClassCounts(budget, strategy.patience)
    counts.follow(learner.y_labeled_)
    if counts.switched_at is None:
        return {"phase": ["discovery"] * n}
    if strategy.tie == "random":
        return {"phase": ["balance"] * n}
    found = list(dict.fromkeys(learner.y_labeled_.tolist()))
    expected, aims = counts.copy(), []
    for _ in range(n):
        aims.append(found[expected.rarest()])
        expected.counts[expected.rarest()] += 1
    return {"phase": ["balance"] * n, "aim": aims}


def _notes(learner, n_rows, positions):
    """Return the notes of the last query on each row, if nothing was taught since."""
    picked = learner._picked
    if picked is None or (picked.n_rows, picked.n_labels) != (n_rows, learner.n_labels_):
        return [{}] * len(positions)
    return [picked.notes.get(position, {}) for position in positions.tolist()]


def _scores(learner, strategy, rows, notes, is_cold):
    """Return scores of any rows if no other row matters for them, otherwise noted ones."""
    has_own = getattr(type(strategy), "score_rows", None) not in (None, ScoringStrategy.score_rows)
    if is_cold or not has_own:
        return [note.get("score") for note in notes]
    return [float(score) for score in strategy.scores(learner, rows)]


def _most_probable(learner, rows, n):
    """Return the two most probable classes, by decision values if there are no probabilities."""
    names = ("first", "second", "p_first", "p_second", "margin")
    has_outputs = hasattr(learner, "predict_proba") or hasattr(learner, "decision_function")
    if not hasattr(learner, "estimator_") or not has_outputs:
        return {name: [None] * n for name in names}
    outputs = np.asarray(class_outputs(learner, rows))
    classes = np.unique(learner.y_labeled_)
    order = np.argsort(-outputs, axis=1, kind="stable")
    top = np.take_along_axis(outputs, order[:, :2], axis=1)
    return {
        "first": classes[order[:, 0]].tolist(),
        "second": classes[order[:, 1]].tolist(),
        "p_first": top[:, 0].tolist(),
        "p_second": top[:, 1].tolist(),
        "margin": (top[:, 0] - top[:, 1]).tolist(),
    }


def _nearest(learner, strategy, pool, rows, n):
    """Return labels of the nearest labeled rows, and the distance to the nearest row."""
    pair = _vectors(learner, strategy, pool, rows) if learner.n_labels_ else None
    if pair is None:
        return {"nearest": [None] * n, "distance": [None] * n}
    vectors, labeled = pair
    k = min(_N_NEAREST, learner.n_labels_)
    nearest, distances = [], []
    for block in pairwise_distances_chunked(vectors, labeled):
        order = np.argsort(block, axis=1, kind="stable")[:, :k]
        nearest += learner.y_labeled_[order].tolist()
        distances += block.min(axis=1).tolist()
    between = np.vstack(list(pairwise_distances_chunked(vectors, vectors)))
    for i in range(1, n):
        distances[i] = min(distances[i], float(between[i, :i].min()))
    return {"nearest": nearest, "distance": distances}


def _vectors(learner, strategy, pool, rows):
    """Return rows and labeled rows as vectors, or None if they cannot be made vectors."""
    try:
        embed = pool_embedding(learner, pool, getattr(strategy, "embed", None))
        return [embed_rows(learner, each, embed) for each in (rows, learner.X_labeled_)]
    except (TypeError, ValueError, AttributeError):  # NotFittedError is a ValueError
        return None


def _counts(learner):
    if not learner.n_labels_:
        return {}
    classes, counts = np.unique(learner.y_labeled_, return_counts=True)
    return dict(zip(map(str, classes.tolist()), counts.tolist()))
