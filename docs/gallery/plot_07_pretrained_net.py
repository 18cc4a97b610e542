"""
Images through a net trained on something else
==============================================

A net learned to distinguish the digits 0 to 5 at any place in the image. It has never seen the
digits 6 to 9. Its hidden layer still describes them well: a classifier on these features needs
fewer labels than one on pixels. For photographs, take a net that was trained on ImageNet (see
:doc:`/user_guide/images`); the steps are the same.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neural_network import MLPClassifier

from skactive import ActiveLearner
from skactive.query import BalancedCoverage, RandomSampling

digits, y = load_digits(return_X_y=True)
rng = np.random.RandomState(0)


def place(images):
    """Each 8 x 8 image somewhere on a field of 11 x 11 pixels."""
    fields = np.zeros((len(images), 11, 11))
    for field, image in zip(fields, images.reshape(-1, 8, 8) / 16):
        top, left = rng.randint(4, size=2)
        field[top : top + 8, left : left + 8] = image
    return fields.reshape(len(images), -1)


known = y < 6
net = MLPClassifier((64,), max_iter=200, alpha=1e-3, tol=1e-2, random_state=0)
net.fit(np.concatenate([place(digits[known]) for _ in range(10)]), np.tile(y[known], 10))


def features(X):
    """Output of the hidden layer."""
    return np.maximum(X @ net.coefs_[0] + net.intercepts_[0], 0)


new = rng.permutation(np.flatnonzero(~known))
pool, y_pool = place(digits[new[:400]]), y[new[:400]]
test, y_test = place(digits[new[400:]]), y[new[400:]]


# %%
# Compute the features once and use them as the pool. The strategy and the classifier both see
# them.
def curve(see, strategy, seed):
    """Mean per-class accuracy at 10, 20, ... 80 labels."""
    model = LogisticRegression(max_iter=1000)
    learner = ActiveLearner(model, strategy, budget=80, random_state=seed)
    scores = [
        balanced_accuracy_score(y_test, now.predict(see(test)))
        for now in learner.play(see(pool), y_pool, every_round=True)
    ]
    return scores[-8:]


for name, see, style in [("features", features, "C0"), ("pixels", np.asarray, "C1")]:
    for strategy, line in [(BalancedCoverage(), "-"), (RandomSampling(), ":")]:
        mean = np.mean([curve(see, strategy, seed) for seed in range(5)], axis=0)
        plt.plot(range(10, 81, 10), mean, style + line, label=f"{name}, {strategy}")
plt.xlabel("labels")
plt.ylabel("mean per-class accuracy, mean of 5 runs")
plt.legend()
plt.show()
