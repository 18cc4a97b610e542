"""BalancedQuery by the worked numbers of Eqs. 8 and 9 and against a plain form."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.metrics import imbalance_ratio
from skactive.query import (
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    LeastConfidenceSampling,
    MarginSampling,
    RandomSampling,
)
from skactive.query._class_counts import ClassCounts, over_represented, should_balance

from ..plain import (
    balanced_acquisition,
    by_key,
    entropy,
    k_center,
    margin,
    tie_seed,
    walk_classes,
)

LABELED = np.array([[0, 0], [1, 0], [0, 1], [4, 0], [6, 0], [0, 5]], dtype=float)
LABELS = list("AAABBC")
UNLABELED = np.array([[0, 4], [1, 6], [3, 3], [5, 1], [-3, 6]], dtype=float)
POOL = np.vstack([UNLABELED, LABELED])


def by_number(learner, X, n_queries):
    """A discovery phase in the order of the positions."""
    return np.arange(n_queries)


def balancing_learner(**params):
    """A learner in the second phase: six labels of a budget of seven."""
    learner = ActiveLearner(query_strategy=BalancedQuery(by_number, **params), budget=9)
    learner.fit(LABELED, LABELS)
    # Eq. 8 with b = 9: 3 <= 1 * (2.5 - 1) does not hold, so force it
    return learner.set_params(budget=7)


@pytest.mark.parametrize(
    "denominator, expected, row",
    [
        ("max", [0.1562, 0.1961, 0.9561, 1.3583, 0.3162], 0),
        ("min", [0.2716, 0.2479, 1.0, 6.4031, 0.4810], 1),
        ("none", [1.0, 1.4142, 3.6056, 6.4031, 3.1623], 0),
    ],
)
def test_worked_scores(denominator, expected, row):
    balanced = BalancedQuery(denominator=denominator).fit(LABELED, LABELS)
    scores = balanced.transform(UNLABELED)
    assert scores.shape == (5, 3)
    assert_allclose(scores[:, 2], expected, atol=1e-4)
    assert scores[:, 2].argmin() == row
    learner = balancing_learner(denominator=denominator)
    assert learner.query(POOL, 1, exclude=range(5, 11)).tolist() == [row]


def test_worked_counts_and_means():
    balanced = BalancedQuery().fit(LABELED, LABELS)
    assert balanced.classes_.tolist() == ["A", "B", "C"]
    assert balanced.class_counts_.tolist() == [3, 2, 1]
    assert_allclose(balanced.class_means_, [[1 / 3, 1 / 3], [5, 0], [0, 5]])
    assert over_represented([3, 2, 1]).tolist() == [True, True, False]


def test_worked_scores_of_every_class_as_target():
    scores = BalancedQuery().fit(LABELED, LABELS).transform(UNLABELED)
    to_a, to_b = (np.linalg.norm(UNLABELED - mean, axis=1) for mean in ([1 / 3, 1 / 3], [5, 0]))
    assert_allclose(scores[:, 0], to_a / to_b)  # or without the target A is B alone
    assert_allclose(scores[:, 1], to_b / to_a)


def test_label_c_moves_the_aim_to_b():
    learner = balancing_learner().set_params(budget=8).teach(UNLABELED[[0]], ["C"])
    assert learner.query(POOL, 1, exclude=[0, *range(5, 11)]).tolist() == [3]
    rows = np.vstack([LABELED, UNLABELED[:1]])
    scores = BalancedQuery().fit(rows, [*LABELS, "C"]).transform(UNLABELED[1:])
    assert_allclose(scores[:, 1], [1.2638, 0.9561, 0.2121, 1.5211], atol=1e-4)


def test_label_a_moves_the_mean_of_a():
    learner = balancing_learner().set_params(budget=8).teach(UNLABELED[[0]], ["A"])
    assert learner.query(POOL, 1, exclude=[0, *range(5, 11)]).tolist() == [1]
    rows = np.vstack([LABELED, UNLABELED[:1]])
    scores = BalancedQuery().fit(rows, [*LABELS, "A"]).transform(UNLABELED[1:])
    assert_allclose(scores[:, 2], [0.2941, 1.1061, 1.3462, 0.5494], atol=1e-4)


def test_second_worked_example_where_denominators_matter():
    rows = np.array([[0, 0], [1, 0], [0, 1], [8, 0], [9, 0], [8, 1], [0, 6]], dtype=float)
    pool = np.array([[0, 4], [4, 5], [-2, 6], [8, 4]], dtype=float)
    labels = list("AAABBBC")
    with_max = BalancedQuery().fit(rows, labels).transform(pool)[:, 2]
    assert_allclose(with_max, [0.2197, 0.6474, 0.1697, 0.9703], atol=1e-4)
    assert with_max.argmin() == 2
    without = BalancedQuery(denominator="none").fit(rows, labels).transform(pool)[:, 2]
    assert_allclose(without, [2, 4.1231, 2, 8.2462], atol=1e-4)
    assert without.argmin() == 0


def test_worked_fantasies():
    learner = balancing_learner()
    assert learner.query(POOL, 3, exclude=range(5, 11)).tolist() == [0, 3, 1]


def test_worked_switch():
    counts = ClassCounts(budget=14)
    switched = []
    for m in range(1, 8):
        counts.follow(list("AAABAAC")[:m])
        switched.append(counts.switched_at)
    assert switched == [None] * 6 + [7]
    assert counts.counts == [5, 1, 1]
    assert_array_equal(over_represented([5, 1, 1]), [True, False, False])


@pytest.mark.parametrize(
    "counts, gap", [([3, 1], 2), ([4, 1], 3), ([5, 1], 4), ([5, 1, 1], 8), ([3], 0), ([2, 2], 0)]
)
def test_worked_right_hand_sides(counts, gap):
    assert should_balance(counts, gap)
    assert not should_balance(counts, gap + 1)


def test_the_switch_is_seen_in_the_picks():
    X = np.array([[0.0], [0.1], [0.2], [5.0], [0.3], [0.4], [9.0], [0.5], [5.1], [9.1]])
    y = np.array(list("AAABAACABC"))
    learner = ActiveLearner(query_strategy=BalancedQuery(by_number), budget=14)
    learner.teach(X[:6], y[:6])
    assert learner.query(X, 1, exclude=range(6)).tolist() == [6]
    learner.teach(X[[6]], y[[6]])
    # B and C have one label each; B was found first and row 8 is nearest to it
    assert learner.query(X, 1, exclude=range(7)).tolist() == [8]


def test_equal_counts_never_switch_before_the_end():
    counts = ClassCounts(budget=20)
    counts.follow(list("ABCD" * 4 + "ABC"))
    assert counts.switched_at is None or counts.switched_at >= 17
    for n in (1, 2, 5):
        assert not should_balance([n] * 4, labels_left=1)
        assert should_balance([n] * 4, labels_left=0)


def test_once_switched_it_stays():
    counts = ClassCounts(budget=8)
    counts.follow(list("AAAAAB"))
    first = counts.switched_at
    counts.follow(list("AAAAABBB"))
    assert first is not None and counts.switched_at == first


def test_new_class_in_the_second_phase_becomes_the_target():
    counts = ClassCounts(budget=8)
    counts.follow(list("AAAAAB"))
    counts.follow(list("AAAAABC"))
    assert counts.rarest() == 1  # B and C have one label each, B came first
    counts.follow(list("AAAAABCB"))
    assert counts.rarest() == 2


UNCERTAINTIES = {
    "ent": (EntropySampling, lambda P: -entropy(P)),
    "ms": (MarginSampling, margin),
    "lc": (LeastConfidenceSampling, lambda P: P.max(axis=1)),
}


def walk(keys, predicted):
    return walk_classes(by_key(keys, tie_seed(0)), predicted)


def paper_rows():
    """The rows of the paper's Tables 2 and 3: name, our strategy, order of the plain form."""
    for name, (uncertainty, key) in UNCERTAINTIES.items():
        for suffix, sign in (("", 1), ("_inv", -1)):
            yield (
                name + suffix,
                lambda m, u=uncertainty, s=sign: u(invert=s < 0, model=m),
                lambda P, k=key, s=sign: by_key(s * k(P), tie_seed(0)),
            )
            yield (
                f"{name}{suffix}_div",
                lambda m, u=uncertainty, s=sign: Diversified(u(invert=s < 0, model=m), m),
                lambda P, k=key, s=sign: walk(s * k(P), P.argmax(axis=1)),
            )


