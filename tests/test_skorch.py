"""A skorch net is an ordinary classifier: images of four dimensions, string labels, no wrapper."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import BalancedQuery, CoreSet, EntropySampling, MarginSampling, RandomSampling

torch = pytest.importorskip("torch")
skorch = pytest.importorskip("skorch")


class Net(torch.nn.Module):
    """Ten outputs, whatever number of classes is found."""

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 10)
        )

    def forward(self, X):
        return self.layers(X)


def flatten(X):
    return X.reshape(len(X), -1)


def net(**params):
    return skorch.NeuralNetClassifier(
        Net,
        criterion=torch.nn.CrossEntropyLoss,
        train_split=None,
        max_epochs=30,
        lr=0.3,
        verbose=0,
        iterator_train__shuffle=False,
        **params,
    )


@pytest.fixture(scope="module")
def images(digits):
    X, y = digits
    names = np.array("zero one two three four five six seven eight nine".split())
    return X.reshape(-1, 1, 8, 8).astype(np.float32), names[y]


STRATEGIES = [MarginSampling(), EntropySampling(), BalancedQuery(embed=flatten), CoreSet(flatten)]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_live_loop_equals_the_simulation(images, strategy):
    X, y = images
    simulated = ActiveLearner(net(), strategy, budget=50, random_state=0).fit(X, y)
    live, taken = ActiveLearner(net(), strategy, budget=50, random_state=0), []
    while live.n_labels_ < 50:
        positions = live.query(X, exclude=taken)
        live.teach(X[positions], y[positions])
        taken.extend(positions.tolist())
    assert simulated.query_indices_.tolist() == taken
    assert simulated.score(X, y) > 0.5


def test_outputs_without_a_class(images):
    X, y = images
    few = np.flatnonzero(np.isin(y, ["two", "four", "zero"]))
    learner = ActiveLearner(net()).fit(X[few], y[few])
    proba = learner.predict_proba(X)
    assert proba.shape == (len(X), 3)
    assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    assert set(learner.predict(X)) == {"two", "four", "zero"}
    assert learner.score(X[few], y[few]) > 0.9
    simulated = ActiveLearner(net(), RandomSampling(), budget=12, random_state=0).fit(X, y)
    hidden = ~np.isin(simulated.classes_, simulated.y_labeled_)
    assert hidden.any() and (simulated.predict_proba(X)[:, hidden] == 0).all()
    likeliest = simulated.predict_proba(X).argmax(axis=1)
    assert_array_equal(simulated.predict(X), simulated.classes_[likeliest])


def test_more_classes_than_outputs(images):
    X, _ = images
    with pytest.raises(IndexError):
        ActiveLearner(net()).fit(X, np.arange(len(X)) % 11)


def test_net_against_svm_in_one_search(images):
    X, y = images
    svm = make_pipeline(FunctionTransformer(flatten), LinearSVC())
    learner = ActiveLearner(svm, budget=60, random_state=0)
    grid = {"estimator": [svm, net(), net(optimizer__momentum=0.9)], "budget": [60]}
    search = GridSearchCV(learner, grid, cv=2, error_score="raise").fit(X, y)
    assert (search.cv_results_["mean_test_score"] > 0.4).all()
    search = GridSearchCV(
        ActiveLearner(net(), budget=40, random_state=0),
        {"estimator__lr": [0.01, 0.3]},
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_["estimator__lr"] == 0.3


def test_nets_that_end_in_logits_are_named(images):
    X, y = images
    learner = ActiveLearner(net(predict_nonlinearity=None), EntropySampling()).fit(X[:40], y[:40])
    with pytest.raises(ValueError, match="logits"):
        learner.query(X, 3)
