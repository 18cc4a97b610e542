import pickle

import joblib
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted
from torchvision.models import ResNet18_Weights

from skactive import ActiveLearner
from skactive.deep import FineTunedClassifier, LeNet, ResNet10, SourceModel
from skactive.deep._weights import enum_member
from skactive.query import CoreSet, Diversified, EntropySampling


def halved(batch):
    """A preprocessing that pickles."""
    return batch / 2


@pytest.fixture(scope="module")
def source(digits):
    """A source model that knows digits 0 to 4."""
    from skactive.deep import SeededNet

    X, y = digits
    few = np.flatnonzero(y < 5)[:200]
    net = SeededNet(
        LeNet, module__image_size=16, module__n_classes=5, max_steps=150, lr=0.003, random_state=0
    )
    return SourceModel(net.fit(X[few], y[few]).module_, batch_size=32)


def test_features_and_probabilities(source, digits):
    X = digits[0][:70]
    module = source.module
    with torch.no_grad():
        logits = module(torch.from_numpy(X))
        hidden = module[:-1](torch.from_numpy(X))
    assert_allclose(source.predict_proba(X), logits.softmax(dim=1), atol=1e-5)
    assert_allclose(source.transform(X), hidden, atol=1e-5)
    assert_array_equal(source.classes_, range(5))
    assert_array_equal(source.predict(X), logits.argmax(dim=1))
    maps = SourceModel(module, layer="conv2").transform(X)
    assert maps.shape == (70, 20)


def test_it_is_frozen(source, digits):
    X, y = digits
    assert clone(source) is source
    assert source.fit(X[:5], y[:5]) is source
    check_is_fitted(source)
    before = source.transform(X[:5])
    make_pipeline(source, LogisticRegression(max_iter=1000)).fit(X[:50], y[:50])
    assert_array_equal(source.transform(X[:5]), before)
    assert_array_equal(pickle.loads(pickle.dumps(source)).transform(X[:5]), before)


def test_weights_from_a_file_and_from_a_dict(source, digits, tmp_path):
    X = digits[0][:5]
    state = source.module.state_dict()
    torch.save({name: value.half() for name, value in state.items()}, tmp_path / "weights.pt")
    params = {"image_size": 16, "n_classes": 5}
    for weights in (state, tmp_path / "weights.pt", str(tmp_path / "weights.pt")):
        model = SourceModel(LeNet, weights, module_params=params)
        assert_allclose(model.predict_proba(X), source.predict_proba(X), atol=0.01)
    with pytest.raises(ValueError, match="neither a file nor the full name of torchvision"):
        SourceModel(LeNet, tmp_path / "absent.pt", module_params=params).transform(X)


def test_torchvision_names_without_weights_are_repeatable():
    X = np.random.RandomState(0).rand(2, 3, 32, 32).astype(np.float32)
    first, second = (
        SourceModel("mobilenet_v2", module_params={"num_classes": 7}) for _ in range(2)
    )
    assert first.transform(X).shape == (2, 1280)
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))


@pytest.mark.parametrize(
    "weights", ["ResNet18_Weights.IMAGENET1K_V1", ResNet18_Weights.IMAGENET1K_V1]
)
def test_torchvision_weights_bring_classes_and_preprocessing(monkeypatch, weights):
    from torchvision.models import resnet18

    state = resnet18(weights=None).state_dict()
    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", lambda self, *a, **k: state)
    model = SourceModel("resnet18", weights)
    assert model.classes_[0] == "tench" and len(model.classes_) == 1000
    assert enum_member(weights) is ResNet18_Weights.IMAGENET1K_V1
    X = np.random.RandomState(0).randint(0, 255, (2, 3, 40, 40)).astype(np.uint8)
    assert model.prepare(torch.from_numpy(X)).shape == (2, 3, 224, 224)


def test_preprocessing(source, digits):
    X = digits[0][:5]
    model = SourceModel(source.module, preprocess=halved)
    assert_allclose(model.transform(X), source.transform(X / 2), atol=1e-5)


@pytest.mark.parametrize("as_object", [False, True])
def test_outputs_are_kept_on_disk(source, digits, tmp_path, as_object):
    X = digits[0][:20]
    memory = joblib.Memory(tmp_path, verbose=0) if as_object else str(tmp_path)
    model = SourceModel(source.module, memory=memory)
    first = model.transform(X)
    seen = []
    handle = source.module.register_forward_hook(lambda module, X, _: seen.append(len(X[0])))
    assert_array_equal(model.transform(X), first)
    assert_array_equal(model.transform(X[5:15]), first[5:15])
    assert seen == []
    assert_allclose(model.predict_proba(X), source.predict_proba(X))
    assert sum(seen) == 21  # the model without memory, and the row that it measures
    SourceModel(source.module, layer="conv2", memory=memory).transform(X)
    assert sum(seen) == 42
    model.transform(digits[0][15:25])
    assert sum(seen) == 42 + 5 + 1
    handle.remove()


@pytest.mark.parametrize("verbose", [0, 1])
def test_strategies_take_it(source, digits, verbose):
    X, y = digits[0][:120], digits[1][:120]
    source.verbose = verbose
    for strategy in (
        CoreSet(embed=source),
        EntropySampling(model=source),
        Diversified(model=source),
    ):
        learner = ActiveLearner(
            make_pipeline(source, LogisticRegression(max_iter=1000)),
            strategy,
            budget=20,
            random_state=0,
        )
        assert len(set(clone(learner).fit(X, y).query_indices_)) == 20
        assert not strategy.requires_fit(learner)
    source.verbose = 0


