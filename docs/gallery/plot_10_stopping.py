"""
Stop when predictions no longer change
======================================

After the first rounds, each further label usually helps less than the one before. Without a test
set you cannot see that, but you can see whether the predictions of the model still change.
``StabilizingPredictions`` compares the predictions of successive models for the same rows by
Cohen's kappa. It stops when the mean kappa of three rounds is at least 0.99.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skactive import ActiveLearner
from skactive.query import MarginSampling
from skactive.stopping import StabilizingPredictions

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.3, stratify=y, random_state=0)

# %%
# Here the loop goes on to 400 labels, so that the picture shows how much accuracy an earlier stop
# would miss. The history holds the predictions of each round for 500 rows of the pool. The
# accuracy on the test rows is only for the picture; the criterion does not read it.
sample = np.random.RandomState(0).choice(len(X), 500, replace=False)
learner = ActiveLearner(LogisticRegression(max_iter=1000), MarginSampling(), random_state=0)
taken, history, accuracies = [], [], []
while len(taken) < 400:
    positions = learner.query(X, 10, exclude=taken)
    learner.teach(X[positions], y[positions])
    taken.extend(positions)
    history.append(learner.predict(X[sample]))
    accuracies.append(learner.score(X_test, y_test))

criterion = StabilizingPredictions()
end = criterion.stops_at(history)
print(f"{10 * (end + 1)} labels: accuracy {accuracies[end]:.3f}")
print(f"400 labels: accuracy {accuracies[-1]:.3f}")

# %%
# ``learner.run(..., stop=StabilizingPredictions())`` does this in one call. The criterion
# says that the predictions no longer change much. It does not say that the model is good.
labels = np.arange(10, 401, 10)
plt.plot(labels, criterion.values(history), "o-", markersize=3, label="kappa with the last model")
plt.plot(labels, accuracies, color="0.5", label="accuracy on test rows")
plt.axvline(labels[end], color="C3", linestyle="--", label=f"stops at {labels[end]} labels")
plt.xlabel("labels")
plt.ylim(0.4, 1.02)
plt.legend(loc="lower right")
plt.show()
