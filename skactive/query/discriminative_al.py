"""Discriminative active learning: rows that a classifier tells apart from labeled ones."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from .._codes import encoded_clone, fit_on_codes
from .._parameters import CLASSIFIER, POSITIVE_INT
from .._tensors import to_numpy
from .._typing import Positions
from ..predictions import class_decisions, class_probabilities
from ..selection import top_n
from ._base import random_stream
from ._draws import draw_evenly
from ._vectors import VectorStrategy, stack_vectors

_ROWS_A_BLOCK = 1 << 16


class DiscriminativeAL(VectorStrategy):
    """Picks rows that a classifier tells apart from the labeled ones.

    Discriminative active learning [1]_: if labeled and unlabeled rows came from one
    distribution, no classifier could tell them apart. A classifier h is fitted to
    the classes "labeled" and "unlabeled". The rows with the highest
    :math:`P_h(\\text{unlabeled} \\mid x)` are picked. A batch is picked in several rounds;
    the rows of a round count as labeled in the next one.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    n_rounds : int, default=10
        Number of rounds per batch, at most the number of rows to pick. With 1, the
        rows of a batch may resemble each other.
    classifier : classifier, default=None
        It is cloned and fitted in each round. None: logistic regression after
        ``MaxAbsScaler``.
    max_rows : int, default=10_000
        Maximum number of unlabeled rows in each fit, drawn at random. All free rows
        can be picked.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CoreSet : Picks rows far from the labeled ones.
    ContrastiveAL : Picks rows predicted differently from their labeled neighbors.

    Notes
    -----
    The strategy does not read the learner's predictions and needs no labels to start: if
    there are none, the first pick is a random row. A query costs ``n_rounds`` fits to
    the labeled rows and at most ``max_rows`` others, and as many passes over the pool, in
    chunks.

    References
    ----------
    .. [1] D. Gissin, S. Shalev-Shwartz (2019). Discriminative Active Learning.
       doi:10.48550/arXiv.1907.06347

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import DiscriminativeAL
    >>> learner = ActiveLearner(query_strategy=DiscriminativeAL(), random_state=0)
    >>> learner = learner.teach([[0.0, 0], [1, 0], [0, 1]], [0, 1, 1])
    >>> learner.query([[0.0, 0.1], [9, 9], [1, 1], [8, 8]], 2)
    array([1, 3])

    With labels of two iris classes, it finds the third one:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=DiscriminativeAL(), random_state=0)
    >>> learner = learner.teach(X[:100:5], y[:100:5])
    >>> y[learner.query(X, 5, exclude=range(0, 100, 5))]
    array([2, 2, 2, 2, 2])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "n_rounds": POSITIVE_INT,
        "classifier": CLASSIFIER,
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self,
        n_rounds: int = 10,
        *,
        classifier: Any = None,
        max_rows: int = 10_000,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.n_rounds = n_rounds
        self.classifier = classifier
        self.max_rows = max_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        known, vectors = self.labeled_vectors(learner, pool), self.vectors(learner, pool)
        stream, picks = random_stream(learner), np.empty(0, dtype=np.intp)
        if known is None:  # nothing to differ from: any row
            picks = top_n(np.where(pool.available, 0.0, -np.inf), 1, pool.ties)
            known = vectors[:0]
        for n in _shares(n_queries - len(picks), self.n_rounds):
            rest = pool.without(picks)
            seen = stack_vectors(known, vectors[picks]) if len(picks) else known
            model = self._fitted(seen, vectors, rest, stream)
            scores = np.full(pool.n_rows, -np.inf)
            scores[rest.positions] = _unlabeled_scores(model, vectors, rest.positions)
            picks = np.append(picks, top_n(scores, n, pool.ties))
        return picks

    def _fitted(self, labeled, vectors, rest, stream):
        """A classifier of labeled rows, class 0, and some free rows, class 1."""
        positions = draw_evenly(rest.positions, self.max_rows, stream)
        X = stack_vectors(labeled, vectors[positions])
        codes = (np.arange(X.shape[0]) >= labeled.shape[0]).astype(int)
        if self.classifier is None:
            return make_pipeline(MaxAbsScaler(), LogisticRegression(max_iter=1000)).fit(X, codes)
        seed = stream.randint(np.iinfo(np.int32).max)
        return fit_on_codes(encoded_clone(self.classifier, np.arange(2), seed), X, codes)


def _shares(n, n_rounds):
    """Divide n rows among the rounds, at least one row per round."""
    sizes = [len(part) for part in np.array_split(np.arange(n), n_rounds)]
    return [size for size in sizes if size]


def _unlabeled_scores(model, vectors, positions):
    """The model's scores of the class "unlabeled", in chunks."""
    # decision values differ even where probabilities are rounded to 1
    read = class_decisions if hasattr(model, "decision_function") else class_probabilities
    scores = np.empty(len(positions))
    for start in range(0, len(positions), _ROWS_A_BLOCK):
        block = slice(start, start + _ROWS_A_BLOCK)
        scores[block] = to_numpy(read(model, vectors[positions[block]]))[:, 1]
    return scores
