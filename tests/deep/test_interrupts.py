"""An interrupt at any moment of training ends the fit and keeps the labels; a second call fits."""

import signal

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, EarlyStopping

from skactive import ActiveLearner
from skactive.deep import MCDropout, SeededNet
from skactive.query import MarginSampling

PLACES = ("forward", "backward", "signal", "on_batch_begin", "on_batch_end", "on_epoch_end")


class Countdown:
    """Interrupts at a place in the training when it was passed a number of times."""

    place, left = None, 0

    @classmethod
    def set(cls, place, left):
        cls.place, cls.left = place, left

    @classmethod
    def pass_by(cls, place):
        if place != cls.place:
            return
        cls.left -= 1
        if cls.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def calm():
    Countdown.set(None, 0)
    yield
    Countdown.set(None, 0)


class Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        return X.clone()

    @staticmethod
    def backward(ctx, gradient):
        Countdown.pass_by("backward")
        return gradient


class Flat(torch.nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Dropout(0.1), torch.nn.Linear(256, n_classes)
        )

    def forward(self, X):
        if self.training:
            Countdown.pass_by("forward")
            if Countdown.place == "signal":
                Countdown.left -= 1
                if Countdown.left == 0:
                    signal.raise_signal(signal.SIGINT)
        return Gate.apply(self.layers(X))


class Watch(Callback):
    def on_batch_begin(self, net, **kwargs):
        Countdown.pass_by("on_batch_begin")

    def on_batch_end(self, net, **kwargs):
        Countdown.pass_by("on_batch_end")

    def on_epoch_end(self, net, **kwargs):
        Countdown.pass_by("on_epoch_end")


def seeded_net():
    return SeededNet(Flat, max_steps=8, batch_size=10, callbacks=[Watch()])


def plain_net():
    return NeuralNetClassifier(
        Flat, criterion=torch.nn.CrossEntropyLoss, train_split=None, max_epochs=3, verbose=0
    )


@pytest.mark.parametrize("left", [1, 3, 5])
@pytest.mark.parametrize("place", PLACES)
def test_a_net_raises_what_skorch_swallows(digits, place, left):
    X, y = digits
    net = seeded_net().set_params(random_state=0, batch_size=25)
    net.set_params(max_epochs=6, max_steps=None)
    right = clone(net).fit(X[:50], y[:50]).predict_proba(X[:20])
    Countdown.set(place, left)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X[:50], y[:50])
    Countdown.set(None, 0)
    assert_array_equal(net.fit(X[:50], y[:50]).predict_proba(X[:20]), right)


@pytest.mark.parametrize("place", ["forward", "backward", "signal", "on_epoch_end"])
@pytest.mark.parametrize("wrap", ["net", "dropout", "pipeline"])
def test_run_stops_at_once_and_the_next_call_is_right(digits, place, wrap):
    X, y = digits[0][:100], digits[1][:100]
    estimator = {
        "net": seeded_net(),
        "dropout": MCDropout(seeded_net(), n_samples=2),
        "pipeline": make_pipeline(FunctionTransformer(), seeded_net()),
    }[wrap]
    learner = ActiveLearner(estimator, MarginSampling(), budget=40, n_initial=20, random_state=0)
    right = clone(learner).run(X, lambda rows: y[rows])
    asked = []

    def oracle(rows):
        asked.extend(rows.tolist())
        if len(asked) == 30:
            Countdown.set(place, 2)
        return y[rows]

    with pytest.raises(KeyboardInterrupt):
        learner.run(X, oracle)
    assert learner.n_labels_ == len(asked) == 30
    assert_array_equal(learner.y_labeled_, y[asked])
    Countdown.set(None, 0)
    learner.run(X, oracle, exclude=asked)
    assert_array_equal(learner.y_labeled_, right.y_labeled_)
    assert_array_equal(learner.predict_proba(X), right.predict_proba(X))


@pytest.mark.parametrize("place", ["forward", "backward", "signal"])
def test_a_plain_net_of_skorch_ends_a_teach_too(digits, place):
    X, y = digits
    learner = ActiveLearner(make_pipeline(FunctionTransformer(), plain_net()), random_state=0)
    learner.teach(X[:30], y[:30])
    Countdown.set(place, 2)
    with pytest.raises(KeyboardInterrupt):
        learner.teach(X[30:60], y[30:60])
    assert learner.n_labels_ == 60
    Countdown.set(None, 0)
    learner.teach(X[60:70], y[60:70])
    assert learner.n_labels_ == 70


def test_early_stopping_is_no_interrupt(digits):
    X, y = digits
    stop = EarlyStopping(monitor="train_loss", patience=1, threshold=10, threshold_mode="abs")
    net = SeededNet(Flat, max_epochs=9, max_steps=None, callbacks=[stop], random_state=0)
    assert 1 <= len(net.fit(X[:40], y[:40]).history) < 9
    plain = plain_net().set_params(callbacks=[stop], max_epochs=9)
    learner = ActiveLearner(plain, random_state=0).fit(X[:40], y[:40])
    assert len(learner.estimator_.history) < 9


def test_an_error_of_a_callback_after_an_interrupt_does_not_hide_it(digits):
    class Strict(Callback):
        def on_train_end(self, net, **kwargs):
            raise RuntimeError("half a pass")

    X, y = digits
    net = SeededNet(Flat, max_steps=4, batch_size=10, callbacks=[Strict()])
    Countdown.set("forward", 2)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X[:20], y[:20])
    with pytest.raises(RuntimeError, match="half a pass"):
        net.fit(X[:20], y[:20])


def test_the_handler_of_before_is_back(digits):
    before = signal.getsignal(signal.SIGINT)
    Countdown.set("signal", 1)
    with pytest.raises(KeyboardInterrupt):
        ActiveLearner(plain_net()).fit(digits[0][:20], np.arange(20) % 2)
    assert signal.getsignal(signal.SIGINT) is before
