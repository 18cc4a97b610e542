"""CLUE by worked numbers and against its plain form."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import CLUE, KMeansSampling

from ..plain import TableModel, entropy, margin

X = np.array([[0.0], [1], [2], [3], [10]])
ROWS = np.arange(5)[:, None]


def embed(rows):
    return X[np.asarray(rows)[:, 0].astype(int)]


def asked(certain, n=1, **params):
    """The pick where a row has a half for each class if it is not certain."""
    table = [[1, 0] if is_certain else [0.5, 0.5] for is_certain in certain]
    return CLUE(embed=embed, **params)(TableModel(table), ROWS, n).tolist()


def test_worked_center_of_the_uncertain_rows():
    # the mean of rows 1, 2 and 3 is 2; of all rows 3.2; of rows 0 and 4 it is 5
    assert asked([True, False, False, False, True]) == [2]
    assert asked([False] * 5) == [3]
    assert asked([True] * 5) == [3]
    assert asked([False, True, True, True, False]) == [3]
    assert asked([True, True, True, True, False]) == [4]


def test_weights_not_their_opposite():
    table = [[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.55, 0.45]]
    # 6 * 0.3251 + 10 * 0.6881 over 4 * 0.3251 + 0.6881 is 4.44; with the roles of the rows
    # changed the mean is near 2
    assert CLUE(embed=embed)(TableModel(table), ROWS, 1).tolist() == [3]
    table = [[0.55, 0.45]] * 4 + [[0.9, 0.1]]
    assert CLUE(embed=embed)(TableModel(table), ROWS, 1).tolist() == [2]


@pytest.mark.parametrize("measure", ["entropy", "margin", "least_confidence"])
@pytest.mark.parametrize("temperature", [1, 0.3, 4.0])
def test_equal_to_the_plain_form(measure, temperature):
    X, y = make_blobs(90, centers=3, cluster_std=4.0, random_state=0)
    model = GaussianNB().fit(X[:30], y[:30])
    P = model.predict_proba(X[30:]) ** (1 / temperature)
    P /= P.sum(axis=1)[:, None]
    u = {
        "entropy": entropy(P),
        "margin": 1 - margin(P),
        "least_confidence": 1 - P.max(axis=1),
    }[measure]
    # a classifier has no stream of its own: the first one of a fixed seed
    clusters = KMeans(4, n_init=1, random_state=np.random.RandomState(7)).fit(
        X[30:], sample_weight=np.maximum(u, 1e-9 * u.max())
    )
    expected = set()
    for k in range(4):
        rows = np.flatnonzero(clusters.labels_ == k)
        gaps = ((X[30:][rows] - clusters.cluster_centers_[k]) ** 2).sum(axis=1)
        expected.add(rows[gaps.argmin()])
    learner = ActiveLearner(GaussianNB(), CLUE(measure, temperature=temperature))
    learner.fit(X[:30], y[:30]).random_state_ = np.random.RandomState(7)
    assert set(learner.query(X[30:], 4)) == expected


def test_one_row_of_each_blob_whatever_the_order():
    X, y = make_blobs(80, centers=4, cluster_std=0.3, random_state=1)
    model = GaussianNB(var_smoothing=10.0)
    learner = ActiveLearner(model, CLUE(), random_state=0).fit(X[:20], y[:20])
    order = np.random.RandomState(0).permutation(80)
    straight = learner.query(X, 4)
    assert sorted(y[straight]) == [0, 1, 2, 3]
    assert sorted(y[order][learner.query(X[order], 4)]) == [0, 1, 2, 3]
    taken = np.flatnonzero(y == 2)
    assert 2 not in y[learner.query(X, 9, exclude=taken)]


def test_differs_from_plain_clusters(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), CLUE(), random_state=0)
    learner.fit(X[:40], y[:40])
    weighted = CLUE()(learner.estimator_, X[40:], 10)
    assert set(weighted) != set(KMeansSampling()(learner.estimator_, X[40:], 10))
