"""The active learner: the only place that knows fit, query, teach and budget."""

from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin

from ._learner._explaining import ExplainingMixin
from ._learner._fit_params import check_weights
from ._learner._keeping import KeepingMixin
from ._learner._labels import warn_of_near_classes
from ._learner._picking import PickingMixin
from ._learner._playing import PlayingMixin
from ._learner._predicting import DecodedPredictionsMixin
from ._learner._running import RunningMixin
from ._learner._validation import check_initial, check_parameters, check_pool
from ._parameters import (
    CLASSIFIER,
    N_JOBS,
    POSITIVE_INT,
    POSITIVE_INT_OR_NONE,
    RANDOM_STATE,
    STRATEGY,
    DeclaredParameters,
)
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
    """A classifier that says which rows to label next.

    It wraps any classifier that follows scikit-learn's API. :meth:`query`
    picks the rows of a pool that are worth a label, :meth:`teach` takes their
    labels, :meth:`fit` starts over. Predicting is the wrapped classifier's.

    ``budget`` is the largest number of labels that the learner may ever see.
    Given more labeled rows than that, :meth:`fit` plays the game against
    them: it reveals at most ``budget`` labels, chosen by the strategy in
    batches, and fits on those alone. That makes strategies, estimators and
    budgets comparable by ``GridSearchCV`` and ``cross_validate``.

    Parameters
    ----------
    estimator : classifier, default=None
        It is cloned before every fit. None: ``LogisticRegression()``.
    query_strategy : callable, default=None
        ``strategy(learner, X, n_queries) -> positions``, one of
        :mod:`skactive.query` or a function. None: ``BalancedCoverage()`` where
        rows can be seen as vectors, otherwise (nets, images)
        ``MarginSampling()``; ``strategy_`` says which.
    budget : int, default=None
        Most labels that may be seen. None: no limit.
    batch_size : int, default=10
        Rows a query when ``n_queries`` is not given.
    n_initial : int, default=10
        Labels from ``cold_start`` before a strategy that needs a fitted model
        is asked; they belong to the budget. There are more of them as long as
        only one class was found.
    cold_start : callable, default=None
        Strategy for those. None: ``RandomSampling()``.
    random_state : int, RandomState or None, default=None
        An int gives the same picks for the same calls. Unless it is None, a
        ``random_state`` of the wrapped estimator that is None is set as well.
    n_jobs : int, default=None
        Threads that score the blocks of a large pool.
    verbose : int, default=0
        1 prints a line a round, 2 also shows how far a query is. 0 shows that in a
        terminal or a notebook once a query has lasted 3 seconds, and is silent
        otherwise.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone. It is fitted on the codes 0, 1, ... of the classes
        found so far, in sorted order; one that was fitted before
        (``FrozenEstimator``) stays as it is and keeps its own classes.
    strategy_ : callable
        The strategy that is asked: ``query_strategy``, or what stands for None.
    classes_ : ndarray of shape (n_classes,)
        All classes of the y given to ``fit``, those taught since, and those
        of an estimator that was fitted before. One that the estimator does
        not know yet has probability 0.
    n_features_in_ : int
        Number of columns of X, where X has columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they are all strings.
    X_labeled_ : container of n_labels_ rows
        The labeled rows, in the order taught.
    y_labeled_ : ndarray of shape (n_labels_,)
        Their labels.
    n_labels_ : int
        Number of labels seen.
    query_indices_ : ndarray of int
        Positions in the order revealed: into the X of a ``fit`` that played
        the game, or into the pool of :meth:`run`.
    random_state_ : RandomState
        The stream that strategies draw from.

    See Also
    --------
    skactive.query : The strategies.

    Notes
    -----
    The pool stays put: rows that are taken are named by ``exclude``, so that
    a row keeps its number for ever.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(random_state=0)
    >>> taken = []
    >>> while len(taken) < 30:
    ...     positions = learner.query(X, exclude=taken)
    ...     learner = learner.teach(X[positions], y[positions])
    ...     taken.extend(positions)
    >>> learner.n_labels_
    30
    >>> game = ActiveLearner(budget=30, random_state=0).fit(X, y)
    >>> game.query_indices_.tolist() == [int(position) for position in taken]
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
        estimator=None,
        query_strategy=None,
        *,
        budget=None,
        batch_size=10,
        n_initial=10,
        cold_start=None,
        random_state=None,
        n_jobs=None,
        verbose=0,
    ):
        self.estimator = estimator
        self.query_strategy = query_strategy
        self.budget = budget
        self.batch_size = batch_size
        self.n_initial = n_initial
        self.cold_start = cold_start
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X, y, **fit_params):
        """Start over from labeled rows, revealing no more labels than the budget.

        Parameters
        ----------
        X : container of n_rows rows
            Labeled rows.
        y : array of shape (n_rows,)
            Their labels.
        **fit_params : dict
            For the ``fit`` of the wrapped estimator. Those with one entry a
            row, such as ``sample_weight``, follow their rows.

        Returns
        -------
        self : ActiveLearner
            Fitted.
        """
        for _ in self.play(X, y, fit_params=fit_params):
            pass
        return self

    def play(self, X, y, *, every_round=False, initial=None, fit_params=None):
        """Fit round by round: a generator of which :meth:`fit` is the exhaustion.

        Parameters
        ----------
        X : container of n_rows rows
            Labeled rows.
        y : array of shape (n_rows,)
            Their labels.
        every_round : bool, default=False
            True fits the estimator after every round in which two classes
            have been found; False only where the next pick or the end needs it.
        initial : array of int, default=None
            Positions into X of the rows that the first round reveals, in the
            place of what the learner would pick. The later picks are those of
            a learner whose cold start gave these rows. Only of use in a game.
        fit_params : dict, default=None
            As for :meth:`fit`.

        Yields
        ------
        learner : ActiveLearner
            This learner after each round of labels.
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

    def teach(self, X, y, **fit_params):
        """Add labeled rows and fit anew on all of them.

        The labels are kept also when the estimator's fit raises; its error
        comes through and the next call goes on from there. While only one
        class has been found, nothing is fitted yet.

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
            With the new labels.
        """
        check_parameters(self)
        before = self._labeled()
        try:
            self._teach(X, y, fit_params)
            return self
        except BaseException:
            self._mark_open(before)
            raise

    def relabel(self, rows, y):
        """Correct labels by their place in ``y_labeled_`` and fit anew.

        Parameters
        ----------
        rows : int, array of int or mask of shape (n_labels_,)
            Places in the order taught, not positions into the pool.
        y : array of shape (n_rows,)
            The right labels. A class of which no label is left is no longer
            among ``classes_``, unless the y of a game held it.

        Returns
        -------
        self : ActiveLearner
            With the right labels. If only one class is left, nothing is fitted.

        Raises
        ------
        ValueError, TypeError
            If a place does not exist or comes twice, or if a label is missing
            or of another kind than the others; nothing is changed then.
        """
        check_parameters(self)
        self._relabel(rows, y)
        return self

    def query(self, X_pool, n_queries=None, *, exclude=None):
        """Pick the rows of a pool that are worth a label.

        Parameters
        ----------
        X_pool : container of n_rows rows
            The pool. It stays as it is from round to round.
        n_queries : int, default=None
            How many rows. None: ``batch_size``, but neither past the end of
            the cold start nor past the budget.
        exclude : array of int or of bool, default=None
            Positions that are taken, or a mask of length n_rows.

        Returns
        -------
        positions : ndarray of int, shape (n_queries,)
            Distinct positions into ``X_pool`` in pick order, none excluded;
            all that are free where there are fewer.

        Raises
        ------
        ValueError
            If no row is free, or if the budget is spent and ``n_queries`` is
            not given.
        """
        check_parameters(self)
        X_pool = check_pool(self, X_pool)
        before = self._stream()
        try:
            picks = self._ask(X_pool, exclude, n_queries)
            if not is_dask(X_pool):
                self._warn_of_taught(X_pool, picks)
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
