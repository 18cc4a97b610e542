"""Rows in the middle of clusters, and rows drawn where there are many."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs

from skactive.pool import Pool
from skactive.query._clusters import cluster_middles
from skactive.query._draws import draw_evenly, draw_free, draw_with_weights
from skactive.selection import TieOrder


def test_draw_evenly():
    positions = np.array([3, 5, 8, 9])
    assert draw_evenly(positions, 4, None) is positions
    drawn = [tuple(draw_evenly(positions, 2, seed)) for seed in range(600)]
    assert all(a < b for a, b in drawn)
    assert_allclose([np.mean([p in pair for pair in drawn]) for p in positions], 0.5, atol=0.07)


def test_free_rows_are_drawn_as_if_they_were_listed():
    pool = Pool(np.zeros((40, 1)), range(3, 20, 2))
    assert_array_equal(draw_free(pool, 40, None), pool.positions)
    assert_array_equal(draw_free(pool, 7, 5), draw_evenly(pool.positions, 7, 5))


def test_draw_with_weights():
    stream = np.random.RandomState(0)
    rows, counts = draw_with_weights(np.array([0.0, 1, 0, 3, 4, 0]), 8000, stream)
    assert rows.tolist() == [1, 3, 4] and counts.sum() == 8000
    assert_allclose(counts / 1000, [1, 3, 4], atol=0.15)


@pytest.mark.parametrize("max_rows", [None, 100])
def test_middles_of_all_or_of_some_rows(max_rows):
    X, blob = make_blobs(900, centers=5, cluster_std=0.2, random_state=0)
    stream = np.random.RandomState(0)
    rows = cluster_middles(X, 5, stream, TieOrder(), max_rows=max_rows)
    assert sorted(blob[rows]) == [0, 1, 2, 3, 4]
    for row in rows:
        mean = X[blob == blob[row]].mean(axis=0)
        gaps = np.linalg.norm(X[blob == blob[row]] - mean, axis=1)
        # near the mean of its blob: among the tenth of its rows that are nearest
        assert np.linalg.norm(X[row] - mean) <= np.quantile(gaps, 0.1 if max_rows is None else 0.4)


def test_weights_move_the_centers_of_drawn_rows_too():
    X = np.arange(1000.0)[:, None]
    weights = np.where(X[:, 0] < 200, 1.0, 1e-9)
    for max_rows in (None, 300):
        stream = np.random.RandomState(0)
        row = cluster_middles(X, 1, stream, TieOrder(), weights, max_rows)
        assert abs(row[0] - 99.5) < 20
    assert_array_equal(cluster_middles(X, 0, None, TieOrder()), [])


def test_a_row_drawn_often_counts_often():
    # a third of 20 draws falls on the other rows; without counts they would be nearly all
    X = np.r_[0.0, np.linspace(5, 6, 30)][:, None]
    weights = np.r_[60.0, np.ones(30)]
    stream = np.random.RandomState(0)
    assert cluster_middles(X, 1, stream, TieOrder(), weights, max_rows=20).tolist() == [0]
