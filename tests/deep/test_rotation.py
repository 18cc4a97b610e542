import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skactive import ActiveLearner
from skactive.deep import FisherKernel, RotationPretraining
from skactive.deep.rotation import RotatingModule, RotationLoss


def test_four_copies_and_their_targets():
    seen = []

    class Task(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.head = torch.nn.Linear(4, 7)

        def forward(self, X):
            seen.append(X)
            return self.head(X.flatten(1))

    module = RotatingModule(Task, {}, None)
    X = torch.arange(8.0).view(2, 1, 2, 2)
    outputs = module(X)
    assert outputs.shape == (8, 4)
    assert torch.equal(seen[0][2:4], torch.rot90(X, 1, (2, 3)))
    target = torch.tensor([0, 0, 1, 1, 2, 2, 3, 3])
    expected = torch.nn.functional.cross_entropy(outputs, target)
    assert torch.isclose(RotationLoss()(outputs, torch.zeros(2)), expected)


def test_it_learns_and_starts_the_task_net(digits, net):
    X, y = digits
    net.set_params(max_steps=150, random_state=0)
    pretraining = RotationPretraining(net).fit(X[:600])
    assert pretraining.score(X[600:900]) > 0.6
    assert not any(name.startswith("head") for name in pretraining.weights_)
    assert pretraining.transform(X[:7]).shape == (7, 50)
    start = pretraining.initialized(net)
    begun = clone(start).initialize().module_
    assert torch.equal(begun.conv1[0].weight, pretraining.weights_["conv1.0.weight"])
    assert begun.head.weight.shape == (10, 50)
    assert not hasattr(net, "module_")
    again = RotationPretraining(net).fit(X[:600]).weights_
    assert all(torch.equal(again[name], value) for name, value in pretraining.weights_.items())
    learner = ActiveLearner(
        start, FisherKernel(X[:50], y[:50], untrained=True), budget=20, random_state=0
    )
    assert len(learner.fit(X[600:700], y[600:700]).query_indices_) == 20


def test_the_seed_of_its_own(digits, net):
    X = digits[0][:40]
    net.set_params(max_steps=1)
    first, second = (
        RotationPretraining(net, random_state=seed).fit(X).transform(X) for seed in (0, 0)
    )
    assert_array_equal(first, second)


def test_images_must_be_square(net):
    net.set_params(max_steps=1)
    with pytest.raises(ValueError, match="rotations need square images"):
        RotationPretraining(net).fit(np.zeros((4, 1, 16, 12), dtype=np.float32))
