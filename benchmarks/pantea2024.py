"""Random, entropy and BALD with LeNet and ResNet-18, few or many labels, with or without noise.

Follows L. Pantea (2024), Human-in-the-Loop Machine Learning Project.

    python benchmarks/pantea2024.py                      # MNIST, LeNet trained to convergence
    python benchmarks/pantea2024.py --training paper     # LeNet as in the paper: hardly trained
    python benchmarks/pantea2024.py --net resnet18 --full   # for a GPU

Reads the data like ``skactive.datasets`` (folder SKACTIVE_DATA). An interrupted
run resumes where it was. The methods are the standard ones. What the author's
program does differently is available as options:

- ``--methods bald_program``: no dropout, and smallest mutual information first;
- ``--noise-when access``: noise drawn anew at every access, also for scoring and
  testing, after standardization; "salt and pepper" then sets pixels to the mean;
- ``--training program``: as ``paper``, without the weight decay of the text.

With the trainings ``paper`` and ``program``, all seeds share the first labels, as
in the report. With ``converged``, each seed draws its own.
"""

import argparse
from functools import partial

import numpy as np
import torch
from _curves import HERE, CurveLog, markdown, mean_and_spread, picture, values_of
from _reports import read_csv
from torch import nn

from skactive import ActiveLearner
from skactive.datasets import (
    add_gaussian_noise,
    add_salt_and_pepper,
    fetch_cifar10,
    fetch_mnist,
)
from skactive.deep import LeNet, MCDropout, ResNet18, SeededNet
from skactive.query import BALD, EntropySampling, RandomSampling
from skactive.selection import top_n

MOMENTS = {
    "mnist": ((0.1307,), (0.3081,)),
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.247, 0.243, 0.261)),
}
PROTOCOLS = {"constrained": (100, 100, 11), "ideal": (1000, 1000, 11)}
PASSES = 10


class NoisyModule(nn.Module):
    """A net that adds noise to each of its inputs with probability 0.1, at every access.

    The noise depends on the seed of the net and on the number of accesses before, so
    that an interrupted run gives the same results.
    """

    def __init__(self, task, noise, params):
        super().__init__()
        self.task = task(**params)
        self.noise = noise
        self.n_looks = int(torch.randint(2**31, ()))

    def forward(self, X):
        """Logits of the images after noise."""
        self.n_looks += 1
        stream = torch.Generator().manual_seed(self.n_looks)
        hit = (torch.rand(len(X), 1, 1, 1, generator=stream) < 0.1).to(X.device)
        if self.noise == "gaussian":
            return self.task(X + hit * torch.randn(X.shape, generator=stream).to(X.device))
        pixels = torch.rand(X[:, :1].shape, generator=stream) < 0.1
        return self.task(X.masked_fill(hit & pixels.to(X.device), 0.0))


def bald_program(learner, X, n_queries):
    """Query strategy of the program: ten passes without dropout, lowest BALD score first."""
    net = learner.estimator_
    samples = np.stack([net.predict_proba(X) for _ in range(PASSES)]).astype(np.float64)
    mean = samples.mean(axis=0)
    return top_n(_entropy(samples).mean(axis=0) - _entropy(mean), n_queries)


def _entropy(p):
    return -(p * np.log(p + 1e-5)).sum(axis=-1)


def build(args, name, seed):
    """The learner of a method."""
    # the same net for all methods, because dropout should not be compared
    dropout = (0.25, 0.5) if args.training == "converged" or name == "bald" else (0.0, 0.0)
    color = args.data == "cifar10"
    if args.net == "lenet":
        params = {"channels": (6, 16), "hidden": (120, 84), "dropout": dropout}
        if color:
            wide = {"in_channels": 3, "image_size": 32, "channels": (18, 48)}
            params = {**params, **wide, "hidden": (360, 252)}
        module = LeNet
    else:
        params = {"in_channels": 3 if color else 1, "stem": "imagenet", "dropout": dropout[0]}
        module = ResNet18
    options = {f"module__{key}": value for key, value in params.items()}
    if args.noise != "none" and args.noise_when == "access":
        options = {"module__task": module, "module__noise": args.noise, "module__params": params}
        module = NoisyModule
    net = SeededNet(module, device=args.device, batch_size=64, **training(args), **options)
    strategy = {
        "random": RandomSampling(),
        "entropy": EntropySampling(),
        "bald": BALD(),
        "bald_program": bald_program,
    }[name]
    if name == "bald":
        net = MCDropout(net, n_samples=PASSES)
    first, batch, _ = PROTOCOLS[args.protocol]
    return ActiveLearner(net, strategy, batch_size=batch, n_initial=first, random_state=seed)


def training(args):
    """How a net is trained: as in the paper, as in its program, or to convergence."""
    if args.training == "converged":
        steps = {"max_steps": args.steps, "lr": 0.02, "optimizer__momentum": 0.9}
    else:
        steps = {"max_steps": None, "max_epochs": 100, "lr": 0.001, "optimizer__momentum": 0.0}
    decay = 0.0 if args.training == "program" else 1e-4
    return {"optimizer": torch.optim.SGD, "optimizer__weight_decay": decay, **steps}


