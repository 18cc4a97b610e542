"""DropQuery: the middles of clusters of rows whose class does not survive dropout."""

import numpy as np
from scipy import sparse

from .._parameters import POSITIVE_INT, ints, reals
from .._tensors import to_numpy
from ..embedding import last_step
from ..pool import take_rows
from ..predictions import chunk_rows
from ._base import random_stream
from ._clusters import cluster_middles
from ._vectors import VectorStrategy


class DropQuery(VectorStrategy):
    """The middles of clusters of rows whose predicted class changes under dropout.

    Section 5 of [1]_. M times a share ``rate`` of the numbers of each row is
    set to 0 and the others are divided by ``1 - rate``. The rows of which more
    than half of the predictions change are candidates:

    .. math:: \\sum_{m=1}^M 1[\\hat y(x) \\ne \\hat y(D_m(x))] > M / 2.

    k-means puts them into as many clusters as rows are asked for; of each the
    row nearest to its center is picked, of the largest cluster first. Where there are fewer
    candidates than that, those with the next most changes join them.

    Parameters
    ----------
    rate : float, default=0.75
        Share of the numbers that are dropped, between 0 and 1.
    n_passes : int, default=3
        Number M of predictions under dropout.
    max_rows : int, default=10_000
        Where there are more candidates, so many of them, drawn evenly, make the
        centers, and at least 20 for each; the rows nearest to these are found among all.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CLUE : Clusters in which rows count by their uncertainty.
    VariationRatios : Votes of an ensemble, or of dropout within a net.

    Notes
    -----
    Numbers are dropped where the classifier itself meets them: in the output
    of a Pipeline's steps before the last, otherwise in X, which must be an array, a sparse
    matrix or a pandas frame of numbers. A query costs M + 1 predictions, in
    chunks, and a k-means on at most ``max_rows`` candidates.

    References
    ----------
    .. [1] S. Gupte, J. Aklilu, J. Nirschl, S. Yeung-Levy (2024). Revisiting
       Active Learning in the Era of Vision Foundation Models. Transactions on Machine Learning
       Research. doi:10.48550/arXiv.2401.14555

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
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "rate": [reals(0, 1, closed="neither")],
        "n_passes": [ints(1)],
        "max_rows": POSITIVE_INT,
    }

    def __init__(self, rate=0.75, n_passes=3, *, max_rows=10_000, embed=None):
        super().__init__(embed)
        self.rate = rate
        self.n_passes = n_passes
        self.max_rows = max_rows

    def select(self, learner, pool, n_queries):
        stream = random_stream(learner)
        generator = np.random.default_rng(stream.randint(np.iinfo(np.int32).max))
        changes = self._changes(learner, pool, generator)
        rows = _candidates(changes, self.n_passes, n_queries, pool.ties.of(pool.positions))
        rows = pool.positions[rows]
        vectors = self.vectors(learner, pool)[rows]
        ties = pool.ties.of(rows)
        return rows[cluster_middles(vectors, n_queries, stream, ties, max_rows=self.max_rows)]

    def requires_fit(self, learner):
        return True

    def _changes(self, learner, pool, generator):
        """How often the predicted class of each free row changes."""
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
    """The rows with changes in most passes, and at least n rows."""
    order = ties.ranked(np.arange(len(changes)), changes.astype(np.float64))
    return np.sort(order[: max(n, np.count_nonzero(2 * changes > n_passes))])


def _numbers(rows):
    """Rows as floating-point numbers, an array or a sparse matrix."""
    rows = to_numpy(rows)
    if not sparse.issparse(rows):
        rows = np.asarray(rows)
        if rows.dtype.kind not in "fiub" or rows.ndim < 2:
            raise TypeError(
                "DropQuery sets numbers of rows to 0, so the classifier must see rows of numbers; "
                f"it sees {rows.dtype} of shape {rows.shape}. Put what makes numbers of them into "
                "a Pipeline before the classifier."
            )
    return rows if rows.dtype.kind == "f" else rows.astype(np.float64)


def _like(rows, numbers):
    """Numbers in a pandas frame where the rows are one, whose names of columns are asked for."""
    if not hasattr(rows, "iloc"):
        return numbers
    return type(rows)(numbers, index=rows.index, columns=rows.columns)


def _dropped(rows, rate, generator):
    """A copy of rows, each of its numbers set to 0 with a probability, the others scaled up."""
    dropped = rows.copy()
    numbers = dropped.data if sparse.issparse(dropped) else dropped
    kept = generator.random(numbers.shape, dtype=np.float32) >= rate
    numbers *= kept
    numbers /= 1 - rate
    return dropped
