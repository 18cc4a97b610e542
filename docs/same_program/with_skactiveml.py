import numpy as np
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import UncertaintySampling
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.5, random_state=0)

y_known = np.full(len(X), np.nan)
y_known[:20] = y[:20]
classifier = SklearnClassifier(LogisticRegression(max_iter=1000), classes=range(10))
strategy = UncertaintySampling(method="margin_sampling", random_state=0)
for _ in range(5):
    positions = strategy.query(X=X, y=y_known, clf=classifier, batch_size=10)
    y_known[positions] = y[positions]
classifier.fit(X, y_known)
n_labels = np.count_nonzero(~np.isnan(y_known))
print(f"{n_labels} labels, accuracy {classifier.score(X_test, y_test):.3f}")
