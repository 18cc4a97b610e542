"""Least confidence sampling: the rows with the smallest largest class probability."""

from typing import Any

from .._typing import Rows
from ..predictions import class_probabilities
from ..scores import largest
from ._scoring import ScoringStrategy


class LeastConfidenceSampling(ScoringStrategy):
    """Smallest probability of the most probable class first.

    The score of a row is :math:`-\\max_c p_c` (Eq. 3 of [1]_).

    Read more in the :ref:`user guide <strategies-uncertainty>`.

    Parameters
    ----------
    invert : bool, default=False
        True puts the most certain rows first.
    model : fitted classifier, default=None
        The model to read predictions from, for example a source model. None: the
        learner itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so that it
        stays fitted when a search clones the learner.

    See Also
    --------
    MarginSampling : Reads the two largest probabilities.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import LeastConfidenceSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> LeastConfidenceSampling(invert=True)(model, [[2.0], [2.4], [3.5]], 1)
    array([2])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GaussianNB().fit(X[::5], y[::5])
    >>> LeastConfidenceSampling()(model, X, 3)
    array([149,  77, 127])
    """

    def score_rows(self, model: Any, X: Rows) -> Any:
        return -largest(class_probabilities(model, X))
