"""BalancedCoverage by worked weights and against a form with every kernel value written out."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.utils.random import sample_without_replacement

from skactive import ActiveLearner
from skactive._greedy.kernel import gaussian_kernel
from skactive.metrics import imbalance_ratio
from skactive.query import BalancedCoverage, RandomSampling
from skactive.query._components import Components
from skactive.query.balanced_coverage import _draw, _systematic_sample
from skactive.selection import spread_positions

from ..plain import by_key, tie_seed


def plain(X, labeled, y, n, random_state, balance=True):
    """The rule, all pairs of rows at once, all gains in every step."""
    X = X - X.mean(axis=0)
    X = (X / np.sqrt((X**2).mean())).astype(np.float32)
    squared = ((X[:, None].astype(float) - X) ** 2).sum(axis=2)
    ordered = np.sort(squared, axis=1)
    share = min(len(X) / (len(y) + n), len(X) // 4)
    rank = max(r for r in (20, 28, 40, 57, 80) if r == 20 or r <= share)
    kernel = np.exp(-squared / np.median(ordered[:, rank]))
    weights, values, counts = np.ones(len(X)), np.ones((len(X), 1)), np.zeros(1)
    if len(np.unique(y)) > 1:
        seed = copy.deepcopy(random_state).randint(2**31 - 1)
        trees = ExtraTreesClassifier(60, max_features=1 / 3, random_state=seed)
        models = [LogisticRegression(max_iter=60), trees]
        p = sum(model.fit(X[labeled], y).predict_proba(X) for model in models) / 2
        mass = p.sum(axis=0) if balance else np.ones(p.shape[1])
        doubts = [2 * sorted(row)[-2] / sum(sorted(row)[-2:]) for row in p]
        weights = np.array([d * sum(row / mass) for d, row in zip(doubts, p)])
        if balance:
            values, counts = p, np.unique(y, return_counts=True)[1].astype(float)
    elif len(y) >= 10:
        weights = np.exp(-squared / np.median(ordered[:, 20])).mean(axis=1) ** -0.5
    chosen = list(labeled)
    for _ in range(n):
        best = kernel[:, chosen].max(axis=1) if chosen else np.zeros(len(X))
        gains = weights @ np.maximum(0, kernel - best[:, None])
        gains *= [sum(row / (1 + counts)) for row in values]
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        counts = counts + values[chosen[-1]]
    return chosen[len(labeled) :]


def asked(X, y, n_labeled, n, strategy, container=np.asarray):
    """Picks of a learner that was taught the first rows, and its stream before."""
    learner = ActiveLearner(GaussianNB(), strategy, random_state=3)
    if n_labeled:
        learner.teach(X[:n_labeled], y[:n_labeled])
    stream = copy.deepcopy(getattr(learner, "random_state_", None))
    return learner.query(container(X), n, exclude=range(n_labeled)).tolist(), stream


@pytest.mark.parametrize("balance", [True, False])
@pytest.mark.parametrize("n_labeled, n", [(0, 5), (0, 20), (2, 1), (15, 20), (40, 20)])
def test_equal_to_the_plain_form(digits, n_labeled, n, balance):
    X, y = digits
    picks, stream = asked(X, y, n_labeled, n, BalancedCoverage(balance=balance))
    assert picks == plain(X, range(n_labeled), y[:n_labeled], n, stream, balance)


@pytest.mark.parametrize("balance", [True, False])
def test_equal_to_the_plain_form_with_two_classes(digits, balance):
    X, y = digits[0], np.where(digits[1] < 3, "few", "many")
    picks, stream = asked(X, y, 15, 20, BalancedCoverage(balance=balance))
    assert picks == plain(X, range(15), y[:15], 20, stream, balance)


def test_equal_rows_are_picked_in_the_order_of_ties():
    X, order = np.ones((12, 2)), by_key(np.zeros(12), tie_seed(3))
    assert asked(X, None, 0, 12, BalancedCoverage())[0] == order
    assert asked(X, np.zeros(12), 2, 10, BalancedCoverage())[0] == [i for i in order if i > 1]


def test_density_by_the_smallest_width(digits):
    known = Components(digits[0], 128, 20, 8192)
    squared = ((known.sample[:, None].astype(float) - known.sample) ** 2).sum(axis=2)
    width = np.median(np.sort(squared, axis=1)[:, 20])
    expected = np.exp(-squared / width).mean(axis=1)
    assert_allclose(known.density(known.sample), expected, rtol=1e-4)


@pytest.mark.parametrize("n_labeled", [9, 10])
def test_sparse_regions_count_more_from_the_tenth_label_of_one_class(digits, n_labeled):
    X, y = digits[0], np.zeros(300)
    picks, stream = asked(X, y, n_labeled, 10, BalancedCoverage())
    assert picks == plain(X, range(n_labeled), y[:n_labeled], 10, stream)


def test_rare_rows_far_away_are_found_while_one_class_is_known():
    rng = np.random.RandomState(0)
    crowd, few = rng.normal(size=(400, 2)), rng.normal(scale=4, size=(40, 2)) + [12, 0]
    X, y = np.concatenate([crowd, few]), np.repeat([0, 1], [400, 40])
    picks, _ = asked(X, y, 10, 10, BalancedCoverage())
    fewer, _ = asked(X, y, 9, 10, BalancedCoverage())
    assert np.mean(y[picks]) > np.mean(y[fewer])


def test_a_row_far_from_all_others_counts_as_one_row():
    X = np.random.RandomState(0).normal(size=(2100, 2))
    far = next(i for i in range(2100) if i not in spread_positions(2100, 2048))
    X[far] = 1e4
    known = Components(X, 128, 20, 8192)
    assert known.density(known.sample)[far] == 1 / 2048
    learner = ActiveLearner(GaussianNB(), BalancedCoverage(), random_state=0)
    picks = learner.teach(X[:10], np.zeros(10)).query(X, 5, exclude=range(10))
    assert len(set(picks.tolist())) == 5


@pytest.mark.parametrize("n_labeled", [0, 12, 40])
@pytest.mark.parametrize("n_components", [128, 20])
def test_an_offset_changes_nothing(digits, n_labeled, n_components):
    X, y = digits
    strategy = BalancedCoverage(n_components=n_components)
    picks, _ = asked(X, y, n_labeled, 20, strategy)
    assert asked(X + 10_000, y, n_labeled, 20, strategy)[0] == picks


@pytest.mark.parametrize("n_labeled", [0, 12, 40])
@pytest.mark.parametrize("power", [-40, 40, -300])
def test_the_scale_of_all_columns_changes_nothing(digits, n_labeled, power):
    X, y = digits[0].astype(np.float64), digits[1]
    picks, _ = asked(X, y, n_labeled, 20, BalancedCoverage())
    assert asked(X * 2.0**power, y, n_labeled, 20, BalancedCoverage())[0] == picks


@pytest.mark.parametrize("n_components", [128, 20])
def test_components_have_a_mean_variance_of_1(digits, n_components):
    known = Components(3 * digits[0], n_components, 20, 8192)
    assert_allclose(known.sample.var(axis=0).mean(), 1, rtol=1e-5)
    assert_array_equal(known.of(3 * digits[0]), known.sample)


def test_equal_rows_have_no_scale():
    known = Components(np.full((30, 2), 7.0), 128, 20, 8192)
    assert_array_equal(known.sample, np.zeros((30, 2)))


def test_a_smaller_batch_is_the_start_of_a_larger_one(digits):
    X, y = digits
    picks, _ = asked(X, y, 40, 20, BalancedCoverage())
    assert asked(X, y, 40, 8, BalancedCoverage())[0] == picks[:8]


@pytest.mark.parametrize("n_labeled", [0, 12, 40])
def test_rows_in_another_order_give_the_same_rows(digits, n_labeled):
    X, y = digits
    order = np.random.RandomState(1).permutation(len(X))
    learner = ActiveLearner(GaussianNB(), BalancedCoverage(), random_state=3)
    if n_labeled:
        learner.teach(X[:n_labeled], y[:n_labeled])
    picks = learner.query(X[order], 10, exclude=order < n_labeled)
    assert order[picks].tolist() == asked(X, y, n_labeled, 10, BalancedCoverage())[0]


def test_widths_shrink_with_the_labels(digits):
    known = Components(digits[0], 128, 20, 8192)
    # 300 rows: no neighbor beyond the 75th
    assert list(known.widths) == [20, 28, 40, 57]
    widths = [known.width(n) for n in (1, 5, 6, 8, 11, 300)]
    assert widths == [known.widths[rank] for rank in (57, 57, 40, 28, 20, 20)]
    assert widths[1] > widths[2] > widths[3] > widths[4]


def test_a_kernel_of_each_width_comes_from_distances_kept_for_the_pool(digits):
    known = Components(digits[0], 128, 20, 8192)
    kernel = known.kernel(2.0).copy()
    assert_array_equal(known.kernel(2.0), kernel)
    assert_array_equal(known.kernel(3.0), gaussian_kernel(known.sample, known.sample, 3.0))
    assert (known.kernel(3.0) > kernel).any()
    assert_array_equal(known.kernel(2.0), kernel)


def test_without_balance_rows_have_equal_weights(digits):
    X, y = digits
    p = np.array([[0.8, 0.2, 0.0], [0.6, 0.3, 0.1], [0.1, 0.5, 0.4]])
    # 2 p2 / (p1 + p2) alone
    assert_allclose(BalancedCoverage.weigh(p, np.ones(3)), [0.4, 0.6 / 0.9, 0.8 / 0.9])
    assert asked(X, y, 40, 20, BalancedCoverage())[0] != (
        asked(X, y, 40, 20, BalancedCoverage(balance=False))[0]
    )


def test_worked_weights():
    # N = (1.5, 1.0, 0.5): row 0 has the weight 2 .2 / (.8 + .2) times .8/1.5 + .2/1, and so on
    p = np.array([[0.8, 0.2, 0.0], [0.6, 0.3, 0.1], [0.1, 0.5, 0.4]])
    balance = np.array([0.8 / 1.5 + 0.2, 0.4 + 0.3 + 0.2, 0.1 / 1.5 + 0.5 + 0.8])
    expected = [0.4 * balance[0], 0.6 / 0.9 * balance[1], 0.8 / 0.9 * balance[2]]
    weights = BalancedCoverage.weigh(p, p.sum(axis=0))
    assert_allclose(weights, expected)
    assert_allclose(weights, [0.293333, 0.6, 1.214815], atol=1e-6)


def test_worked_values():
    p = np.array([[0.8, 0.2, 0.0], [0.1, 0.5, 0.4]])
    # 9, 3 and no labels
    expected = [0.8 / 10 + 0.2 / 4, 0.1 / 10 + 0.5 / 4 + 0.4]
    assert_allclose(BalancedCoverage.value(p, np.array([9, 3, 0])), expected)
    assert_allclose(BalancedCoverage.value(p, np.array([3, 3, 3])), 1 / 4)
    # and half a label of the last class expected of rows picked before
    expected = [0.8 / 10 + 0.2 / 4, 0.1 / 10 + 0.5 / 4 + 0.4 / 1.5]
    assert_allclose(BalancedCoverage.value(p, np.array([9, 3, 0.5])), expected)


def test_certain_rows_have_no_weight_and_classes_equal_weights():
    sure = np.repeat(np.eye(3), [60, 30, 5], axis=0)
    assert_array_equal(BalancedCoverage.weigh(sure, sure.sum(axis=0)), np.zeros(95))
    almost = 0.97 * sure + 0.01
    weights = BalancedCoverage.weigh(almost, almost.sum(axis=0))
    mass = [weights[:60].sum(), weights[60:90].sum(), weights[90:].sum()]
    assert max(mass) < 1.4 * min(mass)  # of 60, 30 and 5 rows


def test_fairer_than_random(digits):
    X, y = digits
    ratios = []
    for strategy in (RandomSampling(), BalancedCoverage()):
        learner = ActiveLearner(GaussianNB(), strategy, budget=80)
        found = [learner.set_params(random_state=s).fit(X, y).y_labeled_ for s in range(3)]
        ratios.append(np.mean([imbalance_ratio(labels, classes=range(10)) for labels in found]))
    assert ratios[1] < 0.8 * ratios[0]


def test_picks_from_the_first_label_on_and_finds_all_clusters():
    rng = np.random.RandomState(0)
    centers = 20 * rng.normal(size=(6, 5))
    X = np.concatenate([center + rng.normal(size=(40, 5)) for center in centers])
    picks = ActiveLearner(query_strategy=BalancedCoverage()).query(X, 6)
    assert set(picks // 40) == set(range(6))


def test_long_vectors_are_reduced(digits):
    X, y = digits
    picks, stream = asked(X, y, 20, 8, BalancedCoverage(n_components=5))
    components = PCA(5, svd_solver="covariance_eigh").fit(X).transform(X)
    assert picks == plain(components, range(20), y[:20], 8, stream)


def test_sparse_rows(digits):
    X, y = digits
    expected, _ = asked(X, y, 20, 8, BalancedCoverage())
    assert asked(X, y, 20, 8, BalancedCoverage(), sparse.csr_array)[0] == expected
    assert len(asked(X, y, 20, 8, BalancedCoverage(n_components=5), sparse.csr_matrix)[0]) == 8


def test_large_pools_are_drawn_from(digits):
    X, y = digits
    strategy = BalancedCoverage(max_rows=60)
    learner = ActiveLearner(GaussianNB(), strategy, budget=50, random_state=0)
    simulated = learner.fit(X, y).query_indices_
    assert len(set(simulated.tolist())) == 50
    assert_array_equal(learner.fit(X, y).query_indices_, simulated)
    other = learner.set_params(random_state=1).fit(X, y).query_indices_
    assert not np.array_equal(other, simulated)
    assert sorted(learner.query(X, 250, exclude=other)) == sorted(set(range(300)) - {*other})


def plain_of_a_large_pool(X, labeled, y, n, random_state, max_rows):
    """The rule with rows that are drawn: one number of the stream after the other."""
    stream, free = copy.deepcopy(random_state), np.setdiff1d(np.arange(len(X)), labeled)
    sample = X[np.linspace(0, len(X) - 1, max_rows).astype(int)]
    center = sample.mean(axis=0)
    scale = 1 / np.sqrt(((sample - center) ** 2).mean())
    X, sample = ((rows - center).astype(float) * scale for rows in (X, sample))
    X, sample = X.astype(np.float32), sample.astype(np.float32)
    drawn = free[np.sort(sample_without_replacement(len(free), 8 * max_rows, random_state=stream))]
    trees = ExtraTreesClassifier(60, max_features=1 / 3, random_state=stream.randint(2**31 - 1))
    models = [LogisticRegression(max_iter=60), trees]
    p = sum(model.fit(X[labeled], y).predict_proba(X[drawn]) for model in models) / 2
    doubts = np.array([2 * sorted(row)[-2] / sum(sorted(row)[-2:]) for row in p])
    weights = doubts * (p / p.sum(axis=0)).sum(axis=1)
    counts = np.unique(y, return_counts=True)[1].astype(float)
    keys = np.log(weights / weights.mean() * (p / (1 + counts)).sum(axis=1))
    chosen = np.sort(np.argsort(-(keys + stream.gumbel(size=len(keys))))[:max_rows])
    candidates, p = X[drawn[chosen]], p[chosen]
    # points as far apart as the mean weight of a covered row, from a random start
    points = (np.arange(max_rows) + stream.random_sample()) * weights.sum() / max_rows
    hits = X[drawn[np.searchsorted(np.cumsum(weights), points)]]
    ordered = np.sort(((sample[:, None].astype(float) - sample) ** 2).sum(axis=2), axis=1)

    def kernel(rows, others):
        squared = ((rows[:, None].astype(float) - others) ** 2).sum(axis=2)
        return np.exp(-squared / np.median(ordered[:, 20]))

    best, similar, picks = kernel(hits, X[labeled]).max(axis=1), kernel(candidates, hits), []
    for _ in range(n):
        gains = np.maximum(0, similar - best).sum(axis=1) * (p / (1 + counts)).sum(axis=1)
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        best, counts = np.maximum(best, similar[picks[-1]]), counts + p[picks[-1]]
    return drawn[chosen[picks]].tolist()


@pytest.mark.parametrize("max_rows", [24, 32])
def test_large_pools_equal_to_the_plain_form(digits, max_rows):
    X, y = digits
    picks, stream = asked(X, y, 20, 8, BalancedCoverage(max_rows=max_rows))
    assert picks == plain_of_a_large_pool(X, np.arange(20), y[:20], 8, stream, max_rows)


def test_systematic_sample_stands_for_the_weights():
    weights = np.random.RandomState(0).rand(500) ** 4
    rows, counts = _systematic_sample(weights, 300, np.random.RandomState(1))
    assert counts.sum() == 300 and len(set(rows.tolist())) == len(rows)
    expected = 300 * weights / weights.sum()
    hits = np.zeros(500)
    hits[rows] = counts
    assert (np.abs(hits - expected) < 1).all()


def test_drawn_candidates_follow_the_weights():
    weights = np.array([0.0, 1.0, 3.0, 0.0])
    stream = np.random.RandomState(0)
    first = [int(_draw(weights, 1, stream)[0]) for _ in range(2000)]
    counts = np.bincount(first, minlength=4)
    assert counts[0] == counts[3] == 0
    assert abs(counts[2] / 2000 - 0.75) < 0.04
