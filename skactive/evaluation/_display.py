"""Plot of learning curves."""

from typing import Any, Self

from .._parameters import Instance, options, validated
from .._typing import Labels, Rows
from ._curve import ActiveLearningCurve
from ._drawing import draw_curves
from ._folds import simulate_all
from ._one_curve import OPTIONS, active_learning_curve


class ActiveLearningCurveDisplay:
    """Plot of learning curves over labels: the mean over folds and its spread.

    Create it with :meth:`from_estimator`, :meth:`from_estimators` or
    :meth:`from_curves`. Needs matplotlib. Read more in
    :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    n_labels : dict of str to ndarray of shape (n_points,)
        Number of labels at each point, for each curve.
    scores : dict of str to ndarray of shape (n_folds, n_points)
        Scores of each fold, for each curve. The keys are the names in the
        legend. A single curve may have the name None; then there is no legend.
    score_name : str, default=None
        Label of the y axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curves.
    figure_ : matplotlib Figure
        Figure that contains them.
    lines_ : list of matplotlib Artist or None
        The mean curves; None with ``std_display_style="errorbar"``.
    fill_between_ : list of matplotlib Artist or None
        The bands of one standard deviation; None if not drawn.
    errorbar_ : list of matplotlib Artist or None
        The curves with error bars; None if not drawn.

    See Also
    --------
    active_learning_curve : Compute the curve of one learner.
    compare_strategies : Compute the curves of several strategies.

    Examples
    --------
    >>> from skactive.evaluation import ActiveLearningCurve, ActiveLearningCurveDisplay
    >>> curve = ActiveLearningCurve([10, 20], [[0.5, 0.7], [0.6, 0.8]])
    >>> display = ActiveLearningCurveDisplay(
    ...     n_labels={"margin": curve.n_labels}, scores={"margin": curve.scores}
    ... )
    >>> list(display.scores)
    ['margin']
    """

    _parameter_constraints: dict = {
        "n_labels": [dict],
        "scores": [dict],
        "score_name": [str, None],
    }

    @validated(_parameter_constraints)
    def __init__(self, *, n_labels: Any, scores: Any, score_name: Any = None) -> None:
        self.n_labels = n_labels
        self.scores = scores
        self.score_name = score_name

    @validated(
        {
            "ax": [Instance("plot", "matplotlib Axes"), None],
            "negate_score": ["boolean"],
            "score_name": [str, None],
            "std_display_style": [options("fill_between", "errorbar"), None],
            "line_kw": [dict, None],
            "fill_between_kw": [dict, None],
            "errorbar_kw": [dict, None],
        }
    )
    def plot(
        self,
        ax: Any = None,
        *,
        negate_score: bool = False,
        score_name: Any = None,
        std_display_style: str = "fill_between",
        line_kw: Any = None,
        fill_between_kw: Any = None,
        errorbar_kw: Any = None,
    ) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        negate_score : bool, default=False
            True reverses the sign, for scores such as "neg_brier_score".
        score_name : str, default=None
            Label of the y axis instead of the stored one.
        std_display_style : {"fill_between", "errorbar"} or None, default="fill_between"
            How to show one standard deviation over the folds. None does not
            show it.
        line_kw : dict, default=None
            Passed to matplotlib's ``plot``.
        fill_between_kw : dict, default=None
            Passed to matplotlib's ``fill_between``.
        errorbar_kw : dict, default=None
            Passed to matplotlib's ``errorbar``.

        Returns
        -------
        display : ActiveLearningCurveDisplay
            This object, with ``ax_``, ``figure_`` and ``lines_`` set.

        Raises
        ------
        ValueError
            If ``std_display_style`` is unknown.
        """
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots()[1]
        drawn = draw_curves(
            ax,
            {name: (self.n_labels[name], scores) for name, scores in self.scores.items()},
            self.score_name if score_name is None else score_name,
            sign=-1 if negate_score else 1,
            std_display_style=std_display_style,
            line_kw=line_kw or {},
            fill_between_kw=fill_between_kw or {},
            errorbar_kw=errorbar_kw or {},
        )
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.fill_between_, self.errorbar_ = drawn
        return self

    @classmethod
    def from_estimator(
        cls,
        learner: Any,
        X: Rows,
        y: Labels,
        *,
        cv: Any = None,
        scoring: Any = None,
        n_jobs: int | None = None,
        metric: str | None = None,
        name: str | None = None,
        ax: Any = None,
        plot_kw: Any = None,
        **options: Any,
    ) -> Self:
        """Compute the learning curve of a learner by cross-validation, and draw it.

        Parameters
        ----------
        learner : ActiveLearner
            Learner with a ``budget``.
        X : container of n_rows rows
            Any container that the learner takes.
        y : array of shape (n_rows,)
            Labels.
        cv : int, splitter or iterable of (train, test), default=None
            As in :func:`active_learning_curve`.
        scoring : str, callable, list, tuple or dict, default=None
            As in :func:`active_learning_curve`.
        n_jobs : int, default=None
            Number of folds to run in parallel.
        metric : str, default=None
            Which of several metrics to draw. None: the first.
        name : str, default=None
            Name in the legend. None draws no legend.
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        plot_kw : dict, default=None
            Passed to :meth:`plot`.
        **options : dict
            Other options of :func:`active_learning_curve`.

        Returns
        -------
        display : ActiveLearningCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError, ValueError
            As :func:`active_learning_curve`.
        """
        curve = active_learning_curve(
            learner, X, y, cv=cv, scoring=scoring, n_jobs=n_jobs, **options
        )
        return cls.from_curves({name: curve}, metric=metric, ax=ax, **(plot_kw or {}))

    @classmethod
    @validated({"learners": [dict], **OPTIONS})
    def from_estimators(
        cls,
        learners: Any,
        X: Rows,
        y: Labels,
        *,
        cv: Any = None,
        scoring: Any = None,
        n_jobs: int | None = None,
        metric: str | None = None,
        ax: Any = None,
        plot_kw: Any = None,
        **options: Any,
    ) -> Self:
        """Compute the learning curves of several learners on the same folds, and draw them.

        Parameters
        ----------
        learners : dict of str to ActiveLearner
            As in :func:`compare_strategies`; the keys are the names in the
            legend.
        X : container of n_rows rows
            Any container that the learners take.
        y : array of shape (n_rows,)
            Labels.
        cv : int, splitter or iterable of (train, test), default=None
            As in :func:`active_learning_curve`.
        scoring : str, callable, list, tuple or dict, default=None
            As in :func:`active_learning_curve`.
        n_jobs : int, default=None
            Number of folds to run in parallel.
        metric : str, default=None
            Which of several metrics to draw. None: the first.
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        plot_kw : dict, default=None
            Passed to :meth:`plot`.
        **options : dict
            Other options of :func:`compare_strategies`.

        Returns
        -------
        display : ActiveLearningCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError, ValueError
            As :func:`compare_strategies`.
        """
        curves = simulate_all(learners, X, y, cv=cv, scoring=scoring, n_jobs=n_jobs, **options)
        return cls.from_curves(curves, metric=metric, ax=ax, **(plot_kw or {}))

    @classmethod
    def from_curves(
        cls, curves: Any, *, metric: str | None = None, ax: Any = None, **kwargs: Any
    ) -> Self:
        """Draw existing learning curves.

        Parameters
        ----------
        curves : dict of str to ActiveLearningCurve, or ActiveLearningCurve
            Result of :func:`compare_strategies` or
            :func:`active_learning_curve`.
        metric : str, default=None
            Which of several metrics to draw. None: the one that the curves
            show.
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : ActiveLearningCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If ``curves`` is neither a dict nor a curve.
        KeyError
            If a curve lacks the metric.
        ValueError
            If there are no curves, or if they have different metrics.
        """
        if isinstance(curves, ActiveLearningCurve):
            curves = {None: curves}
        if not isinstance(curves, dict):
            raise TypeError(f"curves must be a dict of name to curve, got {curves!r}.")
        if metric is not None:
            curves = {name: curve[metric] for name, curve in curves.items()}
        metrics = {curve.metric for curve in curves.values()}
        if len(metrics) != 1:
            raise ValueError(f"curves must have one metric, got {sorted(metrics) or 'none'}.")
        display = cls(
            n_labels={name: curve.n_labels for name, curve in curves.items()},
            scores={name: curve.scores for name, curve in curves.items()},
            score_name=metrics.pop(),
        )
        return display.plot(ax=ax, **kwargs)
