"""DropQuery by worked counts and against its plain form."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive.pool import Pool
from skactive.query import DropQuery
from skactive.query.drop_query import _candidates, _dropped
from skactive.selection import TieOrder


class Fixed(GaussianNB):
    """Class 1 where the first number is 0."""

    def predict(self, X):
        return (X[:, 0] == 0).astype(int)


def test_worked_candidates():
    changes = np.array([0, 3, 1, 2, 1])
    # more than half of 3 passes is 2 or 3
    assert _candidates(changes, 3, 1, TieOrder()).tolist() == [1, 3]
    # two more where four are asked for: those with one change
    assert _candidates(changes, 3, 4, TieOrder()).tolist() == [1, 2, 3, 4]
    # half of the passes is not enough
    assert _candidates(np.array([2, 3, 1]), 4, 1, TieOrder()).tolist() == [1]


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_share_and_scale_of_what_is_left(container):
    rows = container(np.ones((200, 50)))
    dropped = _dropped(rows, 0.75, np.random.default_rng(0))
    numbers = dropped.data if sparse.issparse(dropped) else dropped
    assert set(np.unique(numbers)) == {0.0, 4.0}
    assert (numbers == 0).mean() == pytest.approx(0.75, abs=0.02)
    assert (rows != container(np.ones((200, 50)))).sum() == 0


def test_changes_are_counted_and_the_changed_rows_are_picked():
    X = np.random.RandomState(0).rand(60, 3) + 1
    X[::2, 0] = 0
    model = Fixed().fit(X, np.arange(60) % 2)
    # a 0 stays 0 whatever is dropped; another number is dropped nearly always
    picks = DropQuery(0.99, n_passes=5)(model, X, 10)
    assert (picks % 2 == 1).all()
    changes = DropQuery(0.99, 5)._changes(model, Pool(X), np.random.default_rng(0))
    assert (changes[::2] == 0).all() and (changes[1::2] >= 3).all()


def test_equal_to_the_plain_form(digits):
    X, y = digits
    strategy = DropQuery(n_passes=4)
    learner = ActiveLearner(LogisticRegression(), strategy).fit(X[:50], y[:50])
    learner.random_state_ = np.random.RandomState(3)
    picks = learner.query(X, 6, exclude=np.arange(50))
    stream = np.random.RandomState(3)
    generator = np.random.default_rng(stream.randint(np.iinfo(np.int32).max))
    rest, changes = X[50:], np.zeros(250, dtype=int)
    for _ in range(4):
        mask = generator.random(rest.shape, dtype=np.float32) >= 0.75
        changes += learner.predict(np.where(mask, rest * 4, 0)) != learner.predict(rest)
    rows = np.flatnonzero(changes > 2)
    assert 6 < len(rows) < 250
    clusters = KMeans(6, n_init=1, random_state=stream).fit(rest[rows])
    expected = set()
    for k in range(6):
        inside = rows[clusters.labels_ == k]
        gaps = ((rest[inside] - clusters.cluster_centers_[k]) ** 2).sum(axis=1)
        expected.add(50 + inside[gaps.argmin()])
    assert set(picks) == expected


def test_a_pipeline_drops_what_its_classifier_sees(digits):
    X, y = digits
    shifted = X + 100.0
    model = make_pipeline(StandardScaler(), LogisticRegression())
    learner = ActiveLearner(model, DropQuery(), random_state=0).fit(shifted[:60], y[:60])
    before = shifted.copy()
    picks = learner.query(shifted, 5, exclude=np.arange(60))
    assert len(set(picks)) == 5 and picks.min() >= 60
    assert_array_equal(shifted, before)


def test_rows_in_another_order_and_excluded_rows():
    X = np.random.RandomState(0).rand(60, 3) + 1
    X[:30, 0] = 0
    model = Fixed().fit(X, np.arange(60) % 2)
    order = np.random.RandomState(1).permutation(60)
    strategy = DropQuery(0.99, n_passes=5)
    assert (order[strategy(model, X[order], 8)] >= 30).all()
    learner = ActiveLearner(model, strategy, random_state=0).fit(X[::3], np.arange(20) % 2)
    assert not set(learner.query(X, 25, exclude=range(30, 60))) & set(range(30, 60))


def test_rows_of_words_are_refused():
    class Words(GaussianNB):
        def predict(self, X):
            return np.zeros(len(X))

    with pytest.raises(TypeError, match="sets numbers to 0.* it sees <U1"):
        model = Words().fit([[0.0], [1.0]], [0, 1])
        DropQuery(embed=lambda rows: np.zeros((len(rows), 1)))(model, np.array([["a"], ["b"]]), 1)
