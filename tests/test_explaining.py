"""Why rows were picked: every column beside its plain form."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    FacilityLocation,
    InformationDensity,
    MarginSampling,
    MaxHerding,
    ProbCover,
    QueryByCommittee,
    RandomSampling,
)


@pytest.fixture
def taught(digits):
    X, y = digits
    learner = ActiveLearner(None, MarginSampling(), random_state=0)
    return learner.fit(X[:40], y[:40]), X, y


def test_the_model_and_the_neighbors(taught):
    learner, X, y = taught
    positions = learner.query(X, 4, exclude=np.arange(40))
    table = learner.explain(X, positions)
    assert table["position"].tolist() == positions.tolist()
    P = learner.predict_proba(X[positions])
    for i, row in enumerate(P):
        order = np.argsort(-row, kind="stable")
        assert table["first"][i] == learner.classes_[order[0]]
        assert table["second"][i] == learner.classes_[order[1]]
        assert table["p_first"][i] == pytest.approx(row[order[0]])
        assert table["margin"][i] == pytest.approx(row[order[0]] - row[order[1]])
        gaps = np.linalg.norm(X[:40] - X[positions[i]], axis=1)
        assert list(table["nearest"][i]) == y[np.argsort(gaps, kind="stable")[:3]].tolist()
        picked = np.linalg.norm(X[positions[:i]] - X[positions[i]], axis=1)
        assert table["distance"][i] == pytest.approx(min([*gaps, *picked]))
    assert table["score"] == pytest.approx(-table["margin"])
    assert table["strategy"].tolist() == ["MarginSampling"] * 4
    assert table["counts"][0] == {str(c): int(np.sum(y[:40] == c)) for c in np.unique(y[:40])}


def test_it_changes_nothing(taught):
    learner, X, _ = taught
    state = learner.random_state_.get_state()[1].tolist()
    learner.explain(X, [50, 60])
    assert learner.random_state_.get_state()[1].tolist() == state


def test_a_cold_start(digits):
    X, _ = digits
    learner = ActiveLearner(query_strategy=MarginSampling(), random_state=0)
    table = learner.explain(X, learner.query(X))
    assert set(table["strategy"]) == {"RandomSampling"}
    assert set(table["phase"]) == {"cold start"}
    assert set(table["first"]) == set(table["nearest"]) == {None}


def test_the_phases_of_a_balanced_query(digits):
    X, y = digits
    aims = []
    learner = ActiveLearner(
        query_strategy=BalancedQuery(), budget=60, batch_size=3, random_state=0
    )
    phases, taken = [], []
    while learner.n_labels_ < 60:
        positions = learner.query(X, exclude=taken)
        table = learner.explain(X, positions)
        phases += table["phase"].tolist()
        aims += [(aim, dict(table["counts"][0])) for aim in table["aim"].tolist()[:1]]
        learner.teach(X[positions], y[positions])
        taken += positions.tolist()
    assert list(dict.fromkeys(phases)) == ["cold start", "discovery", "balance"]
    for aim, counts in aims:
        assert aim is None or counts[str(aim)] == min(counts.values())


def test_the_gain_of_a_core_set_is_its_distance(digits):
    X, y = digits
    learner = ActiveLearner(query_strategy=CoreSet(), random_state=0).fit(X[:5], y[:5])
    table = learner.explain(X, learner.query(X, 6, exclude=np.arange(5)))
    distances = table["distance"].tolist()
    assert distances == sorted(distances, reverse=True)


def nearest_similarity(X, chosen, similarity):
    """How similar each row is to the most similar chosen one."""
    return np.max([similarity(X, row) for row in chosen], axis=0)


def cosine(X, row):
    return 1 + X @ row / np.linalg.norm(X, axis=1) / np.linalg.norm(row)


def gaussian(X, row):
    Z = X / np.linalg.norm(X, axis=1, keepdims=True)
    return np.exp(-((Z - row / np.linalg.norm(row)) ** 2).sum(axis=1))


def within(X, row):
    return (np.linalg.norm(X - row, axis=1) <= 2.0).astype(float)


@pytest.mark.parametrize(
    ("strategy", "similarity", "most", "first"),
    [
        (FacilityLocation(), cosine, 2, 0),
        (MaxHerding(), gaussian, 1, 4),  # the free rows are to be covered
        (ProbCover(delta=2.0), within, 1, 0),
    ],
    ids=["facility location", "max herding", "prob cover"],
)
def test_what_is_gained_for_coverage(digits, strategy, similarity, most, first):
    X, y = digits[0][:200], digits[1][:200]
    learner = ActiveLearner(query_strategy=strategy, random_state=0).fit(X[:4], y[:4])
    positions = learner.query(X, 5, exclude=np.arange(4))
    gains = learner.explain(X, positions)["gain"].tolist()
    chosen = [0, 1, 2, 3, *positions]
    covered = [nearest_similarity(X[first:], X[chosen[:k]], similarity) for k in range(4, 10)]
    shares = np.mean(covered, axis=1) / most
    assert gains == pytest.approx(np.diff(shares), rel=1e-3)
    assert min(gains) > 0


def test_the_gain_of_the_default_falls_and_is_a_share(digits):
    X, _ = digits
    learner = ActiveLearner(query_strategy=BalancedCoverage(), random_state=0)
    first = learner.query(X[:300], 6)
    gains = learner.explain(X[:300], first)["gain"].tolist()
    assert 1 > gains[0] > gains[-1] > 0 and sum(gains) < 1
    assert gains == sorted(gains, reverse=True)  # equal weights before the first label


def test_scores_that_depend_on_other_rows(taught):
    """They are those of the query, with the committee or the pool that it had."""
    learner, X, _ = taught
    for strategy in (InformationDensity(), QueryByCommittee(measure="kl")):
        learner.set_params(query_strategy=strategy)
        expected = strategy.scores(learner, X)
        positions = learner.query(X, 4)
        table = learner.explain(X, [*positions, 0])
        assert table["score"][:4].tolist() == pytest.approx(expected[positions])
        assert table["score"][4] is None or 0 in positions


def test_what_a_query_noted_ends_with_the_next_label(digits):
    X, y = digits
    learner = ActiveLearner(query_strategy=FacilityLocation(), random_state=0).fit(X[:4], y[:4])
    positions = learner.query(X[:200], 3)
    assert learner.explain(X[:100], positions % 100)["gain"].tolist() == [None] * 3
    learner.teach(X[positions], y[positions])
    assert learner.explain(X[:200], positions)["gain"].tolist() == [None] * 3


def test_texts_and_decision_values():
    texts = ["free money", "free lunch", "team meeting", "money money", "lunch meeting"]
    model = make_pipeline(CountVectorizer(), MultinomialNB())
    learner = ActiveLearner(model).teach(texts[:3], ["spam", "spam", "ham"])
    table = learner.explain(texts, [3, 4])
    assert table["nearest"][0][0] == "spam"
    assert table["first"].tolist() == ["spam", "spam"]
    X = [[0.0], [1.0], [3.0], [4.0]]
    learner = ActiveLearner(LinearSVC(), RandomSampling()).teach(X, [0, 0, 1, 1])
    table = learner.explain(X, [0, 3])
    assert table["first"].tolist() == [0, 1]
    assert table["p_first"].tolist() == pytest.approx((-table["p_second"]).tolist())
    assert set(table["score"]) == {None}


def test_rows_without_vectors():
    frame = pd.DataFrame({"words": [["a"], ["a", "b", "c", "d"], ["a", "b"], ["a", "b", "c"]]})
    learner = ActiveLearner(_Lengths(), MarginSampling()).teach(frame[:2], [0, 1])
    table = learner.explain(frame, [2, 3])
    assert set(table["nearest"]) <= {None}
    assert table["first"].tolist() == [0, 1]


def test_neighbors_in_a_table():
    frame = pd.DataFrame({"size": [1.0, 2, 8, 9, 1.1], "kind": ["x", "x", "z", "z", "x"]})
    learner = ActiveLearner(_Lengths(), MarginSampling()).teach(frame[:4], [3, 3, 5, 5])
    table = learner.explain(frame, [4])
    assert list(table["nearest"][0]) == [3, 3, 5] and table["distance"][0] < 1


class _Lengths(MultinomialNB):
    """A classifier that counts the letters or words in the last column."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        share = np.array([len(row) / 5 for row in X[X.columns[-1]]])
        return np.column_stack([1 - share, share])


def test_as_a_frame(taught):
    pandas = pytest.importorskip("pandas")
    learner, X, _ = taught
    frame = learner.explain(X, [50]).to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["position"].tolist() == [50]
