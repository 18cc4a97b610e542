"""Margin sampling: the rows with the smallest gap between their two most probable classes."""

from typing import Any

from .._typing import Rows
from ..predictions import class_outputs
from ..scores import margin
from ._scoring import ScoringStrategy


class MarginSampling(ScoringStrategy):
    """Smallest gap between the two most probable classes first.

    The score of a row is :math:`-(p_{(1)} - p_{(2)})`, where :math:`p_{(1)} \\ge p_{(2)}`
    are its two largest class probabilities (Eq. 2 of [1]_). If the classifier has only
    ``decision_function``, the gap is that between the two largest decision values. For
    two classes this is twice the absolute decision value. With one class the gap is
    the probability itself.

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
    EntropySampling : Reads the probabilities of all classes.
    LeastConfidenceSampling : Reads only the largest probability.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> MarginSampling()(model, [[0.0], [2.4], [9.0]], 1)
    array([1])

    In a learner:

    >>> from sklearn.datasets import load_breast_cancer
    >>> from skactive import ActiveLearner
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), MarginSampling(), budget=60, random_state=0)
    >>> learner.fit(X, y).score(X, y) > 0.92
    True
    """

    def score_rows(self, model: Any, X: Rows) -> Any:
        return -margin(class_outputs(model, X))
