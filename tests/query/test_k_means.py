"""k-means sampling and TypiClust: one row of each cluster that has no label."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_digits, make_blobs

from skactive import ActiveLearner
from skactive.query import KMeansSampling, TypiClust
from skactive.query._clusters import one_of_each_cluster
from skactive.query.typi_clust import typicality

BOTH = pytest.mark.parametrize("strategy", [KMeansSampling(), TypiClust(n_neighbors=3)])


@pytest.fixture(scope="module")
def blobs():
    """Five far clusters of 30, 20, 15, 10 and 5 rows."""
    centers = np.array([[0, 0], [50, 0], [0, 50], [50, 50], [100, 100]], dtype=float)
    return make_blobs([30, 20, 15, 10, 5], centers=centers, cluster_std=1.0, random_state=0)


@BOTH
def test_one_row_of_each_cluster_the_largest_first(strategy, blobs):
    X, cluster = blobs
    picks = ActiveLearner(query_strategy=strategy, random_state=0).query(X, 5)
    assert cluster[picks].tolist() == [0, 1, 2, 3, 4]


@BOTH
def test_clusters_with_labels_come_last(strategy, blobs):
    X, cluster = blobs
    learner = ActiveLearner(query_strategy=strategy, random_state=0)
    taken = [int(np.flatnonzero(cluster == c)[0]) for c in (0, 2)]
    learner.teach(X[taken], [0, 1])
    picks = learner.query(X, 3, exclude=taken)
    assert cluster[picks].tolist() == [1, 3, 4]


@BOTH
def test_more_rows_than_clusters(strategy, blobs):
    X, cluster = blobs
    strategy = type(strategy)(max_clusters=5)
    picks = ActiveLearner(query_strategy=strategy, random_state=0).query(X, 12)
    assert cluster[picks].tolist() == [0, 1, 2, 3, 4] * 2 + [0, 1]


@BOTH
def test_sparse_rows(strategy, blobs):
    X, _ = blobs
    dense = ActiveLearner(query_strategy=strategy, random_state=0).query(X, 5)
    rows = ActiveLearner(query_strategy=strategy, random_state=0).query(sparse.csr_array(X), 5)
    assert dense.tolist() == rows.tolist()


def test_nearest_to_the_center_not_the_farthest():
    X = np.array([[0.0], [1], [5]])
    assert ActiveLearner(query_strategy=KMeansSampling()).query(X, 1).tolist() == [1]


def test_kmeans_equal_to_plain_form():
    from sklearn.cluster import KMeans

    X, _ = load_digits(return_X_y=True)
    learner = ActiveLearner(query_strategy=KMeansSampling(), random_state=0)
    picks = learner.query(X, 12)
    learner = ActiveLearner(query_strategy=KMeansSampling(), random_state=0)
    learner._start(cold=False)
    model = KMeans(12, n_init=1, random_state=learner.random_state_).fit(X)
    expected = [model.transform(X)[:, c].argmin() for c in range(12)]
    sizes = np.bincount(model.labels_)
    assert picks.tolist() == [expected[c] for c in np.lexsort((np.arange(12), -sizes))]


def test_worked_typicality():
    # 3 rows allow 1 neighbor: distances 1, 1 and 3
    assert_allclose(typicality(np.array([[0.0], [1], [4]])), [1, 1, 1 / 3])
    # 6 rows and 2 neighbors
    X = np.array([[0.0], [1], [2], [4], [8], [16]])
    means = np.array([1.5, 1, 1.5, 2.5, 5, 10])
    assert_allclose(typicality(X, 2), 1 / means)
    assert typicality(np.array([[7.0]])).tolist() == [1]


def test_most_typical_not_the_least():
    X = np.array([[0.0], [1], [2], [4], [8], [16]])
    strategy = TypiClust(n_neighbors=2)
    assert ActiveLearner(query_strategy=strategy).query(X, 1).tolist() == [1]


def test_worked_turns():
    clusters = np.array([0, 0, 0, 1, 1, 2])
    scores = np.array([0.1, 0.9, -np.inf, 0.3, 0.2, 0.5])
    # cluster 1 is larger than 2, cluster 0 has a label; the row at -inf is not free
    picks = one_of_each_cluster(clusters, scores, np.array([1, 0, 0]), 5)
    assert picks.tolist() == [3, 5, 1, 4, 0]
