"""4DS by worked numbers and against its criteria written out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import FourDS
from skactive.query.four_ds import FourCriteria

from ..plain import argmax, tie_seed


def plain(P, mixture, X, labeled, n, diversity, seed):
    """Eqs. 9 to 15, row by row."""

    def scaled(values, small=1e-5):
        low, high = min(values), max(values)
        return [(v - low + small) / (high - low + small) for v in values]

    pi, r, known = mixture.weights_, mixture.predict_proba(X), mixture.predict_proba(labeled)
    top = [sorted(p)[::-1] for p in P]
    distance = scaled([np.log((p[0] + 1e-5) / (p[1] + 1e-5)) for p in top])
    density = scaled(mixture.score_samples(X))
    rho = min(1, sum(abs(pi - known.mean(axis=0))))
    doubt = [1 - p[0] for p in top]
    picks = []
    for i in range(n):
        lam = diversity if i else 0
        share = min(rho, 1 - lam)
        trust = 1 - np.mean(doubt) if i else np.mean([a * b for a, b in zip(doubt, density)])
        alpha = (1 - share - lam) * trust
        beta = 1 - share - lam - alpha
        diverse = [
            -np.log(density[x] + sum(density[s] for s in picks)) / (i + 1) for x in range(len(X))
        ]
        diverse = scaled(diverse, 0)
        sums = []
        for x in range(len(X)):
            mean = np.mean([*known, *r[picks], r[x]], axis=0)
            distribution = 1 - sum(max(0, a - b) for a, b in zip(pi, mean))
            total = alpha * (1 - distance[x]) + beta * density[x] + share * distribution
            sums.append(total + lam * diverse[x] if x not in picks else -np.inf)
        picks.append(argmax(sums, seed))
    return picks


@pytest.mark.parametrize("diversity", [None, 0.3])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_equal_to_the_formulas(diversity, container, iris):
    X, y = iris
    X, labeled = X[20:], X[:20]
    strategy = FourDS(GaussianMixture(3, random_state=1), diversity)
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(labeled, y[:20])
    # as it is fitted: rows sorted along a direction
    order = np.argsort(X @ np.random.RandomState(0).normal(size=4))
    mixture = GaussianMixture(3, random_state=1).fit(X[order])
    lam = 0.3 if diversity else 0.05 * 7
    expected = plain(learner.predict_proba(X), mixture, X, labeled, 8, lam, tie_seed(0))
    learner.set_params(query_strategy__embed=lambda rows: container(rows))
    assert learner.query(X, 8).tolist() == expected


def worked(known=((1.0, 0.0),)):
    certainty = np.array([[2.0, 0.9], [0.0, 0.5], [1.0, 0.7]])
    shares = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    weights = np.array([0.5, 0.5])
    known = np.reshape(known, (-1, 2))
    return FourCriteria(certainty, np.array([-1.0, -3.0, -2.0]), shares, weights, known)


def test_worked_numbers():
    # all labels in the first component: rho is 0.5 + 0.5, so distribution alone counts
    assert_allclose(worked().sums([], 0.5), [0.5, 0.75, 1.0])
    # labels as the mixture is: rho 0, alpha = mean of doubt * density
    even = worked([(1.0, 0.0), (0.0, 1.0)])
    assert even.rho == 0
    alpha = (0.1 * 1 + 0.5 * 0 + 0.3 * 0.5) / 3
    expected = alpha * np.array([0, 1, 0.5]) + (1 - alpha) * np.array([1, 0, 0.5])
    assert_allclose(even.sums([], 0.0), expected, atol=1e-4)
    # after a pick: alpha = (1 - lambda) (1 - mean doubt) = 0.5 * 0.7
    diverse = -np.log(np.array([2, 1, 1.5])) / 2
    diverse = (diverse - diverse.min()) / (diverse.max() - diverse.min())
    expected = 0.35 * np.array([0, 1, 0.5]) + 0.15 * np.array([1, 0, 0.5]) + 0.5 * diverse
    assert_allclose(even.sums([0], 0.5), expected, atol=1e-4)


def test_missing_components_first_not_last():
    rng = np.random.RandomState(0)
    X = np.r_[rng.normal(0, 1, (30, 2)), rng.normal(9, 1, (30, 2))]
    learner = ActiveLearner(GaussianNB(), FourDS(GaussianMixture(2)), random_state=0)
    learner.teach(X[:4], [0, 0, 1, 1])
    assert learner.query(X, 1, exclude=range(4))[0] >= 30


def test_without_labels_and_with_few_rows():
    X = np.random.RandomState(0).normal(size=(12, 2))
    model = GaussianNB().fit(X, np.arange(12) % 2)
    assert sorted(FourDS()(model, X[:3], 3).tolist()) == [0, 1, 2]
    assert FourDS()(model, X[:1], 1).tolist() == [0]
    assert sorted(FourDS()(model, np.ones((4, 2)), 4).tolist()) == [0, 1, 2, 3]
