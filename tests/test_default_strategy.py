"""When a learner without a strategy sees rows as vectors, and which strategy it then uses."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skactive import ActiveLearner
from skactive._learner._default import default_strategy, sees_vectors
from skactive.query import BalancedCoverage, MarginSampling

X = np.random.RandomState(0).rand(12, 4)
IMAGES = X.reshape(12, 1, 2, 2)
FLATTEN = FunctionTransformer(lambda rows: rows.reshape(len(rows), -1))


class Net(BaseEstimator):
    """Looks like a net of skorch."""

    def __init__(self, module=None, optimizer=None):
        self.module, self.optimizer = module, optimizer

    def fit(self, X, y):
        return self


@pytest.mark.parametrize(
    "estimator, rows, expected",
    [
        (None, X, True),
        (None, X.astype(np.float32), True),
        (None, sparse.csr_array(X), True),
        (None, pd.DataFrame(X), True),
        (None, pd.DataFrame({"a": X[:, 0], "b": list("abc") * 4}), True),
        (None, [f"text number {i}" for i in range(12)], True),
        (None, IMAGES, False),
        (None, pd.DataFrame({"a": [[1]] * 12}), False),
        (make_pipeline(StandardScaler(), LogisticRegression()), IMAGES, False),
        (make_pipeline(StandardScaler(), LogisticRegression()), X, True),
        (make_pipeline(StandardScaler(), Net()), IMAGES, False),
        (make_pipeline(FunctionTransformer(), Net()), IMAGES, False),
        (make_pipeline(FLATTEN, LogisticRegression()), IMAGES, True),
        (make_pipeline(FLATTEN, StandardScaler(), LogisticRegression()), IMAGES, False),
        (make_pipeline(FrozenEstimator(StandardScaler().fit(X)), GaussianNB()), X, True),
        (Net(), X, False),
        (Net(), IMAGES, False),
    ],
)
def test_what_can_be_vectors(estimator, rows, expected):
    learner = ActiveLearner(estimator)
    assert sees_vectors(learner, rows) is expected
    kind = BalancedCoverage if expected else MarginSampling
    assert type(default_strategy(learner, rows)) is kind


def test_strategy_is_the_one_that_is_asked():
    y = np.arange(12) % 2
    learner = ActiveLearner(GaussianNB(), budget=8, random_state=0).fit(X, y)
    assert isinstance(learner.strategy_, BalancedCoverage)
    first = learner.strategy_
    learner.query(X, 2, exclude=learner.query_indices_)
    assert learner.strategy_ is first
    explicit = ActiveLearner(GaussianNB(), BalancedCoverage(), budget=8, random_state=0)
    assert learner.query_indices_.tolist() == explicit.fit(X, y).query_indices_.tolist()
    assert explicit.strategy_ is explicit.query_strategy
