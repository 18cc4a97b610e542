"""Data that several tests share; all of it comes with scikit-learn or is made here."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from .failing import FailsOnDemand

# tests of the nets, where there is no PyTorch
collect_ignore = [] if all(map(find_spec, ("torch", "torchvision", "skorch"))) else ["deep"]


@pytest.fixture(scope="session")
def digits():
    """A small imbalanced pool: 300 rows of pixels in 0..1, digits 5 to 9 are rare."""
    X, y = load_digits(return_X_y=True)
    kept = np.flatnonzero((y < 5) | (np.arange(len(y)) % 4 == 0))[:300]
    return X[kept] / 16, y[kept]


@pytest.fixture(scope="session")
def iris():
    """150 rows of four numbers, shuffled once."""
    X, y = load_iris(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    return X[order], y[order]


@pytest.fixture
def set_broken(monkeypatch):
    """A function that makes each fit of ``FailsOnDemand`` fail, or not."""
    return lambda broken: monkeypatch.setattr(FailsOnDemand, "broken", broken)
