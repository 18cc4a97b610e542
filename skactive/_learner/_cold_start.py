"""The strategy that picks until a learner is fitted for the first time."""

from ..query import RandomSampling
from ..query._vectors import starting_form


def cold_start_of(learner, strategy, pool):
    """Return the strategy that picks while the one in use needs a fitted learner.

    Parameters
    ----------
    learner : ActiveLearner
        The learner.
    strategy : strategy
        The strategy in use.
    pool : Pool or BlockPool
        The rows.

    Returns
    -------
    strategy : strategy
        ``cold_start`` if the user has set it. Otherwise the strategy in use, if only the
        vectors of a Pipeline are missing; it then sees vectors of the pool itself.
        Otherwise ``RandomSampling()``.
    """
    given = learner.cold_start
    if given is not None:
        return starting_form(given, learner, pool) or given
    return starting_form(strategy, learner, pool) or RandomSampling()
