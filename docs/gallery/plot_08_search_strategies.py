"""
Choose a strategy and a classifier by GridSearchCV
==================================================

A learner with a ``budget`` is a classifier that uses no more labels than that. So
``GridSearchCV`` can compare strategies, classifiers and their parameters with that budget.
It needs a labeled set that resembles your pool.
"""

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.query import BalancedCoverage, BalancedQuery, MarginSampling, RandomSampling

X, y = load_digits(return_X_y=True)
X, y = make_imbalanced(X / 16, y, ratio=0.75, random_state=0)
search = GridSearchCV(
    ActiveLearner(budget=60, random_state=0),
    {
        "estimator": [LogisticRegression(), GaussianNB(var_smoothing=0.1)],
        "query_strategy": [
            RandomSampling(),
            MarginSampling(),
            BalancedQuery(MarginSampling()),
            BalancedCoverage(),
        ],
    },
    scoring="balanced_accuracy",
    cv=StratifiedShuffleSplit(5, random_state=0),
).fit(X, y)
print(search.best_params_)

# %%
# ``cv_results_`` has the same form as for any other classifier.
results = pd.DataFrame(search.cv_results_)
classifier = [type(each).__name__ for each in results["param_estimator"]]
strategy = [str(each) for each in results["param_query_strategy"]]
table = results.pivot_table("mean_test_score", [strategy], [classifier])
errors = results.pivot_table("std_test_score", [strategy], [classifier])
table.plot.barh(xerr=errors, figsize=(8, 3.5), xlim=(0.4, 1))
plt.xlabel("mean per-class accuracy with 60 labels, 5 splits")
plt.tight_layout()
plt.show()
