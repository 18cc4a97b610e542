"""
Labels of rare classes, before and after balancing
==================================================

In this pool the most common digit has twelve times as many rows as the rarest one. Labels of
random rows are as imbalanced as the pool. ``BalancedQuery`` makes any strategy fair to rare
classes: it lets the strategy find the classes, and spends the rest of the budget on those with
the fewest labels.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.metrics import imbalance_ratio
from skactive.query import BalancedQuery, MarginSampling, RandomSampling

X, y = load_digits(return_X_y=True)
X, y = make_imbalanced(X / 16, y, ratio=0.75, random_state=0)
strategies = {
    "random": RandomSampling(),
    "margin": MarginSampling(),
    "margin, balanced": BalancedQuery(MarginSampling()),
}

# %%
# With ``budget=120``, ``fit`` reveals 120 of the labels and no more. "Imbalance" is the standard
# deviation of the class counts divided by their mean.
order = np.argsort(-np.bincount(y))
figure, axes = plt.subplots(1, 4, figsize=(10, 2.8), layout="constrained")
axes[0].bar(range(10), np.bincount(y)[order], color="0.6")
axes[0].set_title(f"pool, imbalance {imbalance_ratio(y):.2f}", fontsize=10)
for ax, (name, strategy) in zip(axes[1:], strategies.items()):
    learner = ActiveLearner(query_strategy=strategy, budget=120, random_state=0).fit(X, y)
    counts = np.bincount(learner.y_labeled_, minlength=10)
    ax.bar(range(10), counts[order])
    ax.set_ylim(0, 32)
    ax.set_title(f"{name}, {imbalance_ratio(learner.y_labeled_):.2f}", fontsize=10)
for ax in axes:
    ax.set_xticks(range(10), order)
    ax.set_xlabel("digit")
axes[0].set_ylabel("rows")
axes[1].set_ylabel("labels")
plt.show()
