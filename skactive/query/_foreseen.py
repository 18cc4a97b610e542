"""Class probabilities of rows, predicted from a few dozen labels."""

import warnings

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ..selection import slices

__all__ = ["foreseen_probabilities"]

_N_TREES = 60
# with few labels most splits by one of only sqrt(n_features) columns tell nothing
_FEATURES_A_SPLIT = 1 / 3
_ROWS_A_CHUNK = 1 << 14


def foreseen_probabilities(rows, labeled, labels, seed):
    """Mean of the probabilities from logistic regression and extremely randomized trees.

    Logistic regression is right if a plane separates the classes, trees if single
    features do. The mean of two models with different errors is better calibrated than
    each of them.

    Parameters
    ----------
    rows : ndarray of float32, shape (n_rows, n_features)
        The rows.
    labeled : ndarray of float32, shape (n_labels, n_features)
        Labeled rows.
    labels : array of shape (n_labels,)
        Their labels, of at least two classes.
    seed : int
        Seed of the trees.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_classes)
        One column per class, sorted.
    """
    linear = LogisticRegression(max_iter=60)
    trees = ExtraTreesClassifier(_N_TREES, max_features=_FEATURES_A_SPLIT, random_state=seed)
    with warnings.catch_warnings():
        # stopping early only makes the probabilities a little flatter
        warnings.simplefilter("ignore", ConvergenceWarning)
        # many classes with one label each are expected here
        warnings.filterwarnings("ignore", message="The number of unique classes")
        models = [model.fit(labeled, labels) for model in (linear, trees)]
    chunks = [rows[chunk] for chunk in slices(len(rows), _ROWS_A_CHUNK)]
    parts = [sum(model.predict_proba(chunk) for model in models) / 2 for chunk in chunks]
    return np.concatenate(parts)
