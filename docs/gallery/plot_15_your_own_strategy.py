"""
Your own strategy
=================

A strategy can be a function of the learner, the free rows and the number of rows to pick. The one
below picks rows whose predicted class has the fewest labels so far, and among these the least
certain ones.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import scale

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.evaluation import ActiveLearningCurveDisplay, compare_strategies
from skactive.query import MarginSampling, RandomSampling


def rarest_class_first(learner, X, n_queries):
    """Positions into X: rows predicted as the class with the fewest labels first."""
    probabilities = learner.predict_proba(X)
    predicted = probabilities.argmax(axis=1)
    n_labels = np.array([np.count_nonzero(learner.y_labeled_ == c) for c in learner.classes_])
    return np.lexsort((probabilities.max(axis=1), n_labels[predicted]))[:n_queries]


X, y = load_wine(return_X_y=True)
X, y = make_imbalanced(scale(X), y, ratio=0.6, random_state=0)
print("rows per class:", np.bincount(y))

# %%
# You can use the function in every place where a strategy of the library can be used.
strategies = {
    "random": RandomSampling(),
    "margin": MarginSampling(),
    "rarest class first": rarest_class_first,
}
learners = {
    name: ActiveLearner(
        query_strategy=strategy, budget=24, batch_size=2, n_initial=6, random_state=0
    )
    for name, strategy in strategies.items()
}
curves = compare_strategies(
    learners,
    X,
    y,
    cv=StratifiedShuffleSplit(10, test_size=0.4, random_state=0),
    scoring="balanced_accuracy",
)
ActiveLearningCurveDisplay.from_curves(curves)
plt.show()
