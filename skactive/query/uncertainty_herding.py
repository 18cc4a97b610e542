"""Uncertainty herding: a coverage of the pool in which uncertain rows count more."""

from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from .._codes import columns_of_codes, encoded_clone, fit_on_codes
from .._parameters import options, reals
from .._tensors import to_numpy
from ..pool import Pool, take_rows
from ..predictions import class_probabilities
from ..selection import squared_norms
from ._base import QueryStrategy
from ._labels import labeled_rows
from ._probabilities import UNCERTAINTIES, pool_probabilities, tempered
from .max_herding import MaxHerding

# those nearest to 1 come first, so that they win ties
_TEMPERATURES = sorted(np.logspace(-1, 1, 41), key=lambda t: abs(np.log(t)))
_HELD_OUT = 0.2
_BINS = 15
# relative distance, compared with the longest vector, below which rows are equal
_SAME = 1e-6


class UncertaintyHerding(MaxHerding):
    """MaxHerding with rows weighted by their uncertainty.

    With labeled and picked rows L, the next pick :math:`x'` maximizes what it adds to the
    uncertainty coverage [1]_,

    .. math:: \\frac1N \\sum_x u(x) \\max\\Bigl(0, \\; k(x, x') - \\max_{l \\in L} k(x, l)\\Bigr),
              \\qquad k(x, x') = \\exp\\Bigl(-\\frac{\\lVert x - x' \\rVert^2}{\\sigma^2}\\Bigr),

    where u is the uncertainty. Two numbers depend on the labels, so that coverage
    matters most with few labels and uncertainty with many. The width :math:`\\sigma` is
    the smallest distance between two labeled rows. The temperature is the one with the
    lowest expected calibration error on a fifth of the labels, which are held out from
    a fit to the other labels; logits are divided by it.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    measure : {"margin", "entropy", "least_confidence"}, default="margin"
        The uncertainty u: 1 minus the gap between the two largest probabilities, the
        entropy, or 1 minus the largest probability.
    temperature : float, default=None
        Above 0. With 1, probabilities stay as they are and no model is fitted. None:
        the one with the lowest calibration error, of 41 from 0.1 to 10.
    sigma : float, default=None
        Width of the similarity, above 0. None: the smallest distance between two
        labeled rows, or 1 if no two labeled rows differ.
    unit_norm : bool, default=True
        Whether to divide vectors by their norm first, as in the paper.
    max_rows : int, default=8192
        In a larger pool, each query draws this many free rows. These are the
        candidates and the rows to cover.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    MaxHerding : Gives all rows the same weight.
    BalancedCoverage : Also weights rows by class.

    Notes
    -----
    In addition to :class:`MaxHerding`, a query costs predictions for at most ``max_rows``
    rows, one fit of the learner's estimator, and O(L\\ :sup:`2` d) with L labels. For a
    plain classifier, which has no labels, temperature and width are 1.

    References
    ----------
    .. [1] W. Bae, G. L. Oliveira, D. J. Sutherland (2025). Uncertainty Herding:
       One Active Learning Method for All Label Budgets. ICLR.
       doi:10.48550/arXiv.2412.20644

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import MaxHerding, UncertaintyHerding
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[-1.0], [-1.1], [-1.2], [2.3], [2.4]]
    >>> MaxHerding(unit_norm=False)(model, X, 1)
    array([1])
    >>> UncertaintyHerding(unit_norm=False)(model, X, 1)
    array([4])

    In a learner on the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(
    ...     GaussianNB(), UncertaintyHerding(unit_norm=False), budget=30, random_state=0
    ... )
    >>> learner.fit(X, y).n_labels_
    30
    """

    _parameter_constraints: dict = {
        **MaxHerding._parameter_constraints,
        "measure": [options(*UNCERTAINTIES)],
        "temperature": [reals(0, closed="neither"), None],
        "sigma": [reals(0, closed="neither"), None],
    }

    def __init__(
        self,
        measure: str = "margin",
        *,
        temperature: float | None = None,
        sigma: float | None = None,
        unit_norm: bool = True,
        max_rows: int = 8192,
        embed: Any = None,
    ) -> None:
        super().__init__(sigma, unit_norm=unit_norm, max_rows=max_rows, embed=embed)
        self.measure = measure
        self.temperature = temperature

    def requires_fit(self, learner: Any) -> bool:
        return QueryStrategy.requires_fit(self, learner)

    def _sigma(self, labeled):
        return smallest_distance(labeled) if self.sigma is None else self.sigma

    def _weights(self, learner, pool, rows):
        temperature = self.temperature
        if temperature is None:
            has_labels = hasattr(learner, "X_labeled_")
            temperature = self._calibrated(learner) if has_labels else 1.0
        part = Pool(pool.gather(rows), n_jobs=pool.n_jobs)
        probabilities = tempered(pool_probabilities(learner, part), temperature)
        weights = UNCERTAINTIES[self.measure](probabilities)
        return weights if weights.max() > 0 else np.ones(len(rows))

    def _calibrated(self, learner):
        """The temperature with the lowest calibration error on held-out labels."""
        X, codes, classes = labeled_rows(learner, self)
        held = _held_out(codes)
        if not len(held):
            return 1.0
        kept = np.setdiff1d(np.arange(len(codes)), held)
        # the learner's estimator is fitted to codes; a fixed seed repeats the same fit
        model = encoded_clone(learner.estimator_, np.arange(len(classes)), 0)
        fit_on_codes(model, take_rows(X, kept), codes[kept])
        probabilities = to_numpy(class_probabilities(model, take_rows(X, held)))
        probabilities = columns_of_codes(model, probabilities, len(classes))

        def error(temperature):
            return calibration_error(tempered(probabilities, temperature), codes[held])

        return min(_TEMPERATURES, key=error)


def smallest_distance(labeled):
    """Smallest distance between two rows that differ; 1 if there are none.

    Parameters
    ----------
    labeled : ndarray or csr matrix, shape (n_labels, n_features), or None
        The rows.

    Returns
    -------
    distance : float
        Above 0.
    """
    if labeled is None or labeled.shape[0] < 2:
        return 1.0
    same = _SAME * np.sqrt(squared_norms(labeled).max())

    def smallest(distances, start):
        return np.where(distances > same, distances, np.inf).min(axis=1)

    blocks = pairwise_distances_chunked(labeled, reduce_func=smallest, working_memory=16)
    distance = float(min(block.min() for block in blocks))
    return distance if np.isfinite(distance) else 1.0


def calibration_error(probabilities, codes):
    """Expected calibration error, the mean gap between confidence and accuracy, in 15 bins.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.
    codes : ndarray of int, shape (n_rows,)
        Column of the true class of each row.

    Returns
    -------
    error : float
        Between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query.uncertainty_herding import calibration_error
    >>> calibration_error(np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([0, 1]))
    0.25
    """
    confidence = probabilities.max(axis=1)
    gaps = confidence - (probabilities.argmax(axis=1) == codes)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return float(np.abs(np.bincount(bins, weights=gaps)).sum() / len(codes))


def _held_out(codes):
    """Positions of up to a fifth of the labels; every class keeps at least one label."""
    order = np.random.RandomState(0).permutation(len(codes))
    left, held = np.bincount(codes), []
    for position in order:
        if len(held) < _HELD_OUT * len(codes) and left[codes[position]] > 1:
            left[codes[position]] -= 1
            held.append(position)
    return np.array(held, dtype=np.intp)
