import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skactive import ActiveLearner
from skactive.deep import VAAL
from skactive.deep.vaal import _Coder


@pytest.fixture
def learner(digits, net):
    X, y = digits
    strategy = VAAL(3, width=4, latent=4)
    learner = ActiveLearner(net.set_params(max_steps=2), strategy, random_state=0)
    return learner.teach(X[:40], y[:40])


@pytest.mark.parametrize("seed", [0, 1])
def test_it_picks_rows_unlike_the_labeled_ones(net, seed):
    rng = np.random.RandomState(seed)
    X = 0.3 * rng.rand(120, 1, 16, 16).astype(np.float32)
    X[80:, :, :, ::4] += 1  # the last forty have bars
    learner = ActiveLearner(net.set_params(max_steps=2), random_state=seed)
    learner.teach(X[:40], np.arange(40) % 2)
    strategy = VAAL(60, width=4, latent=4, batch_size=16, lr=0.002, adversary_weight=0)
    picks = strategy(learner, X[40:], 30)
    assert len(set(picks)) == 30
    assert np.mean(picks >= 40) > 0.8


def test_picks_repeat_and_leave_the_global_stream(digits, learner):
    X, y = digits
    learner.query_strategy = clone(learner.query_strategy)
    copy = pickle.loads(pickle.dumps(learner))
    state = torch.random.get_rng_state()
    picks = learner.query(X[:100], 5, exclude=np.arange(50))
    assert picks.min() >= 50
    assert torch.equal(torch.random.get_rng_state(), state)
    assert_array_equal(copy.query(X[:100], 5, exclude=np.arange(50)), picks)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_the_coder_gives_back_images_of_its_size(n_channels):
    coder = _Coder(n_channels, 8, 4)
    images = torch.zeros(2, n_channels, 32, 32)
    mean, log_variance = coder.encode(images)
    assert mean.shape == log_variance.shape == (2, 8)
    assert coder.decode(mean).shape == images.shape


def test_errors(digits, learner, fitted):
    X, y = digits
    with pytest.raises(TypeError, match="SeededNet has no X_labeled_"):
        VAAL(1)(fitted, X[:20], 5)
    flat = ActiveLearner(random_state=0).teach(X[:20].reshape(20, -1), y[:20])
    with pytest.raises(ValueError, match=r"VAAL takes images .*\(256,\)"):
        VAAL(1)(flat, X[:20].reshape(20, -1), 5)
