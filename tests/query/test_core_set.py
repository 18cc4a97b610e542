"""Greedy k-center by its worked example and against a plain form."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skactive import ActiveLearner
from skactive.query import CoreSet

from ..plain import k_center, tie_seed

F = np.array([[0, 0], [1, 0], [0, 2], [5, 5], [6, 5], [3, 0]], dtype=float)


def start_at(row, **params):
    """A learner that was taught one row of F."""
    return ActiveLearner(query_strategy=CoreSet(**params)).teach(F[[row]], [0])


def test_worked_example():
    learner = start_at(0)
    picks = learner.query(F, 5, exclude=[0]).tolist()
    # rows 1 and 3 are equally far from those before them
    assert picks[:3] == [4, 5, 2] and set(picks[3:]) == {1, 3}


def test_worked_radii_fall():
    picks = [0, *start_at(0).query(F, 4, exclude=[0])]
    radii = []
    for i in range(1, 5):
        gaps = np.linalg.norm(F[:, None] - F[picks[:i]], axis=2).min(axis=1)
        radii.append(gaps.max())
    np.testing.assert_allclose(radii, [7.8102, 3, 2, 1], atol=1e-4)


def test_first_row_is_random_without_labels():
    learner = ActiveLearner(query_strategy=CoreSet())
    firsts = {int(clone(learner).set_params(random_state=s).query(F, 1)[0]) for s in range(60)}
    assert firsts == set(range(6))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csr_array])
def test_equal_to_plain_form_on_digits(dtype, container):
    X, y = load_digits(return_X_y=True)
    X, y = X[:150].astype(dtype), y[:150]
    learner = ActiveLearner(query_strategy=CoreSet(), random_state=0)
    learner.teach(container(X)[:5], y[:5])
    picks = learner.query(container(X), 40, exclude=range(5))
    assert picks.tolist() == k_center(X.astype(float), range(5), 40, tie_seed(0))


def test_batches_concatenate_with_and_without_memory():
    X, y = load_digits(return_X_y=True)
    X, y = X[:120], y[:120]
    whole = ActiveLearner(query_strategy=CoreSet(), random_state=1).query(X, 30)
    for same_object in (True, False):
        learner, taken = ActiveLearner(query_strategy=CoreSet(), random_state=1), []
        for n in (1, 9, 5, 15):
            picks = learner.query(X if same_object else X.copy(), n, exclude=taken)
            learner.teach(X[picks], y[picks])
            taken.extend(picks)
        assert_array_equal(taken, whole)


def test_duplicates_are_picked_once_each():
    X = np.repeat([[1.0, 2.0]], 6, axis=0)
    picks = ActiveLearner(query_strategy=CoreSet(), random_state=0).query(X, 6)
    assert sorted(picks) == list(range(6))


def test_sees_what_the_pipeline_sees():
    texts = ["cat dog", "cat cat", "sun moon", "moon stars sun", "dog dog cat", "tree"]
    labels = [0, 0, 1, 1, 0, 1]
    pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression())
    learner = ActiveLearner(pipeline, CoreSet()).fit(texts[:3], labels[:3])
    vectors = learner.estimator_[:-1].transform(texts).toarray()
    expected = k_center(vectors, [0, 1, 2], 2)
    assert learner.query(texts, 2, exclude=[0, 1, 2]).tolist() == expected


def test_embed_replaces_it():
    X, y = load_digits(return_X_y=True)
    X, y = X[:100], y[:100]
    pca = PCA(3, random_state=0).fit(X)
    learner = ActiveLearner(query_strategy=CoreSet(embed=pca)).fit(X[:4], y[:4])
    expected = k_center(pca.transform(X), range(4), 10)
    assert learner.query(X, 10, exclude=range(4)).tolist() == expected
    learner.set_params(query_strategy=CoreSet(embed=lambda rows: rows[:, 20:30]))
    expected = k_center(X[:, 20:30], range(4), 10)
    assert learner.query(X, 10, exclude=range(4)).tolist() == expected


def test_images_are_flattened():
    X, y = load_digits(return_X_y=True)
    X, y = X[:60], y[:60]
    flatten = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    net = make_pipeline(flatten, GaussianNB())
    learner = ActiveLearner(net, CoreSet(embed=lambda x: x)).fit(X[:5].reshape(5, 1, 8, 8), y[:5])
    picks = learner.query(X.reshape(60, 1, 8, 8), 8, exclude=range(5))
    assert picks.tolist() == k_center(X, range(5), 8)


def test_unfitted_embed_is_told_about_frozen_estimator():
    with pytest.raises(NotFittedError, match="FrozenEstimator"):
        ActiveLearner(query_strategy=CoreSet(embed=PCA(2))).query(F, 2)


def test_nan_is_named():
    X = F.copy()
    X[3, 1] = np.nan
    for strategy, rows in ((CoreSet(), sparse.csr_matrix(X)), (CoreSet(np.asarray), X)):
        with pytest.raises(ValueError, match="the vector of row 3 holds NaN"):
            ActiveLearner(query_strategy=strategy).query(rows, 2)


def test_dictionaries_need_an_embedding():
    with pytest.raises(TypeError, match="embed="):
        ActiveLearner(query_strategy=CoreSet()).query([{"a": 1}, {"a": 2}, {"b": 1}], 2)


def test_sign_of_the_distance():
    # the nearest row instead of the farthest would be 1
    assert start_at(0).query(F, 1, exclude=[0]).tolist() == [4]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_features", range(1, 10))
def test_equal_to_plain_form_with_few_features(n_features, dtype):
    rng = np.random.RandomState(n_features)
    X = rng.randint(0, 40, size=(300, n_features)).astype(dtype)  # with ties
    learner = ActiveLearner(query_strategy=CoreSet(), random_state=0)
    learner.teach(X[:5], rng.randint(2, size=5))
    picks = learner.query(X, 60, exclude=range(5))
    assert picks.tolist() == k_center(X.astype(float), range(5), 60, tie_seed(0))
    # what is remembered gives the same in two batches
    first = learner.query(X, 25, exclude=range(5))
    learner.teach(X[first], rng.randint(2, size=25))
    taken = [*range(5), *first]
    assert_array_equal([*first, *learner.query(X, 35, exclude=taken)], picks)
