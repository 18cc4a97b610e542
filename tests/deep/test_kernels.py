"""The numbers worked by hand for the Fisher kernel, in its three combinations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive.deep import _matching as matching
from skactive.deep._descriptors import standardize
from skactive.deep._kernels import fisher_kernel, k_centers
from skactive.deep._matching import level_walk, match_rows

from ..plain import by_key

LENGTHS = (3, 3)
ZV = np.array([[1, 2, 3, 0, 1, 2], [3, 1, 2, 2, 2, 1]])
GV = np.array([[1, 0, -1, 2, 0, 1], [0, 1, 2, 1, 1, 3]])
Z = np.array([[1, 2, 4, 0, 2, 3], [3, 2, 1, 2, 1, 0], [2, 1, 3, 1, 3, 2], [3, 1, 2, 3, 3, 1]])
G = np.array([[2, 0, -1, 1, 0, 0], [-1, 0, 1, 0, 1, 2], [0, 2, 1, 1, 0, 3], [0, 1, 3, 0, 0, 2]])
RZ = [[3.9279, -4.0000, 2.0000, -2.7321], [-2.1665, 2.7321, 1.0000, 4.0000]]
RG = [[3.6960, -3.0000, -0.3453, -1.9640], [-2.9640, 3.7321, 2.8898, 3.9640]]
COMBINED = {
    "sum_of_products": [[7.2588, 6.0, -0.3453, 1.9640], [2.7976, 5.0, 1.0, 7.9279]],
    "product_of_sums": [[14.5176, 12.0, -0.6907, 5.3656], [6.4215, 10.1962, 2.8898, 15.8558]],
    "sum": [[7.6239, -7.0, 1.6547, -4.6960], [-5.1305, 6.4641, 3.8898, 7.9640]],
}


def test_similarity_of_features_and_of_gradients():
    assert_allclose(fisher_kernel((ZV, None), (Z, None), LENGTHS), RZ, atol=1e-4)
    assert_allclose(fisher_kernel((GV, None), (G, None), LENGTHS), RG, atol=1e-4)


@pytest.mark.parametrize("combine", COMBINED)
def test_combinations(combine):
    kernel = fisher_kernel((ZV, GV), (Z, G), LENGTHS, combine=combine)
    assert_allclose(kernel, COMBINED[combine], atol=1e-4)


@pytest.mark.parametrize(
    "combine, picks", [("sum", [0, 2]), ("sum_of_products", [0, 1]), ("product_of_sums", [0, 1])]
)
def test_what_the_combinations_pick_for_one_validation_row(combine, picks):
    kernel = fisher_kernel((ZV[:1], GV[:1]), (Z, G), LENGTHS, combine=combine)
    assert_array_equal(match_rows(lambda left, right: kernel[left, right], 1, 4, 2), picks)


def test_the_default_is_the_sum_of_products():
    kernel = fisher_kernel((ZV, GV), (Z, G), LENGTHS)
    assert_allclose(kernel, COMBINED["sum_of_products"], atol=1e-4)


def test_pcc_is_a_sum_of_pearson_correlations():
    rng = np.random.RandomState(0)
    left, right, lengths = rng.rand(3, 9), rng.rand(4, 9), (5, 4)
    expected = np.zeros((3, 4))
    for part, length in ((slice(0, 5), 5), (slice(5, 9), 4)):
        both = np.corrcoef(left[:, part], right[:, part])
        expected += (length - 1) * both[:3, 3:]
    assert_allclose(fisher_kernel((left, None), (right, None), lengths), expected, atol=1e-8)
    equal = fisher_kernel((left, None), (right, None), lengths, scale_weight="equal")
    assert np.abs(equal).max() <= 2 + 1e-9


@pytest.mark.parametrize("combine", COMBINED)
def test_scale_weights_give_every_scale_the_same_weight(combine):
    kernel = fisher_kernel((ZV, GV), (Z, G), LENGTHS, combine=combine, scale_weight="equal")
    factor = 2 if combine == "sum" else 4
    assert_allclose(kernel, np.array(COMBINED[combine]) / factor, atol=1e-4)


def test_rescaled_rows_are_the_same_rows():
    scaled = standardize(Z * np.array([[3.0], [0.5], [7.0], [1.0]]), LENGTHS)
    assert_allclose(scaled, standardize(Z, LENGTHS), atol=1e-8)


def test_a_constant_row_is_like_nothing():
    values = standardize([[0.1, 0.1, 0.1, 1, 2, 3]], LENGTHS)
    assert_array_equal(values[:, :3], 0)
    assert_allclose(values[:, 3:], [[-1, 0, 1]])


def test_a_scale_with_one_entry_and_nan_are_rejected():
    with pytest.raises(ValueError, match="single entry"):
        standardize([[1.0, 2, 3]], (1, 2))
    with pytest.raises(ValueError, match="row 1 .*NaN"):
        standardize([[1.0, 2, 3], [1, np.nan, 2]], (3,))


def test_k_centers():
    kernel = np.array(
        [[1, 0.9, 0.1, -0.5], [0.9, 1, 0.3, -0.2], [0.1, 0.3, 1, 0.2], [-0.5, -0.2, 0.2, 1]]
    )
    assert_array_equal(k_centers(kernel.__getitem__, 4, 3, first=0), [0, 3, 2])
    assert_array_equal(k_centers(kernel.__getitem__, 4, 4, first=0), [0, 3, 2, 1])


R = np.array([[0.9, 0.8, 0.1, 0.3, 0.2], [0.95, 0.2, 0.7, 0.1, 0], [0.1, 0.85, 0.2, 0.6, 0.5]])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("n_neighbors", [1, 2, 32])
def test_level_walk(n, n_neighbors):
    picks = match_rows(lambda i, j: R[i, j], 3, 5, n, n_neighbors=n_neighbors)
    assert_array_equal(picks, np.arange(n))


def test_one_argmax_per_center_is_not_enough():
    # the best matches of three centers are two rows: the third pick comes from level 1
    assert len(set(R.argmax(axis=1))) == 2
    assert match_rows(lambda i, j: R[i, j], 3, 5, 3, n_neighbors=1)[2] == 2


def test_blocks_give_what_the_whole_matrix_gives(monkeypatch):
    rng = np.random.RandomState(0)
    whole = rng.randint(0, 6, size=(7, 50)) / 5.0
    order = np.array([by_key(-row) for row in whole])
    expected = level_walk(order, np.take_along_axis(whole, order, axis=1))
    shapes = []

    def similarity(centers, rows):
        block = whole[centers, rows]
        shapes.append(block.shape)
        return block

    monkeypatch.setattr(matching, "_CENTERS", 3)
    monkeypatch.setattr(matching, "_ROWS", 8)
    for n in (1, 10, 50):
        assert_array_equal(match_rows(similarity, 7, 50, n, n_neighbors=2), expected[:n])
    assert max(shapes) == (3, 8)
