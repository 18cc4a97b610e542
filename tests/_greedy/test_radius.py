"""Pairs within a radius: lists and look-ups give the same as all distances."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import pairwise_distances

from skactive._greedy.radius import RadiusNeighbors


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("max_pairs", [0, 10**9])
def test_equal_to_all_distances(dtype, max_pairs):
    # whole numbers: many pairs exactly at the radius
    X = load_digits(return_X_y=True)[0][:1300].astype(dtype)
    near = pairwise_distances(X.astype(float), metric="sqeuclidean").round(6) <= 900
    balls = RadiusNeighbors(X, 30.0, max_pairs)
    assert balls.counts.tolist() == near.sum(axis=0).tolist()
    assert balls.around(7).tolist() == np.flatnonzero(near[7]).tolist()
    rows = np.array([3, 8, 1299])
    assert balls.count_around(rows).tolist() == near[rows].sum(axis=0).tolist()
    assert balls.count_around(rows[:0]).tolist() == [0] * 1300