def test_source_errors(source, digits):
    with pytest.raises(ValueError, match="LeNet takes images"):
        source.transform(np.zeros((2, 16, 16, 1), dtype=np.float32))
    with pytest.raises(ValueError, match="no layer 'pool'. It has"):
        SourceModel(source.module, layer="pool").transform(digits[0][:2])
    torchvision_net = SourceModel("mobilenet_v2", module_params={"num_classes": 2})
    with pytest.raises(ValueError, match="MobileNetV2 does not take rows of shape"):
        torchvision_net.transform(np.zeros((2, 32, 32, 3), dtype=np.float32))
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="torch sees no CUDA device"):
            SourceModel(source.module, device="cuda").transform(digits[0][:2])


def test_every_fit_starts_from_the_source(source, digits):
    X, y = digits
    before = {name: value.clone() for name, value in source.module.state_dict().items()}
    net = FineTunedClassifier(source=source, max_steps=30, random_state=0)
    rows = np.flatnonzero(y[300:600] > 6)[:40] + 300
    first = net.fit(X[rows], y[rows]).predict_proba(X[:20])
    assert first.shape == (20, 3)
    assert_array_equal(clone(net).fit(X[rows], y[rows]).predict_proba(X[:20]), first)
    assert all(torch.equal(source.module.state_dict()[k], v) for k, v in before.items())
    assert source.module.head.out_features == 5
    still = clone(net).set_params(max_steps=1, lr=1e-12).fit(X[rows], y[rows]).module_.body
    assert_allclose(still.conv1[0].weight.detach(), before["conv1.0.weight"], atol=1e-6)


def test_a_tenth_of_the_learning_rate(source, digits):
    X, y = digits
    net = FineTunedClassifier(source=source, source_lr=0.2, max_steps=1).fit(X[:20], y[:20])
    assert net.optimizer_.param_groups[0]["lr"] == pytest.approx(0.02)
    net = clone(net).set_params(lr=0.5).fit(X[:20], y[:20])
    assert net.optimizer_.param_groups[0]["lr"] == 0.5


@pytest.mark.parametrize("n_rows", [20, 600])
def test_few_rows_and_many_train_equally_long(source, digits, n_rows):
    X, y = digits
    net = FineTunedClassifier(source=source, max_steps=40, random_state=0)
    net.fit(X[:n_rows], y[:n_rows])
    steps = sum(len(batches) for batches in net.history[:, "batches"])
    assert 40 <= steps <= 40 + n_rows // 32 + 1


@pytest.mark.parametrize("freeze_statistics", [True, False])
def test_frozen_layers_keep_weights_and_statistics(freeze_statistics):
    X = np.random.RandomState(0).rand(12, 1, 8, 8).astype(np.float32)
    source = SourceModel(ResNet10, module_params={"in_channels": 1})
    net = FineTunedClassifier(
        source=source,
        freeze=["bn1", "layer1"],
        freeze_statistics=freeze_statistics,
        max_steps=2,
        batch_size=5,
        random_state=0,
    ).fit(X, np.arange(12) % 2)
    old, new = source.module.state_dict(), net.module_.body.state_dict()
    for name in old:
        is_frozen = name.startswith(("bn1", "layer1"))
        if "running" in name:
            assert torch.equal(old[name], new[name]) == (is_frozen or freeze_statistics), name
        elif is_frozen:
            assert torch.equal(old[name], new[name]), name
    assert not torch.equal(old["layer4.0.bn1.weight"], new["layer4.0.bn1.weight"])
    with pytest.raises(ValueError, match="no layer 'layer9'. It has"):
        clone(net).set_params(freeze=["layer9"]).fit(X, np.arange(12) % 2)


def test_it_is_searched_against_a_linear_classifier(source, digits):
    X, y = digits
    linear = make_pipeline(source, LogisticRegression(max_iter=1000))
    net = FineTunedClassifier(source=source, max_steps=5)
    learner = ActiveLearner(random_state=0)
    search = GridSearchCV(learner, {"estimator": [linear, net]}, cv=2, error_score="raise")
    search.fit(X[:60], y[:60])
    assert len(search.cv_results_["mean_test_score"]) == 2
    lr = GridSearchCV(ActiveLearner(net), {"estimator__lr": [1e-6, 0.01]}, cv=2)
    assert lr.fit(X[:60], y[:60]).best_params_["estimator__lr"] == 0.01


def test_finetune_errors(source, digits):
    X, y = digits
    with pytest.raises(ValueError, match="needs source="):
        FineTunedClassifier().fit(X[:10], y[:10])
    with pytest.raises(ValueError, match="needs n_classes=, the number of outputs"):
        FineTunedClassifier(source=source).initialize()
    with pytest.raises(ValueError, match="head must be a torch.nn.Linear, but 'conv1' is"):
        FineTunedClassifier(source=source, head="conv1").fit(X[:10], y[:10])
    with pytest.raises(ValueError, match="y holds 10 classes, but the head"):
        FineTunedClassifier(source=source, n_classes=3).fit(X[:30], y[:30])
