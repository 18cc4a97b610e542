"""Uncertainty plus clusters on CIFAR-10, nearest and farthest, with paired seeds.

Follows S. Ilizirov, M. Barsht, A. Steiner (2024), Active Learning for Image
Classification. All strategies with one seed share the first labels and the first
net, so their differences are paired.

    python benchmarks/ilizirov2024.py           # about 10 minutes on 2 cores
    python benchmarks/ilizirov2024.py --full    # 10 rounds, the whole pool, 10 seeds

Reads CIFAR-10 like ``skactive.datasets.fetch_cifar10`` (folder SKACTIVE_DATA). An
interrupted run resumes where it was. As published, each round trains the net of
the previous round for one more pass, in the order of the labels; ``--fresh
EPOCHS`` trains a new net every round instead.
"""

import argparse
from functools import partial

import numpy as np
import torch
from _curves import (
    HERE,
    CurveLog,
    common_seeds,
    markdown,
    mean_and_spread,
    paired_gap,
    picture,
    values_of,
)
from _reports import read_csv

from skactive import ActiveLearner
from skactive.datasets import fetch_cifar10
from skactive.deep import ConvNet, NetFeatures, SeededNet
from skactive.query import ClusteredUncertainty, EntropySampling, RandomSampling

PUBLISHED = {
    "random": "random_sampling",
    "uncertainty": "uncertainty_sampling",
    "farthest": "proposed_method",
}


def images(pixels):
    """Images from -1 to 1."""
    return (pixels / 127.5 - 1).astype(np.float32)


def build(args, name, seed):
    """The learner of a method."""
    net = SeededNet(
        ConvNet,
        batch_size=64,
        max_steps=None,
        max_epochs=args.fresh or 1,
        iterator_train__shuffle=bool(args.fresh),
        device=args.device,
    )
    embed = NetFeatures("conv3", flatten=True)
    strategy = {
        "random": RandomSampling(),
        "uncertainty": EntropySampling(),
        "nearest": ClusteredUncertainty(args.alpha, args.clusters, embed=embed),
        "farthest": ClusteredUncertainty(args.alpha, args.clusters, "farthest", embed=embed),
    }[name]
    first = args.first
    return ActiveLearner(net, strategy, batch_size=args.batch, n_initial=first, random_state=seed)


def carry_over(learner):
    """The next fit starts from the weights of the last one."""
    learner.set_params(estimator__initial_weights=learner.estimator_.module_.state_dict())


def published_means(args):
    """Mean of the notebook's curves by method and number of labels, if it has them."""
    by_name = {}
    for record in read_csv(HERE / "published" / "ilizirov2024_cifar10.csv"):
        fits = record["method"] != "proposed_method" or (
            (record["alpha"], record["n_clusters"]) == (args.alpha, args.clusters)
        )
        if record["K"] == args.batch and fits:
            curve = by_name.setdefault(record["method"], {})
            curve.setdefault(record["labels"], []).append(record["test_accuracy_pct"])
    return {
        method: {n: round(float(np.mean(v)), 2) for n, v in by_name.get(name, {}).items()}
        for method, name in PUBLISHED.items()
    }


def report(args, records):
    """The Markdown tables, of accuracy and of paired differences, and the picture."""
    published = published_means(args)
    records = common_seeds(records)
    sizes = sorted({r["labels"] for r in records})
    methods = list(dict.fromkeys(r["method"] for r in records))
    rows = []
    for method in methods:
        ours = [mean_and_spread(values_of(records, method, n)) for n in sizes]
        theirs = [published.get(method, {}).get(n, "-") for n in sizes]
        rows += [[method, "here", *ours], ["", "published", *theirs]]
    n_seeds = len({r["seed"] for r in records})
    how = f"a new net for {args.fresh} passes" if args.fresh else "one more pass a round"
    title = (
        f"CIFAR-10, test accuracy in % by number of labels, mean ± standard deviation of "
        f"{n_seeds} seeds; K={args.batch}, alpha={args.alpha}, {args.clusters} clusters, {how}, "
        f"pool of {args.pool}."
    )
    text = f"{title}\n\n{markdown(['method', '', *sizes], rows)}\n"
    pairs = [(method, "random") for method in methods if method != "random"]
    pairs += [(method, "uncertainty") for method in methods if method in ("nearest", "farthest")]
    pairs += [("nearest", "farthest")]
    pairs = [pair for pair in pairs if set(pair) <= set(methods)]
    if n_seeds > 1:
        later = sizes[1:]
        gaps = [
            [f"{one} - {other}", *(paired_gap(records, one, other, n) for n in later)]
            for one, other in pairs
        ]
        text += (
            "\nDifferences between methods of the same seed, mean ± standard error, and in how "
            f"many seeds the first is ahead.\n\n{markdown(['', *later], gaps)}\n"
        )
    args.out.with_suffix(".md").write_text(text)
    picture(args.out.with_suffix(".png"), records, published, "CIFAR-10")
    print(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="the paper's sizes")
    methods = ["random", "uncertainty", "nearest", "farthest"]
    parser.add_argument("--methods", nargs="+", default=methods)
    parser.add_argument("--seeds", type=int, default=None, help="5; 10 with --full")
    parser.add_argument("--rounds", type=int, default=None, help="3; 10 with --full")
    parser.add_argument("--first", type=int, default=None, help="5000")
    parser.add_argument("--pool", type=int, default=None, help="15000; 50000 with --full")
    parser.add_argument("--batch", type=int, default=500, help="K")
    parser.add_argument("--alpha", type=float, default=0.2)
    parser.add_argument("--clusters", type=int, default=10)
    parser.add_argument("--fresh", type=int, default=0, metavar="EPOCHS")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--report", action="store_true", help="only write table and picture")
    args = parser.parse_args()
    full = {"seeds": 10, "rounds": 10, "first": 5000, "pool": 50000}
    small = {"seeds": 5, "rounds": 3, "first": 5000, "pool": 15000}
    for name, value in (full if args.full else small).items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    size = "full" if args.full else "small"
    how = f"fresh{args.fresh}" if args.fresh else "carried"
    usual = (full if args.full else small) | {"batch": 500, "alpha": 0.2, "clusters": 10}
    for name in ("first", "pool", "batch", "alpha", "clusters"):
        if getattr(args, name) != usual[name]:
            size += f"_{name}{getattr(args, name)}"
    args.out = HERE / "results" / f"ilizirov2024_{how}_{size}.csv"
    return args


def main():
    args = arguments()
    log = CurveLog(args.out, None if args.fresh else carry_over)
    if not args.report:
        data = fetch_cifar10()
        X, y = images(data.X_train[: args.pool]), data.y_train[: args.pool]
        test = images(data.X_test), data.y_test
        n_labels = args.first + args.batch * (args.rounds - 1)
        curves = [(name, seed, n_labels) for seed in range(args.seeds) for name in args.methods]

        def measure(learner):
            return {"accuracy": round(100 * learner.score(*test), 2)}

        def first(seed):
            return np.random.RandomState(seed).permutation(len(y))[: args.first]

        log.run(curves, partial(build, args), X, y, measure, first)
    report(args, read_csv(args.out))


if __name__ == "__main__":
    main()
