"""
Label a pool in ten rounds
==========================

You have 507 images of digits and a person who can label 100 of them. The most common digit
is twelve times as common as the rarest one. In every round the learner asks for ten rows, the
person answers, and the learner is fitted again.
"""

# %%
# This makes the pool. Its labels replace the answers of a person.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.query import RandomSampling

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.25, stratify=y, random_state=0)
X, y = make_imbalanced(X, y, ratio=0.75, random_state=0)
print(len(y), "rows, of each digit", np.bincount(y))


# %%
# In each round of the loop, ``query`` picks rows, a person labels them, and ``teach`` adds the
# labels. The pool does not change; ``exclude`` names the rows that have a label.
def label(learner, budget=100):
    """Mean per-class accuracy on the test rows after every round."""
    taken, accuracies = [], []
    while len(taken) < budget:
        positions = learner.query(X, 10, exclude=taken)
        answers = y[positions]  # here somebody looks at the images X[positions]
        learner.teach(X[positions], answers)
        taken.extend(positions)
        accuracies.append(balanced_accuracy_score(y_test, learner.predict(X_test)))
    return accuracies


ours = label(ActiveLearner(random_state=0))
random = np.array([label(ActiveLearner(None, RandomSampling(), random_state=i)) for i in range(5)])

# %%
# With the same number of labels, the model is better when the learner chooses the rows. The
# gray lines are five runs with rows drawn at random.
labels = np.arange(10, 101, 10)
plt.plot(labels, random.T, color="0.8")
plt.plot(labels, random.mean(axis=0), color="0.4", label="random rows, mean of 5 runs")
plt.plot(labels, ours, color="C0", linewidth=2, label="rows that the learner asked for")
plt.xlabel("labels")
plt.ylabel("mean per-class accuracy")
plt.legend(loc="lower right")
plt.show()
