import numpy as np
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.5, random_state=0)

learner = ActiveLearner(
    estimator=LogisticRegression(max_iter=1000),
    query_strategy=margin_sampling,
    X_training=X[:20],
    y_training=y[:20],
)
X_pool, y_pool = X[20:], y[20:]
for _ in range(5):
    positions, rows = learner.query(X_pool, n_instances=10)
    learner.teach(rows, y_pool[positions])
    X_pool = np.delete(X_pool, positions, axis=0)
    y_pool = np.delete(y_pool, positions)
print(f"{len(learner.y_training)} labels, accuracy {learner.score(X_test, y_test):.3f}")