def load(args):
    """Pool and test rows, standardized, the pool with its noise."""
    data = fetch_mnist(download_if_missing=True) if args.data == "mnist" else fetch_cifar10()
    mean, deviation = (np.array(v).reshape(1, -1, 1, 1) for v in MOMENTS[args.data])
    X, y = data.X_train[: args.pool], data.y_train[: args.pool]
    fixed = args.noise if args.noise_when == "fixed" else "none"
    if fixed == "salt_pepper":
        X = add_salt_and_pepper(X, random_state=0)
    X, X_test = (
        ((pixels / 255 - mean) / deviation).astype(np.float32) for pixels in (X, data.X_test)
    )
    if fixed == "gaussian":
        X = add_gaussian_noise(X, random_state=0)
    return X, y, (X_test, data.y_test)


def published(args):
    """Published accuracy at the end by method, or nothing."""
    names = {"random": "random", "entropy": "max_entropy", "bald_program": "bald", "bald": "bald"}
    noise = {"salt_pepper": "salt_and_pepper"}.get(args.noise, args.noise)
    net = {"lenet": "LeNet", "resnet18": "ResNet-18"}[args.net]
    data = {"mnist": "MNIST", "cifar10": "CIFAR10"}[args.data]
    wanted = {"data": data, "protocol": args.protocol, "noise": noise, "model": net}
    found = {
        record["strategy"]: record["accuracy"]
        for record in read_csv(HERE / "published" / "pantea2024.csv")
        if all(record[key] == value for key, value in wanted.items())
    }
    return {ours: found[theirs] for ours, theirs in names.items() if theirs in found}


def report(args, records):
    """The Markdown table and the picture."""
    first, batch, n_rounds = PROTOCOLS[args.protocol]
    sizes = sorted({r["labels"] for r in records})
    theirs = published(args)
    rows = [
        [
            method,
            *(mean_and_spread(values_of(records, method, n)) for n in sizes),
            theirs.get(method, "-"),
        ]
        for method in dict.fromkeys(r["method"] for r in records)
    ]
    n_seeds = len({r["seed"] for r in records})
    last = first + batch * (n_rounds - 1)
    steps = f" ({args.steps} steps)" if args.training == "converged" else ""
    title = (
        f"{args.data}, {args.net}, {args.protocol}, noise {args.noise} ({args.noise_when}), "
        f"training {args.training}{steps}, pool of {args.pool}: test accuracy in % by number of "
        f"labels, mean ± standard deviation of {n_seeds} seeds. Published: at {last} labels, pool "
        "of the whole training set."
    )
    text = f"{title}\n\n{markdown(['method', *sizes, 'published'], rows)}\n"
    args.out.with_suffix(".md").write_text(text)
    points = {method: {last: value} for method, value in theirs.items()}
    picture(args.out.with_suffix(".png"), records, points, f"{args.data}, {args.net}")
    print(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="all rounds on the whole pool")
    parser.add_argument("--data", choices=list(MOMENTS), default="mnist")
    parser.add_argument("--net", choices=["lenet", "resnet18"], default="lenet")
    parser.add_argument("--protocol", choices=list(PROTOCOLS), default="constrained")
    trainings = ["converged", "paper", "program"]
    parser.add_argument("--training", choices=trainings, default="converged")
    parser.add_argument("--noise", choices=["none", "gaussian", "salt_pepper"], default="none")
    parser.add_argument("--noise-when", choices=["fixed", "access"], default="fixed")
    parser.add_argument("--methods", nargs="+", default=["random", "entropy", "bald"])
    parser.add_argument("--steps", type=int, default=600, help="of the converged training")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=None, help="5; 11 with --full")
    parser.add_argument("--pool", type=int, default=None, help="6000; 60000 with --full")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--report", action="store_true", help="only write table and picture")
    args = parser.parse_args()
    whole = 60000 if args.data == "mnist" else 50000
    for name, full, small in (("rounds", 11, 5), ("pool", whole, 6000)):
        if getattr(args, name) is None:
            setattr(args, name, full if args.full else small)
    parts = [args.data, args.net, args.protocol, args.training]
    if args.noise != "none":
        parts += [args.noise.replace("_", ""), args.noise_when]
    parts.append("full" if args.full else "small")
    if args.pool != (whole if args.full else 6000):
        parts.append(f"pool{args.pool}")
    if args.steps != 600:
        parts.append(f"steps{args.steps}")
    args.out = HERE / "results" / f"pantea2024_{'_'.join(parts)}.csv"
    return args


def main():
    args = arguments()
    log = CurveLog(args.out)
    if not args.report:
        X, y, test = load(args)
        first, batch, _ = PROTOCOLS[args.protocol]
        n_labels = first + batch * (args.rounds - 1)
        curves = [(name, seed, n_labels) for seed in range(args.seeds) for name in args.methods]

        def measure(learner):
            return {"accuracy": round(100 * learner.score(*test), 2)}

        def stratified(seed):
            seed = seed if args.training == "converged" else 0
            order = np.random.RandomState(seed).permutation(len(y))
            rows = [order[y[order] == label][: first // 10] for label in range(10)]
            return np.concatenate(rows)

        log.run(curves, partial(build, args), X, y, measure, stratified)
    report(args, read_csv(args.out))


if __name__ == "__main__":
    main()
