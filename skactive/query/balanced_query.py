"""Balanced acquisition: discover classes first, then label for the rarest class."""

from typing import Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .._greedy.class_means import MeanDistances, distance_ratio
from .._parameters import EMBED, POSITIVE_INT_OR_NONE, STRATEGY, check_parameters, options
from .._typing import Labels, Positions, Rows, Strategy
from ..embedding import embed_rows, embedding_needs_fit
from ..pool import num_samples
from ..predictions import chunk_rows
from ._base import QueryStrategy, as_it_predicts, ask, random_stream, requires_fit
from ._class_counts import ClassCounts, over_represented
from ._vectors import pool_embedding, pool_vectors
from .margin_sampling import MarginSampling


class BalancedQuery(ClassNamePrefixFeaturesOutMixin, TransformerMixin, QueryStrategy):
    """Balances the classes with any query strategy, in two phases.

    In the first phase ("discovery"), the wrapped strategy picks. After each label, Eq. 8 of
    [1]_ compares the remaining labels, :math:`b - m`, with the number of labels that would
    lift the under-represented classes to the mean count of the others,
    :math:`c_{ur} (\\mu_{or} - \\mu_{ur})`. The second phase starts when the remaining labels
    are no more than that. Then each label is picked for the rarest class found, C*: the row
    that minimizes Eq. 9,

    .. math:: \\frac{\\lVert F_i - mean_{C^*} \\rVert}
              {\\max_{j \\in or, j \\ne C^*} \\lVert F_i - mean_j \\rVert},

    where :math:`mean_j` is the mean of the labeled rows of class j. A class with at least
    the mean count is over-represented (*or*). All this follows from the order of the
    labels, so a pickled learner continues where it stopped.

    If a query asks for several rows in the second phase, each pick counts as a label of the
    class that it was picked for until the true label is known. Class means do not change
    for it. The budget b is that of the learner; if it has none, b is the number of labels
    and free rows.

    It is also a transformer: ``fit`` learns class counts and means from labeled rows, and
    ``transform`` returns Eq. 9 with each class as the target.

    Read more in the :ref:`user guide <strategies-imbalance>`.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy of the first phase. None: ``MarginSampling()``.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    denominator : {"max", "min", "none"}, default="max"
        The over-represented class in the denominator of Eq. 9: the farthest one, as in
        the paper, the nearest one, or none.
    tie : {"first", "random"}, default="first"
        Which of several equally rare classes is C*: the one found first, or a random
        one.
    patience : int, default=None
        If this many consecutive labels for a class turn out to be of other classes, the
        class is set aside. It comes back when it gets a label, or when all other
        under-represented classes are set aside too. None: never, as in the paper.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes given to ``fit``.
    class_counts_ : ndarray of int, shape (n_classes,)
        Number of labels of each class.
    class_means_ : ndarray of float64, shape (n_classes, n_features)
        Mean vector of each class.
    n_features_in_ : int
        Number of features given to ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of these features. Defined only if all names of X are strings.

    See Also
    --------
    Diversified : Takes the classes that a model predicts in turn.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query import BalancedQuery
    >>> X = np.array([[0, 0], [1, 0], [0, 1], [4, 0], [6, 0], [0, 5]])
    >>> balanced = BalancedQuery().fit(X, ["A", "A", "A", "B", "B", "C"])
    >>> pool = np.array([[0, 4], [1, 6], [3, 3], [5, 1], [-3, 6]])
    >>> balanced.transform(pool)[:, 2].round(4)
    array([0.1562, 0.1961, 0.9561, 1.3583, 0.3162])

    Around a strategy, in a learner:

    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.query import RandomSampling
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y = X[:110], y[:110]  # 50, 50 and 10 rows
    >>> strategy = BalancedQuery(RandomSampling())
    >>> learner = ActiveLearner(
    ...     query_strategy=strategy, budget=30, batch_size=1, random_state=0
    ... )
    >>> np.bincount(learner.fit(X, y).y_labeled_)
    array([12, 10,  8])
    """

    _parameter_constraints: dict = {
        "strategy": STRATEGY,
        "embed": EMBED,
        "denominator": [options("max", "min", "none")],
        "tie": [options("first", "random")],
        "patience": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self,
        strategy: Strategy | None = None,
        *,
        embed: Any = None,
        denominator: str = "max",
        tie: str = "first",
        patience: int | None = None,
    ) -> None:
        self.strategy = strategy
        self.embed = embed
        self.denominator = denominator
        self.tie = tie
        self.patience = patience

    def fit(self, X: Rows, y: Labels) -> Any:
        """Learn class counts and class means from labeled rows.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_samples, n_features)
            Labeled rows.
        y : array of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : BalancedQuery
            The fitted transformer.

        Raises
        ------
        ValueError
            If X is not a matrix of finite numbers, or if y does not hold classes.
        """
        check_parameters(self)
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, codes, self.class_counts_ = np.unique(
            y, return_inverse=True, return_counts=True
        )
        vectors = embed_rows(None, X, self._embedding())
        self.class_means_ = _means(vectors, codes, len(self.classes_))
        self._n_features_out = len(self.classes_)
        return self

    def transform(self, X: Rows) -> Any:
        """Eq. 9 with each class as the target.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_rows, n_features)
            Rows to score.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows, n_classes)
            Lower is better: the pick for a class is the argmin of its column.

        Raises
        ------
        NotFittedError
            If ``fit`` was not called.
        ValueError
            If X does not have the features given to ``fit``.
        """
        check_is_fitted(self)
        X = validate_data(
            self, X, reset=False, accept_sparse="csr", dtype=[np.float64, np.float32]
        )
        vectors = embed_rows(None, X, self._embedding())
        state = MeanDistances(vectors)
        state.move(self.class_means_)
        distances = state.exact(np.arange(vectors.shape[0]), np.arange(len(self.classes_)))
        others = over_represented(self.class_counts_)
        targets = range(len(self.classes_))
        return np.column_stack(
            [
                distance_ratio(distances, target, others, self.denominator, state.tiny)
                for target in targets
            ]
        )

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        labels = getattr(learner, "y_labeled_", ())
        budget = getattr(learner, "budget", None)
        if budget is None:
            budget = len(labels) + pool.n_available
        counts = pool.memory.recall(
            self, ("counts", budget), lambda: ClassCounts(budget, self.patience)
        )
        counts.follow(labels)
        if counts.switched_at is None:
            return ask(self._discovery(), learner, pool, n_queries)
        return self._balance(learner, pool, n_queries, counts)

    def requires_fit(self, learner: Any) -> bool:
        return requires_fit(self._discovery(), learner) or embedding_needs_fit(
            learner, self.embed
        )

    def _balance(self, learner, pool, n_queries, counts):
        """Pick by Eq. 9; each pick counts as a label of the class that it was picked for."""
        aims = list(self._aims(learner, counts, n_queries))
        if not aims:
            return np.empty(0, dtype=np.intp)
        if not pool.is_in_memory:
            return self._balance_blocks(learner, pool, aims, counts)
        state = self._state(learner, pool, counts)
        picks = np.empty(n_queries, dtype=np.intp)
        free = pool.available.copy()
        for i, (target, others) in enumerate(aims):
            picks[i] = state.best(target, others, free, self.denominator, pool.ties)
            free[picks[i]] = False
        return picks

    def _aims(self, learner, counts, n_queries):
        """For each label, the class that it is picked for and the over-represented classes."""
        expected = counts.copy()
        stream = random_stream(learner) if self.tie == "random" else None
        for _ in range(n_queries):
            target = expected.rarest(stream)
            yield target, tuple(over_represented(expected.counts).tolist())
            expected.counts[target] += 1

    def _balance_blocks(self, learner, pool, aims, counts):
        """Pick by Eq. 9 in one pass over blocks; each block offers a batch of rows per aim."""
        embed = pool_embedding(learner, pool, self.embed)
        labeled = embed_rows(learner, learner.X_labeled_, embed)
        means = _means(labeled, np.asarray(counts.codes), len(counts.counts))
        distinct = list(dict.fromkeys(aims))
        model = as_it_predicts(learner)

        def scores(rows):
            state = MeanDistances(embed_rows(model, rows, embed))
            state.move(means)
            distances = state.exact(np.arange(num_samples(rows)), np.arange(len(means)))
            ratios = [
                distance_ratio(
                    distances, target, np.array(others), self.denominator, state.tiny
                )
                for target, others in distinct
            ]
            # finite, so that a free row comes before all excluded ones
            return -np.minimum(np.column_stack(ratios), np.finfo(np.float64).max)

        offers = pool.top_rows(scores, chunk_rows(learner), len(aims))
        picks = []
        for aim in aims:
            offered = offers[:, distinct.index(aim)].tolist()
            picks.append(next(row for row in offered if row not in picks))
        return np.array(picks, dtype=np.intp)

    def _state(self, learner, pool, counts):
        """Distances of all rows to the class means of the labels so far."""

        def compute():
            return _ClassMeans(pool_vectors(learner, pool, self.embed))

        if embedding_needs_fit(learner, self.embed):
            state = compute()
        else:
            state = pool.memory.recall(self, "distances", compute)
        embed = pool_embedding(learner, pool, self.embed)
        labeled = embed_rows(learner, learner.X_labeled_, embed)
        return state.follow(labeled, counts)

    def _discovery(self):
        return MarginSampling() if self.strategy is None else self.strategy

    def _embedding(self):
        return _identity if self.embed is None else self.embed

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        return tags


class _ClassMeans:
    """Class means; only those of classes with new labels are computed again."""

    def __init__(self, vectors):
        self.distances = MeanDistances(vectors)
        self.counts = []
        self.means = []

    def follow(self, labeled, counts):
        codes = np.asarray(counts.codes)
        n_new = len(counts.counts) - len(self.counts)
        self.means += [None] * n_new
        for moved in np.flatnonzero(np.append(self.counts, [0] * n_new) != counts.counts):
            self.means[moved] = _mean(labeled, codes == moved)
        self.counts = list(counts.counts)
        self.distances.move(np.stack(self.means))
        return self.distances


def _means(vectors, codes, n_classes):
    """The mean of each class, one row per class."""
    return np.stack([_mean(vectors, codes == code) for code in range(n_classes)])


def _mean(vectors, mask):
    """The mean of some rows in float64, as a 1-d array."""
    rows = vectors[np.flatnonzero(mask)]
    return np.asarray(rows.astype(np.float64).mean(axis=0)).ravel()


def _identity(X):
    return X
