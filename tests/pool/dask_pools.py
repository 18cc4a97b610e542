"""A pool in memory and the same rows in a collection of dask."""

import pytest

da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
pd = pytest.importorskip("pandas")


def as_array(X):
    return X, da.from_array(X, chunks=(47, 20))


def as_frame(X):
    frame = pd.DataFrame(X, columns=[f"pixel{k}" for k in range(X.shape[1])])
    return frame, dd.from_pandas(frame, npartitions=6)
