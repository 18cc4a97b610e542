"""The strategy of a learner without ``query_strategy``."""

from .._tensors import is_tensor
from .._unwrapping import steps_without_fit
from ..embedding import can_embed
from ..pool import is_dask
from ..query import BalancedCoverage, MarginSampling


def default_strategy(learner, X):
    """Return the strategy of a learner with ``query_strategy=None``.

    Parameters
    ----------
    learner : ActiveLearner
        The learner.
    X : container of n_rows rows
        Rows of the pool, or rows that are taught.

    Returns
    -------
    strategy : strategy
        ``BalancedCoverage()`` if rows can be seen as vectors, otherwise
        ``MarginSampling()``.
    """
    return BalancedCoverage() if sees_vectors(learner, X) else MarginSampling()


def sees_vectors(learner, X):
    """Return whether rows can be seen as vectors with meaningful distances.

    Parameters
    ----------
    learner : ActiveLearner
        The learner.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    sees : bool
        False for a net, which reads images, texts or files in its own way. True if
        the classifier is a Pipeline whose steps before it need no fit, such as a
        ``SourceModel``. Otherwise False for arrays of more than two dimensions,
        tensors and dask collections of objects, and for rows that cannot be made
        vectors.
    """
    estimator = learner._base_estimator()
    last = estimator.steps[-1][1] if getattr(estimator, "steps", None) else estimator
    is_net = hasattr(last, "module")
    if is_net:
        return False
    if steps_without_fit(estimator) is not None and not is_dask(X):
        return True
    return not is_tensor(X) and getattr(X, "ndim", 2) <= 2 and can_embed(X)
