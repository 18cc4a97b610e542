"""Random sampling: the baseline for every other strategy."""

from typing import Any

from .._typing import Positions
from ._base import QueryStrategy, random_stream


class RandomSampling(QueryStrategy):
    """Rows drawn uniformly at random, without replacement.

    The learner's ``random_state`` determines the draw. Picks do not depend on the
    batch size: asking for 3 rows and then for 7 gives the same rows as asking for 10.

    Read more in the :ref:`user guide <strategies-baseline>`.

    See Also
    --------
    CoreSet : Rows that cover the pool.

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import RandomSampling
    >>> learner = ActiveLearner(query_strategy=RandomSampling(), random_state=0)
    >>> learner.query([[0.0], [1.0], [2.0], [3.0]], 2)
    array([3, 1])

    A baseline for the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(
    ...     query_strategy=RandomSampling(), budget=20, random_state=0
    ... )
    >>> learner.fit(X, y).n_labels_
    20
    """

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        return pool.draw(n_queries, random_stream(learner))

    def requires_fit(self, learner: Any) -> bool:
        return False
