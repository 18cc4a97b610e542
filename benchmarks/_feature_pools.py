"""Images and sentences as data sets of ``strategies.py``: features of pretrained nets.

Strategies and readers see 128 principal components of the features, as the classifier of
``one_judge.py`` does. Sets of more than 50 classes get four times as many labels, four times
as many at a time, because the few labels of the tables would leave half of their classes out.
"""

from typing import NamedTuple

import numpy as np
from _pools import load_pool
from _trial_tables import BUDGETS, memory

_MANY_CLASSES, _MORE_LABELS = 50, 4


class FeaturePool(NamedTuple):
    """The attributes of a pool of ``_trial_tables.py`` that the programs read."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    budgets: list


@memory.cache
def feature_pool(name, seed):
    """The pool of a set; the seed chooses the rows that make the classes imbalanced."""
    pool = load_pool(name, seed)
    factor = _MORE_LABELS if len(np.unique(pool.y)) > _MANY_CLASSES else 1
    X, X_test = pool.components(pool.X), pool.components(pool.X_test)
    return FeaturePool(X, pool.y, X_test, pool.y_test, [factor * n for n in BUDGETS])
