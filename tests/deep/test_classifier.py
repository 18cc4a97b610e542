import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from skorch.callbacks import EpochScoring
from skorch.dataset import ValidSplit
from torch import nn

from skactive import ActiveLearner
from skactive.deep import ResNet10, SeededNet
from skactive.deep._batches import EvenBatches


def weights(net):
    return np.concatenate([p.detach().numpy().ravel() for p in net.module_.parameters()])


def test_an_int_gives_the_same_fit_and_leaves_the_global_stream(digits, net):
    X, y = digits
    net.set_params(random_state=3, max_steps=5, module__dropout=(0.25, 0.5))
    torch.manual_seed(0)
    state = torch.random.get_rng_state()
    first = weights(clone(net).fit(X[:50], y[:50]))
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(99)
    assert_array_equal(weights(clone(net).fit(X[:50], y[:50])), first)
    assert_array_equal(weights(net.fit(X[:50], y[:50]).fit(X[:50], y[:50])), first)
    other = clone(net).set_params(random_state=4).fit(X[:50], y[:50])
    assert not np.array_equal(weights(other), first)


def test_the_learner_seeds_it(digits, net):
    X, y = digits
    net.set_params(max_steps=5)
    learners = [
        ActiveLearner(net, budget=30, random_state=0).fit(X[:100], y[:100]) for _ in range(2)
    ]
    assert_array_equal(learners[0].query_indices_, learners[1].query_indices_)
    assert_array_equal(*(learner.predict_proba(X[:20]) for learner in learners))


@pytest.mark.parametrize("n_rows", [20, 500])
def test_training_is_counted_in_steps(digits, net, n_rows):
    X, y = digits
    net.fit(X[:n_rows], y[:n_rows])
    steps = sum(len(batches) for batches in net.history[:, "batches"])
    assert 60 <= steps < 60 + len(net.history[0, "batches"])
    net.set_params(max_steps=None, max_epochs=3).fit(X[:n_rows], y[:n_rows])
    assert len(net.history) == 3


@pytest.mark.parametrize(
    "n_rows, size, sizes",
    [
        (33, 32, {16, 17}),
        (64, 32, {32}),
        (3, 32, {3}),
        (3, 2, {3}),
        (7, 3, {2, 3}),
        (2, 1, {1}),
        (1, 32, {2}),
    ],
)
def test_batches_are_near_equal(n_rows, size, sizes):
    batches = list(EvenBatches(n_rows, size, shuffle=True))
    assert {len(batch) for batch in batches} <= sizes
    assert set(np.concatenate(batches)) == set(range(n_rows))
    assert len(batches) == len(EvenBatches(n_rows, size, shuffle=True))


@pytest.mark.parametrize("n_rows", [2, 17])
def test_batch_norm_with_an_odd_last_batch(n_rows):
    rng = np.random.RandomState(0)
    X, y = rng.rand(n_rows, 1, 8, 8).astype(np.float32), np.arange(n_rows) % 2
    net = SeededNet(ResNet10, module__in_channels=1, batch_size=16, max_steps=2, random_state=0)
    assert np.isfinite(net.fit(X, y).predict_proba(X)).all()


def test_one_row_and_one_class():
    X = np.random.RandomState(0).rand(1, 1, 8, 8)
    net = SeededNet(ResNet10, module__in_channels=1, max_steps=2, random_state=0).fit(X, ["a"])
    assert_array_equal(net.predict(X), ["a"])
    assert_array_equal(net.predict_proba(X), [[1.0]])


