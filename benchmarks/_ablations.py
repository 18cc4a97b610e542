"""BalancedCoverage with one part of its weights left out or replaced."""

import numpy as np

from skactive.query import BalancedCoverage


class NoWeights(BalancedCoverage):
    """Equal weights: plain generalized coverage (MaxHerding)."""

    @staticmethod
    def weigh(probabilities, mass):
        return np.ones(len(probabilities))


class NoUncertainty(BalancedCoverage):
    """All classes have the same weight; certain rows have the same weights as uncertain ones."""

    @staticmethod
    def weigh(probabilities, mass):
        return probabilities @ (1 / mass)


class NoBalance(BalancedCoverage):
    """Weights depend on uncertainty only; the weight of a class is its frequency."""

    @staticmethod
    def weigh(probabilities, mass):
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return 2 * second / (first + second)


class Ratio(BalancedCoverage):
    """The uncertainty is the plain ratio of the two largest probabilities."""

    @staticmethod
    def weigh(probabilities, mass):
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return second / first * (probabilities @ (1 / mass))


class LeastConfidence(BalancedCoverage):
    """The uncertainty is 1 - max p."""

    @staticmethod
    def weigh(probabilities, mass):
        return (1 - probabilities.max(axis=1)) * (probabilities @ (1 / mass))


ABLATIONS = {
    "ablation: no weights": NoWeights,
    "ablation: no uncertainty": NoUncertainty,
    "ablation: no balance": NoBalance,
    "ablation: 1 - max p": LeastConfidence,
    "ablation: p2 / p1": Ratio,
}
