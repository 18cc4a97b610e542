"""Odd values for every parameter of every public class and function, in a real use.

``python -m tests.odd_parameters`` counts the values that were tried and
accepted. It also counts errors that name parameter and value, other errors
that the package or scikit-learn states, and errors from inside.
"""

import copy
import inspect
import linecache
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import is_dataclass
from functools import partial
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import sklearn
from sklearn.naive_bayes import GaussianNB

import skactive
from skactive import ActiveLearner
from skactive.evaluation import ActiveLearningCurve
from skactive.labeling import LabelingSession
from skactive.stopping import ClassificationChange

from .test_docstrings import public_objects

ODD = [-1, 0, 2.5, float("nan"), "x", None, True, [1], object()]
ROOMS = [Path(package.__file__).parent for package in (skactive, sklearn)]
# what strategies are made of, and nothing that a user makes
MACHINERY = ("skactive.pool", "skactive.predictions", "skactive.embedding", "skactive.scores",
             "skactive.selection")  # fmt: skip
ABSTRACT = {"QueryStrategy", "ScoringStrategy", "StoppingCriterion"}
MADE = {"Pick"}  # by the package, not by users

RNG = np.random.RandomState(0)
y = np.arange(45) % 3
X = RNG.normal(size=(45, 4)) + y[:, None]
IMAGES = RNG.normal(size=(24, 1, 16, 16)).astype(np.float32)


def ask(strategy):
    """A strategy asked by a learner and by hand."""
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0)
    learner.fit(X[:12], y[:12]).query(X, 4)
    strategy(learner, X, 4)
    if hasattr(strategy, "transform"):
        strategy.fit(X, y).transform(X)


def learn(learner):
    """A learner in fit, query, teach and run."""
    copy.copy(learner).teach(X[:6], y[:6])
    copy.copy(learner).run(X[:20], lambda rows: y[rows])
    learner.fit(X, y).query(X, 1)
    learner.predict(X)


def classify(classifier, rows=X):
    classifier.fit(rows, y[: len(rows)]).predict(rows)


def plot(display):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    display.plot()
    plt.close("all")


def compare(curve):
    curve.compare_with(curve, on="final", correction=False)


def stop(criterion):
    history = [[0, 1], [0, 1]] if criterion.reads == "predict" else [[[0.1, 0.9]], [[0.2, 0.8]]]
    criterion.should_stop(history)


def show(widget):
    widget.refresh()


def a_session():
    """A session in a folder of its own."""
    path = Path(mkdtemp()) / "labels.db"
    return LabelingSession(LEARNER, X, log=path, classes=[0, 1, 2], lookahead=0)


def label(session):
    with session:
        for pick in session.ask(2):
            session.label(pick.key, 1)


CURVE = {"n_labels": [5, 10], "scores": [[0.5, 0.6], [0.4, 0.7]]}
LEARNER = ActiveLearner(GaussianNB(), budget=8, n_initial=4, random_state=0)
MISSING = {"data_home": mkdtemp(), "download_if_missing": False}
# arguments, and what is then done with the object, where the defaults and ``ask`` do not fit
CASES = {
    "ActiveLearner": ({"budget": 12, "n_initial": 4}, learn),
    "PriorCorrectedClassifier": ({}, classify),
    "RareStratifiedKFold": ({"shuffle": True}, lambda folds: list(folds.split(X, y))),
    "ActiveLearningCurve": (CURVE, compare),
    "StrategyComparison": ({"curves": {"a": ActiveLearningCurve(**CURVE)}}, repr),
    "ActiveLearningCurveDisplay": (
        {"n_labels": {"a": CURVE["n_labels"]}, "scores": {"a": CURVE["scores"]}},
        plot,
    ),
    "TransferabilityDisplay": ({"curve": [0.5, 0.5]}, plot),
    "ExpectedErrorReduction": ({"n_candidates": 4, "n_evaluated": 8}, ask),
    "ValueOfInformation": ({"n_candidates": 4, "n_evaluated": 8}, ask),
    "Partitioned": ({"part_rows": 20}, ask),
    "active_learning_curve": ({"learner": LEARNER, "X": X, "y": y, "cv": 2}, None),
    "compare_strategies": (
        {"learner": LEARNER, "strategies": {"a": None}, "X": X, "y": y, "cv": 2},
        None,
    ),
    "compare_with_random": ({"learner": LEARNER, "X": X, "y": y, "cv": 2}, None),
    "StabilizingPredictions": ({}, stop),
    "ClassificationChange": ({}, stop),
    "MaximumConfidence": ({}, stop),
    "OverallUncertainty": ({}, stop),
    "PoolMonitor": (
        {"criterion": ClassificationChange(), "X": X},
        lambda monitor: monitor.update(ActiveLearner(GaussianNB()).fit(X, y)),
    ),
    "kappa": ({"first": [0, 1], "second": [1, 1]}, None),
    "f_change_bound": ({"agreement": 0.9}, None),
    "LabelingSession": (
        {"learner": LEARNER, "X": X, "log": "labels.db", "classes": [0, 1, 2], "lookahead": 0},
        label,
    ),
    "LabelLog": ({"path": "labels.db"}, lambda log: log.close()),
    "imbalance_ratio": ({"y": y}, None),
    "n_classes_found": ({"y": y}, None),
    "gal_score": ({"accuracies": [50, 60], "full_accuracies": [80, 90]}, None),
    "transferability": ({"predicted_source_classes": y}, None),
    "make_imbalanced": ({"X": X, "y": y, "ratio": 0.3}, None),
    "add_gaussian_noise": ({"X": X}, None),
    "add_salt_and_pepper": ({"X": IMAGES}, None),
    "fetch_mnist": (MISSING, None),
    "fetch_cifar10": (MISSING, None),
    "load_banking77": (MISSING, None),
    "load_clinc150": (MISSING, None),
    "load_tabular": ({"name": "car", **MISSING}, None),
    "load_caltech101_features": ({"data_home": MISSING["data_home"]}, None),
}


