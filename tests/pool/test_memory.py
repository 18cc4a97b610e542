"""Stored results never change a pick, do not accumulate, and do not keep the pool alive."""

import gc
import pickle
import sys
import weakref

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner
from skactive.pool import PoolMemory
from skactive.pool._borrowed import borrow, give_back
from skactive.pool._fingerprint import fingerprint
from skactive.pool._memory import sketch
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    FacilityLocation,
    InformationDensity,
    MarginSampling,
    ProbCover,
)

from ..strategies import all_strategies

VECTORS = [
    CoreSet(), FacilityLocation(), BalancedCoverage(), ProbCover(delta=1.5), InformationDensity(),
    BalancedQuery(CoreSet()),
]
by_vectors = pytest.mark.parametrize("strategy", VECTORS, ids=lambda s: type(s).__name__)


class AnyNB(GaussianNB):
    """Naive Bayes of rows in any container."""

    def fit(self, X, y):
        return super().fit(_flat(X), y)

    def predict_proba(self, X):
        return super().predict_proba(_flat(X))

    def predict(self, X):
        return super().predict(_flat(X))


def _flat(X):
    X = X.toarray() if sparse.issparse(X) else np.asarray(X)
    return X.reshape(len(X), -1)


def data(n=60, width=2, seed=0):
    rng = np.random.RandomState(seed)
    return rng.randn(n, width) * np.linspace(1, 3, width), np.arange(n) % 2


def asked(strategy, X, y, change=None):
    """Picks of two queries, with a change between them; and those of a learner that is new."""
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).fit(X[:10], y[:10])
    learner.query(X, 5, exclude=range(10))
    if change is not None:
        change()
    fresh = ActiveLearner(GaussianNB(), strategy, random_state=0).fit(X[:10], y[:10])
    fresh.random_state_.set_state(learner.random_state_.get_state())
    again = learner.query(X, 5, exclude=range(10))
    return again, fresh.query(X, 5, exclude=range(10))


@pytest.mark.parametrize("wrap", [lambda model: model, FrozenEstimator])
@pytest.mark.parametrize("cls", [EntropySampling, MarginSampling, Diversified])
def test_a_model_that_is_fitted_again_in_place(cls, wrap):
    X, y = data()
    model = GaussianNB().fit(X, y)
    strategy = cls(model=wrap(model))
    before, _ = asked(strategy, X, y)
    after, fresh = asked(strategy, X, y, lambda: model.fit(X, X[:, 1] > 0))
    assert_array_equal(after, fresh)
    assert not np.array_equal(after, before)


def test_a_learner_as_model_that_is_taught_again():
    X, y = data()
    source = ActiveLearner(GaussianNB()).fit(X[:20], y[:20])
    strategy = EntropySampling(model=source)
    after, fresh = asked(strategy, X, y, lambda: source.teach(X[20:], (X[20:, 1] > 0).astype(int)))
    assert_array_equal(after, fresh)


@by_vectors
def test_a_transformer_that_is_fitted_again_in_place(strategy):
    X, y = data(width=4)
    pca = PCA(1).fit(X)
    strategy = clone(strategy).set_params(embed=FrozenEstimator(pca))
    after, fresh = asked(strategy, X, y, lambda: pca.fit(X * [9, 1, 1, 0.1]))
    assert_array_equal(after, fresh)
    components = pca.components_
    after, fresh = asked(strategy, X, y, lambda: np.copyto(components, components[:, ::-1]))
    assert_array_equal(after, fresh)


@by_vectors
@pytest.mark.parametrize("form", ["closure", "default", "method", "inside"])
def test_a_function_that_uses_something_that_changes(strategy, form):
    X, y = data()
    state = {"scale": 1.0}

    class Scaler:
        factor = 1.0

        def apply(self, X):
            return np.asarray(X) * np.array([self.factor, 1.0])

    scaler = Scaler()
    embed, change = {
        "closure": (
            lambda X: np.asarray(X) * np.array([state["scale"], 1.0]),
            lambda: state.update(scale=50.0),
        ),
        "default": (
            lambda X, state=state: np.asarray(X) * np.array([state["scale"], 1.0]),
            lambda: state.update(scale=50.0),
        ),
        "method": (scaler.apply, lambda: setattr(scaler, "factor", 50.0)),
        "inside": (
            lambda X: (lambda: np.asarray(X) * np.array([state["scale"], 1.0]))(),
            lambda: state.update(scale=50.0),
        ),
    }[form]
    strategy = clone(strategy).set_params(embed=embed)
    after, fresh = asked(strategy, X, y, change)
    assert_array_equal(after, fresh)


