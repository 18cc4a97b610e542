"""BALD: the rows whose label has the highest mutual information with the model."""

from ..scores import mutual_information
from ._sampled import SampleScoringStrategy


class BALD(SampleScoringStrategy):
    """Rows of which the label would say most about the model.

    Bayesian active learning by disagreement [1]_. The score of a row is the
    mutual information between its label and the model's parameters, from
    samples :math:`p_t` of its class probabilities, :math:`t = 1, ..., T`:

    .. math:: H(\\bar p) - \\frac1T \\sum_t H(p_t)

    with the mean :math:`\\bar p`. Unlike the entropy of the mean, it is 0 where
    all samples agree that a row is a coin toss. Samples are those of Monte
    Carlo dropout [2]_, of an ensemble's members or of a committee.

    Parameters
    ----------
    committee : list of classifiers, ensemble or sampler, default=None
        Whose members are asked. A list: each is cloned and fitted on the
        labels of the learner, save a ``sklearn.frozen.FrozenEstimator``,
        which stays as it is. A fitted ensemble: its ``estimators_``. Anything
        with ``sample_proba(X) -> (n_samples, n_rows, n_classes)``, or a
        callable that returns such samples: those. None: the learner's own
        estimator where it is one of the latter (a random forest, a net with
        dropout), otherwise ``n_members`` clones of it, each fitted on labels
        drawn with replacement within each class.
    n_members : int, default=10
        Number of those clones.

    See Also
    --------
    BatchBALD : Looks at the rows of a batch together.
    QueryByCommittee : Votes, or the entropy of the mean.

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
    """

    def score_samples(self, samples):
        return mutual_information(samples)
