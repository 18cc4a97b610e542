"""What every stopping criterion is: a rule about a history of predictions, without memory."""

import numpy as np
from sklearn.base import BaseEstimator

from .._parameters import DeclaredParameters


class StoppingCriterion(DeclaredParameters, BaseEstimator):
    """Base of the criteria.

    A criterion reads a history: what the model of each round says of the same
    rows, in the order of the rounds. A subclass says in :meth:`values` what
    number a round has, and in :meth:`fires` whether numbers are enough.

    Attributes
    ----------
    reads : {"predict", "predict_proba"}
        What a history holds for each round.
    """

    reads = "predict"

    def values(self, history):
        """One number for each round.

        Parameters
        ----------
        history : list of ndarray
            Predictions of shape (n_rows,) or class probabilities of shape
            (n_rows, n_classes), one entry a round.

        Returns
        -------
        values : ndarray of float64, shape (n_rounds,)
            NaN for a round that has none.
        """
        raise NotImplementedError

    def fires(self, values):
        """Whether to stop after a round, from the numbers up to it.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rounds,)
            What :meth:`values` gives.

        Returns
        -------
        stop : bool
            True: stop.
        """
        raise NotImplementedError

    def should_stop(self, history):
        """Whether to stop now.

        Parameters
        ----------
        history : list of ndarray
            As for :meth:`values`.

        Returns
        -------
        stop : bool
            True: stop.
        """
        return bool(self.fires(self.values(history)))

    def stops_at(self, history):
        """The first round after which the criterion says stop.

        Parameters
        ----------
        history : list of ndarray
            As for :meth:`values`.

        Returns
        -------
        index : int or None
            Into the history; None if it never does.
        """
        values = self.values(history)
        stops = (k for k in range(len(values)) if self.fires(values[: k + 1]))
        return next(stops, None)


def check_history(history, n_dims):
    """A history as a list of arrays, each about the same rows.

    Raises
    ------
    ValueError
        If an entry has other dimensions or another length than it must have.
    """
    arrays = [np.asarray(entry) for entry in history]
    for number, entry in enumerate(arrays):
        if entry.ndim != n_dims:
            what = "predictions of shape (n_rows,)"
            what = "class probabilities of shape (n_rows, n_classes)" if n_dims == 2 else what
            raise ValueError(f"round {number} must hold {what}, got shape {entry.shape}.")
        if len(entry) != len(arrays[0]) or not len(entry):
            raise ValueError(
                f"round {number} is about {len(entry)} rows and round 0 about {len(arrays[0])}. "
                "All models must predict the same rows, at least one."
            )
    return arrays
