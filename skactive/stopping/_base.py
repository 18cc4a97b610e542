"""Base class of the stopping criteria, which read a history of predictions and have no state."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from .._parameters import DeclaredParameters
from .._typing import Floats


class StoppingCriterion(DeclaredParameters, BaseEstimator):
    """Base class for stopping criteria.

    A criterion reads a history: the predictions of each round's model for the
    same rows, in the order of the rounds. A subclass defines :meth:`values`,
    which gives each round a number, and :meth:`fires`, which decides on these
    numbers.

    Attributes
    ----------
    reads : {"predict", "predict_proba"}
        What the history holds for each round.
    """

    reads = "predict"

    def values(self, history: Any) -> Floats:
        """Return one number per round.

        Parameters
        ----------
        history : list of ndarray
            One entry per round: predictions of shape (n_rows,), or class
            probabilities of shape (n_rows, n_classes).

        Returns
        -------
        values : ndarray of float64, shape (n_rounds,)
            Values; NaN for a round without one.

        Raises
        ------
        ValueError
            If an entry has a wrong shape, or another number of rows than the
            first.
        """
        raise NotImplementedError

    def fires(self, values: Floats) -> bool:
        """Decide whether to stop after a round, from the values up to it.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rounds,)
            Values as returned by :meth:`values`.

        Returns
        -------
        stop : bool
            True to stop.
        """
        raise NotImplementedError

    def should_stop(self, history: Any) -> bool:
        """Decide whether to stop now.

        Parameters
        ----------
        history : list of ndarray
            As for :meth:`values`.

        Returns
        -------
        stop : bool
            True to stop.

        Raises
        ------
        ValueError
            As for :meth:`values`.
        """
        return bool(self.fires(self.values(history)))

    def stops_at(self, history: Any) -> int | None:
        """Return the first round after which the criterion fires.

        Parameters
        ----------
        history : list of ndarray
            As for :meth:`values`.

        Returns
        -------
        index : int or None
            Index into the history; None if the criterion never fires.

        Raises
        ------
        ValueError
            As for :meth:`values`.
        """
        values = self.values(history)
        stops = (k for k in range(len(values)) if self.fires(values[: k + 1]))
        return next(stops, None)


def check_history(history, n_dims):
    """Return a history as a list of arrays, after checking their shapes.

    Raises
    ------
    ValueError
        If an entry has a wrong shape, or another number of rows than the
        first.
    """
    arrays = [np.asarray(entry) for entry in history]
    for number, entry in enumerate(arrays):
        if entry.ndim != n_dims:
            what = "predictions of shape (n_rows,)"
            what = "class probabilities of shape (n_rows, n_classes)" if n_dims == 2 else what
            raise ValueError(f"round {number} must hold {what}, got shape {entry.shape}.")
        if len(entry) != len(arrays[0]) or not len(entry):
            raise ValueError(
                f"round {number} has predictions for {len(entry)} rows, and round 0 for "
                f"{len(arrays[0])}. All models must predict the same rows, at least one."
            )
    return arrays
