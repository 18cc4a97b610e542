"""
The default and five other strategies
=====================================

A learner without ``query_strategy`` uses ``BalancedCoverage`` on rows of numbers. Here it is
compared with five other strategies on four data sets of scikit-learn, in which some classes
were made rare. No strategy is the best on every data set. So look at how far each one is behind
where it is not the best.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import scale

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.evaluation import compare_strategies
from skactive.query import Badge, CoreSet, MarginSampling, RandomSampling, TypiClust

strategies = {
    "random": RandomSampling(),
    "margin": MarginSampling(),
    "core-set": CoreSet(),
    "TypiClust": TypiClust(),
    "BADGE": Badge(),
    "default": None,
}
sets = {"digits": load_digits, "wine": load_wine, "iris": load_iris, "cancer": load_breast_cancer}
gains = {name: [] for name in strategies}
for load in sets.values():
    X, y = load(return_X_y=True)
    X, y = make_imbalanced(np.nan_to_num(scale(X)), y, ratio=0.7, random_state=0)
    learners = {
        name: ActiveLearner(
            query_strategy=each, budget=60 if len(y) > 300 else 25, batch_size=5, n_initial=5,
            random_state=0,
        )
        for name, each in strategies.items()
    }
    cv = StratifiedShuffleSplit(6, test_size=0.4, random_state=0)
    curves = compare_strategies(learners, X, y, cv=cv, scoring="balanced_accuracy")
    for name, curve in curves.items():
        gains[name].append(100 * curve.compare_with(curves["random"]).mean)

# %%
# The bars show points of mean per-class accuracy above random sampling, averaged over the curve.
del gains["random"]
places = np.arange(len(sets))
for k, (name, gain) in enumerate(gains.items()):
    plt.bar(places + 0.16 * (k - 2), gain, 0.15, label=name)
plt.xticks(places, sets)
plt.axhline(0, color="k", linewidth=0.8)
plt.ylabel("points above random sampling")
plt.legend()
plt.show()
