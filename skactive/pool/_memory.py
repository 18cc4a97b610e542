"""What is kept of a pool from query to query."""

import weakref

__all__ = ["PoolMemory"]


class PoolMemory:
    """What strategies know of one pool and need not work out again next round.

    A learner keeps one of these from query to query for as long as it is
    asked about the same pool object. Forgetting it never changes a pick,
    it only costs the work again; hence it is left out of pickles.

    Parameters
    ----------
    X : container
        The pool. Only a weak reference is held, and containers that allow
        none (lists) are never remembered.
    """

    def __init__(self, X):
        self._facts = {}
        try:
            self._pool = weakref.ref(X)
        except TypeError:
            self._pool = None

    def is_about(self, X):
        """Whether this is the memory of that very object."""
        return X is not None and self._pool is not None and self._pool() is X

    def recall(self, owner, name, compute):
        """The value stored for an owner under a name, computed the first time.

        Parameters
        ----------
        owner : estimator or None
            The strategy that asks. Its class and its parameters are the key: a
            changed strategy starts afresh, an equal one finds what is known.
            None: the pool itself.
        name : hashable
            What the value is.
        compute : callable
            Called without arguments when there is no such value.
        """
        values = [] if owner is None else list(_parameter_values(owner))
        key = (name, type(owner), *map(id, values))
        if key not in self._facts:
            # the values are kept along, else an id could be given out again
            self._facts[key] = compute(), values
        return self._facts[key][0]


def _parameter_values(strategy):
    """The parameters of a strategy and of the strategies within it."""
    for _, value in sorted(strategy.get_params(deep=False).items()):
        yield value
        if hasattr(value, "requires_fit"):
            yield from _parameter_values(value)
