"""Fisher-kernel matching on MNIST, with half of the digits made rare.

Follows D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020), Deep
Active Learning for Biased Datasets via Fisher Kernel Self-Supervision, CVPR.

    python benchmarks/gudovskiy2020.py           # about 45 minutes on 2 busy cores
    python benchmarks/gudovskiy2020.py --full    # the paper's sizes, for a GPU

Reads MNIST like ``skactive.datasets.fetch_mnist`` (folder SKACTIVE_DATA). An
interrupted run resumes where it was. There are two differences from the authors'
program. Every round trains from random weights (or from the rotation weights),
unless ``--warm-start`` is given. And the accuracy is that of the last pass, not
the maximum over passes on the test set; the table also gives the running maximum
over rounds.
"""

import argparse
from functools import partial

import joblib
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
    running_maxima,
    values_of,
)
from _reports import read_csv
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import StepLR

from skactive import ActiveLearner
from skactive.datasets import fetch_mnist
from skactive.deep import (
    VAAL,
    FisherKernel,
    LeNet,
    MCDropout,
    NetEnsemble,
    RotationPretraining,
    SeededNet,
)
from skactive.query import RandomSampling, VariationRatios

BATCH = 125
L20, L80 = ["conv2"], ["conv1", "conv2", "fc1"]
FISHER = {
    "pcc_l20": {"layers": L20, "kernel": "pcc"},
    "pfk_yhat_l20": {"layers": L20, "pseudo_labels": "yhat"},
    "pfk_phat_l20": {"layers": L20},
    "pfk_phat_l80": {"layers": L80},
    "pfk_true_l20": {"layers": L20, "pseudo_labels": "true"},
    "pfk_trace_l20": {"layers": L20, "pseudo_labels": "mc_trace"},
    "pfk_mi_l20": {"layers": L20, "pseudo_labels": "mc_mi"},
    "pfk_phat_l80_product": {"layers": L80, "combine": "sum_of_products"},
}
# names in the published curves, with rotation pretraining and from random weights
PUBLISHED = {
    "random": "random",
    "vaal": "VAAL",
    "varr_e1": "varR E1 K128",
    "varr_e4": "varR E4 K32",
    "pfk_phat_l20": "R_zg S=phat L20 random-init",
    "pfk_phat_l80": "R_zg S=phat L80 random-init",
    "pcc_l20_rot": "R_z L20 unsup",
    "pfk_yhat_l20_rot": "R_zg S=yhat L20 unsup",
    "pfk_phat_l20_rot": "R_zg S=phat L20 unsup",
    "pfk_phat_l80_rot": "R_zg S=phat L80 unsup",
    "pfk_true_l20_rot": "R_zg S=y L20 unsup",
    "pfk_trace_l20_rot": "R_zg S=tr(C_zg) L20 K128 unsup",
    "pfk_mi_l20_rot": "R_zg S=I(z;g) L20 K128 unsup",
}
SMALL = (
    "random varr_e1 varr_e4 pcc_l20_rot pfk_yhat_l20_rot pfk_phat_l80 pfk_phat_l80_rot "
    "pfk_true_l20_rot"
)


