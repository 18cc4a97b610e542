"""Picks by single precision screening are those of double precision, and few rows are opened."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skactive import scores
from skactive._shortlist import Shortlist, defined_together, screen_information
from skactive.pool import Pool
from skactive.query import BALD, EntropySampling, MarginSampling
from skactive.query.screened import ScreenedStrategy

from .plain import TableModel, by_key


class GivenTable(TableModel):
    """Answers in the precision of the table."""

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
    [(EntropySampling, scores.entropy, -1), (MarginSampling, scores.margin, 1)],
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
    screen_information(samples, shortlist, scores.mutual_information)
    assert 10 <= shortlist.n_opened < 100


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
    assert defined_together(EntropySampling(), "_screen", "score_rows")
    assert not defined_together(Backwards(), "_screen", "score_rows")
    assert issubclass(Backwards, ScreenedStrategy)
    picks = Backwards()(GivenTable(table), np.arange(len(table))[:, None], 3)
    assert_array_equal(picks, [0, 1, 2])
