"""Nets on pools that are tensors, and embeddings that stay with the net."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from skactive import ActiveLearner
from skactive._tensors import on_accelerator
from skactive.deep import VAAL, HeadGradients, LeNet, NetFeatures, SeededNet, SourceModel
from skactive.deep._batches import ArrayBatches
from skactive.query import Badge, CoreSet, MarginSampling

from ..accelerator import accelerator


@pytest.mark.parametrize("strategy", [MarginSampling(), CoreSet(NetFeatures()), Badge()])
def test_a_net_takes_tensors(net, digits, strategy):
    X, y = digits[0][:300], digits[1][:300]
    learners = [
        ActiveLearner(net, strategy, budget=40, n_initial=20, random_state=0).fit(rows, y)
        for rows in (X, torch.from_numpy(X))
    ]
    assert_array_equal(learners[0].query_indices_, learners[1].query_indices_)
    assert_array_equal(learners[0].predict(X), learners[1].predict(torch.from_numpy(X)))


@pytest.mark.parametrize("embed", [NetFeatures(), HeadGradients()])
def test_an_embedding_stays_on_the_device_of_the_net(fitted, digits, embed):
    X = digits[0][:200]
    strategy = CoreSet(embed)
    fitted.random_state_ = np.random.RandomState(0)
    expected = strategy(fitted, X, 15)
    with accelerator() as copies:
        fitted.random_state_ = np.random.RandomState(0)
        assert on_accelerator(embed.embed_rows(fitted, X))
        assert_array_equal(strategy(fitted, torch.from_numpy(X), 15), expected)
        assert max(copies) <= 15
    del fitted.random_state_


def test_a_net_that_changes_its_input_does_not_change_the_pool():
    given = torch.arange(12.0).reshape(6, 2)
    for rows in (slice(0, 4), [4, 5]):
        for block, _ in ArrayBatches(given, None, [rows]):
            block -= 1
    assert given.equal(torch.arange(12.0).reshape(6, 2))


class Noting(LeNet):
    """Notes whether its input is contiguous: sums of another layout differ in the last digits."""

    seen = []

    def forward(self, X):
        self.seen.append(X.is_contiguous())
        return super().forward(X)


def test_the_layout_of_an_array_does_not_matter(digits, monkeypatch):
    monkeypatch.setattr(Noting, "seen", [])
    X, y = digits[0][:40].repeat(3, axis=1), digits[1][:40]
    channels_last = np.ascontiguousarray(X.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    net = SeededNet(Noting, module__image_size=16, module__in_channels=3, max_steps=2)
    net.set_params(random_state=0).fit(channels_last, y).predict_proba(channels_last)
    SourceModel(net.module_).transform(channels_last)
    assert len(Noting.seen) > 4 and all(Noting.seen)
    picks = [
        ActiveLearner(net, VAAL(n_steps=2, width=2), random_state=0)
        .teach(rows[:20], y[:20])
        .query(rows[20:], 5)
        for rows in (X, channels_last)
    ]
    assert_array_equal(*picks)
