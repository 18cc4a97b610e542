"""The active learner, with fit, query, teach and budget."""

from collections.abc import Iterator
from typing import Any, Self

from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin

from ._learner._arguments import check_initial, check_parameters
from ._learner._explaining import ExplainingMixin
from ._learner._fit_params import check_weights
from ._learner._keeping import KeepingMixin
from ._learner._labels import warn_of_near_classes
from ._learner._picking import PickingMixin
from ._learner._playing import PlayingMixin
from ._learner._predicting import DecodedPredictionsMixin
from ._learner._running import RunningMixin
from ._learner._validation import check_pool
from ._parameters import (
    CLASSIFIER,
    N_JOBS,
    POSITIVE_INT,
    POSITIVE_INT_OR_NONE,
    RANDOM_STATE,
    STRATEGY,
    DeclaredParameters,
)
from ._typing import Labels, Positions, RandomState, Rows, Strategy
from ._wrapping import WrappingMixin, input_tags
from .pool import is_dask


class ActiveLearner(
    WrappingMixin,
    PlayingMixin,
    RunningMixin,
    ExplainingMixin,
    KeepingMixin,
    PickingMixin,
    DecodedPredictionsMixin,
    DeclaredParameters,
    MetaEstimatorMixin,
    ClassifierMixin,
    BaseEstimator,
):
    """Classifier that picks the rows to label next.

    The learner wraps a classifier with scikit-learn's API, which makes the
    predictions. :meth:`query` picks the rows of a pool that are most useful to
    label, :meth:`teach` adds their labels, and :meth:`fit` starts over.

    ``budget`` is the maximum number of labels used. If :meth:`fit` gets more
    labeled rows, it simulates active learning: the strategy picks rows in
    batches, their labels are revealed until the budget is spent, and the
    classifier is fitted on these rows only. So ``GridSearchCV`` and
    ``cross_validate`` can compare strategies, estimators and budgets. Read
    more in :doc:`/user_guide/learner`.

    Parameters
    ----------
    estimator : classifier, default=None
        Classifier to wrap; it is cloned before every fit. None:
        ``LogisticRegression()``.
    query_strategy : callable, default=None
        ``strategy(learner, X, n_queries) -> positions``: a strategy of
        :mod:`skactive.query` or a function. None: ``BalancedCoverage()`` if
        rows can be seen as vectors, otherwise (nets, images, tensors)
        ``MarginSampling()``. See ``strategy_``.
    budget : int, default=None
        Maximum number of labels used. None: no limit.
    batch_size : int, default=10
        Number of rows per query if ``n_queries`` is not given.
    n_initial : int, default=10
        Number of labels from ``cold_start`` before a strategy that needs a
        fitted model picks its first rows. These labels count toward the
        budget. The cold start goes on until there are labels of two classes.
    cold_start : callable, default=None
        Strategy that picks these first rows. None: ``RandomSampling()``. If only
        the vectors of a Pipeline are missing, None is ``query_strategy`` itself; it
        then sees vectors of the pool.
    random_state : int, RandomState or None, default=None
        Seed. An int gives the same picks for the same calls. Unless it is
        None, it also seeds the wrapped estimator and its steps where their
        ``random_state`` is None.
    n_jobs : int, default=None
        Number of threads that score the blocks of a large pool.
    verbose : int, default=0
        1 prints one line per round, and 2 also shows the progress of a query.
        0 shows this progress only in a terminal or a notebook, once a query
        has taken 3 seconds.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone. It is fitted on the codes 0, 1, ... of the classes
        found so far, in sorted order. An estimator that was already fitted
        (``FrozenEstimator``) does not change and keeps its own classes.
    strategy_ : callable
        Strategy in use: ``query_strategy``, or the default if that is None.
    classes_ : ndarray of shape (n_classes,)
        All classes: those in the y given to ``fit``, those taught since, and
        those of an estimator that was already fitted. A class that the
        estimator does not know yet has probability 0.
    n_features_in_ : int
        Number of columns of X, if X has columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all of them are strings.
    X_labeled_ : container of n_labels_ rows
        The labeled rows, in the order taught.
    y_labeled_ : ndarray of shape (n_labels_,)
        Their labels.
    n_labels_ : int
        Number of labels used.
    query_indices_ : ndarray of int
        Positions in the order in which their labels were revealed: in the X of
        a ``fit`` that simulated active learning, or in the pool of
        :meth:`run`.
    random_state_ : RandomState
        Random stream of the strategies.

    See Also
    --------
    skactive.query : The query strategies.

    Notes
    -----
    The pool does not change between rounds. Name the labeled rows in
    ``exclude``; then every row keeps its position.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(random_state=0)
    >>> labeled = []
    >>> while len(labeled) < 30:
    ...     positions = learner.query(X, exclude=labeled)
    ...     learner = learner.teach(X[positions], y[positions])
    ...     labeled.extend(positions)
    >>> learner.n_labels_
    30

    Simulate the same loop inside ``fit``:

    >>> simulated = ActiveLearner(budget=30, random_state=0).fit(X, y)
    >>> simulated.query_indices_.tolist() == [int(position) for position in labeled]
    True
    """

    _parameter_constraints: dict = {
        "estimator": CLASSIFIER,
        "query_strategy": STRATEGY,
        "budget": POSITIVE_INT_OR_NONE,
        "batch_size": POSITIVE_INT,
        "n_initial": POSITIVE_INT,
        "cold_start": STRATEGY,
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any = None,
        query_strategy: Strategy | None = None,
        *,
        budget: int | None = None,
        batch_size: int = 10,
        n_initial: int = 10,
        cold_start: Strategy | None = None,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.query_strategy = query_strategy
        self.budget = budget
        self.batch_size = batch_size
        self.n_initial = n_initial
        self.cold_start = cold_start
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: Rows, y: Labels, **fit_params: Any) -> Self:
        """Start over from labeled rows, using at most ``budget`` labels.

        Parameters
        ----------
        X : container of n_rows rows
            Labeled rows.
        y : array of shape (n_rows,)
            Their labels.
        **fit_params : dict
            Passed to ``fit`` of the wrapped estimator. Parameters with one
            entry per row, such as ``sample_weight``, are split with the rows.

        Returns
        -------
        self : ActiveLearner
            The fitted learner.

        Raises
        ------
        ValueError, TypeError
            If a parameter, X or y is invalid, or if the revealed labels show
            only one of several classes.
        """
        for _ in self.play(X, y, fit_params=fit_params):
            pass
        return self

    def play(
        self,
        X: Rows,
        y: Labels,
        *,
        every_round: bool = False,
        initial: Any = None,
        fit_params: Any = None,
    ) -> Iterator[Self]:
        """Like :meth:`fit`, but yields after each round.

        Parameters
        ----------
        X : container of n_rows rows
            Labeled rows.
        y : array of shape (n_rows,)
            Their labels.
        every_round : bool, default=False
            True fits the estimator after every round, once there are labels of
            two classes. False fits it only when the next pick needs it, and at
            the end.
        initial : array of int, default=None
            Positions in X of the rows that the first round reveals, instead of
            the learner's own picks. The later picks are those of a learner
            with these rows from its cold start. Only used if there are more
            rows than the budget.
        fit_params : dict, default=None
            As for :meth:`fit`.

        Yields
        ------
        learner : ActiveLearner
            This learner, after each round of labels.

        Raises
        ------
        ValueError, TypeError
            As for :meth:`fit`.
        """
        check_parameters(self)
        given, columns = self._checked(X, y, fit_params or {}, reset=True)
        check_weights(given.y, given.params)
        initial = check_initial(initial, len(given.y), self.budget)
        warn_of_near_classes(given.y[:0], given.y)
        columns["strategy_"] = self._resolved_strategy(given.X)
        if self.budget is not None and len(given.y) > self.budget:
            yield from self._play_rounds(given, columns, every_round, initial)
            return
        state = self._state_of(given, declared=given.y[:0])
        self._start_over(**columns, **state, **self._streams(cold=False), _is_stale=True)
        self._refit()
        yield self

    def teach(self, X: Rows, y: Labels, **fit_params: Any) -> Self:
        """Add labeled rows, and fit anew on all labeled rows.

        If the fit of the estimator raises an error, the learner keeps the
        labels and passes the error on; the next call goes on from there. While
        there are labels of only one class, nothing is fitted.

        Parameters
        ----------
        X : container of n_rows rows
            Newly labeled rows.
        y : array of shape (n_rows,)
            Their labels; a new class extends ``classes_``.
        **fit_params : dict
            As for :meth:`fit`.

        Returns
        -------
        self : ActiveLearner
            The learner with the new labels.

        Raises
        ------
        ValueError, TypeError
            If a parameter, X or y is invalid, if X or y does not match the
            rows taught before, or if there would be more labels than the
            budget. The new labels are not kept then.
        """
        check_parameters(self)
        before = self._labeled()
        try:
            self._teach(X, y, fit_params)
            return self
        except BaseException as error:
            self._mark_open(before, error)
            raise

    def query(
        self, X_pool: Rows, n_queries: int | None = None, *, exclude: Labels | None = None
    ) -> Positions:
        """Pick the rows of a pool that are most useful to label.

        Parameters
        ----------
        X_pool : container of n_rows rows
            The pool. Pass the same pool in every round.
        n_queries : int, default=None
            Number of rows. None: ``batch_size``, or fewer if that would be
            more than ``n_initial`` in the cold start, or more than the budget.
        exclude : array of int or of bool, default=None
            Positions that must not be picked, or a mask of length n_rows that
            is True for them.

        Returns
        -------
        positions : ndarray of int, shape (n_queries,)
            Distinct positions in ``X_pool`` in pick order, none of them
            excluded. If fewer rows are free, all free rows.

        Raises
        ------
        ValueError
            If no row is free, or if the budget is spent and ``n_queries`` is
            not given.
        TypeError
            If the pool is not a container of rows, or an argument has a wrong
            type.
        """
        check_parameters(self)
        X_pool = check_pool(self, X_pool)
        self._warn_of_refusal(X_pool, exclude)
        before = self._stream()
        try:
            picks = self._ask(X_pool, exclude, n_queries)
            if not is_dask(X_pool):
                self._warn_of_taught(X_pool, picks, exclude)
            return picks
        except BaseException:
            self._rewind(*before)
            raise

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        first = input_tags(self._base_estimator())
        tags.input_tags.allow_nan = first is None or first.allow_nan
        tags.classifier_tags.poor_score = self.budget is not None
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")
