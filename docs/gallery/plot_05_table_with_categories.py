"""
A table with categories and missing values
==========================================

The table has two columns of numbers and two of categories, and some cells are empty. Each row is a
customer of a shop, and 4 % of the customers return what they bought. The learner takes the data
frame as it is, because its classifier does.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from skactive import ActiveLearner
from skactive.query import MarginSampling, RandomSampling

# %%
# This makes the table.
rng = np.random.RandomState(0)
n = 3000
frame = pd.DataFrame({
    "age": rng.normal(45, 15, n).clip(18, 90).round(),
    "spent": rng.lognormal(3.5, 0.8, n).round(2),
    "channel": pd.Categorical(rng.choice(["shop", "web", "phone"], n, p=[0.5, 0.45, 0.05])),
    "size": pd.Categorical(rng.choice(["S", "M", "L", "XL"], n)),
})
risk = 0.03 * frame["spent"] - 8.3
risk += 2.5 * (frame["channel"] == "web") + 2 * (frame["size"] == "XL")
y = np.where(rng.rand(n) < 1 / (1 + np.exp(-risk)), "returned", "kept")
frame.loc[rng.rand(n) < 0.1, "age"] = np.nan
print(frame.head(), f"\n{np.mean(y == 'returned'):.1%} returned")

# %%
# Gradient boosting reads categories and missing values by itself. Its leaves hold 20 rows or more
# by default, so with few labels it predicts the same for all rows. Therefore we allow smaller
# leaves.
model = HistGradientBoostingClassifier(min_samples_leaf=3, max_iter=30, random_state=0)
found = {"random": [], "margin": []}
for name, strategy in {"random": RandomSampling(), "margin": MarginSampling()}.items():
    for seed in range(5):
        learner = ActiveLearner(model, strategy, budget=150, batch_size=25, random_state=seed)
        learner.fit(frame, y)
        found[name].append(np.cumsum(learner.y_labeled_ == "returned"))

# %%
# The curves show how many of the labels are returns, for five runs and as their mean.
for color, (name, counts) in zip(["0.4", "C0"], found.items()):
    plt.plot(np.arange(1, 151), np.transpose(counts), color=color, alpha=0.25)
    plt.plot(np.arange(1, 151), np.mean(counts, axis=0), color=color, label=name)
plt.xlabel("labels")
plt.ylabel("returned items found")
plt.legend()
plt.show()