def test_fingerprints_tell_states_apart():
    array = np.arange(6.0)
    function = lambda X: X @ array  # noqa: E731
    things = [array, array[::2], [1, "a"], {"b": array}, function, PCA(2), np.sum, len, pickle]
    for thing in things:
        assert fingerprint(thing) == fingerprint(thing) is not None
    assert len({fingerprint(thing) for thing in things}) == len(things)
    before = [fingerprint(thing) for thing in (array, function)]
    array[0] = 7
    assert all(fingerprint(t) != b for t, b in zip((array, function), before))
    assert fingerprint(sys.stdout) is None


def test_what_cannot_be_read_counts_by_its_identity():
    class Closed:
        def __reduce_ex__(self, protocol):
            raise ValueError("no")

        def __call__(self, X):
            return np.asarray(X)

    memory, calls = PoolMemory(np.ones(3)), []
    first, second = CoreSet(embed=Closed()), CoreSet(embed=Closed())
    for strategy in (first, first, second, second):
        memory.recall(strategy, "a", lambda: calls.append(1))
    assert len(calls) == 2


def test_large_arrays_are_read_at_even_distances():
    large = np.zeros(5_000_000)
    before = fingerprint(large)
    assert before == fingerprint(large.copy())
    large[:2_500_000] = 1
    assert fingerprint(large) != before


@pytest.mark.parametrize("dtype", ["f4", "M8[D]", "i8,f4", "U3"])
@pytest.mark.parametrize("shape", [(7,), (3000,), (60, 50)])
def test_every_number_of_an_array_counts(dtype, shape):
    array = np.arange(np.prod(shape)).astype("i8").reshape(shape).astype(dtype)
    turned = array[::-1]
    assert fingerprint(array) == fingerprint(array.copy()) != fingerprint(turned)
    assert sketch(array) == sketch(array.copy()) != sketch(turned)
    before = fingerprint(array), sketch(array)
    array.flat[-1] = array.flat[0]
    assert fingerprint(array) != before[0] and sketch(array) != before[1]


@by_vectors
@pytest.mark.parametrize(
    "container", [np.asarray, sparse.csr_array, sparse.lil_matrix, pd.DataFrame]
)
def test_a_pool_that_is_changed_in_place(strategy, container):
    X, y = data()
    pool = container(X)
    learner = ActiveLearner(AnyNB(), strategy, random_state=0).fit(container(X[:10]), y[:10])
    learner.query(pool, 5, exclude=range(10))
    if isinstance(pool, pd.DataFrame):
        pool.iloc[30:] = pool.iloc[30:].to_numpy() * [50, -7]
    elif sparse.issparse(pool) and pool.format == "lil":
        pool[30:] = pool[30:].toarray() * [50, -7]
    elif sparse.issparse(pool):
        pool.data[60:] *= np.tile([50, -7], 30)
    else:
        pool[30:] *= [50, -7]
    fresh = ActiveLearner(AnyNB(), strategy, random_state=0).fit(container(X[:10]), y[:10])
    fresh.random_state_.set_state(learner.random_state_.get_state())
    again = learner.query(pool, 5, exclude=range(10))
    assert_array_equal(again, fresh.query(pool, 5, exclude=range(10)))


def test_a_frame_that_has_grown():
    X, y = data()
    pool = pd.DataFrame(X, columns=["a", "b"])
    learner = ActiveLearner(GaussianNB(), CoreSet()).fit(pool.iloc[:10], y[:10])
    learner.query(pool, 5, exclude=range(10))
    pool.loc[len(pool)] = [900.0, 900.0]
    assert learner.query(pool, 1, exclude=range(10)).tolist() == [60]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_series_of_texts_that_is_changed_in_place_or_grows(kind):
    library, hashing = pytest.importorskip(kind), HashingVectorizer(alternate_sign=False)
    texts = [" ".join("cat dog fish bird".split()[: 1 + i % 4]) for i in range(60)]
    pool = library.Series(texts)
    model = make_pipeline(hashing, MultinomialNB())
    # a callable, because old versions of scikit-learn call the transformer not fitted
    learner = ActiveLearner(model, CoreSet(embed=hashing.transform), random_state=0)
    learner.teach(pool[:10], np.arange(10) % 2)
    learner.query(pool, 3, exclude=range(10))
    pool[31] = "zebra"
    assert learner.query(pool, 1, exclude=range(10)).tolist() == [31]
    if kind == "pandas":
        pool.loc[60] = "quagga"
        assert learner.query(pool, 1, exclude=[*range(10), 31]).tolist() == [60]


CONTAINERS = {
    "array": np.array, "csr": sparse.csr_matrix, "csc": sparse.csc_array,
    "lil": sparse.lil_matrix, "dok": sparse.dok_matrix, "pandas": pd.DataFrame,
}


@pytest.mark.parametrize("row", [29, 30, 31])
@pytest.mark.parametrize("kind", CONTAINERS)
def test_one_changed_row_of_a_small_pool_is_noticed(kind, row):
    numbers = np.random.RandomState(0).rand(400, 2)
    pool = CONTAINERS[kind](numbers)
    before = sketch(pool)
    assert before == sketch(CONTAINERS[kind](numbers))
    if kind == "pandas":
        pool.iloc[row, 0] = 9
    else:
        pool[row, 0] = 9
    assert sketch(pool) != before


