"""The curves of several strategies: a dict that prints as a table and draws a picture."""

from html import escape
from typing import Any, Self

from .._parameters import validated
from ._curve import ActiveLearningCurve
from ._display import ActiveLearningCurveDisplay
from ._notebook import img_tag


class StrategyComparison(dict):
    """Learning curves of several strategies by name, computed on the same folds.

    :func:`compare_strategies` creates it. It is a dict of names to
    :class:`ActiveLearningCurve` that prints as a table. A notebook shows the
    table and, if matplotlib is installed, the curves. Read more in
    :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    curves : dict of str to ActiveLearningCurve
        Curves with the same metric.
    baseline : str, default=None
        Name of the curve with which the table compares the others.
        :func:`compare_strategies` takes random sampling if it is among the
        strategies.

    Attributes
    ----------
    baseline : str or None
        Name of the baseline.
    metric : str
        Metric of the table and the picture.

    Raises
    ------
    TypeError
        If ``curves`` is not a dict of curves.
    ValueError
        If there are no curves, if they have different metrics, or if none has
        the name of the baseline.

    See Also
    --------
    ActiveLearningCurveDisplay.from_curves : Draw the curves with more options.

    Notes
    -----
    The table has one line per strategy: the area under its curve divided by
    the range of labels; the score at the last point (both as mean and standard
    deviation, ``ddof=0``, over the folds); the number of classes among its
    labels; the seconds per round; and the difference of its area to that of
    the baseline, with the number of folds won and the p-value of
    :meth:`ActiveLearningCurve.compare_with`.

    Examples
    --------
    >>> from skactive.evaluation import ActiveLearningCurve, StrategyComparison
    >>> random = ActiveLearningCurve([10, 20], [[0.4, 0.6], [0.5, 0.7]])
    >>> margin = ActiveLearningCurve([10, 20], [[0.4, 0.8], [0.5, 1.0]])
    >>> StrategyComparison({"random": random, "margin": margin})
    score over 10 to 20 labels, 2 folds
    strategy              area             final
    random    0.550 +/- 0.050   0.650 +/- 0.050
    margin    0.675 +/- 0.075   0.900 +/- 0.100
    """

    _parameter_constraints: dict = {"curves": [dict], "baseline": [str, None]}

    @validated(_parameter_constraints)
    def __init__(self, curves: Any, *, baseline: Any = None) -> None:
        _check_curves(curves, baseline)
        super().__init__(curves)
        self.baseline = baseline

    @property
    def metric(self) -> str:
        """The metric that the curves show."""
        return next(iter(self.values())).metric

    def by_metric(self, metric: str) -> Self:
        """Return the same comparison for another metric.

        Parameters
        ----------
        metric : str
            One of the metrics that were scored.

        Returns
        -------
        comparison : StrategyComparison
            The curves for this metric.

        Raises
        ------
        KeyError
            If the curves lack this metric.
        """
        curves = {name: curve[metric] for name, curve in self.items()}
        return type(self)(curves, baseline=self.baseline)

    def to_frame(self) -> Any:
        """Return all numbers, with one line per strategy, fold and point; needs pandas.

        Returns
        -------
        frame : pandas.DataFrame
            A column ``strategy``, and the columns of
            :meth:`ActiveLearningCurve.to_frame`.
        """
        import pandas as pd

        frames = {name: curve.to_frame() for name, curve in self.items()}
        frame = pd.concat(frames, names=["strategy", None])
        return frame.reset_index(level="strategy").reset_index(drop=True)

    def plot(self, *, ax: Any = None, **kwargs: Any) -> Any:
        """Draw the curves; needs matplotlib.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        **kwargs : dict
            Passed to :meth:`ActiveLearningCurveDisplay.plot`.

        Returns
        -------
        display : ActiveLearningCurveDisplay
            The drawn display.
        """
        return ActiveLearningCurveDisplay.from_curves(self, ax=ax, **kwargs)

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}({{}})"
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
            for row in rows
        ]
        return "\n".join([self._title(), *lines])

    def _repr_html_(self):
        if not self:
            return None
        header, *rows = [[escape(cell) for cell in row] for row in self._rows()]
        lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
        head = "".join(f"<th>{cell}</th>" for cell in header)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<div><p>{escape(self._title())}</p>{table}{img_tag(self)}</div>"

    def _title(self):
        curves = list(self.values())
        first, last = (
            min(curve.n_labels[0] for curve in curves),
            max(curve.n_labels[-1] for curve in curves),
        )
        return f"{self.metric} over {first} to {last} labels, {len(curves[0].scores)} folds"

    def _rows(self):
        """Return the cells of the table, header first."""
        columns = {"strategy": list(self)}
        for name, cell_of in self._columns().items():
            columns[name] = [cell_of(curve) for curve in self.values()]
        return [list(columns), *map(list, zip(*columns.values()))]

    def _columns(self):
        """Return, for each header, the function that makes a cell."""
        curves = self.values()
        columns = {"area": lambda curve: _spread(curve.area)}
        columns["final"] = lambda curve: _spread(curve.final)
        if all(curve.n_classes_found is not None for curve in curves):
            columns["classes found"] = lambda curve: f"{curve.n_classes_found[:, -1].mean():.1f}"
        if all(curve.round_times is not None for curve in curves):
            columns["seconds per round"] = lambda curve: f"{curve.round_times.mean():.2g}"
        if self.baseline in self and len(self) > 1:
            columns[f"area minus that of {self.baseline}"] = self._against_baseline
        return columns

    def _against_baseline(self, curve):
        baseline = self[self.baseline]
        if curve is baseline:
            return ""
        try:
            paired = curve.compare_with(baseline, correction=curve.splits is not None)
        except ValueError:  # other folds, or another range of labels
            return "not comparable"
        won = f"{paired.n_wins} of {len(paired.differences)} won"
        return f"{paired.mean:+.3f}, {won}, p = {paired.p_value:.2g}"


def _spread(values):
    return f"{values.mean():.3f} +/- {values.std():.3f}"


def _check_curves(curves, baseline):
    """Raise an error unless the curves are named and have one metric."""
    for name, curve in curves.items():
        if not isinstance(name, str) or not isinstance(curve, ActiveLearningCurve):
            raise TypeError(
                f"curves must be a dict of name to ActiveLearningCurve, got {curve!r} as {name!r}."
            )
    metrics = sorted({curve.metric for curve in curves.values()})
    if len(metrics) != 1:
        raise ValueError(f"curves must have one metric, got {metrics or 'no curve'}.")
    if baseline is not None and baseline not in curves:
        raise ValueError(f"baseline must be one of {list(curves)} or None, got {baseline!r}.")
