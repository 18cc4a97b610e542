"""
A large pool on disk
====================

The pool has two million rows in a file, as a memory map. The learner takes a memory map like any
other array. It reads the rows in blocks, so it needs far less memory than the file has.
"""

import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from skactive import ActiveLearner
from skactive.query import BalancedCoverage, EntropySampling, MarginSampling, Subsampled

# %%
# This writes the file. One row in 200 belongs to the rare class.
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "pool.npy"
n = 2_000_000
pool = np.lib.format.open_memmap(path, "w+", dtype=np.float32, shape=(n, 8))
rng = np.random.default_rng(0)
y = rng.random(n) < 0.005
for start in range(0, n, 200_000):
    rows = slice(start, start + 200_000)
    pool[rows] = rng.standard_normal((200_000, 8), dtype=np.float32) + 2.5 * y[rows, None]
pool.flush()
pool = np.load(path, mmap_mode="r")
print(f"{path.stat().st_size / 1e6:.0f} MB")

# %%
# Start from 100 labels and ask for 100 more. ``Subsampled`` gives a random part of the pool to a
# strategy that compares rows with each other.
first = rng.choice(n, 100, replace=False)
first[:5] = np.flatnonzero(y)[:5]  # five rare rows are known
strategies = {
    "entropy": EntropySampling(),
    "margin": MarginSampling(),
    "coverage of 20,000 rows": Subsampled(BalancedCoverage(), 20_000),
}
seconds, found = [], []
for strategy in strategies.values():
    learner = ActiveLearner(query_strategy=strategy, random_state=0).fit(pool[first], y[first])
    start = time.perf_counter()
    picks = learner.query(pool, 100, exclude=first)
    seconds.append(time.perf_counter() - start)
    found.append(np.count_nonzero(y[picks]))
folder.cleanup()

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True, layout="constrained")
axes[0].barh(list(strategies), seconds)
axes[0].set_xlabel("seconds for a query of 2 million rows")
axes[1].barh(list(strategies), found)
axes[1].set_xlabel("rows of the rare class among 100 picks")
plt.show()
