"""GALAXY: bisection of the way between two classes, along the margins of each class."""

import numpy as np

from .._tensors import to_numpy
from ..predictions import class_probabilities
from ..selection import random_rows
from ._base import QueryStrategy, random_stream
from ._bisection import LabeledLine
from ._cost_matrix import seen_classes
from ._pool_probabilities import pool_probabilities

# among rows of which a class is the most probable one, surer ones come last
_CONFIDENCE = 1e-8


class GALAXY(QueryStrategy):
    """Halves the way between labels of a class and labels of the others, class after class.

    For each class k found so far, labeled and free rows are put in a line by
    :math:`p_k - \\max_c p_c`, rows with the same margin by their largest
    probability. A row of class k is positive there, the others are negative.
    The next label goes to the middle of the shortest path between a positive
    and a negative row (Algorithm 1 of [1]_), along links between neighbors.
    Where a positive row stands beside a negative one the link is cut: there
    lies the decision boundary. When all ways are cut, rows up to 2, 3, ...
    places apart are linked (Algorithm 2), and rows on both sides of the
    boundary are next. Classes take turns. So the labels gather where the
    classes meet by their labels, not where the model says so, and on both
    sides alike: fairly balanced even where one class is rare.

    In the paper each label is known before the next row of a batch is picked,
    while the model stays the same. Here a batch is picked at once: until its
    label comes, a row counts as of the class that the model predicts.

    See Also
    --------
    MarginSampling : Rows at the boundary that the model sees.
    BalancedCoverage : Rare classes without bisection.

    Notes
    -----
    Of equally good rows the one of the lowest margin between its two most
    probable classes is picked. While one class only is known, rows are drawn
    at random. Labeled rows need not be rows of the pool. Cost: predictions,
    one sort of the pool for each class, and O(l) a pick for l labels. Class
    probabilities and the lines are kept in memory, 16 bytes a row and class;
    with more than 50 million of them the query is refused.

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
    """

    def select(self, learner, pool, n_queries):
        if not hasattr(learner, "X_labeled_"):
            raise TypeError(
                "GALAXY searches between labeled rows, and "
                f"{type(learner).__name__} holds no labels. Ask through an ActiveLearner."
            )
        codes = np.unique(learner.y_labeled_, return_inverse=True)[1]
        if codes.max() == 0:
            return random_rows(pool.available, n_queries, random_stream(learner))
        nodes = _Nodes(self, learner, pool, codes)
        picks = np.empty(n_queries, dtype=np.intp)
        order = 1
        for i in range(n_queries):
            # the turn goes on from batch to batch
            turn = (len(codes) + i) % nodes.n_classes
            found, order = nodes.line(turn).best(order)
            picks[i] = nodes.take(found)
        return pool.positions[picks]


class _Nodes:
    """The free rows of a pool and, after them, the labeled rows, in a line for each class."""

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
        # labels come last among equal rows
        labeled = len(self._free) + np.arange(len(codes))
        self._shuffle = np.append(np.argsort(self._keys), labeled)
        self._lines, self._picked = {}, []

    def line(self, code):
        """The line of a class, with all that is known by now."""
        line, n_known = self._lines.get(code, (None, 0))
        if line is None:
            line = self._new_line(code)
        for node, predicted in self._picked[n_known:]:
            line.add(node, predicted == code)
        self._lines[code] = line, len(self._picked)
        return line

    def take(self, found):
        """One of some equally good nodes, which counts as labeled from now on."""
        second = self._second[found]
        by_margin = np.lexsort((self._keys[found], -second, self._top[found] - second))
        node = int(found[by_margin[0]])
        self._picked.append((node, int(self._of_free[node].argmax())))
        return node

    def _new_line(self, code):
        own = self._join(lambda rows: rows[:, code])
        margins = own - self._top + _CONFIDENCE * self._top
        # probabilities of 1 differ in what is left for the others
        finer = np.where(own == self._top, -self._second, own)
        # a stable sort of shuffled rows: equal ones in their pseudo-random order
        by_margin = np.lexsort((finer[self._shuffle], margins[self._shuffle]))
        order = self._shuffle[by_margin]
        labeled = len(self._free) + np.arange(len(self._codes))
        return LabeledLine(order.astype(np.int32), labeled, self._codes == code)

    def _join(self, function):
        return np.concatenate([function(self._of_free), function(self._of_labeled)])
