"""
A learning curve and its paired test
====================================

Is a strategy better than random sampling, by how much, and can the difference be chance?
``compare_strategies`` runs each strategy on the same folds and from the same first rows.
``compare_with`` tests the differences of the folds.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.evaluation import ActiveLearningCurveDisplay, compare_strategies
from skactive.query import MarginSampling, RandomSampling

X, y = load_digits(return_X_y=True)
X, y = make_imbalanced(X / 16, y, ratio=0.75, random_state=0)
learners = {
    "random": ActiveLearner(LogisticRegression(), RandomSampling(), budget=80, random_state=0),
    "margin": ActiveLearner(LogisticRegression(), MarginSampling(), budget=80, random_state=0),
}
cv = StratifiedShuffleSplit(8, test_size=0.3, random_state=0)
curves = compare_strategies(learners, X, y, cv=cv, scoring="balanced_accuracy")

# %%
# The test takes into account that folds share rows (the corrected resampled t-test).
comparison = curves["margin"].compare_with(curves["random"])
print(
    f"area under the curve: {comparison.mean:+.3f}, {comparison.n_wins} of "
    f"{len(comparison.differences)} folds won, p = {comparison.p_value:.3f}"
)

# %%
ActiveLearningCurveDisplay.from_curves(curves)
plt.show()
