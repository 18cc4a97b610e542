"""The learning curve of one learner, by cross-validation."""

from typing import Any

from .._parameters import N_JOBS, PAIR, Instance, ListOf, ints, validated
from .._typing import Labels, Rows
from ._curve import ActiveLearningCurve
from ._folds import simulate_all

# of all functions that make curves
OPTIONS = {
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


@validated(OPTIONS)
def active_learning_curve(
    learner: Any,
    X: Rows,
    y: Labels,
    *,
    cv: Any = None,
    scoring: Any = None,
    n_jobs: int | None = None,
    groups: Any = None,
    fit_params: Any = None,
    same_start: bool = True,
    seed_per_fold: bool = True,
    verbose: int = 0,
) -> ActiveLearningCurve:
    """Compute the learning curve of a learner over labels, by cross-validation.

    In every fold, a clone of the learner picks training rows and gets their
    labels from ``y``, until its budget is spent. After every round it is
    scored on the held-out rows. Read more in :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    learner : ActiveLearner
        Learner with a ``budget`` smaller than the smallest training fold.
    X : container of n_rows rows
        Any container that the learner takes.
    y : array of shape (n_rows,)
        Labels.
    cv : int, splitter or iterable of (train, test), default=None
        As in ``cross_validate``. None or an int: ``StratifiedKFold`` without
        shuffling, the same folds for every learner. To use each row in several
        folds, pass ``RepeatedStratifiedKFold`` or ``StratifiedShuffleSplit``.
    scoring : str, callable, list, tuple or dict, default=None
        As in ``cross_validate``; with several metrics, the curve holds all of
        them. None: the learner's ``score``.
    n_jobs : int, default=None
        Number of folds to run in parallel.
    groups : array of shape (n_rows,), default=None
        For splitters that need groups.
    fit_params : dict, default=None
        Passed to ``learner.fit``. Parameters with one entry per row are split
        with the rows.
    same_start : bool, default=True
        True: the learner's ``cold_start`` picks the first ``n_initial`` rows
        for every strategy, so that strategies differ only in their own picks.
        False: a strategy that needs no fitted model also picks the first rows,
        as in ``fit``.
    seed_per_fold : bool, default=True
        True: each fold has its own seed, drawn from the learner's
        ``random_state``; learners with the same int share the seeds. False:
        every fold uses the learner's ``random_state``, as in
        ``cross_validate``; then the draws of overlapping folds are correlated.
    verbose : int, default=0
        1 shows a progress bar, or one line per fold if tqdm is not installed.

    Returns
    -------
    curve : ActiveLearningCurve
        Scores of each fold after each round.

    Raises
    ------
    TypeError
        If ``learner`` is not an ActiveLearner.
    ValueError
        If the budget is None or not smaller than a training fold, or if y does
        not hold one class label per row.

    See Also
    --------
    compare_strategies : Curves of several strategies on the same folds.
    ActiveLearningCurveDisplay : Draws the curve.

    Notes
    -----
    A learner that has labels of a single class has no model. It is scored like
    a model that always predicts this class.

    At each point, the model is fitted on the labels so far. All folds have
    points at the same numbers of labels. With ``same_start=False`` and
    ``seed_per_fold=False``, the last point equals the result of
    ``cross_validate``.

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
    curves = simulate_all(
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
