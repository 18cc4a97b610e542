"""Class probabilities of the rows of a pool, and what is done to them before they are read."""

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
        Whose predictions are read.
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
    """Probabilities to the power 1 / temperature, so that rows sum to 1 again.

    For a softmax these are the probabilities of its logits divided by the temperature.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.
    temperature : float
        Above 0. Above 1 they come closer to each other, below 1 they part.

    Returns
    -------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.
    """
    if temperature == 1:
        return probabilities
    # by the largest: no row may vanish
    powers = (probabilities / probabilities.max(axis=1, keepdims=True)) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
