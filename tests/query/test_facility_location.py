"""Facility location against full greedy passes."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits

from skactive import ActiveLearner
from skactive.query import FacilityLocation
from skactive.query.facility_location import unit_rows


def plain(X, labeled, n):
    """All gains in every step."""
    directions = X / np.linalg.norm(X, axis=1)[:, None]
    similarity = 1 + directions @ directions.T
    best = similarity[:, labeled].max(axis=1) if len(labeled) else np.zeros(len(X))
    picks = []
    for _ in range(n):
        gains = np.maximum(similarity - best[:, None], 0).sum(axis=0) + 1e-6 * (2 - best)
        gains[[*labeled, *picks]] = -1
        picks.append(int(gains.argmax()))
        best = np.maximum(best, similarity[:, picks[-1]])
    return picks


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:400], y[:400]


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_equal_to_full_passes(digits, container):
    X, y = digits
    learner = ActiveLearner(query_strategy=FacilityLocation())
    assert learner.query(container(X), 30).tolist() == plain(X, [], 30)
    learner.teach(container(X[:10]), y[:10])
    assert learner.query(container(X), 30, exclude=range(10)).tolist() == plain(X, range(10), 30)


def test_batches_concatenate(digits):
    X, y = digits
    whole = ActiveLearner(query_strategy=FacilityLocation()).query(X, 20).tolist()
    learner, taken = ActiveLearner(query_strategy=FacilityLocation()), []
    for n in (1, 6, 13):
        picks = learner.query(X, n, exclude=taken)
        learner.teach(X[picks], y[picks])
        taken.extend(picks.tolist())
    assert taken == whole


def test_most_representative_first_not_the_outlier():
    X = np.array([[1.0, 0], [1, 0.1], [1, -0.1], [-1, 5]])
    assert ActiveLearner(query_strategy=FacilityLocation()).query(X, 1).tolist() == [1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("scale", [1e-7, 1e-30, 1e30])
def test_directions_of_rows_of_any_size(digits, dtype, container, scale):
    X = digits[0][:100].astype(dtype)
    expected = ActiveLearner(query_strategy=FacilityLocation()).query(container(X), 12)
    small = container(X * dtype(2.0 ** np.round(np.log2(scale))))
    picks = ActiveLearner(query_strategy=FacilityLocation()).query(small, 12)
    assert picks.tolist() == expected.tolist()
    rows = unit_rows(container(np.array([[0, 0], [3e-7, 4e-7]], dtype=dtype)))
    rows = rows.toarray() if sparse.issparse(rows) else rows
    np.testing.assert_allclose(rows, [[0, 0], [0.6, 0.8]], rtol=1e-6)
    assert rows.dtype == dtype