def split(args):
    """Pool (with rare digits 5 to 9), validation and test rows, as the paper draws them."""
    data = fetch_mnist(download_if_missing=True)
    y = data.y_train
    order = np.random.RandomState(0).permutation(len(y))
    of_class = [order[y[order] == digit] for digit in range(10)]
    n_val = args.n_val // 10
    validation = np.concatenate([rows[:n_val] for rows in of_class])
    rest = np.setdiff1d(order[10000:], validation)
    common = rest[y[rest] < 5]
    rare = np.random.RandomState(1).permutation(rest[y[rest] >= 5])
    pool = np.sort(np.concatenate([common, rare[: len(common) // args.imbalance]]))
    if args.imbalance == 1:
        pool = rest
    X, test = images(data.X_train), (images(data.X_test), data.y_test)
    return (X[pool], y[pool]), (X[validation], y[validation]), test


def images(pixels):
    """Standardized images of shape (n_rows, 1, 28, 28)."""
    return ((pixels / 255 - 0.1307) / 0.3081).astype(np.float32)


def task_net(args, epochs=None):
    """LeNet, trained as the paper does."""
    schedule = LRScheduler(StepLR, step_size=15 if epochs is None else 3)
    return SeededNet(
        LeNet,
        module__dropout=(0.0, 0.0) if args.dropout == "score" else (0.25, 0.5),
        optimizer=torch.optim.SGD,
        lr=0.05,
        optimizer__momentum=0.5,
        batch_size=25,
        max_steps=None,
        max_epochs=epochs or 50,
        callbacks=[("schedule", schedule)],
        device=args.device,
    )


def rotation_weights(args, X, seed):
    """Weights from the pool's rotations, computed once per seed."""
    path = args.out.with_suffix(".state") / f"rotations-{args.rotation_epochs}-{seed}.joblib"
    if not path.exists():
        net = task_net(args, args.rotation_epochs).set_params(
            module__dropout=(0.0, 0.0), random_state=seed
        )
        pretraining = RotationPretraining(net).fit(X)
        joblib.dump(pretraining.weights_, path)
    return joblib.load(path)


def build(args, pool, validation, name, seed):
    """The learner of a method."""
    net, strategy = task_net(args), VariationRatios()
    rates = (0.25, 0.25, 0.5) if args.dropout == "score" else None
    method = name.removesuffix("_rot")
    if method != name:
        net.set_params(initial_weights=rotation_weights(args, pool[0], seed))
    if method == "random":
        strategy = RandomSampling()
    elif method == "vaal":
        strategy = VAAL(args.vaal_steps, width=args.vaal_width, device=args.device)
    elif method == "varr_e1":
        net = MCDropout(net, n_samples=args.passes, rates=rates)
    elif method == "varr_e4":
        net = NetEnsemble(net, n_members=4, n_samples=args.passes // 4, rates=rates)
    else:
        options = {"combine": "sum", "untrained": True, "n_draws": args.draws}
        options |= {"y_pool": pool[1], **FISHER[method]}
        strategy = FisherKernel(*validation, **options)
    return ActiveLearner(
        net, strategy, batch_size=BATCH, n_initial=BATCH, random_state=seed
    )


def warm_start(learner):
    """The next fit starts from the layers of the last net, with a new head."""
    if isinstance(learner.estimator, NetEnsemble):
        return
    inner = "" if isinstance(learner.estimator, SeededNet) else "estimator__"
    state = learner.estimator_.module_.state_dict()
    body = {name: value for name, value in state.items() if not name.startswith("head.")}
    learner.set_params(**{f"estimator__{inner}initial_weights": body})


def measure(test, learner):
    """Test accuracy after a round, also on 5, 8 and 9, and how many labels are rare digits."""
    X, y = test
    # for an ensemble, the paper reports the mean of the members
    members = getattr(learner.estimator_, "estimators_", [learner.estimator_])
    found = np.unique(learner.y_labeled_)
    right = np.mean([found[member.predict(X)] == y for member in members], axis=0)
    return {
        "accuracy": round(100 * float(right.mean()), 2),
        "accuracy_589": round(100 * float(right[np.isin(y, (5, 8, 9))].mean()), 2),
        "rare": int((learner.y_labeled_ >= 5).sum()),
    }


def published_means(imbalance):
    """Published mean accuracy by method and number of labels."""
    records = read_csv(HERE / "published" / "gudovskiy2020_mnist.csv")
    by_name = {}
    for record in records:
        if record["imbalance_ratio"] == imbalance:
            by_name.setdefault(record["method"], {})[record["labels"]] = record["accuracy"]
    return {method: by_name.get(name, {}) for method, name in PUBLISHED.items()}


def gaps(records, methods, sizes):
    """Markdown of the lead of the paper's best method, as differences of the same seed."""
    best, rows = "pfk_phat_l80_rot", []
    for method in [name for name in ("random", "varr_e1", "varr_e4") if name in methods]:
        cells = []
        for n in sizes:
            pair = [r for r in records if r["method"] in (best, method) and r["labels"] == n]
            both = common_seeds(pair) if pair else []
            enough = len({r["method"] for r in both}) == 2 and len(both) > 3
            cells.append(paired_gap(both, best, method, n) if enough else "-")
        rows.append([f"{best} - {method}", *cells])
    if not rows or best not in methods:
        return ""
    title = "Differences of the same seed, mean ± standard error, and in how many seeds above 0."
    return f"\n{title}\n\n{markdown(['', *sizes], rows)}\n"


def rare_digits(records, methods, labels=375):
    """Markdown of the accuracy on three of the rare digits after three rounds."""
    rows = []
    for method in methods:
        values = values_of(records, method, labels, "accuracy_589")
        values = [v for v in values.tolist() if v != ""]
        if values:
            rows.append([method, len(values), mean_and_spread([float(v) for v in values])])
    title = f"Accuracy on the digits 5, 8 and 9 at {labels} labels."
    return f"\n{title}\n\n{markdown(['method', 'seeds', 'accuracy'], rows)}\n" if rows else ""


def report(args, records):
    """The Markdown table and the picture."""
    published = published_means(args.imbalance)
    maxima = running_maxima(records)
    sizes = sorted({r["labels"] for r in records})
    run = {r["method"] for r in records}
    methods = [name for name in PUBLISHED if name in run] + sorted(run - set(PUBLISHED))
    rows = []
    for method in methods:
        ours = [mean_and_spread(values_of(records, method, n)) for n in sizes]
        best = [mean_and_spread(values_of(maxima, method, n)) for n in sizes]
        theirs = [published.get(method, {}).get(n, "-") for n in sizes]
        counts = [len(values_of(records, method, n)) for n in sizes]
        # e.g. "3, then 1" where fewer seeds were run to the end
        seeds = ", then ".join(map(str, dict.fromkeys(n for n in counts if n)))
        rows += [[method, seeds, "here", *ours], ["", "", "running maximum", *best]]
        rows.append(["", "", "published", *theirs])
    title = (
        f"MNIST, digits 5 to 9 made {args.imbalance}x rarer: test accuracy in % by number of "
        f"labels, mean ± standard deviation of seeds; {args.n_val} validation rows, "
        f"{args.passes} dropout passes in all, {args.rotation_epochs} epochs of rotations, "
        f"dropout: {args.dropout}, warm start: {args.warm_start}."
    )
    text = f"{title}\n\n{markdown(['method', 'seeds', '', *sizes], rows)}\n"
    text += gaps(records, methods, sizes) + rare_digits(records, methods)
    args.out.with_suffix(".md").write_text(text)
    records = sorted(records, key=lambda r: methods.index(r["method"]))
    picture(args.out.with_suffix(".png"), records, published, f"MNIST, {args.imbalance}x")
    print(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="the paper's sizes")
    parser.add_argument("--methods", nargs="+", default=None, help=f"of {list(PUBLISHED)} ...")
    parser.add_argument("--seeds", type=int, default=None, help="3; 10 with --full")
    parser.add_argument("--rounds", type=int, default=None, help="5; 10 with --full")
    parser.add_argument("--n-val", type=int, default=None, help="2000; 10000 with --full")
    parser.add_argument("--passes", type=int, default=None, help="8; 128 with --full")
    help = "perturbed copies of a row for pfk_trace and pfk_mi; 16; 128 with --full"
    parser.add_argument("--draws", type=int, default=None, help=help)
    parser.add_argument("--vaal-steps", type=int, default=None, help="500; 10000 with --full")
    parser.add_argument("--vaal-width", type=int, default=None, help="8; 64 with --full")
    parser.add_argument("--rotation-epochs", type=int, default=None, help="1; 8 with --full")
    help = "go on from the last round's layers; ensembles always start anew"
    parser.add_argument("--warm-start", action="store_true", help=help)
    help = "score: only to sample, as in the authors' program"
    parser.add_argument("--dropout", choices=["train", "score"], default="train", help=help)
    parser.add_argument("--imbalance", type=int, default=100, help="100 or 1")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--report", action="store_true", help="only write table and picture")
    args = parser.parse_args()
    full = {"seeds": 10, "rounds": 10, "n_val": 10000, "passes": 128, "rotation_epochs": 8}
    full |= {"draws": 128, "vaal_steps": 10000, "vaal_width": 64}
    small = {"seeds": 3, "rounds": 5, "n_val": 2000, "passes": 8, "rotation_epochs": 1}
    small |= {"draws": 16, "vaal_steps": 500, "vaal_width": 8}
    usual = full if args.full else small
    for name, value in usual.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    args.methods = args.methods or (list(PUBLISHED) if args.full else SMALL.split())
    size = "full" if args.full else "small"
    size += "_scoredropout" if args.dropout == "score" else ""
    size += "_warm" if args.warm_start else ""
    for name in ("n_val", "passes", "rotation_epochs", "draws", "vaal_steps", "vaal_width"):
        if getattr(args, name) != usual[name]:
            size += f"_{name.replace('_', '')}{getattr(args, name)}"
    args.out = HERE / "results" / f"gudovskiy2020_{args.imbalance}x_{size}.csv"
    return args


def main():
    args = arguments()
    log = CurveLog(args.out, warm_start if args.warm_start else None)
    if not args.report:
        pool, validation, test = split(args)
        seeds = range(args.seeds)
        curves = [(name, seed, BATCH * args.rounds) for seed in seeds for name in args.methods]
        log.run(curves, partial(build, args, pool, validation), *pool, partial(measure, test))
    report(args, read_csv(args.out))


if __name__ == "__main__":
    main()