def test_labels_may_be_anything(digits, net):
    X, y = digits
    names = np.array(["d" + str(label) for label in range(10)])
    net.set_params(max_steps=150, random_state=0)
    plain = clone(net).fit(X[:200], y[:200])
    named = clone(net).fit(X[:200], names[y[:200]])
    assert_array_equal(named.classes_, names)
    assert_array_equal(named.predict(X[200:300]), names[plain.predict(X[200:300])])
    some = y[:200] > 6
    net.fit(X[:200][some], names[y[:200][some]])
    probabilities = net.predict_proba(X[200:250])
    assert probabilities.shape == (50, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert set(net.predict(X[200:250])) <= set(names[7:])


def test_other_kinds_of_numbers(digits, net):
    X, y = digits
    net.set_params(random_state=0, max_steps=5, initial_weights=None)
    pixels = np.round(X[:60] * 255).astype(np.uint8)
    numbers = pixels / 255
    right = net.fit(numbers.astype(np.float32), y[:60]).predict_proba(numbers[:5])
    for rows in (numbers, pixels):
        found = net.fit(rows, y[:60]).predict_proba(rows[:5])
        np.testing.assert_allclose(found, right, atol=1e-5)


def test_clone_pickle_and_searches(digits, net):
    X, y = digits
    net.set_params(random_state=0, max_steps=20, initial_weights=None)
    copy = pickle.loads(pickle.dumps(net.fit(X[:100], y[:100])))
    assert_array_equal(copy.predict_proba(X[:9]), net.predict_proba(X[:9]))
    assert_array_equal(copy.classes_, net.classes_)
    assert not hasattr(clone(net), "module_")
    search = GridSearchCV(
        ActiveLearner(net, random_state=0), {"estimator__lr": [1e-5, 3e-3]}, cv=2
    )
    assert search.fit(X[:200], y[:200]).best_params_ == {"estimator__lr": 3e-3}
    assert len(cross_val_score(net, X[:60], y[:60], cv=2, error_score="raise")) == 2


def test_memory_maps_are_read_in_batches(tmp_path, digits, net):
    X, y = digits
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    net.set_params(random_state=0)
    first = net.fit(mapped[:80], y[:80]).predict_proba(mapped[80:120])
    assert_array_equal(first, net.fit(X[:80], y[:80]).predict_proba(X[80:120]))


def test_a_split_and_callbacks_as_in_skorch(digits, net):
    X, y = digits
    split = ValidSplit(0.2, stratified=False)
    scoring = EpochScoring("accuracy", name="right", lower_is_better=False)
    net.set_params(train_split=split, callbacks=[scoring], random_state=0)
    net.fit(X[:100], y[:100])
    assert 0 <= net.history[-1, "right"] <= 1
    assert sum("train_loss" in batch for batch in net.history[-1, "batches"]) == 5


def test_class_weights(digits, net):
    X, y = digits
    y = np.where(y == 3, "rare", "common")
    net.set_params(random_state=0, max_steps=30)
    plain = clone(net).fit(X[:100], y[:100]).predict_proba(X[100:])[:, 1].mean()
    for weight in ("balanced", {"rare": 20.0}):
        weighted = clone(net).set_params(class_weight=weight).fit(X[:100], y[:100])
        assert weighted.predict_proba(X[100:])[:, 1].mean() > plain
    simulated = ActiveLearner(net.set_params(class_weight={"rare": 20.0}), random_state=0)
    assert simulated.fit(X[:50], y[:50]).estimator_.class_weight == {1: 20.0}


def test_initial_weights(digits, net):
    X, y = digits
    net.set_params(random_state=0, max_steps=3)
    state = clone(net).fit(X[:50], y[:50]).module_.state_dict()
    started = clone(net).set_params(initial_weights=state, module__n_classes=3)
    started = clone(started).initialize()
    assert torch.equal(started.module_.conv1[0].weight, state["conv1.0.weight"])
    assert started.module_.head.weight.shape == (3, 50)
    with pytest.raises(ValueError, match="no entry of the weights fits LeNet"):
        clone(net).set_params(initial_weights={"a": torch.zeros(2)}).initialize()


@pytest.mark.parametrize("shape", [(20, 16, 16, 1), (20, 256), (20, 1, 20, 20)])
def test_wrong_image_shape(net, shape):
    with pytest.raises(ValueError, match=r"LeNet takes images of shape \(n_rows, 1, 16, 16\)"):
        net.fit(np.zeros(shape, dtype=np.float32), np.arange(20) % 2)


def test_wrong_shape_for_a_module_without_checks():
    net = SeededNet(nn.Linear, module__in_features=3, module__out_features=2, max_steps=1)
    with pytest.raises(ValueError, match=r"Linear does not take rows of shape \(4,\)"):
        net.fit(np.zeros((6, 4), dtype=np.float32), [0, 1] * 3)


def test_labels_outside_of_the_head(digits, net):
    X, y = digits
    net.set_params(module__n_classes=4)
    with pytest.raises(ValueError, match="y holds 10 classes, but the head of LeNet has 4"):
        net.fit(X[:100], y[:100])
    with pytest.raises(ValueError, match="y is None"):
        net.fit(X[:100], None)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_asked_for_and_absent(digits, net):
    X, y = digits
    with pytest.raises(ValueError, match="device='cuda' was requested, but torch sees no CUDA"):
        net.set_params(device="cuda").fit(X[:20], y[:20])
    with pytest.raises(ValueError, match="not known to torch"):
        net.set_params(device="fast").fit(X[:20], y[:20])
