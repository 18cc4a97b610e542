"""GridSearchCV between a linear classifier on source features and a fine-tuned CNN, on Caltech-101

Follows Section 4 of U. Aggarwal, A. Popescu, C. Hudelot (2020), Active Learning
for Imbalanced Datasets, WACV, which keeps the better of the two by
cross-validation.

    python benchmarks/svm_or_cnn.py                # about 5 minutes on 2 cores
    python benchmarks/svm_or_cnn.py --labels 300 600 --seeds 2 --steps 150 --prior
    python benchmarks/svm_or_cnn.py --labels 500 1000 2000 --steps 1000    # for a GPU

``--prior`` adds a third candidate: the CNN with its probabilities divided by the
class priors, as in the paper.

Needs caltech101.npz (the JPEG bytes of 96 x 96 crops) and
mobilenet_v2_imagenet.pt (a state dict of torchvision's mobilenet_v2 with 1001
classes and kernels rotated by 180 degrees) in the folder SKACTIVE_DATA. Source
features are kept on disk; results in the CSV are not computed again.
"""

import argparse
import io
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from _curves import HERE, markdown, mean_and_spread
from _reports import read_csv, write_csv
from PIL import Image
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.calibration import PriorCorrectedClassifier
from skactive.deep import FineTunedClassifier, SourceModel

DATA = Path(os.environ.get("SKACTIVE_DATA", HERE.parent.parent / "shared" / "data"))
OUT = HERE / "results" / "svm_or_cnn.csv"


def prepare(batch):
    """Pixels from -1 to 1, upside down as the stored kernels are."""
    return (batch / 127.5 - 1).flip(-1, -2)


def load_images():
    """Pool and test images as bytes of shape (n_rows, 3, 96, 96), with labels."""
    stored = np.load(DATA / "caltech101.npz")
    content, ends = stored["jpeg_bytes"], stored["jpeg_offsets"]
    images = [
        np.asarray(Image.open(io.BytesIO(content[start:end].tobytes())).convert("RGB"))
        for start, end in zip(ends, ends[1:])
    ]
    X, y, is_test = np.stack(images).transpose(0, 3, 1, 2), stored["y"], stored["is_test"]
    return (X[~is_test], y[~is_test]), (X[is_test], y[is_test])


def search(args, seed):
    """The search over both estimators."""
    source = SourceModel(
        "mobilenet_v2",
        str(DATA / "mobilenet_v2_imagenet.pt"),
        module_params={"num_classes": 1001},
        preprocess=prepare,
        device=args.device,
        memory=str(OUT.with_suffix(".cache")),
    )
    svm = make_pipeline(source, Normalizer(), LinearSVC())
    cnn = FineTunedClassifier(source=source, max_steps=args.steps, device=args.device)
    weights = {"estimator__linearsvc__class_weight": [None, "balanced"]}
    grid = [
        {"estimator": [svm], "estimator__linearsvc__C": [1.0, 10.0, 100.0]} | weights,
        {"estimator": [cnn], "estimator__lr": args.lr},
    ]
    if args.prior:
        corrected = PriorCorrectedClassifier(cnn)
        grid.append({"estimator": [corrected], "estimator__estimator__lr": args.lr})
    folds = StratifiedKFold(args.folds, shuffle=True, random_state=seed)
    learner = ActiveLearner(random_state=seed)
    return GridSearchCV(learner, grid, cv=folds, scoring=args.scoring, refit=False)


def kind_of(params):
    """The name of the candidate at a point of the grid."""
    names = {"Pipeline": "svm", "FineTunedClassifier": "cnn"}
    return names.get(type(params["estimator"]).__name__, "cnn_prior")


def run(args, pool, test, n_labels, seed):
    """Cross-validated score of each kind, and test accuracy of the best of each."""
    rows = np.random.RandomState(seed).permutation(len(pool[1]))[:n_labels]
    X, y = pool[0][rows], pool[1][rows]
    start = time.time()
    found = search(args, seed).fit(X, y)
    scores, params = found.cv_results_["mean_test_score"], found.cv_results_["params"]
    kinds = np.array([kind_of(point) for point in params])
    for name in dict.fromkeys(kinds.tolist()):
        best = np.flatnonzero(kinds == name)[scores[kinds == name].argmax()]
        learner = ActiveLearner(random_state=seed).set_params(**params[best]).fit(X, y)
        predicted = learner.predict(test[0])
        yield {
            "labels": n_labels,
            "steps": args.steps,
            "scoring": args.scoring,
            "seed": seed,
            "estimator": name,
            "chosen": int(scores[best] == scores.max()),
            "cv_score": round(100 * float(scores[best]), 2),
            "test_accuracy": round(100 * float(np.mean(predicted == test[1])), 2),
            "test_balanced": round(100 * balanced_accuracy_score(test[1], predicted), 2),
            "minutes": round((time.time() - start) / 60, 1),
        }


def report(records):
    """The Markdown table."""
    fields = ["cv_score", "test_accuracy", "test_balanced"]
    head = ["labels", "steps", "scoring", "estimator"]
    rows = []
    for key in dict.fromkeys(tuple(r[name] for name in head) for r in records):
        group = [r for r in records if tuple(r[name] for name in head) == key]
        values = [mean_and_spread([r[field] for r in group]) for field in fields]
        rows.append([*key, f"{sum(r['chosen'] for r in group)} of {len(group)}", *values])
    title = (
        "Caltech-101, rows labeled at random, accuracy in %; the columns scoring and cv_score "
        "say by what the search chose."
    )
    text = f"{title}\n\n{markdown([*head, 'chosen', *fields], rows)}\n"
    OUT.with_suffix(".md").write_text(text)
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--labels", type=int, nargs="+", default=[300])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=60)
    # in the stored weights BatchNorm is folded, and 0.01, a tenth of the source's rate, diverges
    parser.add_argument("--lr", type=float, nargs="+", default=[0.001], help="of the CNN")
    parser.add_argument("--prior", action="store_true", help="also the prior-corrected CNN")
    scores = ["accuracy", "balanced_accuracy"]
    parser.add_argument("--scoring", choices=scores, default="accuracy", help="of the search")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    records = read_csv(OUT)
    pool, test = load_images()
    for n_labels in args.labels:
        for seed in range(args.seeds):
            wanted = {"labels": n_labels, "seed": seed, "steps": args.steps}
            wanted |= {"scoring": args.scoring}
            done = [r for r in records if all(r[k] == v for k, v in wanted.items())]
            if len(done) >= 2 + args.prior:
                continue
            records = [r for r in records if r not in done]
            for record in run(args, pool, test, n_labels, seed):
                print(record, file=sys.stderr)
                records.append(record)
            write_csv(OUT, records)
    report(records)


if __name__ == "__main__":
    main()
