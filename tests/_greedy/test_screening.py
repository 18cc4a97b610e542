"""Picks by single precision screening are those of double precision, and few rows are opened."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner, scores
from skactive._greedy.screening import Shortlist, bounded_information
from skactive.pool import Pool
from skactive.query import BALD, EntropySampling, LeastConfidenceSampling, MarginSampling

from ..plain import TableModel, by_key


class GivenTable(TableModel):
    """Predicts in the precision of the table."""

    def predict_proba(self, X):
        return self.table[X[:, 0]]


def tables(n_classes=40, n_rows=3000):
    """Random rows; many equal ones; near ties that single precision cannot tell apart."""
    rng = np.random.RandomState(0)
    some = rng.dirichlet(np.full(n_classes, 0.3), n_rows)
    equal = some[rng.randint(20, size=n_rows)]
    near = np.full((n_rows, n_classes), 1 / n_classes)
    near[:, 0] += 1e-11 * rng.permutation(n_rows)
    with_zeros = np.where(some < 0.05, 0, some)
    with_zeros /= with_zeros.sum(axis=1, keepdims=True)
    return {"random": some, "equal": equal, "near": near, "zeros": with_zeros}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ["random", "equal", "near", "zeros"])
@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize(
    "strategy, number, sign",
    [
        (EntropySampling, scores.entropy, -1),
        (MarginSampling, scores.margin, 1),
        (LeastConfidenceSampling, scores.largest, 1),
    ],
)
def test_picks_are_those_of_double_precision(strategy, number, sign, invert, kind, dtype):
    table = tables()[kind].astype(dtype)
    keys = (-sign if invert else sign) * number(table.astype(np.float64))
    X = np.arange(len(table))[:, None]
    picks = strategy(invert=invert)(GivenTable(table), X, 25)
    assert picks.tolist() == by_key(keys)[:25]


def test_taken_rows_do_not_close_the_list():
    table = tables()["random"]
    entropies = scores.entropy(table)
    best = by_key(-entropies)
    pool = Pool(np.arange(len(table))[:, None], best[:200])
    picks = EntropySampling().select(GivenTable(table), pool, 10)
    assert picks.tolist() == best[200:210]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ["random", "equal", "zeros"])
def test_bald_picks_are_those_of_double_precision(kind, dtype):
    table = tables(5, 4000)[kind].astype(dtype)
    samples = np.stack([np.roll(table, k, axis=1) * 0.5 + table * 0.5 for k in range(4)])
    samples = samples.astype(dtype)
    X = np.arange(4000)[:, None]
    strategy = BALD(lambda X: samples[:, X[:, 0]])
    picks = strategy(None, X, 15)
    assert picks.tolist() == by_key(-scores.mutual_information(samples))[:15]


def test_few_rows_are_opened():
    table = tables(50, 20_000)["random"]
    samples = np.stack([table, table[:, ::-1]])
    shortlist = Shortlist(10)
    values = shortlist.opened(bounded_information(samples, scores.mutual_information))
    assert 10 <= np.isfinite(values).sum() < 100


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 0.5])
def test_rows_that_are_no_probabilities_are_named(wrong):
    table = tables()["random"]
    table[1234, 3] = wrong
    with pytest.raises(ValueError, match="which sums to"):
        EntropySampling()(GivenTable(table), np.arange(len(table))[:, None], 3)
    samples = np.stack([table, table])
    if not np.isfinite(wrong):
        with pytest.raises(ValueError, match="NaN or infinity"):
            BALD(lambda X: samples[:, X[:, 0]])(None, np.arange(len(table))[:, None], 3)


def test_a_subclass_with_a_score_of_its_own_is_not_screened():
    class Backwards(EntropySampling):
        def score_rows(self, model, X):
            return -np.asarray(X[:, 0], dtype=float)

    table = tables()["random"]
    picks = Backwards()(GivenTable(table), np.arange(len(table))[:, None], 3)
    assert_array_equal(picks, [0, 1, 2])


@pytest.mark.filterwarnings("ignore:the scores of all 300 free rows are equal")
@pytest.mark.parametrize("strategy", [EntropySampling(), MarginSampling()])
def test_the_layout_of_a_table_changes_no_pick(strategy):
    rng = np.random.RandomState(0)
    row = rng.dirichlet(np.ones(40))
    table = np.stack([rng.permutation(row) for _ in range(300)])

    class Table(BaseEstimator):
        classes_ = np.arange(40)

        def predict_proba(self, X):
            return np.asfortranarray(table[X[:, 0]])

    X = np.arange(300)[:, None]
    expected = by_key(-strategy.scores(Table(), X))[:5]
    assert_array_equal(strategy(Table(), X, 5), expected)
    alone = [strategy.scores(Table(), X[[k]])[0] for k in range(300)]
    assert_array_equal(strategy.scores(Table(), X), alone)


def test_scores_of_a_subclass_decide_its_picks(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1), random_state=0).fit(X[:60], y[:60])
    rows = np.tile(X, (3, 1)) + 1e-3 * np.random.RandomState(0).rand(900, X.shape[1])

    class Reversed(MarginSampling):
        def pool_scores(self, learner, pool):
            return np.where(pool.available, np.arange(pool.n_rows, dtype=float), -np.inf)

    class Negated(BALD):
        def row_scores(self, learner):
            rows = super().row_scores(learner)
            return replace(rows, function=lambda X: -rows.function(X))

    for strategy in (Reversed(), Negated()):
        expected = np.argsort(-strategy.scores(learner, rows), kind="stable")[:5]
        assert_array_equal(strategy(learner, rows, 5), expected)


def test_numbers_that_are_no_probabilities_are_not_screened():
    logits = np.random.RandomState(0).randn(20, 400, 5)
    strategy = BALD(lambda X: logits[:, X[:, 0]])
    X = np.arange(400)[:, None]
    with np.errstate(invalid="ignore"):
        expected = np.argsort(-strategy.scores(None, X), kind="stable")[:10]
        assert_array_equal(strategy(None, X, 10), expected)


def test_threads_share_a_shortlist():
    samples = np.random.RandomState(0).dirichlet(np.ones(4), size=(6, 5000))
    X = np.arange(5000)[:, None]
    sampler = SharedSamples(samples)
    learners = [
        ActiveLearner(GaussianNB(), BALD(sampler), n_jobs=n_jobs).teach(X[:8], np.arange(8) % 4)
        for n_jobs in (1, 4)
    ]
    first, second = (learner.query(X, 50) for learner in learners)
    assert_array_equal(first, second)


class SharedSamples:
    """Samples from a table; the rows are their positions in it."""

    def __init__(self, samples):
        self.samples = samples

    def sample_proba(self, X):
        return self.samples[:, X[:, 0]]
