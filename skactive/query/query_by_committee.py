"""Query by committee: the rows on which several models disagree most."""

from typing import Any

from .._parameters import options
from .._typing import Floats
from ..scores import entropy, mutual_information, vote_counts, vote_entropy
from ._posterior import member_votes
from ._sampled import SampleScoringStrategy


class QueryByCommittee(SampleScoringStrategy):
    """Rows on which the members of a committee disagree most [1]_.

    Member t of T gives class c the probability :math:`p_{tc}` and votes for its most
    probable class (the first one if several are equal). Class c gets :math:`v_c` votes.
    The score of a row depends on ``measure``:

    - ``"vote_entropy"`` [2]_: the entropy of the votes,
      :math:`-\\sum_c \\frac{v_c}{T} \\ln \\frac{v_c}{T}`;
    - ``"consensus_entropy"``: the entropy :math:`H(\\bar p)` of the mean
      :math:`\\bar p_c = \\frac1T \\sum_t p_{tc}`. It is also high if the members agree
      that the classes are equally probable;
    - ``"kl"`` [3]_: the mean Kullback-Leibler divergence of the members from their mean,
      :math:`\\frac1T \\sum_t \\sum_c p_{tc} \\ln \\frac{p_{tc}}{\\bar p_c}`. It equals
      :math:`H(\\bar p) - \\frac1T \\sum_t H(p_t)`, the score of :class:`BALD`.

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
    measure : {"vote_entropy", "consensus_entropy", "kl"}, default="vote_entropy"
        The measure of disagreement.

    See Also
    --------
    BALD : The score of ``measure="kl"``, derived from the posterior of one model.
    VariationRatios : Reads only the votes for the class with the most votes.

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

    A committee of different classifiers, fitted to the learner's labels:

    >>> from sklearn.datasets import load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skactive import ActiveLearner
    >>> X, y = load_wine(return_X_y=True)
    >>> strategy = QueryByCommittee([GaussianNB(), DecisionTreeClassifier(random_state=0)])
    >>> learner = ActiveLearner(GaussianNB(), strategy, budget=40, random_state=0)
    >>> learner.fit(X, y).n_labels_
    40
    """

    _parameter_constraints: dict = {
        **SampleScoringStrategy._parameter_constraints,
        "measure": [options("vote_entropy", "consensus_entropy", "kl")],
    }

    def __init__(
        self, committee: Any = None, n_members: int = 10, *, measure: str = "vote_entropy"
    ) -> None:
        super().__init__(committee, n_members)
        self.measure = measure

    def score_samples(self, samples: Any) -> Floats:
        if self.measure == "consensus_entropy":
            return entropy(samples.mean(axis=0))
        if self.measure == "kl":
            return mutual_information(samples)
        return vote_entropy(vote_counts(member_votes(samples), samples.shape[2]))
