"""GALAXY: bisection between the labels of each class and all others, along the margins."""

from typing import Any

import numpy as np

from .._tensors import to_numpy
from .._typing import Positions
from ..predictions import class_probabilities
from ..selection import random_rows
from ._base import QueryStrategy, random_stream
from ._bisection import LabeledLine
from ._cost_matrix import seen_classes
from ._pool_probabilities import AllProbabilities, pool_probabilities

# among rows with the same most probable class, those with a higher probability come last
_CONFIDENCE = 1e-8


class GALAXY(AllProbabilities, QueryStrategy):
    """Searches for the boundary of each class by bisection, one class after the other.

    For each class k found so far, labeled and free rows are sorted by
    :math:`p_k - \\max_c p_c`, and by their largest probability if these margins are equal.
    Rows of class k are positive, the others negative. Rows next to each other are linked,
    except a labeled positive row and a labeled negative one: the decision boundary lies
    between them. The next label goes to the middle of the shortest path between a positive
    and a negative row [1]_. If no path is left, rows up to 2, 3, ... places apart are linked,
    so the next picks are rows on both sides of the boundary. Classes take turns. So the labels
    gather where the true classes meet, which need not be the boundary that the model
    predicts. They come from both sides equally, so they are fairly balanced even if a class
    is rare.

    In the paper, each label is known before the next row of a batch is picked, while the
    model stays the same. Here a batch is picked at once: until its label is known, a row
    counts as a row of the class that the model predicts.

    Read more in the :ref:`user guide <strategies-imbalance>`.

    See Also
    --------
    MarginSampling : Picks rows at the boundary that the model predicts.
    BalancedCoverage : Finds rare classes without bisection.

    Notes
    -----
    Among equally good rows, the one with the smallest margin between its two most probable
    classes is picked. While only one class is known, rows are drawn at random. Labeled rows
    need not be rows of the pool. A query costs the predictions, one sort of the pool per
    class, and O(l) per pick with l labels. It keeps 16 bytes per row and class in memory. If a
    pool in memory has more than 50 million class probabilities, the query raises a ValueError.
    Of a large dask collection, each query draws a sample: see :doc:`/user_guide/large_pools`.

    References
    ----------
    .. [1] J. Zhang, J. Katz-Samuels, R. Nowak (2022). GALAXY: Graph-based
       Active Learning at the Extreme. ICML, PMLR 162, 26223-26238.
       doi:10.48550/arXiv.2202.01402

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import GALAXY
    >>> learner = ActiveLearner(GaussianNB(), GALAXY())
    >>> learner = learner.teach([[0.0], [1.0], [9.0], [10.0]], [0, 0, 1, 1])
    >>> learner.query([[2.0], [3.0], [7.0], [8.0], [8.5]], 1)
    array([2])

    Every tenth digit is an eight. Of 20 picks, many more are:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = load_digits(return_X_y=True)
    >>> X, is_eight = X / 16, y == 8
    >>> learner = ActiveLearner(LogisticRegression(), GALAXY(), random_state=0)
    >>> learner = learner.teach(X[:50], is_eight[:50])
    >>> int(is_eight[learner.query(X, 20, exclude=range(50))].sum())
    12
    """

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if not hasattr(learner, "X_labeled_"):
            raise TypeError(
                "GALAXY searches between labeled rows, but "
                f"{type(learner).__name__} has no labels. Query through an ActiveLearner that "
                "was taught some."
            )
        codes = np.unique(learner.y_labeled_, return_inverse=True)[1]
        if codes.max() == 0:
            return random_rows(pool.available, n_queries, random_stream(learner))
        nodes = _Nodes(self, learner, pool, codes)
        picks = np.empty(n_queries, dtype=np.intp)
        order = 1
        for i in range(n_queries):
            # turns continue from batch to batch
            turn = (len(codes) + i) % nodes.n_classes
            found, order = nodes.line(turn).best(order)
            picks[i] = nodes.take(found)
        return pool.positions[picks]


class _Nodes:
    """The free rows of a pool, followed by the labeled rows, sorted for each class."""

    def __init__(self, strategy, learner, pool, codes):
        probabilities = pool_probabilities(strategy, learner, pool)
        self._free = pool.positions
        is_whole = len(self._free) == pool.n_rows
        self._of_free = probabilities if is_whole else probabilities[self._free]
        self._of_labeled = np.asarray(to_numpy(class_probabilities(learner, learner.X_labeled_)))
        self.n_classes = len(seen_classes(learner))
        self._codes = codes
        self._second, self._top = self._join(lambda rows: np.partition(rows, -2)[:, -2:]).T
        self._keys = pool.ties.keys(self._free)
        # labeled rows come last among equal ones
        labeled = len(self._free) + np.arange(len(codes))
        self._shuffle = np.append(np.argsort(self._keys), labeled)
        self._lines, self._picked = {}, []

    def line(self, code):
        """The sorted nodes of a class, with all labels and picks so far."""
        line, n_known = self._lines.get(code, (None, 0))
        if line is None:
            line = self._new_line(code)
        for node, predicted in self._picked[n_known:]:
            line.add(node, predicted == code)
        self._lines[code] = line, len(self._picked)
        return line

    def take(self, found):
        """Pick one of several equally good nodes, which then counts as labeled."""
        second = self._second[found]
        by_margin = np.lexsort((self._keys[found], -second, self._top[found] - second))
        node = int(found[by_margin[0]])
        self._picked.append((node, int(self._of_free[node].argmax())))
        return node

    def _new_line(self, code):
        own = self._join(lambda rows: rows[:, code])
        margins = own - self._top + _CONFIDENCE * self._top
        # the second largest probabilities differ even where the largest is rounded to 1
        finer = np.where(own == self._top, -self._second, own)
        # a stable sort of shuffled rows: equal ones in their pseudo-random order
        by_margin = np.lexsort((finer[self._shuffle], margins[self._shuffle]))
        order = self._shuffle[by_margin]
        labeled = len(self._free) + np.arange(len(self._codes))
        return LabeledLine(order.astype(np.int32), labeled, self._codes == code)

    def _join(self, function):
        return np.concatenate([function(self._of_free), function(self._of_labeled)])
