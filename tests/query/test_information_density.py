"""Information density by worked numbers and against all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import (
    EntropySampling,
    InformationDensity,
    LeastConfidenceSampling,
    MarginSampling,
)
from skactive.query.information_density import mean_similarity


@pytest.fixture(scope="module")
def taught():
    X, y = load_digits(return_X_y=True)
    return ActiveLearner(GaussianNB(var_smoothing=1.0), random_state=0).fit(X[:80], y[:80]), X


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, np.float32])
def test_worked_similarity(container):
    X = container(np.array([[2.0, 0], [3, 0], [0, 1], [-5, 0]]))
    assert_allclose(mean_similarity(X), [0.625, 0.625, 0.625, 0.375])
    # a row of zeros has cosine 0 to all, itself included
    assert_allclose(mean_similarity(np.array([[0.0], [1.0]])), [0.5, 0.75])


@pytest.mark.parametrize("beta", [0, 1, 2.5])
def test_equal_to_all_pairs(taught, beta):
    learner, X = taught
    density = (1 + cosine_similarity(X)).mean(axis=1) / 2
    expected = EntropySampling().scores(learner, X) * density**beta
    assert_allclose(InformationDensity(beta=beta).scores(learner, X), expected, rtol=1e-10)


@pytest.mark.parametrize("base", [LeastConfidenceSampling(), MarginSampling()])
def test_negative_scores_enter_as_one_more(taught, base):
    learner, X = taught
    expected = (1 + base.scores(learner, X)) * mean_similarity(X)
    assert_allclose(InformationDensity(base).scores(learner, X), expected)


def test_dense_rows_first_not_last():
    model = GaussianNB().fit([[0.0, 0], [1, 1], [4, 0], [5, 1]], [0, 0, 1, 1])
    X = [[2.5, -9.0], [2.45, 1.0], [2.0, 1.0], [1.0, 1.0], [4.0, 1.0]]
    assert InformationDensity()(model, X, 2).tolist() == [1, 0]
    assert InformationDensity(beta=0)(model, X, 2).tolist() == [0, 1]


def test_density_is_that_of_the_whole_pool(taught):
    learner, X = taught
    scores = InformationDensity().scores(learner, X)
    free = np.arange(len(X)) % 2 == 1
    best = np.flatnonzero(free)[np.argsort(-scores[free], kind="stable")[:9]]
    learner.set_params(query_strategy=InformationDensity())
    assert learner.query(X, 9, exclude=~free).tolist() == best.tolist()


def test_errors(taught):
    learner, X = taught
    svm = LinearSVC().fit(X[:80], np.arange(80) % 2)
    with pytest.raises(ValueError, match="scores below -1"):
        InformationDensity(MarginSampling()).scores(svm, X)
