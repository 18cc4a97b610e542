"""BatchBALD: rows of which the labels together would say most about the model."""

import numpy as np

from .._greedy.lazy import LazyGreedy
from .._parameters import POSITIVE_INT
from ..scores import entropy, mutual_information
from ..selection import slices, top_n
from ._base import random_stream
from ._posterior import check_finite
from ._sampled import SampledStrategy

_NUMBERS_A_BLOCK = 1 << 20
# of a pool with more rows, samples of so many numbers are kept
_MANY_ROWS = 100_000
_MOST_NUMBERS = 1 << 24


class BatchBALD(SampledStrategy):
    """Greedy batches of the highest joint mutual information.

    Like :class:`BALD`, but a row that repeats what the rows before it in the
    batch say is worth nothing [1]_. Given the rows picked so far, a row i
    gains

    .. math:: I(y_i; \\theta \\mid y_{1:t}) = E_{y_{1:t}}
              \\Bigl[ H \\Bigl( \\sum_k w_k(y_{1:t}) p_{ki} \\Bigr) \\Bigr]
              - \\frac1K \\sum_k H(p_{ki})

    where :math:`w_k \\propto \\prod_s p_k(y_s)` weighs the K posterior samples.
    The expectation is over all labelings of the batch so far as long as
    those are no more than ``n_configurations``; after that over as many drawn
    ones, carried forward by one drawn label a pick. Gains only fall, so that
    old ones bound new ones and few rows are looked at again.

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
    n_configurations : int, default=1000
        Labelings of the batch over which the expectation is taken.

    See Also
    --------
    BALD : Each row on its own.
    Subsampled : Bounds the memory for a large pool.

    Notes
    -----
    Picks are exact while C classes and t rows give no more than
    ``n_configurations`` labelings, :math:`C^t`. After that they depend on the
    draws, whose noise may also lift a gain above the bound that it had.

    Cost: class probabilities of the free rows under all samples are kept in
    memory. Where those of more than 100,000 rows are more than 16 million
    numbers, the candidates are the rows of the highest own information, as
    many as have so many numbers. No gain is above a row's own information, so
    that picks are the same as long as they gain more than the other rows could.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort, Y. Gal (2019). BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning. NeurIPS.
       doi:10.48550/arXiv.1906.08158

    Examples
    --------
    Row 1 repeats what row 0 says; BALD would pick both.

    >>> import numpy as np
    >>> from skactive.query import BALD, BatchBALD
    >>> p = np.array([[0.9, 0.8, 0.7], [0.1, 0.2, 0.7], [0.9, 0.8, 0.3], [0.1, 0.2, 0.3]])
    >>> table = np.stack([p, 1 - p], axis=2)
    >>> X = np.arange(3)[:, None]
    >>> samples = lambda X: table[:, X[:, 0]]
    >>> BALD(samples)(None, X, 2), BatchBALD(samples)(None, X, 2)
    (array([0, 1]), array([0, 2]))
    """

    _parameter_constraints: dict = {
        **SampledStrategy._parameter_constraints,
        "n_configurations": POSITIVE_INT,
    }

    def __init__(self, committee=None, n_members=10, *, n_configurations=1000):
        super().__init__(committee, n_members)
        self.n_configurations = n_configurations

    def select(self, learner, pool, n_queries):
        rows, samples = self._candidates(learner, pool, n_queries)
        stream = np.random.RandomState(random_stream(learner).randint(np.iinfo(np.int32).max))
        batch = JointInformation(samples, self.n_configurations, stream)
        return rows[batch.greedy(n_queries, pool.ties.of(rows))]

    def _candidates(self, learner, pool, n_queries):
        """Rows that may be picked, and their samples, (n_taken, n_samples, n_classes)."""
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
    """What rows tell about the model, given the labels of the rows picked before.

    Parameters
    ----------
    samples : ndarray of float, shape (n_rows, n_samples, n_classes)
        Class probabilities.
    n_configurations : int
        Most labelings that are looked at.
    random_state : RandomState
        Draws labels where there are more.
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
        """n rows, each of the highest gain after those before it; a TieOrder decides ties."""
        bounds = self.gains(np.arange(len(self.samples)))
        self.lazy = LazyGreedy(bounds, self.gains, block=64, ties=ties)
        picks = np.empty(n, dtype=np.intp)
        for i in range(n):
            if i:
                self.condition_on(picks[i - 1])
            picks[i] = self.lazy.take()
        return picks

    def gains(self, rows):
        """Mutual information of some rows with the model, given the picks so far."""
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
        """Take the label of a row as one more that is given."""
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
        """Labelings with one more label drawn for each; at first, drawn among all there are."""
        if self.is_exact:
            self.is_exact = False
            chosen = self._choose(np.cumsum(self.shares)[None], self.n_configurations)
            self.weights = self.weights[chosen]
        likelihood = np.cumsum(self.weights @ given, axis=1)
        labels = self._choose(likelihood, len(likelihood))
        weights = self.weights * given.T[labels]
        return weights, np.full(len(weights), 1 / len(weights))

    def _choose(self, cumulated, n):
        """n numbers drawn with chances given by their cumulated sums, a row for each or one."""
        draws = self.random_state.random_sample(n)[:, None] * cumulated[:, -1:]
        return np.minimum((cumulated <= draws).sum(axis=1), cumulated.shape[1] - 1)
