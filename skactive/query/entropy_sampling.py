"""Entropy sampling: the rows with the most evenly spread class probabilities."""

from typing import Any

from .._typing import Rows
from ..predictions import class_probabilities
from ..scores import entropy
from ._scoring import ScoringStrategy


class EntropySampling(ScoringStrategy):
    """Highest entropy of the class probabilities first.

    The score of a row is :math:`-\\sum_c p_c \\ln p_c` in nats, with
    :math:`0 \\ln 0 = 0` (Eq. 1 of [1]_). ``invert=True`` negates the score, as in
    Eq. 4 of [1]_ without its diversification.

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
    MarginSampling : Reads only the two largest probabilities.
    Diversified : Takes the predicted classes in turn.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import EntropySampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> EntropySampling()(model, [[0.0], [2.4], [9.0]], 2)
    array([1, 0])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GaussianNB().fit(X[::5], y[::5])
    >>> EntropySampling()(model, X, 3)
    array([149,  77, 127])
    """

    def score_rows(self, model: Any, X: Rows) -> Any:
        return entropy(class_probabilities(model, X))