def test_an_entry_that_moves_to_the_next_row_is_noticed():
    pool = sparse.csr_matrix(np.eye(5)[:, [0, 0, 2]])
    before = sketch(pool)
    pool.indptr[1] = 0
    assert sketch(pool) != before


def test_sketches():
    large = np.zeros((40_000, 4))
    before = sketch(large)
    large[20_000:] = 1
    assert sketch(large) != before and sketch(large) == sketch(large)
    assert sketch([1, 2]) is None
    assert sketch(np.array(["a", "b"], dtype=object)) == sketch(np.array(["a", "b"], dtype=object))


# ------------------------------------------------------- nothing piles up


def memory_of(learner):
    return sum(len(pickle.dumps(fact.value)) for fact in learner._memory._facts.values())


@by_vectors
def test_a_new_embed_each_round_keeps_the_facts_of_the_last_one_only(strategy):
    X, y = data(300)
    learner = ActiveLearner(GaussianNB(), clone(strategy), random_state=0).fit(X[:10], y[:10])
    sizes = []
    for round_number in range(6):
        matrix = np.eye(2) * (round_number + 1)
        learner.set_params(query_strategy__embed=lambda X, m=matrix: np.asarray(X) @ m)
        learner.query(X, 3, exclude=range(10))
        sizes.append(len(learner._memory._facts))
    assert max(sizes) == sizes[0]
    for round_number in range(6):
        matrix = np.eye(2) * (round_number + 1)
        embed = lambda X, m=matrix: np.asarray(X) @ m  # noqa: E731
        learner.set_params(query_strategy=clone(strategy).set_params(embed=embed))
        learner.query(X, 3, exclude=range(10))
    gc.collect()
    learner.query(X, 3, exclude=range(10))
    assert len(learner._memory._facts) <= 2 * sizes[0]


def test_an_equal_strategy_finds_what_is_known():
    X, y = data()
    learner = ActiveLearner(GaussianNB(), CoreSet(), random_state=0).fit(X[:10], y[:10])
    learner.query(X, 3, exclude=range(10))
    known = set(learner._memory._facts)
    learner.set_params(query_strategy=CoreSet()).query(X, 3, exclude=range(10))
    assert {key for key in known if key[0] == "coverage"} <= set(learner._memory._facts) <= known


# --------------------------------------------------- the pool may go


def containers(X):
    yield X.copy()
    yield X.copy(order="F")
    yield X.astype(np.float32)
    yield np.repeat(X, 2, axis=0)[::2]
    yield sparse.csr_array(X)
    yield sparse.csr_matrix(X)
    yield pd.DataFrame(X.copy())
    yield X.copy().reshape(len(X), 1, 2, -1)


def holders_of(X):
    """Weak references to a pool and to its numbers."""
    if sparse.issparse(X):
        return [weakref.ref(X), weakref.ref(X.data)]
    owner = X.iloc[:1].to_numpy() if isinstance(X, pd.DataFrame) else X
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return [weakref.ref(X), weakref.ref(owner)]


def ids(strategy):
    return repr(strategy).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("strategy", all_strategies(), ids=ids)
def test_no_state_keeps_the_pool_alive(strategy):
    X, y = data(60, width=4)
    for pool in containers(abs(X)):
        learner = ActiveLearner(AnyNB(), strategy, random_state=0)
        learner.fit((pool.iloc if hasattr(pool, "iloc") else pool)[:12].copy(), y[:12])
        first = learner.query(pool, 4, exclude=range(12))
        learner.query(pool, 4, exclude=[*range(12), *first])
        refs = holders_of(pool)
        del pool
        gc.collect()
        assert all(ref() is None for ref in refs)


class State:
    """Stands for what a strategy keeps; of this package by its name."""


State.__module__ = "skactive.somewhere"


def test_views_are_handed_back_and_borrowed_again():
    X = np.arange(24.0).reshape(6, 4)
    state = State()
    state.rows, state.turned, state.other = X[1:5, ::2], X.T, X * 2
    state.deep = {"list": [X[::-1], (X, 3)], "pool": X}
    state.me = state
    expected = X[1:5, ::2].copy(), X[::-1].copy()
    other = state.other
    assert give_back(state, X) is state
    assert sys.getrefcount(X) <= 3 and state.other is other
    assert borrow(state, X) is state
    assert_array_equal(state.rows, expected[0])
    assert_array_equal(state.deep["list"][0], expected[1])
    assert state.deep["pool"] is X and state.deep["list"][1][0] is X
    assert_array_equal(state.turned, X.T)
    assert np.shares_memory(state.rows, X) and state.other is other
