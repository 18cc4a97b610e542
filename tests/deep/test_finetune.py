"""Learning rates that are found, nets within nets, and warnings."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler
from torch import nn

from skactive import ActiveLearner
from skactive.deep import (
    FineTunedClassifier,
    FisherKernel,
    LeNet,
    MCDropout,
    NetEnsemble,
    RotationPretraining,
    SeededNet,
    SourceModel,
)
from skactive.query import BALD


class Steep(LeNet):
    """Diverges with large steps: its outputs are a hundred times as large."""

    def forward(self, X):
        return 30 * super().forward(X)


@pytest.fixture(scope="module")
def steep():
    torch.manual_seed(0)
    return SourceModel(Steep(image_size=16))


@pytest.fixture(scope="module")
def calm():
    torch.manual_seed(0)
    return SourceModel(LeNet(image_size=16))


def test_a_smaller_rate_is_found_where_the_default_diverges(steep, digits):
    X, y = digits
    net = FineTunedClassifier(source=steep, max_steps=150, random_state=0)
    found = net.fit(X[:100], y[:100])
    assert found.lr_ < 0.005
    assert found.optimizer_.param_groups[0]["lr"] == found.lr_
    with pytest.warns(ConvergenceWarning, match="learned nothing.*try lr="):
        fixed = clone(net).set_params(lr=0.03).fit(X[:100], y[:100])
    assert not hasattr(fixed, "lr_")
    assert found.score(X[100:300], y[100:300]) > 0.3 + fixed.score(X[100:300], y[100:300])


def test_the_rule_of_the_paper_stays_where_it_works(calm, digits):
    X, y = digits
    net = FineTunedClassifier(source=calm, max_steps=30, random_state=0).fit(X[:100], y[:100])
    assert net.lr_ == 0.01
    assert not hasattr(net.set_params(lr=0.02, max_steps=2).fit(X[:40], y[:40]), "lr_")


def test_trials_leave_no_trace(calm, digits):
    X, y = digits
    net = FineTunedClassifier(source=calm, max_steps=20, random_state=0)
    searched = clone(net).fit(X[:60], y[:60])
    given = clone(net).set_params(lr=searched.lr_).fit(X[:60], y[:60])
    assert_array_equal(searched.predict_proba(X), given.predict_proba(X))
    assert searched.history[:, "train_loss"] == given.history[:, "train_loss"]


def test_schedules_start_from_the_rate_found(steep, digits):
    X, y = digits
    schedule = LRScheduler(torch.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5)
    net = FineTunedClassifier(source=steep, max_steps=20, callbacks=[schedule], random_state=0)
    net.fit(X[:64], y[:64])
    last = net.optimizer_.param_groups[0]["lr"]
    assert last == pytest.approx(net.lr_ * 0.5 ** len(net.history))


def test_a_net_that_learned_does_not_warn(digits, recwarn):
    X, y = digits
    net = SeededNet(LeNet, module__image_size=16, max_steps=120, lr=0.003, random_state=0)
    net.fit(X[:100], y[:100])
    assert not [w for w in recwarn if issubclass(w.category, ConvergenceWarning)]


def plain(n_classes=10):
    return NeuralNetClassifier(
        LeNet, module__image_size=16, module__dropout=(0.2, 0.2), module__n_classes=n_classes,
        criterion=nn.CrossEntropyLoss, train_split=None, max_epochs=2, verbose=0,
    )


@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [0, 2, 5, 7]])
def test_a_plain_net_with_a_wide_head(digits, labels):
    X, y = digits
    rows = np.flatnonzero(np.isin(y, labels))[:60]
    for model in (MCDropout(plain(), n_samples=3), NetEnsemble(plain(), n_members=2)):
        model.fit(X[rows], y[rows])
        proba = model.predict_proba(X[:20])
        assert proba.shape == (20, 4)
        np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
        assert set(model.predict(X[:20])) <= set(labels)
        assert model.sample_proba(X[:20]).shape[1:] == (20, 4)
    own = model.estimators_[0].predict_proba(X[:20])[:, labels]
    first = own / own.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.sample_proba(X[:20])[0], first, rtol=1e-4)


def test_a_plain_net_with_a_wide_head_in_a_learner(digits):
    X, y = digits
    model = MCDropout(plain(), n_samples=3)
    learner = ActiveLearner(model, BALD(), budget=30, n_initial=10, random_state=0)
    few = y[:200] < 4
    learner.fit(X[:200][few], y[:200][few])
    assert learner.predict_proba(X[:5]).shape == (5, 4)


def test_fisher_kernel_asks_for_outputs(calm, digits):
    X, y = digits
    strategy = FisherKernel(X[:60], y[:60], layers="body.conv2")
    net = FineTunedClassifier(source=calm, max_steps=3)
    learner = ActiveLearner(net, strategy, budget=20, n_initial=10, random_state=0)
    few = np.flatnonzero(y[:200] < 5)
    with pytest.raises(ValueError, match="from the start: pass n_classes=10"):
        learner.fit(X[few], y[few])
    learner.set_params(estimator__n_classes=10).fit(X[few], y[few])
    assert learner.n_labels_ == 20
    untrained = clone(learner).set_params(
        query_strategy__untrained=True, estimator__n_classes=None
    )
    with pytest.raises(ValueError, match="not trained yet: FineTunedClassifier needs n_classes="):
        untrained.fit(X[few], y[few])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_rotations_of_a_fine_tuned_net(calm, digits, dtype):
    X, y = digits
    X = (X[:80] * 255).astype(dtype)
    source = SourceModel(calm.module, preprocess=scaled)
    net = FineTunedClassifier(source=source, max_steps=40, random_state=0)
    pretraining = RotationPretraining(net).fit(X)
    assert pretraining.net_.lr == 0.01
    assert pretraining.score(X) > 0.35
    assert pretraining.transform(X[:3]).shape == (3, 50)
    start = pretraining.initialized(net).set_params(max_steps=1, lr=1e-12).fit(X[:20], y[:20])
    weight = start.module_.body.conv1[0].weight.detach().numpy()
    own = pretraining.net_.module_.task.body.conv1[0].weight.detach().numpy()
    np.testing.assert_allclose(weight, own, atol=1e-6)
    assert abs(weight - calm.module.conv1[0].weight.detach().numpy()).max() > 1e-3


def scaled(batch):
    """Numbers from 0 to 255 as numbers from 0 to 1."""
    return batch / 255


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_optimizers_without_momentum(calm, digits, optimizer):
    X, y = digits
    net = FineTunedClassifier(source=calm, optimizer=optimizer, max_steps=2, lr=0.001)
    group = net.fit(X[:20], y[:20]).optimizer_.param_groups[0]
    assert group.get("momentum", 0.9) == 0.9
    assert group["weight_decay"] == 0.0001