def deep_cases():
    """The same for those that need torch."""
    import torch
    from PIL import Image

    from skactive.deep import LeNet, SeededNet, SourceModel
    from skactive.query import CoreSet

    net = SeededNet(LeNet, module__image_size=16, module__n_classes=3, max_steps=1)
    net = net.set_params(module__dropout=(0.1, 0.1), batch_size=12)

    def ask_net(strategy):
        learner = ActiveLearner(net, strategy, random_state=0)
        learner.fit(IMAGES[:12], y[:12]).query(IMAGES, 2)

    def embed(embedding):
        ask_net(CoreSet(embed=embedding))

    def forward(size, channels, module):
        module(torch.zeros(2, channels, size, size))

    def load(loader):
        Image.new("RGB", (8, 6)).save("red.png")
        loader("red.png")

    def sample(model):
        model.fit(IMAGES, y[:24]).sample_proba(IMAGES)

    validation = {"X_val": IMAGES[:6], "y_val": y[:6]}
    source = {"architecture": LeNet, "module_params": {"image_size": 16}}
    images = partial(classify, rows=IMAGES)
    file = Path(mkdtemp(), "image.png")
    Image.new("L", (2, 2)).save(file)
    lenet = {"module": LeNet, "module__image_size": 16, "max_steps": 1}

    return {
        "ConvNet": ({}, partial(forward, 32, 3)),
        "LeNet": ({"image_size": 16}, partial(forward, 16, 1)),
        "ResNet10": ({}, partial(forward, 32, 3)),
        "ResNet18": ({}, partial(forward, 32, 3)),
        "SeededNet": (lenet, images),
        "FineTunedClassifier": ({"source": SourceModel(**source), "max_steps": 1}, images),
        "MCDropout": ({"estimator": net, "n_samples": 2}, sample),
        "NetEnsemble": ({"estimator": net, "n_members": 2}, sample),
        "RotationPretraining": ({"net": net}, lambda model: model.fit(IMAGES).transform(IMAGES)),
        "SourceModel": (source, lambda model: model.transform(IMAGES)),
        "NetFeatures": ({}, embed),
        "HeadGradients": ({}, embed),
        "FisherKernel": (validation, ask_net),
        "ImageLoader": ({}, load),
        "VAAL": ({"n_steps": 2, "width": 2, "latent": 2, "batch_size": 4}, ask_net),
    }


CASES["LabelStudio"] = ({"session": a_session(), "url": "http://127.0.0.1:9", "token": "t"}, None)
if find_spec("anywidget"):
    CASES["LabelingWidget"] = ({"session": a_session()}, show)
if all(map(find_spec, ("torch", "skorch", "torchvision"))):
    CASES.update(deep_cases())


def objects():
    """Public classes and functions that users call, by name."""
    for path, thing in public_objects():
        is_result = inspect.isclass(thing) and is_dataclass(thing)
        is_error = inspect.isclass(thing) and issubclass(thing, Exception)
        is_used = not (is_result or is_error) and thing.__name__ not in ABSTRACT | MADE
        if is_used and not path.startswith(MACHINERY):
            yield thing.__name__, thing


def parameters_of(thing):
    """Names of parameters, without ``self`` and ``**kwargs``."""
    return [
        name
        for name, parameter in inspect.signature(thing).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]


def use(thing, **changes):
    """Make the object with some other arguments and work with it."""
    if changes == {"download_if_missing": True}:
        return  # no test uses the network
    arguments, act = CASES.get(thing.__name__, ({}, ask))
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        made = thing(**{**arguments, **changes})
        if act is not None:
            act(made)


def is_stated(error):
    """Whether the package or scikit-learn says ``raise`` where an error comes from."""
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    file = traceback.tb_frame.f_code.co_filename
    line = linecache.getline(file, traceback.tb_lineno).strip()
    return any(room in Path(file).parents for room in ROOMS) and line.startswith("raise")


def outcome(thing, name, value):
    """The outcome of one value, and the error if there is one."""
    try:
        use(thing, **{name: value})
    except Exception as error:
        is_ours = isinstance(error, (ValueError, TypeError, FileNotFoundError))
        if isinstance(error, (ValueError, TypeError)) and name in str(error):
            if repr(value) in str(error):
                return "raised", error
        return ("stated" if is_ours and is_stated(error) else "inside"), error
    return "accepted", None


def main():
    kinds = ("raised", "stated", "accepted", "inside")
    print(f"{'':28}{'tried':>9}" + "".join(f"{kind:>9}" for kind in kinds))
    total = dict.fromkeys(kinds, 0)
    for label, thing in objects():
        counts = dict.fromkeys(kinds, 0)
        for name in parameters_of(thing):
            for value in ODD:
                counts[outcome(thing, name, value)[0]] += 1
        row = [sum(counts.values()), *counts.values()]
        print(f"{label:28}" + "".join(f"{number:9}" for number in row))
        total = {kind: total[kind] + counts[kind] for kind in kinds}
    row = [sum(total.values()), *total.values()]
    print(f"{'all':28}" + "".join(f"{number:9}" for number in row))


if __name__ == "__main__":
    main()
