"""Measure each model that chooses a round: agreement and audit predictions."""

import numpy as np

from ..pool import take_rows
from ..stopping import kappa
from ._rows import gather

_MAX_ROWS = 2000
_SEED = 0


class Measures:
    """Compare successive models by their predictions on a fixed set of rows.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.
    audit : ndarray of int
        Positions of the audit rows.
    n_rows : int
        Number of rows of the pool.
    """

    def __init__(self, X, audit, n_rows):
        drawn = np.random.RandomState(_SEED).permutation(n_rows)[:_MAX_ROWS]
        self._n_sample = len(drawn)
        self._X, self._positions = X, np.concatenate([np.sort(drawn), audit]).astype(np.intp)
        self._rows = None
        self._known = None  # number of labels of the last model, and its predictions

    def start(self, learning):
        """Start with a model; the next model is compared with it."""
        self._known = None
        self.take(learning)

    def take(self, learning):
        """Measure the model, if it is new since the last call.

        Parameters
        ----------
        learning : Learning
            Holds the model.

        Returns
        -------
        measures : dict or None
            ``n_labels``; ``kappa`` and ``change`` (share of changed
            predictions) since the previous model, None for the first one;
            ``audit`` (predictions for the audit rows). None if there is no new
            model.
        """
        if not learning.is_fitted or (self._known and self._known[0] == learning.n_fitted):
            return None
        predicted = np.asarray(learning.learner.predict(self._all_rows()))
        sample = predicted[: self._n_sample]
        measures = {"n_labels": learning.n_fitted, "kappa": None, "change": None}
        if self._known is not None:
            measures["kappa"] = kappa(self._known[1], sample)
            measures["change"] = float(np.mean(self._known[1] != sample))
        self._known = learning.n_fitted, sample
        return {**measures, "audit": predicted[self._n_sample :].tolist()}

    def _all_rows(self):
        if self._rows is None:
            self._rows = gather(self._X, self._positions)
        return take_rows(self._rows, np.arange(len(self._positions)))
