"""Balanced acquisition: discover classes first, then label for the rarest one."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .._greedy.class_means import MeanDistances, distance_ratio
from .._parameters import EMBED, POSITIVE_INT_OR_NONE, STRATEGY, check_parameters, options
from ..embedding import embed_rows, embedding_needs_fit
from ..pool import num_samples
from ..predictions import chunk_rows
from ._base import QueryStrategy, as_it_predicts, ask, random_stream, requires_fit
from ._class_counts import ClassCounts, over_represented
from ._vectors import pool_embedding, pool_vectors
from .margin_sampling import MarginSampling


class BalancedQuery(ClassNamePrefixFeaturesOutMixin, TransformerMixin, QueryStrategy):
    """Makes any query strategy fair to rare classes, in two phases.

    First the wrapped strategy picks ("discovery"). After every label, Eq. 8
    of [1]_ asks whether the labels left, :math:`b - m`, are no more than
    those needed to lift the under-represented classes to the mean count of
    the others, :math:`c_{ur} (\\mu_{or} - \\mu_{ur})`. From then on every
    label goes after the rarest class found, C*: the row that minimizes Eq. 9,

    .. math:: \\frac{\\lVert F_i - mean_{C^*} \\rVert}
              {\\max_{j \\in or, j \\ne C^*} \\lVert F_i - mean_j \\rVert}

    with class means over the labeled rows. A class with at least the mean
    count is over-represented (*or*). All of it follows from the labels in the
    order taught, so a pickled learner goes on where it was.

    When several rows are asked for at once in the second phase, each row
    picked is taken to be of the class it was picked for until the true labels
    come; class means do not move for it. The learner's ``budget`` is b;
    without one it is every row of the pool.

    It is a transformer too: ``fit`` on labeled rows learns counts and means,
    ``transform`` gives the score of Eq. 9 for each class as target.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy of the first phase. None: ``MarginSampling()``.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    denominator : {"max", "min", "none"}, default="max"
        How the over-represented classes enter: the farthest of them (the
        paper's equation), the nearest, or not at all.
    tie : {"first", "random"}, default="first"
        Which class is C* among equally rare ones: the one found first, or one
        drawn at random.
    patience : int, default=None
        After so many labels in a row that were aimed at a class and turned
        out others, the class is set aside until it gains a label or until
        every other under-represented class has been set aside too. None:
        never, as in the paper.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes given to ``fit``.
    class_counts_ : ndarray of int, shape (n_classes,)
        Labels of each class.
    class_means_ : ndarray of float64, shape (n_classes, n_features)
        Mean vector of each class.
    n_features_in_ : int
        Number of features given to ``fit``.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where X has names that are all strings.

    See Also
    --------
    Diversified : Goes round the classes that a model predicts.

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
        self, strategy=None, *, embed=None, denominator="max", tie="first", patience=None
    ):
        self.strategy = strategy
        self.embed = embed
        self.denominator = denominator
        self.tie = tie
        self.patience = patience

    def fit(self, X, y):
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
            Fitted.
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

    def transform(self, X):
        """Eq. 9 with each class as the target.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_rows, n_features)
            Rows to score.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows, n_classes)
            Smaller is better: the query for a class is the argmin of its column.
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
            [distance_ratio(distances, target, others, self.denominator) for target in targets]
        )

    def select(self, learner, pool, n_queries):
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

    def requires_fit(self, learner):
        return requires_fit(self._discovery(), learner) or embedding_needs_fit(
            learner, self.embed
        )

    def _balance(self, learner, pool, n_queries, counts):
        """The second phase: Eq. 9, with each pick counted as what it was picked for."""
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
        """The class that each label goes after and the over-represented ones at that time."""
        expected = counts.copy()
        stream = random_stream(learner) if self.tie == "random" else None
        for _ in range(n_queries):
            target = expected.rarest(stream)
            yield target, tuple(over_represented(expected.counts).tolist())
            expected.counts[target] += 1

    def _balance_blocks(self, learner, pool, aims, counts):
        """The same in one pass over blocks, each of which offers a batch of rows for each aim."""
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
                distance_ratio(distances, target, np.array(others), self.denominator)
                for target, others in distinct
            ]
            # a finite number: a free row comes before all that are taken
            return -np.minimum(np.column_stack(ratios), np.finfo(np.float64).max)

        offers = pool.top_rows(scores, chunk_rows(learner), len(aims))
        picks = []
        for aim in aims:
            offered = offers[:, distinct.index(aim)].tolist()
            picks.append(next(row for row in offered if row not in picks))
        return np.array(picks, dtype=np.intp)

    def _state(self, learner, pool, counts):
        """What is known of the distances to the class means, which are moved to where they are."""

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
    """Class means, of which only those with new labels are worked out anew."""

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
    """Mean of each class, one below the other."""
    return np.stack([_mean(vectors, codes == code) for code in range(n_classes)])


def _mean(vectors, mask):
    """Mean of some rows in float64, as a 1-d array."""
    rows = vectors[np.flatnonzero(mask)]
    return np.asarray(rows.astype(np.float64).mean(axis=0)).ravel()


def _identity(X):
    return X
