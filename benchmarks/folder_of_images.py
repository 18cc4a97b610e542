"""150 labels on a folder of images, with every method that uses a net.

    python benchmarks/folder_of_images.py       # small; a quarter of an hour on 2 cores
    python benchmarks/folder_of_images.py --rows 6075 --labels 150 --size 224 --steps 300

Each method runs in a separate process, on paths of JPEG files. The program
reports time, peak memory (resident, with Python, torch and the labels), test
accuracy, and the first picks, which serve to compare two machines or versions.
``features again`` repeats the previous method with its features on disk.

Needs caltech101.npz (JPEG bytes) and mobilenet_v2_imagenet.pt in the folder
SKACTIVE_DATA, as svm_or_cnn.py does. Results go to results/folder_of_images.csv
and .md.
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
from _reports import RESULTS, write_csv

HERE = Path(__file__).parent
DATA = Path(os.environ.get("SKACTIVE_DATA", HERE.parent.parent / "shared" / "data"))
OUT = RESULTS / "folder_of_images.csv"
LAYERS = ["body.features.6", "body.features.13", "body.features.18"]
WAYS = [
    "features: random", "features: balanced coverage", "features again", "fine-tuned: random",
    "fine-tuned: margin", "fine-tuned: augmented", "fine-tuned: core set", "fine-tuned: badge",
    "fine-tuned: fisher kernel", "fine-tuned: vaal", "dropout: bald", "dataset: margin",
]


def write_files(folder, n_rows, n_test, seed=0):
    """Write images as files, one folder a class; n_rows of the pool and n_test to test on."""
    stored = np.load(DATA / "caltech101.npz")
    content, ends = stored["jpeg_bytes"], stored["jpeg_offsets"]
    for part, n, flag in (("pool", n_rows, False), ("test", n_test, True)):
        rows = np.flatnonzero(stored["is_test"] == flag)
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
    """The strategy of a way; validation rows of FisherKernel are the last 100 of the pool."""
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
        "fisher kernel": FisherKernel(paths[-100:], y[-100:], LAYERS),
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
        source=source, n_classes=args.classes, max_steps=args.steps, augment=augment
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
        X, kind = ImageFolder(Path(args.folder, "pool"), loader=source.load), "fine-tuned"
    learner = ActiveLearner(
        estimator_of(kind, name, source, args), strategy_of(name, source, pool, y),
        budget=args.labels, n_initial=args.labels // 2, batch_size=args.labels // 4,
        random_state=0,
    )
    start = time.time()
    learner.fit(X, y)
    seconds = time.time() - start
    accuracy = float(np.mean(learner.predict(test) == y_test)) if name else np.nan
    return {
        "way": args.one,
        "seconds": round(seconds, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "accuracy": round(100 * accuracy, 1),
        "picks": " ".join(map(str, learner.query_indices_[-5:])),
    }


def run_all(args):
    records = []
    for way in args.ways:
        command = [sys.executable, __file__, "--one", way]
        for name in ("folder", "labels", "size", "steps"):
            command += [f"--{name}", str(getattr(args, name))]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        settings = {"rows": args.rows, "size": args.size, "labels": args.labels}
        records.append({**settings, "steps": args.steps, **json.loads(done.stdout)})
        print(records[-1], flush=True)
        write_csv(OUT, records)
        report(records)


def report(records):
    head = list(records[0])
    lines = [head, ["---"] * len(head), *([str(r[k]) for k in head] for r in records)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    OUT.with_suffix(".md").write_text(
        f"Caltech-101 as JPEG files, MobileNetV2, one process a way.\n\n{table}\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=300, help="images in the pool")
    parser.add_argument("--labels", type=int, default=60)
    parser.add_argument("--size", type=int, default=64, help="pixels")
    parser.add_argument("--steps", type=int, default=20, help="training steps of a net")
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(run_one(args)))
        return
    with tempfile.TemporaryDirectory() as folder:
        args.folder = folder
        write_files(Path(folder), args.rows, 200)
        run_all(args)


if __name__ == "__main__":
    main()
