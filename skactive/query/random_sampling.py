"""Random sampling: the baseline that a strategy has to beat."""

from ._base import QueryStrategy, random_stream


class RandomSampling(QueryStrategy):
    """Rows drawn uniformly without replacement.

    The learner's ``random_state`` rules the draw. Batches concatenate:
    asking for 3 rows and then for 7 gives the same rows as asking for 10.

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
    """

    def select(self, learner, pool, n_queries):
        return pool.draw(n_queries, random_stream(learner))

    def requires_fit(self, learner):
        return False
