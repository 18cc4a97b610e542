"""The Fisher-kernel strategy on a net, whole and by parts."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from skactive import ActiveLearner
from skactive.deep import FisherKernel, LeNet, MCDropout, SeededNet
from skactive.deep._descriptors import describe
from skactive.deep._kernels import similarities
from skactive.deep._pseudo_labels import KnownLabels, PredictedLabels
from skactive.deep._view import NetView, view_of

ALL = ["conv1", "conv2", "fc1"]


@pytest.fixture
def learner(digits, net):
    X, y = digits
    rows = np.flatnonzero(y[:400] < 8)[:60]
    strategy = FisherKernel(X[400:500], y[400:500])
    return ActiveLearner(net, strategy, random_state=0).teach(X[rows], y[rows])


class Small(nn.Module):
    """Two layers whose gradients can be worked out by formula."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 5))
        self.act = nn.ReLU(inplace=True)
        self.head = nn.Linear(5, 3)

    def forward(self, X):
        return self.head(self.act(self.body(X)))


def test_gradients_of_a_summed_loss_are_those_of_each_row():
    net = SeededNet(Small, random_state=0).initialize()
    X = np.random.RandomState(0).randn(6, 4).astype(np.float32)
    codes = np.array([0, 1, 2, 0, 1, 2])
    view = NetView(net)
    got = describe(view, X, ["body"], KnownLabels(codes))
    hidden = net.module_.body(torch.from_numpy(X)).detach()
    p = net.module_.head(hidden.relu()).softmax(dim=1).detach().numpy()
    # the layer after the one that is read works in place, and passes some of the gradients
    gradients = (p - np.eye(3)[codes]) @ net.module_.head.weight.detach().numpy()
    gradients = gradients * (hidden.numpy() > 0)
    for values, expected in ((got.Z, hidden.numpy()), (got.G, gradients)):
        expected = expected - expected.mean(axis=1, keepdims=True)
        expected = expected / (expected.std(axis=1, ddof=1, keepdims=True) + 1e-10)
        assert_allclose(values, expected, atol=1e-4)


def test_gradients_do_not_depend_on_frozen_weights_or_batches(fitted, digits):
    X = digits[0][:40]
    whole = describe(view_of(fitted, "test"), X, ALL, PredictedLabels())
    other = pickle.loads(pickle.dumps(fitted))
    other.iterator_valid__batch_size = 7
    other.module_.requires_grad_(False)
    parts = describe(view_of(other, "test"), X, ALL, PredictedLabels())
    assert whole.lengths == (10, 20, 50)
    assert_allclose(parts.Z, whole.Z, atol=1e-3)
    assert_allclose(parts.G, whole.G, atol=1e-3)


def test_hooks_and_modes_are_back_also_after_an_error(fitted, digits):
    view = view_of(fitted, "test")
    fitted.module_.train()
    fitted.module_.conv2.eval()
    before = {name: layer.training for name, layer in fitted.module_.named_modules()}
    describe(view, digits[0][:5], ALL, PredictedLabels())
    with pytest.raises(ZeroDivisionError):
        describe(view, digits[0][:5], ALL, lambda batch: 1 / 0)
    assert {name: layer.training for name, layer in view.module.named_modules()} == before
    assert not any(layer._forward_hooks for layer in view.module.modules())
    assert all(p.grad is None or not p.grad.is_sparse for p in view.module.parameters())


def test_picks_are_the_best_matches_of_the_mistakes(learner, digits):
    X, y = digits[0][500:800], digits[1][500:800]
    strategy = learner.query_strategy
    picks = learner.query(X, 12)
    view = view_of(learner, "test")
    codes = view.codes(strategy.y_val, 10)
    validation = describe(view, strategy.X_val, ALL, KnownLabels(codes))
    mistakes = validation.rows(np.flatnonzero(learner.predict(strategy.X_val) != strategy.y_val))
    assert 0 < len(mistakes.Z)
    nearest = (validation.Z.astype(float) @ describe(view, X, ALL).Z.T.astype(float)).argmax(0)
    pool = describe(view, X, ALL, KnownLabels(codes[nearest]))
    kernel = similarities(mistakes, pool, combine="sum_of_products", scale_weight="length")
    # the first pick is the closest pair of all when all mistakes are centers
    assert set(picks) <= set(kernel.argsort(axis=1)[:, -12:].ravel())
    if len(mistakes.Z) <= 12:
        assert picks[0] == np.unravel_index(kernel.argmax(), kernel.shape)[1]
    assert len(y) == 300 and len(set(picks)) == 12


