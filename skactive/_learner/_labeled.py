"""Labeled rows with their fit parameters, in an immutable object."""

from typing import NamedTuple

import numpy as np

from ..pool import concatenate_rows, container_kind, take_rows
from ._fit_params import FitParams
from ._labels import check_kinds, join_labels


class Labeled(NamedTuple):
    """Rows, labels and fit parameters of the same length.

    Attributes
    ----------
    X : container of n_rows rows
        The rows.
    y : ndarray of shape (n_rows,)
        Their labels.
    params : FitParams
        Parameters of ``fit``.
    """

    X: object
    y: np.ndarray
    params: FitParams

    def plus(self, other):
        """Return these rows, followed by the others.

        Raises
        ------
        TypeError, ValueError
            If the others are of another kind.
        """
        kinds = [container_kind(rows) for rows in (self.X, other.X)]
        if kinds[0] != kinds[1]:
            raise TypeError(f"a {kinds[1]} of rows cannot join the {kinds[0]} taught before.")
        check_kinds(self.y, other.y)
        return Labeled(
            concatenate_rows(self.X, other.X),
            join_labels(self.y, other.y),
            self.params.join(other.params),
        )

    def first(self, n_rows):
        """Return the first rows; None if there are none."""
        rows = slice(0, n_rows)
        if not n_rows:
            return None
        return Labeled(take_rows(self.X, rows), self.y[rows], self.params.rows(rows))
