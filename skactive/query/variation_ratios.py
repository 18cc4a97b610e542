"""Variation ratios: the rows on whose class the fewest samples of a posterior agree."""

from ..scores import modal_share, vote_counts
from ._posterior import member_votes
from ._sampled import SampleScoringStrategy


class VariationRatios(SampleScoringStrategy):
    """Rows of which the smallest share of samples votes for the modal class.

    The score of a row is :math:`1 - v / T`, where v of T samples of its class
    probabilities have their maximum at the class for which most of them do
    [1]_, [2]_. It is 0 if and only if all samples agree.

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
    QueryByCommittee : The entropy of all votes.

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
    """

    def score_samples(self, samples):
        return 1 - modal_share(vote_counts(member_votes(samples), samples.shape[2]))
