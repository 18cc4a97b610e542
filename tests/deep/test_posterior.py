import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from torch import nn

from skactive import ActiveLearner
from skactive.deep import MCDropout, NetEnsemble, SeededNet
from skactive.deep._dropout import dropout_proba
from skactive.query import BALD, BatchBALD, VariationRatios


class Normed(nn.Module):
    """A net with BatchNorm and dropout."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(256, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Dropout(0.5)
        )
        self.head = nn.Linear(20, 10)

    def forward(self, X):
        return self.head(self.layers(X))


def test_only_dropout_draws(digits):
    X, y = digits
    net = SeededNet(Normed, max_steps=20, random_state=0).fit(X[:60], y[:60])
    module = net.module_
    module.train()
    module.head.eval()
    modes = [layer.training for layer in module.modules()]
    state = {name: value.clone() for name, value in module.state_dict().items()}
    stream = torch.random.get_rng_state()
    samples = dropout_proba(net, X[60:90], 5, random_state=0)
    assert samples.shape == (5, 30, 10)
    assert_allclose(samples.sum(axis=2), 1, atol=1e-5)
    assert not np.array_equal(samples[0], samples[1])
    assert [layer.training for layer in module.modules()] == modes
    assert torch.equal(torch.random.get_rng_state(), stream)
    assert all(torch.equal(module.state_dict()[name], value) for name, value in state.items())
    assert_array_equal(dropout_proba(net, X[60:90], 5, random_state=0), samples)
    # BatchNorm in eval mode: a row's samples do not depend on the rows beside it
    with pytest.raises(RuntimeError, match="mat1"):
        dropout_proba(net, X[60:90, :, :8], 2)
    assert [layer.training for layer in module.modules()] == modes


def test_rates_of_the_passes_alone(digits, net):
    X, y = digits
    model = MCDropout(net, n_samples=4, rates=(0.2, 0.2, 0.5), random_state=0)
    model.fit(X[:60], y[:60])
    samples = model.sample_proba(X[60:70])
    assert not np.array_equal(samples[0], samples[1])
    dropouts = [m for m in model.module_.modules() if isinstance(m, nn.Dropout)]
    assert [layer.p for layer in dropouts] == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="rates has 1 entries, but LeNet has 3 dropout layers"):
        model.set_params(rates=[0.5]).sample_proba(X[:5])


def test_the_mean_comes_near_the_prediction(fitted, digits):
    X = digits[0][200:300]
    samples = dropout_proba(fitted, X, 50, random_state=0)
    assert np.mean(samples.mean(axis=0).argmax(axis=1) == fitted.predict(X)) > 0.9


def test_no_dropout_to_switch_on(digits, net):
    X, y = digits
    net.set_params(max_steps=2).fit(X[:30], y[:30])
    with pytest.raises(ValueError, match="LeNet has no dropout layer with a rate above 0"):
        dropout_proba(net, X[:5], 3)


def test_mc_dropout_predicts_as_its_net(digits, net):
    X, y = digits
    net.set_params(module__dropout=(0.25, 0.5), random_state=1)
    model = MCDropout(net, n_samples=6).fit(X[:80], y[:80] > 4)
    net.fit(X[:80], y[:80] > 4)
    assert_allclose(model.predict_proba(X[80:99]), net.predict_proba(X[80:99]))
    assert model.sample_proba(X[80:99]).shape == (6, 19, 2)
    assert set(model.predict(X[80:99])) <= {False, True}
    assert_array_equal(model.classes_, [False, True])


@pytest.mark.parametrize("n_samples, n_all", [(None, 3), (2, 6)])
def test_members_differ_and_repeat(digits, net, n_samples, n_all):
    X, y = digits
    net.set_params(module__dropout=(0.25, 0.5))
    model = NetEnsemble(net, 3, n_samples=n_samples, random_state=0).fit(X[:80], y[:80])
    samples = model.sample_proba(X[80:99])
    assert samples.shape == (n_all, 19, 10)
    assert len(np.unique(samples[:, 0, 0])) == n_all
    again = clone(model).fit(X[:80], y[:80])
    assert_array_equal(again.sample_proba(X[80:99]), samples)
    assert_array_equal(pickle.loads(pickle.dumps(model)).sample_proba(X[80:99]), samples)
    if n_samples is None:
        assert_allclose(model.predict_proba(X[80:99]), samples.mean(axis=0), atol=1e-6)


def test_in_a_learner(digits, net):
    X, y = digits
    net.set_params(max_steps=5)

    def disagreement(learner, X, n_queries):
        spread = learner.estimator_.sample_proba(X).std(axis=0).sum(axis=1)
        return np.argsort(-spread)[:n_queries]

    learner = ActiveLearner(NetEnsemble(net, 2), disagreement, budget=30, random_state=0)
    first = learner.fit(X[:100], y[:100])
    seeds = [member.random_state for member in first.estimator_.estimators_]
    assert len(set(seeds)) == 2 and None not in seeds
    again = clone(learner).fit(X[:100], y[:100])
    assert_array_equal(first.query_indices_, again.query_indices_)


@pytest.mark.parametrize("strategy", [BALD(), VariationRatios(), BatchBALD()], ids=repr)
@pytest.mark.parametrize("kind", [MCDropout, NetEnsemble])
def test_strategies_over_samples(digits, net, strategy, kind):
    X, y = digits
    net.set_params(max_steps=20, module__dropout=(0.25, 0.5))
    learner = ActiveLearner(kind(net, 4), strategy, random_state=0).teach(X[:40], y[:40])
    picks = learner.query(X[:90], 6, exclude=np.arange(40))
    assert len(set(picks)) == 6 and picks.min() >= 40
    again = ActiveLearner(kind(net, 4), strategy, random_state=0).teach(X[:40], y[:40])
    assert_array_equal(again.query(X[:90], 6, exclude=np.arange(40)), picks)
