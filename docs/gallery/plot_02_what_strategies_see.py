"""
What the strategies look at
===========================

Each of six strategies picks 20 rows of the same pool in two dimensions. The pool has three
classes, and one of them is rare. Margin sampling picks rows at the boundary between the classes,
core-set picks the edges of the pool, and TypiClust picks dense regions. The black dots are the
picks. The larger gray dots are the ten rows that had a label before.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_blobs

from skactive import ActiveLearner
from skactive.query import (
    Badge,
    BalancedCoverage,
    CoreSet,
    MarginSampling,
    RandomSampling,
    TypiClust,
)

centers = [[-4, 0], [3, 2.5], [2.5, -4]]
X, y = make_blobs([400, 300, 25], centers=centers, cluster_std=[1.8, 1.6, 0.8], random_state=0)
first = np.random.RandomState(1).choice(len(X), 10, replace=False)

strategies = [
    RandomSampling(),
    MarginSampling(),
    CoreSet(),
    TypiClust(),
    Badge(),
    BalancedCoverage(),
]
figure, axes = plt.subplots(2, 3, figsize=(9, 6), sharex=True, sharey=True, layout="constrained")
for ax, strategy in zip(axes.flat, strategies):
    learner = ActiveLearner(query_strategy=strategy, random_state=0).fit(X[first], y[first])
    picks = learner.query(X, 20, exclude=first)
    ax.scatter(*X.T, c=y, cmap="Pastel1", s=8, vmax=8)
    ax.scatter(*X[first].T, c="0.4", s=30)
    ax.scatter(*X[picks].T, c="k", s=14)
    n_rare = np.count_nonzero(y[picks] == 2)
    ax.set_title(f"{type(strategy).__name__}: {n_rare} of the rare class", fontsize=10)
    ax.set_axis_off()
plt.show()
