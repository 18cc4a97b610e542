"""What successive models say of a fixed sample of a pool."""

import numpy as np
from sklearn.utils import check_random_state

from .._parameters import POSITIVE_INT, RANDOM_STATE, Instance, validated
from ..pool import as_pool
from ..predictions import class_probabilities


class PoolMonitor:
    """Asks a criterion after each round, about a sample of the pool that stays the same.

    Parameters
    ----------
    criterion : StoppingCriterion or callable
        A callable is given the learner and says whether to stop.
    X : container of n_rows rows
        The pool.
    max_rows : int, default=2000
        Rows of the sample; all rows of a smaller pool.
    random_state : int, default=0
        Draws the sample.

    Attributes
    ----------
    history : list of ndarray
        What the models said, one entry for each update in which there was one.
    n_labels : list of int
        Labels at each entry.

    See Also
    --------
    StabilizingPredictions : A criterion that fires on most data.

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
    def __init__(self, criterion, X, max_rows=2000, random_state=0):
        self.criterion = criterion
        self.history, self.n_labels = [], []
        self.rows = sample_of(X, max_rows, random_state)

    def update(self, learner):
        """Take in the model of a round.

        Parameters
        ----------
        learner : ActiveLearner
            Without a fitted model it is not asked, and nothing is added.

        Returns
        -------
        stop : bool
            Whether the criterion says stop.
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
    """Rows of a pool drawn at random, in memory; all of them where there are no more."""
    pool = as_pool(X)
    stream = check_random_state(random_state)
    n = min(max_rows, pool.n_rows)
    if n == pool.n_rows and pool.is_in_memory:
        return X
    return pool.gather(np.sort(stream.permutation(pool.n_rows)[:n]))
