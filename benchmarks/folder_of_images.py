"""A folder of images, with every method that uses a net.

    python benchmarks/folder_of_images.py       # small; ten minutes on one core
    python benchmarks/folder_of_images.py --rows 600 --size 224 --steps 8 --lr 0.001
    python benchmarks/folder_of_images.py --rows 6075 --classes 101 --labels 150 --size 224 \\
        --steps 300

Each method runs in a separate process, on paths of JPEG files. The program
reports CPU time, peak memory (resident, with Python and torch), test
accuracy, the learning rate, and the last picks. ``fine-tuned: margin``,
``array: margin`` and ``dataset: margin`` have the same images as paths, as an
array in memory and as a Dataset of torchvision, so their picks must be equal.
``features again`` repeats the previous method with its features on disk.

Needs caltech101.npz (JPEG bytes) and mobilenet_v2_imagenet.pt in the folder
SKACTIVE_DATA, as svm_or_cnn.py does. Results go to results/folder_of_images.csv
and .md; those of other settings stay there.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _reports import RESULTS, markdown, read_csv, write_csv

HERE = Path(__file__).parent
DATA = Path(os.environ.get("SKACTIVE_DATA", HERE.parent.parent / "shared" / "data"))
OUT = RESULTS / "folder_of_images.csv"
LAYERS = ["body.features.6", "body.features.13", "body.features.18"]
WAYS = [
    "features: random", "features: balanced coverage", "features again", "fine-tuned: random",
    "fine-tuned: margin", "fine-tuned: augmented", "fine-tuned: core set", "fine-tuned: badge",
    "fine-tuned: fisher kernel", "array: margin", "dataset: margin", "dropout: bald",
    "fine-tuned: vaal",
]
N_TEST = 200
SETTINGS = ("rows", "classes", "size", "labels", "steps")


def write_files(folder, n_rows, n_classes, seed=0):
    """Write images of the largest classes, one folder per class, for the pool and the test."""
    stored = np.load(DATA / "caltech101.npz")
    content, ends = stored["jpeg_bytes"], stored["jpeg_offsets"]
    largest = np.argsort(-np.bincount(stored["y"]), kind="stable")[:n_classes]
    for part, n, flag in (("pool", n_rows, False), ("test", N_TEST, True)):
        rows = np.flatnonzero((stored["is_test"] == flag) & np.isin(stored["y"], largest))
        for row in np.random.RandomState(seed).permutation(rows)[:n]:
            path = folder / part / f"{stored['y'][row]:03d}" / f"{row:05d}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[ends[row] : ends[row + 1]].tobytes())


def prepare(batch):
    """Pixels from -1 to 1, upside down as the stored kernels are."""
    return (batch / 127.5 - 1).flip(-1, -2)


def source_model(args):
    from skactive.deep import ImageLoader, SourceModel

    return SourceModel(
        "mobilenet_v2",
        DATA / "mobilenet_v2_imagenet.pt",
        module_params={"num_classes": 1001},
        preprocess=prepare,
        load=ImageLoader(args.size),
        memory=Path(args.folder, "features"),
    )


def strategy_of(name, source, paths, y):
    """The strategy of a way; FisherKernel validates on every third row of the pool."""
    from skactive.deep import VAAL, FisherKernel, NetFeatures
    from skactive.query import (
        BALD,
        Badge,
        BalancedCoverage,
        CoreSet,
        MarginSampling,
        RandomSampling,
    )

    return {
        "random": RandomSampling(),
        "balanced coverage": BalancedCoverage(embed=source),
        "again": BalancedCoverage(embed=source),
        "margin": MarginSampling(),
        "augmented": MarginSampling(),
        "core set": CoreSet(embed=NetFeatures()),
        "badge": Badge(embed=NetFeatures()),
        "fisher kernel": FisherKernel(paths[::3], y[::3], LAYERS),
        "vaal": VAAL(n_steps=50, width=8, load=source.load),
        "bald": BALD(),
    }[name]


def estimator_of(kind, name, source, args):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer
    from torchvision.transforms import v2

    from skactive.deep import FineTunedClassifier, MCDropout

    if kind == "features":
        return make_pipeline(source, Normalizer(), LogisticRegression(C=100, max_iter=1000))
    augment = v2.RandomHorizontalFlip() if name == "augmented" else None
    net = FineTunedClassifier(
        source=source, n_classes=args.classes, max_steps=args.steps, augment=augment, lr=args.lr
    )
    return MCDropout(net, n_samples=4) if kind == "dropout" else net


def run_one(args):
    """One way, in this process."""
    from torchvision.datasets import ImageFolder

    from skactive import ActiveLearner

    kind, _, name = args.one.replace("features again", "features: again").partition(": ")
    source = source_model(args)
    pool, test = (sorted(Path(args.folder, part).glob("*/*.jpg")) for part in ("pool", "test"))
    y, y_test = (np.array([path.parent.name for path in part]) for part in (pool, test))
    args.classes = len(np.unique(y))
    X = pool
    if kind == "dataset":
        X = ImageFolder(Path(args.folder, "pool"), loader=source.load)
    if kind == "array":
        X, test = (np.stack([source.load(path) for path in part]) for part in (pool, test))
    learner = ActiveLearner(
        estimator_of(kind, name, source, args), strategy_of(name, source, pool, y),
        budget=args.labels, n_initial=args.labels // 2, batch_size=args.labels // 2,
        random_state=0,
    )
    start = time.process_time()
    learner.fit(X, y)
    seconds = time.process_time() - start
    accuracy = float(np.mean(learner.predict(test) == y_test)) if name else np.nan
    return {
        "way": args.one,
        "cpu_s": round(seconds, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "accuracy": round(100 * accuracy, 1),
        "lr": "" if kind == "features" else rate_of(learner.estimator_),
        "picks": " ".join(map(str, learner.query_indices_[-5:])),
    }


def rate_of(estimator):
    """Learning rate of a net, or of the one inside MCDropout."""
    net = getattr(estimator, "estimators_", [estimator])[0]
    return round(getattr(net, "lr_", net.lr), 6)


def run_all(args):
    settings = {name: getattr(args, name) for name in SETTINGS}
    for way in args.ways:
        command = [sys.executable, __file__, "--one", way]
        for name in ("folder", "labels", "size", "steps", "lr"):
            if getattr(args, name) is not None:
                command += [f"--{name}", str(getattr(args, name))]
        done = subprocess.run(command, capture_output=True, text=True)
        print(done.stderr, end="", file=sys.stderr)
        if done.returncode:
            sys.exit(done.returncode)
        record = {**settings, **json.loads(done.stdout)}
        print(record, flush=True)
        add(record)


def add(record):
    """Write a record in place of an earlier one of the same method, settings and rate."""
    keys = (*SETTINGS, "way", "lr")
    others = [old for old in read_csv(OUT) if any(old[key] != record[key] for key in keys)]
    write_csv(OUT, records := [*others, record])
    table = markdown(list(record), [list(each.values()) for each in records])
    OUT.with_suffix(".md").write_text(
        f"Caltech-101 as JPEG files, MobileNetV2, one process per method.\n\n{table}\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=300, help="images in the pool")
    parser.add_argument("--classes", type=int, default=10, help="number of the largest classes")
    parser.add_argument("--labels", type=int, default=24)
    parser.add_argument("--size", type=int, default=64, help="pixels")
    parser.add_argument("--steps", type=int, default=20, help="training steps of a net")
    parser.add_argument("--lr", type=float, help="learning rate of a net; else it is found")
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(run_one(args)))
        return
    with tempfile.TemporaryDirectory() as folder:
        args.folder = folder
        write_files(Path(folder), args.rows, args.classes)
        run_all(args)


if __name__ == "__main__":
    main()
