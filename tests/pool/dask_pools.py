"""A pool in memory and the same rows in a collection of dask."""

import pytest
from sklearn.utils.fixes import parse_version

from skactive.pool import BlockPool

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
pd = pytest.importorskip("pandas")

# with dask 2023.5 these tests fail: what is kept of a pool is computed again,
# because its arrays take no weak references
recent_dask = pytest.mark.skipif(
    parse_version(dask.__version__) < parse_version("2024"), reason="needs dask of 2024 or newer"
)


def as_array(X):
    return X, da.from_array(X, chunks=(47, 20))


def as_frame(X):
    frame = pd.DataFrame(X, columns=[f"pixel{k}" for k in range(X.shape[1])])
    return frame, dd.from_pandas(frame, npartitions=6)


def sizes_gathered(monkeypatch):
    """A list that gets the number of rows of each later call of ``BlockPool.gather``."""
    sizes = []
    gather = BlockPool.gather

    def recorded(self, positions):
        sizes.append(len(positions))
        return gather(self, positions)

    monkeypatch.setattr(BlockPool, "gather", recorded)
    return sizes
