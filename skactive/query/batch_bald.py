"""BatchBALD: batches of rows that together tell most about the model."""

from typing import Any

import numpy as np

from .._greedy.lazy import LazyGreedy
from .._parameters import POSITIVE_INT
from .._typing import Positions
from ..scores import entropy, mutual_information
from ..selection import slices, top_n
from ._base import random_stream
from ._posterior import check_finite
from ._sampled import SampledStrategy

_NUMBERS_A_BLOCK = 1 << 20
# for a larger pool, keep samples of at most _MOST_NUMBERS numbers
_MANY_ROWS = 100_000
_MOST_NUMBERS = 1 << 24


class BatchBALD(SampledStrategy):
    """Batches with high joint mutual information between their labels and the model.

    Like :class:`BALD`, but a row counts less if the rows picked before it in the
    batch tell the same about the model [1]_. After picks with labels
    :math:`y_1, ..., y_t`, the gain of a row i is

    .. math:: I(y_i; \\theta \\mid y_{1:t}) = E_{y_{1:t}}
              \\Bigl[ H \\Bigl( \\sum_k w_k(y_{1:t}) p_{ki} \\Bigr) \\Bigr]
              - \\frac1K \\sum_k H(p_{ki}),

    where the weights :math:`w_k \\propto \\prod_s p_k(y_s)` of the K models follow from
    these labels. The expectation is over all labelings of the batch, as long as there
    are at most ``n_configurations``. Then it is over ``n_configurations`` drawn
    labelings, and each pick adds one drawn label to each of them.

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
    n_configurations : int, default=1000
        Maximum number of labelings in the expectation.

    See Also
    --------
    BALD : Scores each row on its own.
    Subsampled : Bounds the memory for a large pool.

    Notes
    -----
    With C classes, the gain after t picks is exact if :math:`C^t` is at most
    ``n_configurations``. After that it depends on the drawn labelings.

    The class probabilities of all free rows from all models stay in memory. If the
    pool has more than 100,000 rows and these are more than 16 million numbers, only
    the rows with the highest scores of :class:`BALD` are candidates: as many as fit
    into 16 million numbers. A gain is never larger than this score. The picks are
    therefore the same as without the limit, as long as their gains are larger than
    the scores of the rows left out.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort, Y. Gal (2019). BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning. NeurIPS.
       doi:10.48550/arXiv.1906.08158

    Examples
    --------
    Rows 0 and 1 tell the same about the model. BALD picks both, BatchBALD only one:

    >>> import numpy as np
    >>> from skactive.query import BALD, BatchBALD
    >>> p = np.array([[0.9, 0.8, 0.7], [0.1, 0.2, 0.7], [0.9, 0.8, 0.3], [0.1, 0.2, 0.3]])
    >>> table = np.stack([p, 1 - p], axis=2)
    >>> X = np.arange(3)[:, None]
    >>> samples = lambda X: table[:, X[:, 0]]
    >>> BALD(samples)(None, X, 2), BatchBALD(samples)(None, X, 2)
    (array([0, 1]), array([0, 2]))

    In a learner with a random forest:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(20)
    >>> learner = ActiveLearner(forest, BatchBALD(), budget=30, random_state=0)
    >>> learner.fit(X, y).n_labels_
    30
    """

    _parameter_constraints: dict = {
        **SampledStrategy._parameter_constraints,
        "n_configurations": POSITIVE_INT,
    }

    def __init__(
        self, committee: Any = None, n_members: int = 10, *, n_configurations: int = 1000
    ) -> None:
        super().__init__(committee, n_members)
        self.n_configurations = n_configurations

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        rows, samples = self._candidates(learner, pool, n_queries)
        stream = np.random.RandomState(random_stream(learner).randint(np.iinfo(np.int32).max))
        batch = JointInformation(samples, self.n_configurations, stream)
        return rows[batch.greedy(n_queries, pool.ties.of(rows))]

    def _candidates(self, learner, pool, n_queries):
        """The candidates and their samples, shape (n_taken, n_samples, n_classes)."""
        function, chunk_rows = self.on_samples(learner, lambda samples: samples.transpose(1, 0, 2))
        rows = pool.positions
        if len(rows) > _MANY_ROWS:
            n_most = max(_MOST_NUMBERS // function(pool.gather(rows[:1])).size, n_queries)
            if len(rows) > n_most:
                information = pool.map_rows(
                    lambda X: mutual_information(function(X).transpose(1, 0, 2)), chunk_rows
                )
                rows = np.sort(top_n(information, n_most, pool.ties))
                blocks = slices(n_most, chunk_rows)
                parts = [function(pool.gather(rows[block])) for block in blocks]
                return rows, np.concatenate(parts)
        samples = pool.map_rows(function, chunk_rows)
        return rows, samples if len(rows) == pool.n_rows else samples[rows]


class JointInformation:
    """Mutual information between labels and the model, given the labels of earlier picks.

    Parameters
    ----------
    samples : ndarray of float, shape (n_rows, n_samples, n_classes)
        Class probabilities.
    n_configurations : int
        Maximum number of labelings.
    random_state : RandomState
        Draws labels if there are more labelings.
    """

    def __init__(self, samples, n_configurations, random_state):
        self.samples = samples
        self.n_configurations = n_configurations
        self.random_state = random_state
        n_rows, n_samples, n_classes = samples.shape
        # weight of each sample given each labeling, and probability of each labeling
        self.weights = np.full((1, n_samples), 1 / n_samples, dtype=samples.dtype)
        self.shares = np.ones(1)
        self.is_exact = True
        own = entropy(samples.reshape(-1, n_classes)).reshape(n_rows, -1).mean(axis=1)
        self.own_entropy = check_finite(own)

    def greedy(self, n, ties=None):
        """Pick n rows, each with the highest gain after the rows before it."""
        bounds = self.gains(np.arange(len(self.samples)))
        self.lazy = LazyGreedy(bounds, self.gains, block=64, ties=ties)
        picks = np.empty(n, dtype=np.intp)
        for i in range(n):
            if i:
                self.condition_on(picks[i - 1])
            picks[i] = self.lazy.take()
        return picks

    def gains(self, rows):
        """The gains of some rows, given the picks so far."""
        n_classes = self.samples.shape[2]
        size = _NUMBERS_A_BLOCK // (n_classes * max(len(self.weights), 64))
        gains = np.empty(len(rows))
        for part in slices(len(rows), size):
            block = self.samples[rows[part]]
            by_sample = block.transpose(1, 0, 2).reshape(block.shape[1], -1)
            terms = self.weights @ by_sample
            np.maximum(terms, np.finfo(terms.dtype).tiny, out=terms)
            logs = np.log(terms)
            logs *= terms
            expected = -(self.shares @ logs).reshape(-1, n_classes).sum(axis=1)
            gains[part] = expected
        return gains - self.own_entropy[rows]

    def condition_on(self, row):
        """Condition on the label of one more row."""
        given = self.samples[row]
        n_labellings = len(self.weights) * given.shape[1]
        if self.is_exact and n_labellings <= self.n_configurations:
            weights = self.weights[:, None, :] * given.T
            weights = weights.reshape(-1, given.shape[0])
            shares = np.repeat(self.shares, given.shape[1])
        else:
            weights, shares = self._drawn(given)
        totals = weights.sum(axis=1)
        possible = totals > 0
        self.weights = weights[possible] / totals[possible, None]
        self.shares = (shares * totals if self.is_exact else shares)[possible]
        self.shares = self.shares / self.shares.sum()

    def _drawn(self, given):
        """Add one drawn label to each labeling; the first time, draw the labelings themselves."""
        if self.is_exact:
            self.is_exact = False
            chosen = self._choose(np.cumsum(self.shares)[None], self.n_configurations)
            self.weights = self.weights[chosen]
        likelihood = np.cumsum(self.weights @ given, axis=1)
        labels = self._choose(likelihood, len(likelihood))
        weights = self.weights * given.T[labels]
        return weights, np.full(len(weights), 1 / len(weights))

    def _choose(self, cumulated, n):
        """Draw n columns in proportion to the steps of cumulated sums, given once or per draw."""
        draws = self.random_state.random_sample(n)[:, None] * cumulated[:, -1:]
        return np.minimum((cumulated <= draws).sum(axis=1), cumulated.shape[1] - 1)
