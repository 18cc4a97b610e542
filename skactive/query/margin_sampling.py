"""Margin sampling: the rows whose two most probable classes are closest."""

from ..predictions import class_outputs
from ..scores import margin
from ._scoring import ScoringStrategy


class MarginSampling(ScoringStrategy):
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

    def score_rows(self, model, X):
        return -margin(class_outputs(model, X))
