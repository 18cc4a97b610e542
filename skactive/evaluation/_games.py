"""Games in cross-validation: a learner, or several, played in every fold."""

from sklearn.base import clone

from .._parameters import N_JOBS, PAIR, Instance, ListOf, ints, options, validated
from ..query import RandomSampling
from ._folds import check_learner, play_all
from ._strategy_comparison import StrategyComparison

_OPTIONS = {
    "cv": [
        ints(2),
        Instance(["split", "get_n_splits"]),
        Instance("__next__", "an iterator over pairs of positions (train, test)"),
        ListOf(PAIR, "such pairs"),
        None,
    ],
    "scoring": [str, callable, list, tuple, set, dict, None],
    "n_jobs": N_JOBS,
    "groups": ["array-like", None],
    "fit_params": [dict, None],
    "same_start": ["boolean"],
    "seed_per_fold": ["boolean"],
    "verbose": ["verbose"],
}


@validated(_OPTIONS)
def active_learning_curve(
    learner,
    X,
    y,
    *,
    cv=None,
    scoring=None,
    n_jobs=None,
    groups=None,
    fit_params=None,
    same_start=True,
    seed_per_fold=True,
    verbose=0,
):
    """Learning curve over labels, cross-validated.

    In every fold a clone of the learner plays the game on the training rows
    once, until its budget is spent, and is scored on the held-out rows after
    every round.

    Parameters
    ----------
    learner : ActiveLearner
        Its ``budget`` must be set, and smaller than the smallest training fold.
    X : container of n_rows rows
        Whatever the learner takes.
    y : array of shape (n_rows,)
        Labels.
    cv : int, splitter or iterable of (train, test), default=None
        As in ``cross_validate``. None or an int: ``StratifiedKFold`` without
        shuffling, the same folds for every learner. For more than one game a
        row, use ``RepeatedStratifiedKFold`` or ``StratifiedShuffleSplit``.
    scoring : str, callable, list, tuple or dict, default=None
        As in ``cross_validate``; several metrics make a curve that holds them
        all. None: the learner's ``score``.
    n_jobs : int, default=None
        Games that are played at once.
    groups : array of shape (n_rows,), default=None
        For splitters that need groups.
    fit_params : dict, default=None
        For ``learner.fit``. Those with one entry a row follow their rows.
    same_start : bool, default=True
        True: the first ``n_initial`` labels come from the learner's
        ``cold_start`` for every strategy, so that strategies differ in their
        own picks only. False: a strategy that needs no fitted model picks
        from the first label on, as in ``fit``.
    seed_per_fold : bool, default=True
        True: each fold has a seed of its own, drawn from the learner's
        ``random_state``; learners with the same int share them. False: the
        learner's ``random_state`` as it is, in every fold, as ``cross_validate``
        does; the draws of overlapping folds then hang together.
    verbose : int, default=0
        1 shows a progress bar, or a line a game where tqdm is not installed.

    Returns
    -------
    curve : ActiveLearningCurve
        Scores of each fold after each round.

    Raises
    ------
    TypeError
        If ``learner`` is not an ActiveLearner.
    ValueError
        If its budget is None, or not smaller than a training fold.

    See Also
    --------
    compare_strategies : Several learners side by side.
    ActiveLearningCurveDisplay : Draws the curve.

    Notes
    -----
    A learner that has found a single class so far predicts nothing. It is
    scored as the model that always predicts that class.

    Each point is a fit on the labels so far. Points stand at the same label
    counts in all folds. With ``same_start=False`` and ``seed_per_fold=False``
    the last is what ``cross_validate`` gives for the learner.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.evaluation import active_learning_curve
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(budget=40, random_state=0)
    >>> curve = active_learning_curve(learner, X, y, cv=3)
    >>> curve.n_labels
    array([10, 20, 30, 40])
    >>> curve.scores.shape
    (3, 4)
    """
    curves = play_all(
        {"active_learning_curve": learner},
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
    return curves["active_learning_curve"]


@validated(_OPTIONS)
def compare_strategies(
    learner,
    strategies=None,
    X=None,
    y=None,
    *,
    cv=None,
    scoring=None,
    n_jobs=None,
    groups=None,
    fit_params=None,
    same_start=True,
    seed_per_fold=True,
    verbose=0,
):
    """Learning curves of several strategies on the same folds from the same rows.

    ``compare_strategies(learner, strategies, X, y)`` plays strategies around
    one learner; ``compare_strategies(learners, X, y)`` plays learners that
    may differ in anything.

    The folds are made once. So are the rows that all learners start from in a
    fold: the ``cold_start`` of the first learner draws ``n_initial`` of them.
    Strategies that need no fitted model, such as random sampling, would pick
    other rows than a cold start from the first label on; a luckier start would
    then count as a better strategy.

    Parameters
    ----------
    learner : ActiveLearner or dict of str to ActiveLearner
        One learner, each strategy in turn as its ``query_strategy``; its
        ``budget`` must be set. Or learners by name, without ``strategies``: they may
        differ in strategy, in estimator, in anything, and the same int as
        ``random_state`` gives them the same seed in each fold.
    strategies : dict of str to strategy, default=None
        Strategies by name, such as ``{"margin": MarginSampling()}``. Left out
        where ``learner`` is a dict of learners.
    X : container of n_rows rows
        Whatever the learners take.
    y : array of shape (n_rows,)
        Labels.
    cv : int, splitter or iterable of (train, test), default=None
        As in :func:`active_learning_curve`.
    scoring : str, callable, list, tuple or dict, default=None
        As in :func:`active_learning_curve`.
    n_jobs : int, default=None
        Games that are played at once.
    groups : array of shape (n_rows,), default=None
        For splitters that need groups.
    fit_params : dict, default=None
        For ``fit`` of all learners.
    same_start : bool, default=True
        False lets a strategy that needs no fitted model pick from the first
        label on. Choose it when the start is what a strategy is about.
    seed_per_fold : bool, default=True
        As in :func:`active_learning_curve`.
    verbose : int, default=0
        1 shows a progress bar, or a line a game where tqdm is not installed.

    Returns
    -------
    comparison : StrategyComparison
        A dict with a curve for each strategy, in the same order. It prints as
        a table; ``to_frame`` and ``plot`` give all numbers and the picture.

    Raises
    ------
    TypeError
        If there is neither a learner with a dict of strategies nor a dict of
        learners.
    ValueError
        If a budget is None, or not smaller than a training fold; if y holds
        several labels for a row or no class labels.

    See Also
    --------
    ActiveLearningCurve.compare_with : Whether a difference is more than chance.
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
    curves = play_all(
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
    """Learners by name, X and y, of one learner with strategies or of learners alone."""
    if isinstance(learner, dict):
        data = [value for value in (strategies, X, y) if value is not None]
        if len(data) != 2:
            raise TypeError(
                "a dict of learners comes with X and y alone, as compare_strategies(learners, X, "
                f"y); got {len(data)} of strategies, X and y."
            )
        learners, (X, y) = learner, data
    else:
        learners = _around(learner, strategies)
    if not learners:
        raise TypeError("there is nothing to play: the dict of names to strategies is empty.")
    return learners, X, y


def _around(learner, strategies):
    """The learner with each of the strategies."""
    check_learner(learner)
    if not isinstance(strategies, dict):
        raise TypeError(
            "strategies must be a dict of names to strategies, as {'margin': MarginSampling()}, "
            f"got {type(strategies).__name__}. Call compare_strategies(learner, strategies, X, y)."
        )
    return {
        name: clone(learner).set_params(query_strategy=strategy)
        for name, strategy in strategies.items()
    }


def _random_one(learners):
    """The name of the first learner that samples at random, or None."""
    return next(
        (
            name
            for name, learner in learners.items()
            if isinstance(learner.query_strategy, RandomSampling)
        ),
        None,
    )


@validated({"on": [options("area", "final")], "correction": ["boolean"]})
def compare_with_random(learner, X, y, *, on="area", correction=True, **options):
    """Paired comparison of a learner with the same learner that samples at random.

    Parameters
    ----------
    learner : ActiveLearner
        Its ``budget`` must be set.
    X : container of n_rows rows
        Whatever the learner takes.
    y : array of shape (n_rows,)
        Labels.
    on : {"area", "final"}, default="area"
        What is compared, as in :meth:`ActiveLearningCurve.compare_with`.
    correction : bool, default=True
        Whether the t-test is corrected for overlapping folds.
    **options : dict
        ``cv``, ``scoring``, ``n_jobs`` and the others of
        :func:`compare_strategies`. Of several metrics, the first is compared.

    Returns
    -------
    comparison : PairedComparison
        Positive differences speak for the learner.

    See Also
    --------
    compare_strategies : When the curves themselves are wanted.

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
