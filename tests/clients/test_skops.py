"""skops: a learner saved and loaded without pickle."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import BALD, BalancedCoverage, BalancedQuery, CoreSet, MarginSampling

skops = pytest.importorskip("skops.io")

STRATEGIES = [None, CoreSet(), BALD(n_members=2), BalancedCoverage(), BalancedQuery(CoreSet())]


def rounds(learner, X, y, taken, n_rounds=2):
    """Teach some rounds; the positions taken."""
    taken = list(taken)
    for _ in range(n_rounds):
        picks = learner.query(X, exclude=taken)
        learner.teach(X[picks], y[picks], sample_weight=np.full(len(picks), 2.0))
        taken.extend(picks.tolist())
    return taken


@pytest.mark.parametrize(
    "seed", [0, None, np.random.RandomState(0)], ids=["0", "None", "RandomState"]
)
@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_goes_on_with_equal_picks(iris, strategy, seed):
    X, y = iris
    learner = ActiveLearner(LogisticRegression(max_iter=500), strategy, random_state=seed)
    taken = rounds(learner, X, y, [])
    data = skops.dumps(learner)
    unknown = skops.get_untrusted_types(data=data)
    twin = skops.loads(data, trusted=unknown)
    np.testing.assert_array_equal(twin.predict_proba(X), learner.predict_proba(X))
    assert rounds(twin, X, y, taken) == rounds(learner, X, y, taken)


def test_trusts_the_learner_and_its_strategies_alone(iris):
    X, y = iris
    learner = ActiveLearner(query_strategy=BalancedQuery(MarginSampling()), random_state=0)
    rounds(learner, X, y, [])
    assert skops.get_untrusted_types(data=skops.dumps(learner)) == [
        "skactive.learner.ActiveLearner",
        "skactive.query.balanced_query.BalancedQuery",
        "skactive.query.margin_sampling.MarginSampling",
    ]


def test_before_the_first_label(iris):
    X, y = iris
    learner = ActiveLearner(random_state=0)
    first = learner.query(X).tolist()
    data = skops.dumps(learner)
    twin = skops.loads(data, trusted=skops.get_untrusted_types(data=data))
    assert twin.query(X, exclude=first).tolist() == learner.query(X, exclude=first).tolist()


def test_sparse_rows_and_a_simulation(iris):
    X, y = sparse.csr_matrix(iris[0]), iris[1].astype(str)
    learner = ActiveLearner(budget=40, random_state=0).fit(X, y)
    data = skops.dumps(learner)
    twin = skops.loads(data, trusted=skops.get_untrusted_types(data=data))
    assert twin.query_indices_.tolist() == learner.query_indices_.tolist()
    assert twin.predict(X).tolist() == learner.predict(X).tolist()
    assert twin.y_labeled_.tolist() == learner.y_labeled_.tolist()
