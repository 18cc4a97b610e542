"""BALD: the rows that tell most about the model once they are labeled."""

from typing import Any

from .._typing import Floats
from ..scores import mutual_information
from ._sampled import SampleScoringStrategy


class BALD(SampleScoringStrategy):
    """Highest mutual information between the label of a row and the model first.

    Bayesian active learning by disagreement [1]_. The class probabilities
    :math:`p_t` of a row come from models :math:`t = 1, ..., T`, with mean
    :math:`\\bar p`. The score of the row is

    .. math:: H(\\bar p) - \\frac1T \\sum_t H(p_t),

    where H is the entropy. It is 0 if all models agree, even if they agree that all
    classes are equally probable. The models are samples from Monte Carlo dropout
    [2]_, the members of an ensemble, or a committee.

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
    BatchBALD : Avoids redundant rows within a batch.
    QueryByCommittee : Other measures of disagreement.

    References
    ----------
    .. [1] N. Houlsby, F. Huszar, Z. Ghahramani, M. Lengyel (2011). Bayesian
       Active Learning for Classification and Preference Learning.
       doi:10.48550/arXiv.1112.5745
    .. [2] Y. Gal, R. Islam, Z. Ghahramani (2017). Deep Bayesian Active Learning
       with Image Data. ICML, PMLR 70, 1183-1192. doi:10.48550/arXiv.1703.02910

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query import BALD
    >>> table = np.array([[[0.5, 0.5], [0.9, 0.1]], [[0.5, 0.5], [0.1, 0.9]]])
    >>> BALD(lambda X: table[:, X[:, 0]]).scores(None, np.array([[0], [1]])).round(4)
    array([0.    , 0.3681])

    The trees of a random forest as models:

    >>> from sklearn.datasets import load_wine
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> forest = RandomForestClassifier(20, random_state=0).fit(X[::6], y[::6])
    >>> scores = BALD().scores(forest, X)
    >>> bool(scores[::6].mean() < scores.mean())
    True
    """

    def score_samples(self, samples: Any) -> Floats:
        return mutual_information(samples)
