"""Class probabilities of the rows of a pool, and measures of uncertainty."""

from .._tensors import to_numpy
from ..predictions import chunk_rows, class_probabilities
from ..scores import entropy, largest, margin

__all__ = ["UNCERTAINTIES", "pool_probabilities", "tempered"]

# measures that are 0 where the model is certain
UNCERTAINTIES = {
    "entropy": entropy,
    "margin": lambda probabilities: 1 - margin(probabilities),
    "least_confidence": lambda probabilities: 1 - largest(probabilities),
}


def pool_probabilities(learner, pool):
    """Class probabilities of the free rows of a pool.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The model to read predictions from.
    pool : Pool
        The rows.

    Returns
    -------
    probabilities : ndarray of float, shape (n_available, n_classes)
        In the order of ``pool.positions``.
    """
    probabilities = to_numpy(
        pool.map_rows(lambda X: class_probabilities(learner, X), chunk_rows(learner))
    )
    return probabilities if pool.available.all() else probabilities[pool.available]


def tempered(probabilities, temperature):
    """Raise probabilities to the power 1 / temperature and normalize them.

    For a softmax, this divides the logits by the temperature.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.
    temperature : float
        Above 0. Above 1, probabilities become more even; below 1, less even.

    Returns
    -------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.
    """
    if temperature == 1:
        return probabilities
    # divided by the largest, so that no row becomes 0
    powers = (probabilities / probabilities.max(axis=1, keepdims=True)) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
