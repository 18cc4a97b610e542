"""How many rows go through a net at a time."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from torch import nn

from skactive import ActiveLearner
from skactive.deep import (
    ConvNet,
    FisherKernel,
    LeNet,
    NetFeatures,
    SeededNet,
    SourceModel,
    _blocks,
)
from skactive.deep._blocks import Blocks, is_out_of_memory, row_bytes, rows_at_a_time
from skactive.deep._dropout import dropout_proba
from skactive.query import MarginSampling


class Narrow(LeNet):
    """Runs out of memory with more than ``room`` rows."""

    room, error = 10**6, RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
    seen = []

    def forward(self, X):
        if not self.training:
            if len(X) > self.room:
                raise self.error
            self.seen.append(len(X))
        return super().forward(X)


@pytest.fixture
def narrow(digits, monkeypatch):
    X, y = digits
    net = SeededNet(
        Narrow, module__image_size=16, module__dropout=(0.1, 0.2), max_steps=20, random_state=0
    )
    net.fit(X[:100], y[:100])
    monkeypatch.setattr(Narrow, "seen", [])
    return net


def looks(net, X, y):
    """Outputs of a net for rows, by all methods that work block by block."""
    learner = ActiveLearner(net, random_state=0).fit(X[:100], y[:100])
    source = SourceModel(net.module_)
    return {
        "probabilities": net.predict_proba(X),
        "features": NetFeatures("conv2").embed_rows(net, X),
        "source": np.hstack([source.transform(X), source.predict_proba(X)]),
        "margin": MarginSampling()(learner, X, 10),
        "fisher": FisherKernel(X[:50], y[:50])(learner, X, 10),
    }


@pytest.mark.parametrize("error", [
    RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    MemoryError("Unable to allocate 9 GiB"),
    torch.cuda.OutOfMemoryError("no room"),
])
def test_blocks_are_halved_when_memory_runs_out(narrow, digits, monkeypatch, error):
    X, y = digits[0][:150], digits[1][:150]
    right = looks(narrow, X, y)
    monkeypatch.setattr(Narrow, "room", 20)
    monkeypatch.setattr(Narrow, "error", error)
    Narrow.seen.clear()
    found = looks(clone(narrow).fit(X[:100], y[:100]), X, y)
    assert max(Narrow.seen) <= 20
    for name, values in right.items():
        if values.dtype.kind == "i":
            assert_array_equal(found[name], values, err_msg=name)
        else:
            assert_allclose(found[name], values, atol=1e-5, err_msg=name)


def test_one_row_without_memory_and_other_errors_come_through(narrow, digits, monkeypatch):
    monkeypatch.setattr(Narrow, "room", 0)
    with pytest.raises(RuntimeError, match="CUDA out of memory"):
        narrow.predict_proba(digits[0][:5])
    monkeypatch.setattr(Narrow, "error", RuntimeError("wrong"))
    with pytest.raises(RuntimeError, match="wrong"):
        narrow.predict_proba(digits[0][:5])
    assert not is_out_of_memory(RuntimeError("size mismatch"))


def test_less_room_gives_smaller_blocks_and_the_same_results(narrow, digits, monkeypatch):
    X, y = digits[0][:150], digits[1][:150]
    right = looks(narrow, X, y)
    room = 8 * row_bytes(narrow.module_, narrow.module_, torch.from_numpy(X[:1]))
    monkeypatch.setattr(_blocks, "_ON_CPU", room)
    twin = clone(narrow).fit(X[:100], y[:100])
    Narrow.seen.clear()
    twin.predict_proba(X)
    assert set(Narrow.seen) == {8, 150 % 8, 1}  # and the row that is measured
    twin.module_.load_state_dict(narrow.module_.state_dict())
    assert_allclose(twin.predict_proba(X), right["probabilities"], atol=1e-6)
    assert_allclose(NetFeatures("conv2").embed_rows(twin, X), right["features"], atol=1e-5)


def test_picks_do_not_depend_on_the_size_of_blocks(narrow, digits):
    X, y = digits
    found = []
    for size in (8, 64):
        net = clone(narrow).set_params(iterator_valid__batch_size=size)
        learner = ActiveLearner(net, random_state=0).fit(X[:100], y[:100])
        Narrow.seen.clear()
        found.append(MarginSampling()(learner, X[100:300], 50))
        assert max(Narrow.seen) == size
    assert_array_equal(found[0], found[1])


def test_a_block_is_as_long_as_a_row_is_short():
    small, large = (torch.zeros(1, 3, side, side) for side in (16, 64))
    taken = [
        row_bytes(net, net, row, gradients=gradients)
        for gradients in (False, True)
        for net, row in ((ConvNet(image_size=16), small), (ConvNet(image_size=64), large))
    ]
    # 16 maps of the first convolution, in and out of a rectifier, and as much again
    assert taken[1] == 4 * 16 * 64 * 64 * 4
    assert taken[1] == 16 * taken[0]
    assert taken[3] > 1.5 * taken[1]


@pytest.mark.parametrize("gradients, room", [(False, 2**27), (True, 2**29)])
def test_scoring_takes_less_memory_than_training(gradients, room):
    net, row = ConvNet(image_size=64), torch.zeros(1, 3, 64, 64)
    n_rows = rows_at_a_time(net, net, row, gradients=gradients)
    assert 1 < n_rows == room // row_bytes(net, net, row, gradients=gradients) < 512


def test_the_size_is_kept_for_the_next_batch():
    sizes = []

    def work(start, part):
        if len(part) > 3:
            raise MemoryError
        sizes.append((start, len(part)))
        return part.sum()

    blocks = Blocks(100)
    assert sum(blocks.each(work, torch.arange(8), 5)) == 28
    assert sizes == [(5, 2), (7, 2), (9, 2), (11, 2)]
    assert blocks.most == 2


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("criterion", [nn.CrossEntropyLoss, nn.MultiMarginLoss])
def test_gradients_of_parts_add_up(digits, monkeypatch, class_weight, criterion):
    X, y = digits
    net = SeededNet(
        LeNet, module__image_size=16, batch_size=40, max_steps=6, criterion=criterion,
        class_weight=class_weight, random_state=0,
    )
    whole = clone(net).fit(X[:60], y[:60])
    monkeypatch.setattr(_blocks, "_ON_CPU_WITH_GRADIENTS", 10 * row_bytes(
        whole.module_, whole.module_, torch.from_numpy(X[:1]), gradients=True
    ))
    parts = clone(net).fit(X[:60], y[:60])
    assert parts.blocks(torch.from_numpy(X[:1]), gradients=True).most == 10
    assert_allclose(parts.history[:, "train_loss"], whole.history[:, "train_loss"], rtol=1e-4)
    for name, weight in whole.module_.state_dict().items():
        assert_allclose(parts.module_.state_dict()[name], weight, atol=1e-4)


def test_batch_norm_trains_on_whole_batches(digits, monkeypatch):
    sizes = []

    class Normed(nn.Sequential):
        def __init__(self):
            super().__init__(
                nn.Flatten(), nn.Linear(256, 8), nn.BatchNorm1d(8), nn.Linear(8, 10)
            )

        def forward(self, X):
            if self.training:
                sizes.append(len(X))
            return super().forward(X)

    monkeypatch.setattr(_blocks, "_ON_CPU_WITH_GRADIENTS", 1)
    X, y = digits
    SeededNet(Normed, batch_size=30, max_steps=3, random_state=0).fit(X[:60], y[:60])
    assert set(sizes) == {30}


def test_dropout_draws_repeat_in_blocks_of_any_length(narrow, digits, monkeypatch):
    X = digits[0][:40]
    monkeypatch.setattr(Narrow, "room", 10)
    first = dropout_proba(narrow, X, 3, random_state=0)
    assert_array_equal(dropout_proba(narrow, X, 3, random_state=0), first)
    assert first.shape == (3, 40, 10) and first.std(axis=0).max() > 0.001
