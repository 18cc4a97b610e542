"""BalancedCoverage with one part of its weights left out or exchanged."""

import numpy as np

from skactive.query import BalancedCoverage


class NoWeights(BalancedCoverage):
    """All rows alike: plain generalised coverage (MaxHerding)."""

    @staticmethod
    def weigh(probabilities, mass):
        return np.ones(len(probabilities))


class NoUncertainty(BalancedCoverage):
    """Every class the same mass, certain rows as much as uncertain ones."""

    @staticmethod
    def weigh(probabilities, mass):
        return probabilities @ (1 / mass)


class NoBalance(BalancedCoverage):
    """Uncertain rows, classes as common as they are."""

    @staticmethod
    def weigh(probabilities, mass):
        return 1 - probabilities.max(axis=1)


ABLATIONS = {
    "ablation: no weights": NoWeights,
    "ablation: no uncertainty": NoUncertainty,
    "ablation: no balance": NoBalance,
}
