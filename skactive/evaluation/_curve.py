"""The learning curve of one learner: scores against number of labels, in each fold."""

import copy
from typing import Any

import numpy as np
from scipy.integrate import trapezoid

from .._parameters import PAIR, ListOf, options, validated
from .._typing import Floats
from ._comparison import PairedComparison, paired_comparison
from ._notebook import png


class ActiveLearningCurve:
    """Scores of a learner after each round of labels, in each fold.

    :func:`active_learning_curve` and :func:`compare_strategies` create it.
    With several metrics, the curve shows one of them; ``curve[metric]`` is the
    same curve for another metric. Read more in :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    n_labels : array of int, shape (n_points,)
        Number of labels at each point, ascending.
    scores : array of shape (n_folds, n_points) or dict of such arrays
        Scores on the held-out rows; higher is better. A dict maps metrics to
        scores.
    n_classes_found : ndarray of int, shape (n_folds, n_points), default=None
        Number of classes among the labels.
    round_times : ndarray of shape (n_folds, n_points), default=None
        Seconds per round, for the picks and the fit on their labels.
    labeled_indices : ndarray of int, shape (n_folds, budget), default=None
        Positions in X of the labeled rows, in the order in which they were
        labeled.
    splits : list of (train, test), default=None
        Positions of the training and test rows of each fold.
    seeds : list, default=None
        The ``random_state`` of the learner in each fold.

    Attributes
    ----------
    metric : str
        Metric that the curve shows: the first one given, or "score" if it has
        no name.
    metrics : list of str
        Names of all metrics.
    scores : ndarray of shape (n_folds, n_points)
        Scores for this metric.
    final : ndarray of shape (n_folds,)
        Score of each fold at the last point.
    mean_, std_ : ndarray of shape (n_points,)
        Mean and standard deviation (``ddof=0``) over the folds.
    area : ndarray of shape (n_folds,)
        Area under the curve divided by its range of labels.

    Raises
    ------
    TypeError
        If the name of a metric is not a str.
    ValueError
        If ``n_labels`` is not ascending, or ``scores`` does not fit to it.

    See Also
    --------
    ActiveLearningCurveDisplay : Draws the curve.

    Examples
    --------
    >>> from skactive.evaluation import ActiveLearningCurve
    >>> curve = ActiveLearningCurve([10, 20, 40], [[0.2, 0.6, 0.8], [0.4, 0.6, 1.0]])
    >>> curve.mean_
    array([0.3, 0.6, 0.9])
    >>> curve.area.round(4)
    array([0.6, 0.7])
    >>> curve.labels_to_reach(0.9)
    array([nan, 40.])
    >>> curve
    ActiveLearningCurve('score', 2 folds, 10 to 40 labels, area 0.6500 +/-
    0.0500)
    """

    _parameter_constraints: dict = {
        "n_labels": ["array-like"],
        "scores": ["array-like", dict],
        "n_classes_found": ["array-like", None],
        "round_times": ["array-like", None],
        "labeled_indices": ["array-like", None],
        "splits": [ListOf(PAIR, "pairs of positions (train, test)"), None],
        "seeds": [list, None],
    }

    @validated(_parameter_constraints)
    def __init__(
        self,
        n_labels: Any,
        scores: Any,
        *,
        n_classes_found: Any = None,
        round_times: Any = None,
        labeled_indices: Any = None,
        splits: Any = None,
        seeds: Any = None,
    ) -> None:
        self.n_labels = np.asarray(n_labels)
        by_metric = scores if isinstance(scores, dict) else {"score": scores}
        self._scores = {name: np.asarray(array) for name, array in by_metric.items()}
        self._check_shapes()
        self.metric = next(iter(self._scores))
        self.n_classes_found = n_classes_found
        self.round_times = round_times
        self.labeled_indices = labeled_indices
        self.splits = splits
        self.seeds = seeds

    @property
    def metrics(self) -> list[str]:
        """Names of all metrics."""
        return list(self._scores)

    @property
    def scores(self) -> Floats:
        """Scores for the metric that the curve shows, of shape (n_folds, n_points)."""
        return self._scores[self.metric]

    @property
    def final(self) -> Floats:
        """Score of each fold at the last point, of shape (n_folds,)."""
        return self.scores[:, -1]

    @property
    def mean_(self) -> Floats:
        """Mean score over the folds, of shape (n_points,)."""
        return self.scores.mean(axis=0)

    @property
    def std_(self) -> Floats:
        """Standard deviation (``ddof=0``) over the folds, of shape (n_points,)."""
        return self.scores.std(axis=0)

    @property
    def area(self) -> Floats:
        """Area under the curve divided by its range of labels, of shape (n_folds,).

        The area is computed by the trapezoidal rule, so it is the mean score
        between the first and the last point. With a single point it is the
        score.
        """
        if len(self.n_labels) == 1:
            return self.scores[:, 0].astype(np.float64)
        area = trapezoid(self.scores, self.n_labels, axis=1)
        return area / (self.n_labels[-1] - self.n_labels[0])

    def labels_to_reach(self, score: float) -> Floats:
        """Return the number of labels at which each fold first reaches a score.

        Parameters
        ----------
        score : float
            The score to reach.

        Returns
        -------
        n_labels : ndarray of float64, shape (n_folds,)
            Number of labels at the first point with at least this score; nan
            for a fold that never reaches it.
        """
        reached = self.scores >= score
        first = self.n_labels[np.argmax(reached, axis=1)].astype(np.float64)
        return np.where(reached.any(axis=1), first, np.nan)

    @validated({"on": [options("area", "final")], "correction": ["boolean"]})
    def compare_with(
        self, baseline: Any, *, on: str = "area", correction: bool = True
    ) -> PairedComparison:
        """Compare this curve with another one on the same folds, by a paired test.

        Parameters
        ----------
        baseline : ActiveLearningCurve
            The other curve, such as that of random sampling.
        on : {"area", "final"}, default="area"
            What to compare in each fold: the area under the curve, or the
            score at the last point.
        correction : bool, default=True
            True uses the corrected resampled t-test [1]_. The training rows of
            different folds overlap, so the plain t-test finds differences
            where there are none. The corrected test takes ``(1 / n_folds +
            n_test / n_train) * variance`` as the variance of the mean, instead
            of ``variance / n_folds``. False uses the plain paired t-test, for
            folds that share no rows.

        Returns
        -------
        comparison : PairedComparison
            Differences, their mean and spread, wins and p-values.

        Raises
        ------
        ValueError
            If the curves differ in folds, metric or, for the area, range of
            labels; or if the correction needs ``splits`` and the curve has
            none.

        References
        ----------
        .. [1] C. Nadeau, Y. Bengio (2003). "Inference for the Generalization
           Error". Machine Learning 52, 239-281. doi:10.1023/A:1024068626366
        """
        self._check_comparable(baseline, on)
        overlap = self._overlap() if correction else 0.0
        return paired_comparison(getattr(self, on) - getattr(baseline, on), overlap)

    def to_frame(self) -> Any:
        """Return all numbers as a table with one line per fold and point; needs pandas.

        Returns
        -------
        frame : pandas.DataFrame
            Columns ``fold`` and ``n_labels``, one column per metric and, if
            known, ``n_classes_found`` and ``round_time`` (in seconds).
        """
        import pandas as pd

        n_folds, n_points = self.scores.shape
        columns = {
            "fold": np.repeat(np.arange(n_folds), n_points),
            "n_labels": np.tile(self.n_labels, n_folds),
            **{name: scores.ravel() for name, scores in self._scores.items()},
        }
        if self.n_classes_found is not None:
            columns["n_classes_found"] = np.ravel(self.n_classes_found)
        if self.round_times is not None:
            columns["round_time"] = np.ravel(self.round_times)
        return pd.DataFrame(columns)

    def __getitem__(self, metric):
        """Return the same curve for another metric."""
        if metric not in self._scores:
            raise KeyError(f"no metric {metric!r}; there are {self.metrics}.")
        twin = copy.copy(self)
        twin.metric = metric
        return twin

    def __repr__(self):
        return (
            f"{type(self).__name__}({self.metric!r}, {len(self.scores)} folds, "
            f"{self.n_labels[0]} to {self.n_labels[-1]} labels, "
            f"area {self.area.mean():.4f} +/- {self.area.std():.4f})"
        )

    def _repr_png_(self):
        return png({None: self})

    def _overlap(self):
        """Return the number of test rows divided by the number of training rows."""
        if self.splits is None:
            raise ValueError(
                "the corrected test needs the splits of the curve, but this curve has none. "
                "Pass correction=False for the plain paired t-test."
            )
        n_train, n_test = np.sum([[len(rows) for rows in split] for split in self.splits], axis=0)
        return n_test / n_train

    def _check_comparable(self, baseline, on):
        """Raise an error unless the curves have the same folds, metric and labels."""
        if self.metric != baseline.metric:
            raise ValueError(
                f"the curves have different metrics, {self.metric!r} and {baseline.metric!r}."
            )
        if not self._has_folds_of(baseline):
            raise ValueError(
                "the curves do not have the same folds, so they cannot be paired. Compute them "
                "together with compare_strategies, or with the same cv and an int as random_state."
            )
        ends, others = self.n_labels[[0, -1]], baseline.n_labels[[0, -1]]
        if on == "area" and not np.array_equal(ends, others):
            raise ValueError(
                f"areas over {ends[0]} to {ends[1]} labels and over {others[0]} to {others[1]} "
                "cannot be compared. Give both learners the same budget and n_initial."
            )

    def _has_folds_of(self, other):
        if len(self.scores) != len(other.scores):
            return False
        if self.splits is None or other.splits is None:
            return True
        return all(
            np.array_equal(mine, theirs)
            for split, twin in zip(self.splits, other.splits)
            for mine, theirs in zip(split, twin)
        )

    def _check_shapes(self):
        n_labels = self.n_labels
        if n_labels.ndim != 1 or not len(n_labels) or (np.diff(n_labels) <= 0).any():
            raise ValueError(f"n_labels must be 1-d and ascending, got {n_labels}.")
        if not self._scores:
            raise ValueError("scores is an empty dict; expected at least one metric.")
        for name, array in self._scores.items():
            if not isinstance(name, str):
                raise TypeError(f"the name of a metric must be a str, got {name!r}.")
            if array.ndim != 2 or not len(array) or array.shape[1] != len(self.n_labels):
                raise ValueError(
                    f"scores must have shape (n_folds, {len(self.n_labels)}), one column for "
                    f"each of n_labels, but those of {name!r} have shape {array.shape}."
                )
