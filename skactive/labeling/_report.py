"""The report of a job: its counts, the quality of the model, the use of more labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from .._table import Table
from ..metrics import imbalance_ratio
from ..stopping import StabilizingPredictions
from ._forecast import Forecast, forecast
from ._intervals import mean_share_interval, wilson_interval
from ._progress import Progress


@dataclass(frozen=True)
class Estimate:
    """A share that was measured on the audit rows, with its interval.

    Attributes
    ----------
    value : float
        The share on those rows.
    low, high : float
        Ends of the 95 % confidence interval.
    """

    value: float
    low: float
    high: float

    def __str__(self):
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Report:
    """State of a labeling job; it prints as text, and :meth:`Report.plot` draws it.

    Attributes
    ----------
    progress : Progress
        Counts.
    n_classes_found : int
        Number of classes with a label, including those of audit rows.
    imbalance_ratio : float or None
        Standard deviation of the class counts divided by their mean, over all
        classes of the job, also those without a label; None without labels.
    accuracy, class_accuracy : Estimate or None
        Accuracy and mean per-class accuracy on the audit rows. None without a
        model or without labeled audit rows.
    classes : list
        Classes of the confusion matrix.
    confusion : ndarray of int, shape (n_classes, n_classes) or None
        Counts of audit rows by label (row) and prediction (column).
    class_shares : Table or None
        Share of each class in the pool, estimated from the audit rows, with an
        interval.
    history : Table
        One line per model that chose a round, with the columns n_labels,
        kappa, change, accuracy, low, high and n_classes.
    is_stable : bool
        Whether the mean kappa of the last three rounds is at least 0.99.
    forecast : Forecast
        Expected gain from the next 100 labels.
    """

    progress: Progress
    n_classes_found: int
    imbalance_ratio: float | None
    accuracy: Estimate | None
    class_accuracy: Estimate | None
    classes: list
    confusion: np.ndarray | None
    class_shares: Table | None
    history: Table
    is_stable: bool
    forecast: Forecast

    def __str__(self):
        lines = [str(self.progress), self._classes_line()]
        if self.accuracy is None:
            lines.append(f"accuracy unknown: {self._why_unknown()}")
        else:
            n = int(self.confusion.sum())
            lines.append(f"accuracy {self.accuracy} on {n} audit rows")
            lines.append(f"mean per-class accuracy {self.class_accuracy}{self._missing()}")
        lines += [self._stopping_line(), str(self.forecast)]
        if self.progress.fit_error:
            lines.append(f"the last fit raised {self.progress.fit_error}; the labels are kept")
        return "\n".join(lines)

    __repr__ = __str__

    def _classes_line(self):
        if not self.n_classes_found:
            return "no class found yet"
        counts = self.progress.class_counts
        found = "1 class" if self.n_classes_found == 1 else f"{self.n_classes_found} classes"
        n_only = self.n_classes_found - sum(n > 0 for n in counts.values())
        only = f", {n_only} of them in audit rows only" if n_only else ""
        listed = ", ".join(f"{name}: {n}" for name, n in counts.items())
        has_ratio = self.imbalance_ratio is not None
        ratio = f", imbalance ratio {self.imbalance_ratio:.2f}" if has_ratio else ""
        return f"{found} found{only} ({listed}){ratio}"

    def _why_unknown(self):
        if not self.progress.n_audit:
            return "the job has no audit rows (n_audit=0)"
        if not self.progress.n_audited:
            return f"none of the {self.progress.n_audit} audit rows has a label yet"
        return "there is no model yet"

    def _missing(self):
        seen = self.confusion.sum(axis=1) > 0
        absent = [str(name) for name, is_seen in zip(self.classes, seen) if not is_seen]
        return f", without {', '.join(absent)}: no audit row has this label" if absent else ""

    def _stopping_line(self):
        kappas = [value for value in self.history["kappa"].tolist() if value is not None]
        if not kappas:
            return "no two models to compare yet"
        last = kappas[-3:]
        change = [value for value in self.history["change"].tolist() if value is not None][-1]
        facts = (
            f"kappa of successive models {np.mean(last):.3f} over {len(last)} rounds, "
            f"{100 * change:.1f} % of the predictions changed in the last one"
        )
        if self.is_stable:
            return (
                f"{facts}: more labels of this kind change little, which does not mean that the "
                "model is good"
            )
        return f"{facts}: the model still changes"

    def plot(self, axes: Any = None) -> Any:
        """Draw accuracy, kappa and classes found against the number of labels.

        Parameters
        ----------
        axes : array of three matplotlib Axes, default=None
            Axes to draw in. None creates a figure.

        Returns
        -------
        display : ReportDisplay
            It has ``axes_`` and ``figure_``.
        """
        from ._display import ReportDisplay

        return ReportDisplay(self.history).plot(axes)


def report_of(progress, classes, choices, labels, audited, audit_keys, predicted):
    """Put the report of a job together.

    Parameters
    ----------
    progress : Progress
        Counts.
    classes : list
        All classes so far.
    choices : list of dict
        How each round was chosen, oldest first.
    labels : list of (key, label)
        Labels for the learner, in the order taught.
    audited : list of (key, label)
        Labels of audit rows.
    audit_keys : list
        Keys of all audit rows, in the order of the models' predictions.
    predicted : list or None
        Predictions of the current model for the labeled audit rows; None
        without a model.

    Returns
    -------
    report : Report
        The report.
    """
    measures = [choice["measures"] for choice in choices if choice and choice["measures"]]
    truth = [label for _, label in audited]
    places = [audit_keys.index(key) for key, _ in audited]
    correct = np.array(
        [[m["audit"][k] == label for k, label in zip(places, truth)] for m in measures], dtype=bool
    ).reshape(len(measures), len(truth))
    history = _history(measures, correct, labels)
    kappas = [m["kappa"] for m in measures]
    values = np.array([np.nan if value is None else value for value in kappas])
    found = {label for _, label in [*labels, *audited]}
    counts = [label for _, label in labels]
    return Report(
        progress=progress,
        n_classes_found=len(found),
        imbalance_ratio=imbalance_ratio(counts, classes) if counts else None,
        history=history,
        is_stable=StabilizingPredictions().fires(values),
        classes=classes,
        class_shares=_class_shares(truth, classes) if truth else None,
        forecast=forecast(
            [m["n_labels"] for m in measures], correct, [m["change"] for m in measures]
        ),
        **_quality(truth, predicted, classes),
    )


def _quality(truth, predicted, classes):
    """Return accuracies with intervals, and the confusion matrix."""
    if not truth or predicted is None:
        return {"accuracy": None, "class_accuracy": None, "confusion": None}
    codes = {label: code for code, label in enumerate(classes)}
    confusion = confusion_matrix(
        [codes[label] for label in truth],
        [codes[label] for label in predicted],
        labels=range(len(classes)),
    )
    hits, n = np.diag(confusion), confusion.sum(axis=1)
    hits, n = hits[n > 0], n[n > 0]
    ends = wilson_interval(hits.sum(), n.sum())
    accuracy = Estimate(float(hits.sum() / n.sum()), *map(float, ends))
    class_accuracy = Estimate(float(np.mean(hits / n)), *mean_share_interval(hits, n))
    return {"accuracy": accuracy, "class_accuracy": class_accuracy, "confusion": confusion}


def _class_shares(truth, classes):
    counts = np.array([truth.count(label) for label in classes])
    low, high = wilson_interval(counts, len(truth))
    return Table({"class": classes, "share": counts / len(truth), "low": low, "high": high})


def _history(measures, correct, labels):
    n_audited = correct.shape[1]
    hits = correct.sum(axis=1)
    low, high = wilson_interval(hits, n_audited) if n_audited else (hits * np.nan,) * 2
    n_labels = [m["n_labels"] for m in measures]
    return Table(
        {
            "n_labels": np.array(n_labels, dtype=np.intp),
            "kappa": [m["kappa"] for m in measures],
            "change": [m["change"] for m in measures],
            "accuracy": hits / n_audited if n_audited else hits * np.nan,
            "low": low,
            "high": high,
            "n_classes": [len({label for _, label in labels[:n]}) for n in n_labels],
        }
    )