ROWS = {name: (ours, plain) for name, ours, plain in paper_rows()}


@pytest.fixture(scope="module")
def imbalanced():
    """Digits of which 5 to 9 are rare, and a source model of other classes."""
    X, y = load_digits(return_X_y=True)
    rng = np.random.RandomState(3)
    X, y = X[:400], y[:400]
    kept = np.flatnonzero((y < 5) | (rng.rand(400) < 0.25))
    return X[kept], y[kept], GaussianNB(var_smoothing=0.1).fit(X[kept], y[kept] % 4)


def label_by_label(strategy, X, y):
    learner = ActiveLearner(query_strategy=strategy, budget=60, batch_size=1, random_state=0)
    return learner.fit(X, y).query_indices_.tolist()


def assert_parity(strategy, X, y, order):
    picks, switched_at = balanced_acquisition(X.astype(float), y, order, 60, tie_seed(0))
    assert switched_at is not None and switched_at < 58
    assert label_by_label(BalancedQuery(strategy), X, y) == [int(pick) for pick in picks]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ROWS)
def test_simulation_equals_the_plain_form_pick_by_pick(name, dtype, imbalanced):
    X, y, source = imbalanced
    X = X.astype(dtype)
    ours, plain = ROWS[name]
    strategy = ours(FrozenEstimator(source))
    order = plain(source.predict_proba(X).astype(float))
    assert label_by_label(strategy, X, y) == [int(row) for row in order[:60]]
    assert_parity(strategy, X, y, order)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_core_set_and_random_equal_the_plain_form_pick_by_pick(dtype, imbalanced):
    X, y, _ = imbalanced
    X = X.astype(dtype)
    drawn = label_by_label(RandomSampling(), X, y)
    assert_parity(RandomSampling(), X, y, drawn)
    first = label_by_label(CoreSet(), X, y)[:1]
    order = first + k_center(X.astype(float), first, 59, tie_seed(0))
    assert label_by_label(CoreSet(), X, y) == order
    assert_parity(CoreSet(), X, y, order)


