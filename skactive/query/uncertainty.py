"""Uncertainty sampling: the rows whose predicted class is least sure."""

from .._shortlist import about_entropy, about_margin
from ..predictions import class_outputs, class_probabilities
from ..scores import entropy, largest, margin
from .base import ScoringStrategy
from .screened import ScreenedStrategy


class EntropySampling(ScreenedStrategy):
    """Highest entropy of the class probabilities first.

    The score of a row is :math:`-\\sum_c p_c \\ln p_c` in nats, with
    :math:`0 \\ln 0 = 0`; Eq. 1 of [1]_. With ``invert=True`` it is negated,
    Eq. 4 of [1]_ without its diversification.

    Parameters
    ----------
    invert : bool, default=False
        True puts the most certain rows first.
    model : fitted classifier, default=None
        Whose predictions are read, for example a source model. None: those of
        the learner itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so
        that it survives clone.

    See Also
    --------
    MarginSampling : Looks at the two most probable classes only.
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
    """

    _sign, _number, _about = 1.0, staticmethod(entropy), staticmethod(about_entropy)

    def score_rows(self, model, X):
        return entropy(class_probabilities(model, X))


class MarginSampling(ScreenedStrategy):
    """Smallest gap between the two most probable classes first.

    The score of a row is :math:`-(p_{(1)} - p_{(2)})`, the two largest class
    probabilities; Eq. 2 of [1]_. For a classifier with ``decision_function``
    alone it is the gap between the two largest decision values, i.e. twice
    the distance to the boundary for two classes. With one class the gap is
    the probability itself.

    Parameters
    ----------
    invert : bool, default=False
        True puts the most certain rows first.
    model : fitted classifier, default=None
        Whose predictions are read, for example a source model. None: those of
        the learner itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so
        that it survives clone.

    See Also
    --------
    EntropySampling : Looks at all classes.
    LeastConfidenceSampling : Looks at the most probable class only.

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
    """

    _sign, _number, _about = -1.0, staticmethod(margin), staticmethod(about_margin)

    def score_rows(self, model, X):
        return -margin(class_outputs(model, X))


class LeastConfidenceSampling(ScoringStrategy):
    """Smallest probability of the most probable class first.

    The score of a row is :math:`-\\max_c p_c`; Eq. 3 of [1]_.

    Parameters
    ----------
    invert : bool, default=False
        True puts the most certain rows first.
    model : fitted classifier, default=None
        Whose predictions are read, for example a source model. None: those of
        the learner itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so
        that it survives clone.

    See Also
    --------
    MarginSampling : Looks at the two most probable classes.

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
    """

    def score_rows(self, model, X):
        return -largest(class_probabilities(model, X))
