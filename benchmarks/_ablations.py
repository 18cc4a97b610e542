"""BalancedCoverage with one part of its weights left out or replaced."""

import numpy as np

from skactive.query import BalancedCoverage


class NoWeights(BalancedCoverage):
    """Equal weights: plain generalized coverage (MaxHerding)."""

    @staticmethod
    def weigh(probabilities, mass):
        return np.ones(len(probabilities))


class NoUncertainty(BalancedCoverage):
    """Equal weight of all classes; certain rows weigh as much as uncertain ones."""

    @staticmethod
    def weigh(probabilities, mass):
        return probabilities @ (1 / mass)


class NoBalance(BalancedCoverage):
    """Weight by uncertainty only; classes weigh by their frequency."""

    @staticmethod
    def weigh(probabilities, mass):
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return 2 * second / (first + second)


class Ratio(BalancedCoverage):
    """The plain ratio of the two largest probabilities."""

    @staticmethod
    def weigh(probabilities, mass):
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return second / first * (probabilities @ (1 / mass))


class LeastConfidence(BalancedCoverage):
    """1 - max p instead."""

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
