"""DropQuery: clusters of rows that change their predicted class under dropout."""

from typing import Any

import numpy as np
from scipy import sparse

from .._parameters import POSITIVE_INT, ints, reals
from .._tensors import to_numpy
from .._typing import Positions
from .._unwrapping import last_step
from ..pool import take_rows
from ..predictions import chunk_rows
from ._base import random_stream
from ._clusters import cluster_middles
from ._vectors import VectorStrategy


class DropQuery(VectorStrategy):
    """Picks from clusters of rows that change their predicted class under dropout.

    DropQuery [1]_ predicts each row M more times. Each time it sets a random share ``rate``
    of its numbers to 0 and divides the others by ``1 - rate``. Rows are candidates if more
    than half of these predictions differ from the original one:

    .. math:: \\sum_{m=1}^M 1[\\hat y(x) \\ne \\hat y(D_m(x))] > M / 2.

    k-means divides the candidates into as many clusters as rows to pick. From each cluster,
    the strategy picks the row nearest to the center, from large clusters first. If
    there are too few candidates, the rows with the next most changes are added.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    rate : float, default=0.75
        Share of numbers that are set to 0, between 0 and 1.
    n_passes : int, default=3
        Number M of predictions under dropout.
    max_rows : int, default=10_000
        If there are more candidates, the centers are learned from this many, at least 20
        per cluster, drawn at random. All candidates can be picked.
    embed : fitted transformer or callable, default=None
        Maps rows to the vectors to cluster. None: rows as the learner's estimator sees
        them, or vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CLUE : Clusters with rows weighted by their uncertainty.
    VariationRatios : Votes of an ensemble, or of dropout within a net.

    Notes
    -----
    Dropout applies to the input of the classifier itself: the output of a Pipeline's steps
    before the last, otherwise X. This must be an array, a sparse matrix or a pandas
    DataFrame of numbers. A query costs M + 1 predictions per row, in chunks, and a k-means
    on at most ``max_rows`` candidates.

    References
    ----------
    .. [1] S. R. Gupte, J. Aklilu, J. J. Nirschl, S. Yeung-Levy (2024). Revisiting
       Active Learning in the Era of Vision Foundation Models. Transactions on
       Machine Learning Research. doi:10.48550/arXiv.2401.14555

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ActiveLearner
    >>> from skactive.query import DropQuery
    >>> strategy = DropQuery(rate=0.5, n_passes=25)
    >>> learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    >>> learner = learner.teach([[-2.0, -2, -2], [2, 2, 2]], [0, 1])
    >>> learner.query([[9.0, 9.0, 9.0], [9.0, -4.0, -4.0], [8.0, 8.0, 9.0]], 1)
    array([1])

    On the digits data set:

    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(
    ...     LogisticRegression(max_iter=1000), DropQuery(), random_state=0
    ... )
    >>> learner = learner.teach(X[:50], y[:50])
    >>> learner.query(X, 3, exclude=range(50)).shape
    (3,)
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "rate": [reals(0, 1, closed="neither")],
        "n_passes": [ints(1)],
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self, rate: float = 0.75, n_passes: int = 3, *, max_rows: int = 10_000, embed: Any = None
    ) -> None:
        super().__init__(embed)
        self.rate = rate
        self.n_passes = n_passes
        self.max_rows = max_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        stream = random_stream(learner)
        generator = np.random.default_rng(stream.randint(np.iinfo(np.int32).max))
        changes = self._changes(learner, pool, generator)
        rows = _candidates(changes, self.n_passes, n_queries, pool.ties.of(pool.positions))
        rows = pool.positions[rows]
        vectors = self.vectors(learner, pool)[rows]
        ties = pool.ties.of(rows)
        return rows[cluster_middles(vectors, n_queries, stream, ties, max_rows=self.max_rows)]

    def requires_fit(self, learner: Any) -> bool:
        return True

    def _changes(self, learner, pool, generator):
        """How many predictions of each free row differ from the original one."""
        before, classifier = last_step(learner)
        n_rows = chunk_rows(learner)
        changes = np.zeros(pool.n_available, dtype=np.intp)
        for start in range(0, len(changes), n_rows):
            block = slice(start, start + n_rows)
            rows = take_rows(pool.X, pool.positions[block])
            rows = rows if before is None else before(rows)
            expected, numbers = np.asarray(to_numpy(classifier.predict(rows))), _numbers(rows)
            for _ in range(self.n_passes):
                dropped = _like(rows, _dropped(numbers, self.rate, generator))
                changes[block] += np.asarray(to_numpy(classifier.predict(dropped))) != expected
        return changes


def _candidates(changes, n_passes, n, ties):
    """Rows with changes in more than half of the passes, and at least n rows."""
    order = ties.ranked(np.arange(len(changes)), changes.astype(np.float64))
    return np.sort(order[: max(n, np.count_nonzero(2 * changes > n_passes))])


def _numbers(rows):
    """Rows as an array or sparse matrix of floating-point numbers."""
    rows = to_numpy(rows)
    if not sparse.issparse(rows):
        rows = np.asarray(rows)
        if rows.dtype.kind not in "fiub" or rows.ndim < 2:
            raise TypeError(
                "DropQuery sets numbers to 0, so the classifier must see rows of numbers; it sees "
                f"{rows.dtype} of shape {rows.shape}. Put a transformer that returns numbers into "
                "a Pipeline before the classifier."
            )
    return rows if rows.dtype.kind == "f" else rows.astype(np.float64)


def _like(rows, numbers):
    """Put numbers into a pandas DataFrame with the same columns if the rows are one."""
    if not hasattr(rows, "iloc"):
        return numbers
    return type(rows)(numbers, index=rows.index, columns=rows.columns)


def _dropped(rows, rate, generator):
    """A copy of rows with random numbers set to 0 and the others scaled up."""
    dropped = rows.copy()
    numbers = dropped.data if sparse.issparse(dropped) else dropped
    kept = generator.random(numbers.shape, dtype=np.float32) >= rate
    numbers *= kept
    numbers /= 1 - rate
    return dropped
