"""Predictions of successive models for a fixed sample of a pool."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._parameters import POSITIVE_INT, RANDOM_STATE, Instance, validated
from .._typing import RandomState, Rows
from ..pool import as_pool
from ..predictions import class_probabilities


class PoolMonitor:
    """Apply a stopping criterion after each round, on a fixed sample of the pool.

    Read more in :doc:`/user_guide/stopping`.

    Parameters
    ----------
    criterion : StoppingCriterion or callable
        A callable takes the learner and returns whether to stop.
    X : container of n_rows rows
        The pool.
    max_rows : int, default=2000
        Maximum number of rows in the sample.
    random_state : int, default=0
        Seed of the sample.

    Attributes
    ----------
    history : list of ndarray
        Predictions of each model, one entry per update with a fitted model.
    n_labels : list of int
        Number of labels at each entry of the history.
    rows : container
        The sample.

    See Also
    --------
    StabilizingPredictions : A criterion that compares successive models.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import scale
    >>> from skactive import ActiveLearner
    >>> from skactive.stopping import PoolMonitor, StabilizingPredictions
    >>> X, y = load_iris(return_X_y=True)
    >>> X = scale(X)
    >>> monitor = PoolMonitor(StabilizingPredictions(threshold=0.95), X)
    >>> learner = ActiveLearner(budget=120, random_state=0)
    >>> for _ in learner.play(X, y, every_round=True):
    ...     if monitor.update(learner):
    ...         break
    >>> monitor.n_labels[-1] < 120
    True
    """

    _parameter_constraints: dict = {
        "criterion": [
            Instance("should_stop", "a criterion of skactive.stopping"),
            Instance("__call__", "a callable learner -> bool"),
        ],
        "max_rows": POSITIVE_INT,
        "random_state": RANDOM_STATE,
    }

    @validated(_parameter_constraints)
    def __init__(
        self, criterion: Any, X: Rows, max_rows: int = 2000, random_state: RandomState = 0
    ) -> None:
        self.criterion = criterion
        self.history, self.n_labels = [], []
        self.rows = sample_of(X, max_rows, random_state)

    def update(self, learner: Any) -> bool:
        """Add the predictions of a round's model to the history.

        Parameters
        ----------
        learner : ActiveLearner
            Learner after a round. Without a fitted model, nothing is added.

        Returns
        -------
        stop : bool
            Whether the criterion says to stop.
        """
        if not hasattr(self.criterion, "should_stop"):
            return bool(self.criterion(learner))
        if not hasattr(learner, "estimator_"):
            return False
        if self.criterion.reads == "predict":
            said = np.asarray(learner.predict(self.rows))
        else:
            said = np.asarray(class_probabilities(learner, self.rows))
        self.history.append(said)
        self.n_labels.append(learner.n_labels_)
        return self.criterion.should_stop(self.history)


def sample_of(X, max_rows, random_state):
    """Draw random rows of a pool into memory; a small pool is returned whole."""
    pool = as_pool(X)
    stream = check_random_state(random_state)
    n = min(max_rows, pool.n_rows)
    if n == pool.n_rows and pool.is_in_memory:
        return X
    return pool.gather(np.sort(stream.permutation(pool.n_rows)[:n]))