def test_balancing_evens_out_the_counts():
    X, y = load_digits(return_X_y=True)
    kept = np.flatnonzero((y < 5) | (np.arange(len(y)) % 10 == 0))
    X, y = X[kept], y[kept]
    ratios = []
    discovery = RandomSampling()
    for strategy in (discovery, BalancedQuery(discovery, denominator="min")):
        learner = ActiveLearner(GaussianNB(), strategy, budget=100, batch_size=1)
        found = [learner.set_params(random_state=s).fit(X, y).y_labeled_ for s in range(3)]
        ratios.append(np.mean([imbalance_ratio(labels, classes=range(10)) for labels in found]))
    assert ratios[1] < 0.7 * ratios[0]


def test_without_a_budget_it_is_the_whole_pool():
    X, y = load_digits(return_X_y=True)
    learner = ActiveLearner(query_strategy=BalancedQuery(by_number)).fit(X[:30], y[:30])
    assert learner.query(X, 3, exclude=range(30)).tolist() == [30, 31, 32]


def test_sparse_rows_give_the_same_picks():
    X, y = load_digits(return_X_y=True)
    X, y = X[:300], np.where(y[:300] < 8, 0, y[:300])
    picks = [
        ActiveLearner(
            query_strategy=BalancedQuery(by_number), budget=40, batch_size=1, random_state=0
        )
        .fit(container(X), y)
        .query_indices_
        for container in (np.asarray, sparse.csr_matrix, sparse.csr_array)
    ]
    assert_array_equal(picks[0], picks[1])
    assert_array_equal(picks[0], picks[2])
    assert_allclose(
        BalancedQuery().fit(sparse.csr_matrix(X), y).transform(sparse.csr_matrix(X)),
        BalancedQuery().fit(X, y).transform(X),
        rtol=1e-7,
        atol=1e-6,
    )


def test_tie_at_random():
    rows = np.array([[0.0], [0.1], [0.2], [5.0], [9.0]])
    pool = np.array([[5.1], [9.1]])
    targets = set()
    for seed in range(20):
        strategy = BalancedQuery(by_number, tie="random")
        learner = ActiveLearner(query_strategy=strategy, budget=6, random_state=seed)
        targets.add(int(learner.fit(rows, list("AAABC")).query(pool, 1)[0]))
    assert targets == {0, 1}
    first = ActiveLearner(query_strategy=BalancedQuery(by_number), budget=6)
    assert first.fit(rows, list("AAABC")).query(pool, 1).tolist() == [0]


def test_patience_sets_a_barren_class_aside():
    never, soon = ClassCounts(8), ClassCounts(8, patience=2)
    for counts in (never, soon):
        counts.follow(list("AAAAABC"))
        assert counts.switched_at is not None and counts.rarest() == 1
        counts.follow(list("AAAAABCAA"))  # two labels aimed at B were A
    assert never.rarest() == 1
    assert soon.rarest() == 2
    soon.follow(list("AAAAABCAAB"))  # B gains a label and is back
    soon.follow(list("AAAAABCAABC"))
    assert soon.rarest() == 1


def test_a_class_set_aside_comes_back_with_a_label_of_its_own():
    counts = ClassCounts(20, patience=2)
    counts.follow(list("AAAAAABCD"))
    assert counts.switched_at is not None and counts.rarest() == 1
    counts.follow(list("AAAAAABCDAA"))
    assert counts.rarest() == counts.copy().rarest() == 2  # B is set aside, and in a batch too
    counts.follow(list("AAAAAABCDAABCD"))
    assert counts.counts == [8, 2, 2, 2] and counts.rarest() == 1


def test_patience_ends_when_every_rare_class_was_tried():
    counts = ClassCounts(8, patience=1)
    counts.follow(list("AAAAABC"))
    counts.follow(list("AAAAABCA"))
    assert counts.rarest() == 2
    counts.follow(list("AAAAABCAA"))
    assert counts.rarest() == 1


def test_vanishing_denominator():
    rows, labels = np.array([[0.0], [0.0], [0.0], [1.0]]), list("AAAB")
    pool = np.array([[0.0], [1.0], [2.0]])
    scores = BalancedQuery().fit(rows, labels).transform(pool)
    assert_allclose(scores[:, 1], [np.inf, 0.0, 0.5])
    alone = BalancedQuery().fit(np.zeros((3, 1)), list("AAA")).transform(pool)
    assert_allclose(alone[:, 0], [0.0, 1.0, 2.0])


def test_names_of_the_columns():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(LABELED, columns=["u", "v"])
    balanced = BalancedQuery().set_output(transform="pandas").fit(frame, LABELS)
    names = ["balancedquery0", "balancedquery1", "balancedquery2"]
    assert list(balanced.transform(frame).columns) == names
