"""Expected error reduction: rows that are expected to lower the model's loss most."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._codes import fit_on_codes
from .._parameters import POSITIVE_INT_OR_NONE, options
from .._progress import track
from .._tensors import to_numpy
from .._typing import Positions
from ..pool import concatenate_rows, take_rows
from ..predictions import class_probabilities
from ..scores import entropy, largest
from ..selection import top_n
from ._base import QueryStrategy, random_stream


class ExpectedErrorReduction(QueryStrategy):
    """Lowest expected loss on the pool after the row is labeled.

    For a row x and each class c found so far, the learner's estimator is fitted to its labels
    and (x, c). This gives the probabilities :math:`p^{+(x, c)}`. The rows with the lowest

    .. math:: \\sum_c p(c \\mid x) \\sum_u L \\bigl( p^{+(x, c)}(\\cdot \\mid u) \\bigr)

    are picked [1]_, where p are the present probabilities. The loss L of a free row u is
    the entropy of its probabilities or :math:`1 - \\max_c p_c`. Each candidate needs one fit per
    class, so only some rows are candidates.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    loss : {"log", "zero_one"}, default="log"
        The loss L: the entropy, or 1 minus the largest probability.
    n_candidates : int, default=50
        Number of free rows drawn as candidates, at least as many as the query asks
        for. None: all free rows.
    n_evaluated : int, default=1000
        Maximum number of free rows, drawn at random, in the sum over u. None: all.

    See Also
    --------
    EntropySampling : The uncertainty of the row itself.

    Notes
    -----
    Parameters of ``fit``, such as sample weights, are not passed to these fits.

    References
    ----------
    .. [1] N. Roy, A. McCallum (2001). Toward Optimal Active Learning through
       Sampling Estimation of Error Reduction. ICML, 441-448.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ExpectedErrorReduction
    >>> learner = ActiveLearner(GaussianNB(), ExpectedErrorReduction(), random_state=0)
    >>> learner = learner.teach([[0.0], [1.0], [6.0], [7.0]], [0, 0, 1, 1])
    >>> learner.query([[0.5], [3.4], [6.5], [20.0]], 1)
    array([2])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), ExpectedErrorReduction(), random_state=0)
    >>> learner = learner.teach(X[::15], y[::15])
    >>> learner.query(X, 3, exclude=range(0, 150, 15)).shape
    (3,)
    """

    _parameter_constraints: dict = {
        "loss": [options("log", "zero_one")],
        "n_candidates": POSITIVE_INT_OR_NONE,
        "n_evaluated": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self, loss: str = "log", *, n_candidates: int = 50, n_evaluated: int = 1000
    ) -> None:
        self.loss = loss
        self.n_candidates = n_candidates
        self.n_evaluated = n_evaluated

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        stream = random_stream(learner)
        n_candidates = pool.n_available
        if self.n_candidates is not None:
            n_candidates = min(n_candidates, max(self.n_candidates, n_queries))
        candidates = np.sort(_draw(pool, n_candidates, stream))
        losses = self._losses(learner, pool, candidates, stream)
        picks = top_n(-losses, n_queries, pool.ties.of(candidates))
        pool.memory.note(candidates[picks], score=-losses[picks])
        return candidates[picks]

    def _losses(self, learner, pool, candidates, stream):
        """The expected loss after a label of each candidate."""
        if not hasattr(learner, "X_labeled_") or not hasattr(learner, "estimator_"):
            raise TypeError(
                f"{type(self).__name__} fits models to the labels of an ActiveLearner, but "
                f"{type(learner).__name__} has no labels. Query through an ActiveLearner that "
                "was taught some."
            )
        n_evaluated = pool.n_available
        if self.n_evaluated is not None:
            n_evaluated = min(n_evaluated, self.n_evaluated)
        drawn = np.sort(_draw(pool, n_evaluated, stream))
        evaluated, scale = pool.gather(drawn), pool.n_available / n_evaluated
        rows = pool.gather(candidates)
        probabilities = to_numpy(class_probabilities(learner, rows))
        codes = np.unique(learner.y_labeled_, return_inverse=True)[1]
        calls = (
            delayed(self._loss_after)(
                learner, codes, take_rows(rows, [i]), code, evaluated, scale * (drawn != row)
            )
            for i, row in enumerate(candidates)
            for code in range(probabilities.shape[1])
        )
        losses = Parallel(pool.n_jobs, prefer="threads", return_as="generator")(calls)
        losses = track(
            losses,
            probabilities.size,
            verbose=pool.verbose,
            description=type(self).__name__,
            unit="fits",
        )
        losses = np.fromiter(losses, dtype=np.float64)
        return (np.reshape(losses, probabilities.shape) * probabilities).sum(axis=1)

    def _loss_after(self, learner, codes, row, code, evaluated, weights):
        """The loss of a model with one more label, on rows that represent the free ones."""
        X, codes = concatenate_rows(learner.X_labeled_, row), np.append(codes, code)
        model = fit_on_codes(clone(learner.estimator_), X, codes)
        probabilities = np.asarray(to_numpy(class_probabilities(model, evaluated)))
        return self._loss(learner, model, X, codes, probabilities, weights)

    def _loss(self, learner, model, X, codes, probabilities, weights):
        """The loss, from the labels of the model and the probabilities of other rows."""
        if self.loss == "log":
            return entropy(probabilities).sum()
        return (1 - largest(probabilities)).sum()


def _draw(pool, n, stream):
    """Draw n free rows; return all without a draw if there are no more."""
    return pool.positions if n == pool.n_available else pool.draw(n, stream)
