from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skactive import ActiveLearner
from skactive.query import MarginSampling

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.5, random_state=0)

learner = ActiveLearner(LogisticRegression(max_iter=1000), MarginSampling())
learner.fit(X[:20], y[:20])
taken = list(range(20))
for _ in range(5):
    positions = learner.query(X, 10, exclude=taken)
    learner.teach(X[positions], y[positions])
    taken.extend(positions)
print(f"{learner.n_labels_} labels, accuracy {learner.score(X_test, y_test):.3f}")
