import numpy as np
from scipy.sparse import csr_matrix
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from small_text import (
    BreakingTies,
    PoolBasedActiveLearner,
    SklearnClassifierFactory,
    SklearnDataset,
)

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.5, random_state=0)

labels = np.arange(10)
pool = SklearnDataset(csr_matrix(X), y, target_labels=labels)
factory = SklearnClassifierFactory(LogisticRegression(max_iter=1000), num_classes=10)
learner = PoolBasedActiveLearner(factory, BreakingTies(), pool)
learner.initialize_data(np.arange(20), y[:20])
for _ in range(5):
    positions = learner.query(num_samples=10)
    learner.update(y[positions])
test = SklearnDataset(csr_matrix(X_test), y_test, target_labels=labels)
accuracy = np.mean(learner.classifier.predict(test) == y_test)
print(f"{len(learner.y)} labels, accuracy {accuracy:.3f}")
