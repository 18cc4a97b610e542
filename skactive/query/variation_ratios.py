"""Variation ratios: the rows with the smallest majority in a vote of several models."""

from typing import Any

from .._typing import Floats
from ..scores import modal_share, vote_counts
from ._posterior import member_votes
from ._sampled import SampleScoringStrategy


class VariationRatios(SampleScoringStrategy):
    """Smallest majority first, in a vote of several models.

    Each of T models votes for its most probable class. The score of a row is
    :math:`1 - v / T`, where v is the number of votes for the class with the most
    votes [1]_ [2]_. It is 0 if and only if all models agree.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    committee : list of classifiers, ensemble or sampler, default=None
        The models to compare. A list: each classifier is cloned and fitted to the
        learner's labels, except a ``sklearn.frozen.FrozenEstimator``, which is
        used as it is. A fitted ensemble: its ``estimators_``. An object with
        ``sample_proba(X) -> (n_samples, n_rows, n_classes)``, or a callable that
        returns such samples: these samples. None: the learner's estimator if it
        is an ensemble or has ``sample_proba``; otherwise ``n_members`` clones of
        it, each fitted to labels drawn with replacement within each class.
    n_members : int, default=10
        Number of clones.

    See Also
    --------
    QueryByCommittee : Reads the votes for all classes.

    References
    ----------
    .. [1] L. Freeman (1965). Elementary Applied Statistics. Wiley.
    .. [2] Y. Gal, R. Islam, Z. Ghahramani (2017). Deep Bayesian Active Learning
       with Image Data. ICML, PMLR 70, 1183-1192. doi:10.48550/arXiv.1703.02910

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query import VariationRatios
    >>> table = np.array([[[0.6, 0.4], [0.9, 0.1]], [[0.7, 0.3], [0.1, 0.9]]])
    >>> VariationRatios(lambda X: table[:, X[:, 0]]).scores(None, np.array([[0], [1]]))
    array([0. , 0.5])

    The trees of a random forest vote:

    >>> from sklearn.datasets import load_wine
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> forest = RandomForestClassifier(20, random_state=0).fit(X[::6], y[::6])
    >>> scores = VariationRatios().scores(forest, X)
    >>> bool(scores[::6].mean() < scores.mean())
    True
    """

    def score_samples(self, samples: Any) -> Floats:
        return 1 - modal_share(vote_counts(member_votes(samples), samples.shape[2]))
