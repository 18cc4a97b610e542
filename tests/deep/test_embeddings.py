import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skactive import ActiveLearner
from skactive.deep import HeadGradients, NetFeatures
from skactive.embedding import embed_rows
from skactive.query import CoreSet


def test_features_of_a_named_layer(fitted, digits):
    X = digits[0][:9]
    vectors = embed_rows(fitted, X, NetFeatures("conv2"))
    module = fitted.module_.eval()
    with torch.no_grad():
        maps = module.conv2(module.conv1(torch.from_numpy(X)))
        hidden = module[:-1](torch.from_numpy(X))
    assert_allclose(vectors, maps.mean(dim=(2, 3)), atol=1e-5)
    assert_allclose(embed_rows(fitted, X, NetFeatures()), hidden, atol=1e-5)
    assert_allclose(
        embed_rows(fitted, X, NetFeatures("conv2", flatten=True)), maps.flatten(1), atol=1e-5
    )
    assert not any(layer._forward_hooks for layer in module.modules())


def test_head_gradients_are_those_of_autograd(fitted, digits):
    X = digits[0][:7]
    vectors = embed_rows(fitted, X, HeadGradients())
    module = fitted.module_.eval()
    for row, vector in zip(torch.from_numpy(X), vectors):
        logits = module(row[None])
        loss = torch.nn.functional.cross_entropy(logits, logits.argmax(dim=1))
        gradient = torch.autograd.grad(loss, module.head.weight)[0]
        assert_allclose(vector.reshape(10, 50), gradient, atol=1e-5)


@pytest.mark.parametrize("embed", [NetFeatures(), NetFeatures("conv1"), HeadGradients()])
def test_core_set_uses_the_net_of_the_round(digits, net, embed):
    X, y = digits
    strategy = CoreSet(embed=embed)
    learner = ActiveLearner(net.set_params(max_steps=5), strategy, random_state=0)
    assert strategy.requires_fit(learner)
    learner.teach(X[:30], y[:30])
    picks = learner.query(X, 8, exclude=np.arange(30))
    vectors = embed.embed_rows(learner, X).astype(float)
    distances = ((vectors[:, None] - vectors[None, :30]) ** 2).sum(axis=2).min(axis=1)
    assert_allclose(distances[picks[0]], distances.max(), rtol=1e-5)
    first = clone(learner).teach(X[:30], y[:30])
    learner.teach(X[picks], y[picks])
    assert_array_equal(first.query(X, 8, exclude=np.arange(30)), picks)
    assert len(set(learner.query(X, 8, exclude=np.arange(30)))) == 8


def test_only_classes_with_labels_count(digits, net):
    X, y = digits
    rows = np.flatnonzero(y < 4)[:30]
    learner = ActiveLearner(net.set_params(max_steps=5)).teach(X[rows], y[rows])
    assert HeadGradients().embed_rows(learner, X[:5]).shape == (5, 4 * 50)


def test_errors(fitted, digits):
    with pytest.raises(TypeError, match=r"needs the learner's net: .*embed_rows\(learner, X\)"):
        NetFeatures()(digits[0][:5])
    with pytest.raises(ValueError, match="no layer 'conv7'. It has"):
        NetFeatures("conv7").embed_rows(fitted, digits[0][:5])
    with pytest.raises(TypeError, match="needs a fitted skorch net"):
        NetFeatures().embed_rows(ActiveLearner(), digits[0][:5])
