"""Learning curves that resume after an interruption, and reports of them."""

import os
import sys
import time
from pathlib import Path

import joblib
import numpy as np
from _reports import read_csv, write_csv

from skactive.pool import take_rows

HERE = Path(__file__).parent


class CurveLog:
    """A CSV with one line per round, and the state of each unfinished curve next to it.

    Parameters
    ----------
    path : Path
        The CSV. States are kept in a folder of the same name until their
        curve is complete.
    before_teach : callable, default=None
        ``before_teach(learner)``, called before a fitted learner is taught.
    """

    def __init__(self, path, before_teach=None):
        self.path = Path(path)
        self.before_teach = before_teach
        self.folder = self.path.with_suffix(".state")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.records = read_csv(self.path)

    def run(self, curves, build, X, y, measure, first=None):
        """Run all curves, round by round.

        Parameters
        ----------
        curves : list of (str, int, int)
            Name, seed and number of labels at the end.
        build : callable
            ``build(name, seed) -> learner``.
        X, y : ndarray
            The pool and its labels.
        measure : callable
            ``measure(learner) -> dict`` of what is logged after a round.
        first : callable, default=None
            ``first(seed) -> positions`` of the first labels, so that methods
            share them. None: each method starts as its learner does.
        """
        start = time.time()
        for i, (name, seed, n_labels) in enumerate(curves, start=1):
            for learner, seconds in self._rounds(name, seed, n_labels, build, X, y, first):
                record = {"method": name, "seed": seed, "labels": learner.n_labels_}
                record |= measure(learner) | {"seconds": round(seconds, 1)}
                self._append(record)
                minutes = (time.time() - start) / 60
                line = f"{i}/{len(curves)} {name} seed {seed}: {record}, {minutes:.1f} min"
                print(line, file=sys.stderr, flush=True)

    def _rounds(self, name, seed, n_labels, build, X, y, first):
        done = [r["labels"] for r in self.records if (r["method"], r["seed"]) == (name, seed)]
        if done and max(done) >= n_labels:
            return
        state = self.folder / f"{name}-{seed}.joblib"
        learner, taken = joblib.load(state) if state.exists() else (build(name, seed), [])
        while len(taken) < n_labels:
            start = time.time()
            if taken or first is None:
                size = learner.batch_size if taken else learner.n_initial
                picks = learner.query(X, min(size, n_labels - len(taken)), exclude=taken)
            else:
                picks = np.asarray(first(seed))
            if self.before_teach is not None and hasattr(learner, "estimator_"):
                self.before_teach(learner)
            learner.teach(take_rows(X, picks), y[picks])
            taken.extend(picks.tolist())
            yield learner, time.time() - start
            joblib.dump((learner, taken), f"{state}.new")
            os.replace(f"{state}.new", state)
        state.unlink()

    def _append(self, record):
        key = "method", "seed", "labels"
        if self.path.exists():
            # another process may have added curves of its own
            self.records = read_csv(self.path)
        self.records = [r for r in self.records if any(r[k] != record[k] for k in key)]
        self.records.append(record)
        write_csv(self.path, self.records)


def values_of(records, method, labels, field="accuracy"):
    """The values of all seeds of a method at a number of labels, in the order of seeds."""
    chosen = [r for r in records if r["method"] == method and r["labels"] == labels]
    return np.array([r[field] for r in sorted(chosen, key=lambda r: r["seed"])])


def running_maxima(records):
    """The same records with ``accuracy`` replaced by its maximum so far in the curve."""
    best, out = {}, []
    for record in sorted(records, key=lambda r: r["labels"]):
        key = record["method"], record["seed"]
        best[key] = max(best.get(key, -np.inf), record["accuracy"])
        out.append(record | {"accuracy": best[key]})
    return out


def common_seeds(records):
    """Records of those seeds that every method has to the end."""
    last = max(r["labels"] for r in records)
    by_method = {}
    for record in records:
        seeds = by_method.setdefault(record["method"], set())
        seeds.update([record["seed"]] * (record["labels"] == last))
    seeds = set.intersection(*by_method.values())
    return [r for r in records if r["seed"] in seeds]


def paired_gap(records, method, other, labels):
    """Mean difference of two methods over seeds ± standard error, and how often it is positive."""
    gap = values_of(records, method, labels) - values_of(records, other, labels)
    error = np.std(gap, ddof=1) / len(gap) ** 0.5
    return f"{gap.mean():+.2f} ± {error:.2f} ({(gap > 0).sum()} of {len(gap)})"


def mean_and_spread(values):
    """``mean ± standard deviation``, the latter for two values or more."""
    if not len(values):
        return "-"
    text = f"{np.mean(values):.1f}"
    return text if len(values) < 2 else f"{text} ± {np.std(values, ddof=1):.1f}"


def markdown(header, rows):
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def picture(path, records, published, title):
    """Mean accuracy over labels: lines for ours, dots for published means."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for i, method in enumerate(dict.fromkeys(r["method"] for r in records)):
        labels = sorted({r["labels"] for r in records if r["method"] == method})
        means = [values_of(records, method, n).mean() for n in labels]
        axes.plot(labels, means, color=f"C{i}", label=method)
        points = published.get(method, {})
        shown = [n for n in labels if n in points]
        axes.plot(shown, [points[n] for n in shown], "o", mfc="none", color=f"C{i}")
    axes.set(xlabel="Labels", ylabel="Test accuracy (%)", title=title)
    legend = {"title": "line: here, circle: published", "loc": "outside right upper"}
    figure.legend(fontsize="small", **legend)
    figure.savefig(path, dpi=120)
    plt.close(figure)
