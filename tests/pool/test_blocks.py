"""The results of a pool in blocks of dask, and the number of blocks read."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skactive.pool import BlockPool, Pool, PoolMemory, as_pool, is_dask

from ..plain import tie_key
from .dask_pools import as_array, as_frame, da, dd, pd


def test_many_blocks_are_merged_in_a_tree():
    values = np.random.RandomState(0).permutation(1000).astype(float)[:, None] // 7
    pool = BlockPool(da.from_array(values, chunks=(3, 1)), exclude=[4, 5])
    expected = Pool(values, [4, 5]).top_rows(lambda rows: rows[:, 0], 10, 50)
    assert_array_equal(pool.top_rows(lambda rows: rows[:, 0], 10, 50), expected)


def test_several_numbers_per_row():
    values = np.random.RandomState(0).randint(0, 9, size=(100, 3)).astype(float)
    pool = BlockPool(da.from_array(values, chunks=(8, 3)), exclude=range(30))
    top = pool.top_rows(lambda rows: rows, 10, 6)
    for k in range(3):
        column = Pool(values[:, k], range(30)).top_rows(lambda rows: rows, 10, 6)
        assert_array_equal(top[:, k], column)


def test_blocks_in_which_no_row_is_free_are_not_touched():
    def must_not_be_read(block_info=None):
        start, stop = block_info[None]["array-location"][0]
        if start < 80:
            raise AssertionError("read")
        return np.arange(start, stop, dtype=float)[:, None]

    X = da.map_blocks(must_not_be_read, chunks=((20,) * 5, (1,)), dtype=float)
    pool = BlockPool(X, exclude=range(80))
    assert_array_equal(pool.top_rows(lambda rows: rows[:, 0], 100, 2), [99, 98])


def test_texts():
    texts = np.array(["a word", "another", "and more", "of them"] * 5, dtype=object)
    pool = BlockPool(da.from_array(texts, chunks=3), exclude=[0])
    assert_array_equal(pool.gather([19, 1]), texts[[19, 1]])
    longest = pool.top_rows(lambda rows: np.array([len(row) for row in rows]) * 1.0, 9, 5)
    assert longest.tolist() == sorted([2, 6, 10, 14, 18], key=tie_key)


def test_lengths_are_counted_once_per_pool(digits):
    X, _ = digits
    counted = []
    unknown = da.from_array(X, chunks=(100, 64)).map_blocks(
        lambda rows: counted.append(len(rows)) or rows, meta=X[:0]
    )
    unknown = unknown[unknown[:, 0] >= 0]
    memory = PoolMemory(unknown)
    assert BlockPool(unknown, memory=memory).n_rows == len(X)
    n_counted = len(counted)
    assert n_counted and BlockPool(unknown, [1], memory=memory).n_available == len(X) - 1
    assert len(counted) == n_counted


@pytest.mark.parametrize(
    "ask",
    [
        lambda pool: pool.top_rows(lambda rows: rows[:, 0], 10, 1),
        lambda pool: pool.gather([3]),
        lambda pool: pool.map_parts(lambda part, number: number, 15),
    ],
)
def test_blocks_with_another_length_than_declared(ask):
    X = da.from_array(np.arange(20.0)[:, None], chunks=(20, 1))
    wrong = X.map_blocks(lambda rows: rows[:9], chunks=((20,), (1,)), meta=np.empty((0, 1)))
    with pytest.raises(ValueError, match="has 9 rows, but had 20 before.*persist"):
        ask(BlockPool(wrong))


def test_pool_that_fits(digits):
    X, _ = digits
    assert isinstance(as_pool(X), Pool) and isinstance(as_pool(as_array(X)[1]), BlockPool)
    assert is_dask(as_frame(X)[1]) and not is_dask(as_frame(X)[0])
    pool = BlockPool(as_array(X)[1], {1, 2})
    assert_array_equal(pool.without([7, 2]).taken, [1, 2, 7])
    assert pool.n_available == 298 and pool.without([7]).n_available == 297
    assert_array_equal(pool.are_free([0, 1, 2, 3]), [True, False, False, True])
    assert pool.gather([]).shape == (0, 64)
    with pytest.raises(AttributeError, match="no attribute 'rows'"):
        pool.rows


def test_a_column_named_chunks(digits):
    X, _ = digits
    frame = pd.DataFrame({"chunks": X[:, 0], "ndim": X[:, 1]})
    assert BlockPool(dd.from_pandas(frame, npartitions=3)).n_rows == len(X)
