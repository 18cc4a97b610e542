"""Several strategies, or learners, on the same folds."""

from typing import Any

from sklearn.base import clone

from .._parameters import options, validated
from .._typing import Labels, Rows
from ..query import RandomSampling
from ._comparison import PairedComparison
from ._folds import check_learner, simulate_all
from ._one_curve import OPTIONS
from ._strategy_comparison import StrategyComparison


@validated(OPTIONS)
def compare_strategies(
    learner: Any,
    strategies: Any = None,
    X: Rows = None,
    y: Labels | None = None,
    *,
    cv: Any = None,
    scoring: Any = None,
    n_jobs: int | None = None,
    groups: Any = None,
    fit_params: Any = None,
    same_start: bool = True,
    seed_per_fold: bool = True,
    verbose: int = 0,
) -> StrategyComparison:
    """Compute learning curves of several strategies, on the same folds from the same rows.

    ``compare_strategies(learner, strategies, X, y)`` compares strategies in
    one learner. ``compare_strategies(learners, X, y)`` compares learners that
    may differ in any parameter.

    All learners share the folds. In each fold, they also share the first rows:
    the ``cold_start`` of the first learner picks ``n_initial`` rows for all.
    Otherwise a strategy that needs no fitted model, such as random sampling,
    would start from other rows, and the effect of these rows would look like
    that of the strategy. Read more in :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    learner : ActiveLearner or dict of str to ActiveLearner
        One learner with a ``budget``; each strategy in turn becomes its
        ``query_strategy``. Or several learners by name, without
        ``strategies``. Learners with the same int as ``random_state`` get the
        same seed in each fold.
    strategies : dict of str to strategy, default=None
        Strategies by name, such as ``{"margin": MarginSampling()}``. Omit it
        if ``learner`` is a dict.
    X : container of n_rows rows
        Any container that the learners take.
    y : array of shape (n_rows,)
        Labels.
    cv : int, splitter or iterable of (train, test), default=None
        As in :func:`active_learning_curve`.
    scoring : str, callable, list, tuple or dict, default=None
        As in :func:`active_learning_curve`.
    n_jobs : int, default=None
        Number of folds to run in parallel, over all learners.
    groups : array of shape (n_rows,), default=None
        For splitters that need groups.
    fit_params : dict, default=None
        Passed to ``fit`` of all learners.
    same_start : bool, default=True
        False lets a strategy that needs no fitted model also pick the first
        rows. Choose it to compare how strategies start.
    seed_per_fold : bool, default=True
        As in :func:`active_learning_curve`.
    verbose : int, default=0
        1 shows a progress bar, or one line per fold if tqdm is not installed.

    Returns
    -------
    comparison : StrategyComparison
        A dict of strategy name to curve, in the given order. It prints as a
        table; ``to_frame`` returns all numbers, and ``plot`` draws the curves.

    Raises
    ------
    TypeError
        If the arguments are neither a learner with a dict of strategies nor a
        dict of learners.
    ValueError
        If a budget is None or not smaller than a training fold, or if y does
        not hold one class label per row.

    See Also
    --------
    ActiveLearningCurve.compare_with : Whether a difference is more than
        chance.
    ActiveLearningCurveDisplay.from_curves : Draws the curves.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.evaluation import compare_strategies
    >>> from skactive.query import MarginSampling, RandomSampling
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(budget=30, random_state=0)
    >>> strategies = {"random": RandomSampling(), "margin": MarginSampling()}
    >>> comparison = compare_strategies(learner, strategies, X, y, cv=3)
    >>> list(comparison)
    ['random', 'margin']
    >>> comparison["random"].scores[:, 0] == comparison["margin"].scores[:, 0]
    array([ True,  True,  True])
    """
    learners, X, y = _learners_and_data(learner, strategies, X, y)
    curves = simulate_all(
        learners,
        X,
        y,
        cv=cv,
        scoring=scoring,
        n_jobs=n_jobs,
        groups=groups,
        fit_params=fit_params,
        same_start=same_start,
        seed_per_fold=seed_per_fold,
        verbose=verbose,
    )
    return StrategyComparison(curves, baseline=_random_one(learners))


def _learners_and_data(learner, strategies, X, y):
    """Return learners by name, X and y, from both forms of the arguments."""
    if isinstance(learner, dict):
        data = [value for value in (strategies, X, y) if value is not None]
        if len(data) != 2:
            raise TypeError(
                "with a dict of learners, pass only X and y: compare_strategies(learners, X, y). "
                f"Got {len(data)} of strategies, X and y."
            )
        learners, (X, y) = learner, data
    else:
        learners = _around(learner, strategies)
    return learners, X, y


def _around(learner, strategies):
    """Return one learner per strategy."""
    check_learner(learner)
    if not isinstance(strategies, dict):
        raise TypeError(
            "strategies must be a dict of names to strategies, like {'margin': MarginSampling()}, "
            f"got {type(strategies).__name__}. Call compare_strategies(learner, strategies, X, y)."
        )
    return {
        name: clone(learner).set_params(query_strategy=strategy)
        for name, strategy in strategies.items()
    }


def _random_one(learners):
    """Return the name of the first learner that samples at random, or None."""
    return next(
        (
            name
            for name, learner in learners.items()
            if isinstance(learner.query_strategy, RandomSampling)
        ),
        None,
    )


@validated({"on": [options("area", "final")], "correction": ["boolean"]})
def compare_with_random(
    learner: Any, X: Rows, y: Labels, *, on: str = "area", correction: bool = True, **options: Any
) -> PairedComparison:
    """Compare a learner with the same learner under random sampling, by a paired test.

    Read more in :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    learner : ActiveLearner
        Learner with a ``budget``.
    X : container of n_rows rows
        Any container that the learner takes.
    y : array of shape (n_rows,)
        Labels.
    on : {"area", "final"}, default="area"
        What to compare, as in :meth:`ActiveLearningCurve.compare_with`.
    correction : bool, default=True
        Whether to correct the t-test for overlapping folds.
    **options : dict
        Passed to :func:`compare_strategies`, such as ``cv``, ``scoring`` and
        ``n_jobs``. With several metrics, the first one is compared.

    Returns
    -------
    comparison : PairedComparison
        Positive differences mean that the learner did better than random
        sampling.

    Raises
    ------
    TypeError, ValueError
        As :func:`compare_strategies`.

    See Also
    --------
    compare_strategies : Returns the curves themselves.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.evaluation import compare_with_random
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(budget=30, random_state=0)
    >>> compare_with_random(learner, X, y, cv=3).differences.shape
    (3,)
    """
    check_learner(learner)
    strategies = {"learner": learner.query_strategy, "random": RandomSampling()}
    curves = compare_strategies(learner, strategies, X, y, **options)
    return curves["learner"].compare_with(curves["random"], on=on, correction=correction)