def test_classes_without_a_label_have_outputs_of_their_own(learner, digits):
    view = view_of(learner, "test")
    assert_array_equal(view.codes(np.array([0, 7, 8, 9, 8]), 10), [0, 7, 8, 9, 8])
    view.found = np.array(["b", "d"])
    assert_array_equal(view.codes(np.array(["a", "b", "c", "d"]), 4), [2, 0, 3, 1])
    with pytest.raises(ValueError, match="has no output: the net has 3 outputs"):
        view.codes(np.array(["a", "b", "c", "d"]), 3)


@pytest.mark.parametrize(
    "options",
    [
        {"kernel": "pcc"},
        {"combine": "sum"},
        {"combine": "product_of_sums", "scale_weight": "equal"},
        {"pseudo_labels": "yhat", "layers": "conv2"},
        {"pseudo_labels": "mc_trace", "layers": ["fc1"], "n_draws": 2},
        {"pseudo_labels": "mc_mi", "layers": ["conv2"], "n_draws": 4},
    ],
)
def test_options_pick_distinct_free_rows_the_same_way_twice(learner, digits, options):
    X = digits[0][500:560]
    learner.query_strategy = clone(learner.query_strategy).set_params(**options)
    copy = pickle.loads(pickle.dumps(learner))
    picks = learner.query(X, 10, exclude=[0, 1, 2])
    assert len(set(picks)) == 10 and min(picks) > 2
    assert_array_equal(copy.query(X, 10, exclude=[0, 1, 2]), picks)
    assert len(learner.query(X, 99)) == 60


def test_true_labels_follow_the_rows_that_are_free(learner, digits):
    X, y = digits[0][500:560], digits[1][500:560]
    strategy = clone(learner.query_strategy)
    learner.query_strategy = strategy.set_params(pseudo_labels="true", y_pool=y)
    picks = learner.query(X, 10, exclude=np.arange(20))
    assert picks.min() >= 20
    learner.query_strategy.set_params(y_pool=y[:-1])
    with pytest.raises(ValueError, match="y_pool with a label for each of the 60 rows"):
        learner.query(X, 10)


def test_weak_labels_only_say_right_or_wrong(learner, digits):
    X = digits[0][500:560]
    strategy = clone(learner.query_strategy).set_params(pseudo_labels="yhat")
    predicted = learner.predict(strategy.X_val)
    # another wrong label for each mistake
    other = np.where(predicted == strategy.y_val, predicted, (predicted + 1) % 8)
    copy = pickle.loads(pickle.dumps(learner))
    learner.query_strategy = strategy
    copy.query_strategy = clone(strategy).set_params(y_val=other)
    assert_array_equal(copy.query(X, 10), learner.query(X, 10))


def test_no_mistakes_left_warns_and_matches_all(learner, digits):
    X = digits[0][500:560]
    strategy = clone(learner.query_strategy)
    strategy.set_params(y_val=learner.predict(strategy.X_val))
    learner.query_strategy = strategy
    with pytest.warns(UserWarning, match="makes none on the 100 validation rows"):
        assert len(set(learner.query(X, 10))) == 10


def test_it_aims_at_rare_classes_that_the_validation_rows_hold(digits, net):
    X, y = digits
    rare = np.flatnonzero(y[600:1500] >= 5)[::10] + 600
    pool = np.concatenate([np.flatnonzero(y[600:1500] < 5) + 600, rare])
    first = np.flatnonzero(y[:600] < 5)[:60]
    learner = ActiveLearner(net.set_params(max_steps=150), random_state=0)
    learner.teach(np.append(X[first], X[600:603], axis=0), np.append(y[first], [5, 6, 7]))
    learner.query_strategy = FisherKernel(X[1500:], y[1500:], combine="sum")
    picks = pool[learner.query(X[pool], 30)]
    assert np.mean(y[picks] >= 5) > 2 * np.mean(y[pool] >= 5)


