"""Query by committee: the rows on which several models disagree."""

from .._parameters import options
from ..scores import entropy, mutual_information, vote_counts, vote_entropy
from ._posterior import member_votes
from ._sampled import SampleScoringStrategy


class QueryByCommittee(SampleScoringStrategy):
    """Rows on which the members of a committee disagree most [1]_.

    Member t of T gives the probability :math:`p_{tc}` to class c and votes
    for its most probable class (the first of equal ones); :math:`v_c` of the
    votes go to class c. The score of a row is

    - ``"vote_entropy"`` [2]_: :math:`-\\sum_c \\frac{v_c}{T} \\ln \\frac{v_c}{T}`;
    - ``"consensus_entropy"``: the entropy :math:`H(\\bar p)` of the mean
      :math:`\\bar p_c = \\frac1T \\sum_t p_{tc}`, high also where the members
      agree that they do not know;
    - ``"kl"`` [3]_: the mean Kullback-Leibler divergence to the mean,
      :math:`\\frac1T \\sum_t \\sum_c p_{tc} \\ln \\frac{p_{tc}}{\\bar p_c}`. That is
      :math:`H(\\bar p) - \\frac1T \\sum_t H(p_t)`, the score of :class:`BALD`.

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
    measure : {"vote_entropy", "consensus_entropy", "kl"}, default="vote_entropy"
        What disagreement means.

    See Also
    --------
    BALD : The same as ``measure="kl"``, seen from the posterior of one model.
    VariationRatios : Looks at the votes for the first class only.

    References
    ----------
    .. [1] H. Seung, M. Opper, H. Sompolinsky (1992). Query by Committee. COLT,
       287-294. doi:10.1145/130385.130417
    .. [2] S. Argamon-Engelson, I. Dagan (1999). Committee-Based Sample
       Selection for Probabilistic Classifiers. JAIR 11, 335-360.
       doi:10.1613/jair.612
    .. [3] A. McCallum, K. Nigam (1998). Employing EM and Pool-Based Active
       Learning for Text Classification. ICML, 350-358.

    Examples
    --------
    Three members agree on row 0 and vote for two classes on row 1.

    >>> import numpy as np
    >>> from skactive.query import QueryByCommittee
    >>> table = np.array([[[0.9, 0.1], [0.8, 0.2]], [[0.6, 0.4], [0.4, 0.6]],
    ...                   [[0.7, 0.3], [0.1, 0.9]]])
    >>> strategy = QueryByCommittee(lambda X: table[:, X[:, 0]])
    >>> strategy.scores(None, np.array([[0], [1]])).round(4)
    array([0.    , 0.6365])
    """

    _parameter_constraints: dict = {
        **SampleScoringStrategy._parameter_constraints,
        "measure": [options("vote_entropy", "consensus_entropy", "kl")],
    }

    def __init__(self, committee=None, n_members=10, *, measure="vote_entropy"):
        super().__init__(committee, n_members)
        self.measure = measure

    def score_samples(self, samples):
        if self.measure == "consensus_entropy":
            return entropy(samples.mean(axis=0))
        if self.measure == "kl":
            return mutual_information(samples)
        return vote_entropy(vote_counts(member_votes(samples), samples.shape[2]))