def test_untrained_picks_from_the_first_label_on(digits, net):
    X, y = digits
    strategy = FisherKernel(X[:100], y[:100], untrained=True)
    learners = [ActiveLearner(net, strategy, random_state=3) for _ in range(2)]
    picks = [learner.query(X[100:300], 15) for learner in learners]
    assert_array_equal(*picks)
    learner = learners[0].teach(X[100:300][picks[0]], y[100:300][picks[0]])
    assert strategy.requires_fit(learner)
    assert len(learner.query(X[100:300], 5, exclude=picks[0])) == 5
    simulated = ActiveLearner(net, strategy, budget=25, batch_size=15, random_state=3)
    assert_array_equal(simulated.fit(X[100:300], y[100:300]).query_indices_[:15], picks[0])


@pytest.mark.parametrize("wrap", ["pipeline", "search", "dropout"])
def test_the_net_is_found_inside(digits, net, wrap):
    X, y = digits
    net.set_params(max_steps=10, module__dropout=(0.25, 0.5))
    estimator = {
        "pipeline": make_pipeline(FunctionTransformer(np.float32), net),
        "search": GridSearchCV(net, {"lr": [0.001, 0.01]}, cv=2),
        "dropout": MCDropout(net),
    }[wrap]
    learner = ActiveLearner(estimator, FisherKernel(X[:50], y[:50]), random_state=0)
    learner.teach(X[100:160].astype(np.float64), y[100:160])
    assert len(learner.query(X[200:250], 5)) == 5


def test_it_is_searched_over_and_keeps_its_validation_rows(digits, net):
    X, y = digits
    strategy = FisherKernel(X[:50], y[:50], "conv2")
    learner = ActiveLearner(
        net.set_params(max_steps=10), strategy, budget=30, n_initial=20, random_state=0
    )
    grid = {"query_strategy__combine": ["sum", "sum_of_products"], "estimator__lr": [0.01]}
    search = GridSearchCV(learner, grid, cv=2, error_score="raise").fit(X[100:200], y[100:200])
    assert_array_equal(search.best_estimator_.query_strategy.X_val, X[:50])
    assert "X_val" in clone(strategy).get_params()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"combine": "mean"}, "'combine' parameter .*'mean'"),
        ({"kernel": "rbf"}, "'kernel' parameter"),
        ({"pseudo_labels": "y"}, "'pseudo_labels' parameter"),
        ({"scale_weight": "none"}, "'scale_weight' parameter"),
        ({"X_val": None}, "needs X_val and y_val"),
        ({"y_val": [1, 2]}, "100 rows and y_val 2 labels"),
        ({"layers": ["conv9"]}, "no layer 'conv9'. It has .*'conv1', .*'head'"),
    ],
)
def test_bad_parameters(learner, digits, options, message):
    learner.query_strategy = clone(learner.query_strategy).set_params(**options)
    with pytest.raises(ValueError, match=message):
        learner.query(digits[0][500:560], 5)


def test_a_learner_without_a_net_raises(digits):
    X, y = digits
    flat = X.reshape(len(X), -1)
    learner = ActiveLearner(LogisticRegression(), FisherKernel(flat[:9], y[:9]))
    learner.teach(flat[:50], y[:50])
    with pytest.raises(TypeError, match="FisherKernel needs a fitted skorch net"):
        learner.query(flat[50:90], 5)


def test_a_module_without_feature_layers_asks_for_names(digits):
    X = digits[0][:40].reshape(40, -1)[:, :4]
    y = np.arange(40) % 3
    learner = ActiveLearner(SeededNet(Small, max_steps=3), FisherKernel(X, y), random_state=0)
    learner.teach(X, y)
    with pytest.raises(ValueError, match="Name some of .*'body', 'body.0'"):
        learner.query(X, 5)
    learner.query_strategy.set_params(layers="body")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert len(learner.query(X, 5)) == 5


def test_labels_outside_of_the_head(digits):
    X, y = digits
    net = SeededNet(LeNet, module__image_size=16, module__n_classes=5, max_steps=3)
    learner = ActiveLearner(net, FisherKernel(X[:50], y[:50]), random_state=0)
    few = np.flatnonzero(y < 5)[:40]
    learner.teach(X[few], y[few])
    with pytest.raises(ValueError, match="has no output: the net has 5 outputs"):
        learner.query(X[100:150], 5)
