"""The labels of a learner, which are kept before the estimator is fitted on them.

A new state is built completely and then assigned in one step. So an error or an
interrupt leaves either all of it or nothing.
"""

from contextlib import contextmanager
from typing import Any, Self

import numpy as np

from .._codes import Fitted, fitted_on_labels
from .._warnings import warn_user
from ..pool import num_samples
from ..query import RandomSampling
from ..query._base import requires_fit
from ..query._vectors import needs_only_vectors
from ._arguments import check_parameters
from ._fit_params import FitParams
from ._labeled import Labeled
from ._labels import check_kinds, check_labels, join_labels, one_column, warn_of_near_classes
from ._refusals import refusal
from ._row_hashes import RowHashes, row_hashes
from ._validation import check_new_rows

# attributes that depend on labels, rows and random draws
_LEARNED = {
    *("n_features_in_", "feature_names_in_", "classes_", "strategy_", "estimator_", "_fitted"),
    *("X_labeled_", "y_labeled_", "n_labels_", "_fit_params", "_declared", "_hashes"),
    *("_open_from", "_last_from", "_is_stale", "_has_failed", "_has_warned", "_memory", "_picked"),
    *("query_indices_", "_query_places", "_asked", "_first_streams", "_query_stream"),
    *("random_state_", "_cold", "_cold_seed", "_query_seed", "_estimator_seed", "_tie_seed"),
}
# attributes that are computed again after unpickling
NOT_PICKLED = {
    *("_memory", "_picked", "_hashes", "_first_streams", "_query_stream", "_checked_pool")
}

_LABELS_FOR_A_WARNING = 20


class KeepingMixin:
    """Labeled rows in the order taught, and the fit on all of them.

    Labels are kept before the estimator is fitted, so a fit that raises an
    error loses none. The previous estimator stays in place until the new one
    is fitted.
    """

    # before the first label
    n_labels_ = 0
    # first place of kept labels without a completed fit; None if there are none
    _open_from = None
    # whether labels were added or changed since the last fit
    _is_stale = False
    # whether the last fit raised an error of the estimator, which would be raised again
    _has_failed = False
    _has_warned = False

    def __getstate__(self):
        """Return the state in plain types, which formats such as skops trust."""
        state = {k: v for k, v in super().__getstate__().items() if k not in NOT_PICKLED}
        if "_fit_params" in state:
            state["_fit_params"] = state["_fit_params"].plain()
        if "_fitted" in state:
            state["_fitted"] = list(state["_fitted"])
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "_fit_params" in state:
            self._fit_params = FitParams.from_plain(state["_fit_params"])
        if "_fitted" in state:
            self._fitted = Fitted(*state["_fitted"])

    def _checked(self, X, y, fit_params, reset):
        """Return checked labeled rows, and the attributes that describe their columns."""
        X, columns = check_new_rows(self, X, self._base_estimator(), reset=reset)
        y = check_labels(X, y, type(self).__name__)
        params = FitParams(self._routed_fit_params(fit_params), num_samples(X))
        return Labeled(X, y, params), columns

    def _start_over(self, **state):
        """Replace all attributes that depend on labels and random draws."""
        kept = {name: value for name, value in vars(self).items() if name not in _LEARNED}
        self.__dict__ = {**kept, "_hashes": RowHashes(), **state}

    def _put(self, **state):
        """Set attributes, all of them at once."""
        vars(self).update(state)

    def _labeled(self):
        if not self.n_labels_:
            return None
        return Labeled(self.X_labeled_, self.y_labeled_, self._fit_params)

    def _state_of(self, labeled, declared=None):
        """Return the attributes that describe what was taught."""
        declared = getattr(self, "_declared", None) if declared is None else declared
        y = labeled.y if declared is None else join_labels(labeled.y, declared)
        return {
            "X_labeled_": labeled.X,
            "y_labeled_": labeled.y,
            "n_labels_": len(labeled.y),
            "classes_": np.unique(y),
            "_fit_params": labeled.params,
        }

    def _teach(self, X, y, fit_params, **asked):
        """Keep labels, and fit on all of them; ``asked`` is kept together with the labels."""
        new, columns = self._checked(X, y, fit_params, reset=self.n_labels_ == 0)
        before = self._labeled()
        if not asked and self._is_same_batch(new.X):
            before = before.first(self._open_from)
        n_before = 0 if before is None else len(before.y)
        self._check_budget_left(n_before, len(new.y))
        labeled = new if before is None else before.plus(new)
        warn_of_near_classes(getattr(self, "classes_", new.y[:0]), new.y)
        state = {} if hasattr(self, "random_state_") else self._streams(cold=False)
        state["_hashes"] = getattr(self, "_hashes", None) or RowHashes()
        strategy = self._resolved_strategy(new.X)
        state.update(self._state_of(labeled), **columns, strategy_=strategy)
        starts = {"_open_from": n_before, "_last_from": n_before}
        self._put(**state, **asked, **starts, _is_stale=True, _has_failed=False)
        with self._telling_what_is_kept(len(new.y)):
            if hasattr(self, "estimator_") or self._has_two_classes():
                self._refit()
        self._warn_of_one_class()
        self._open_from = None

    def _mark_open(self, before, error):
        """Note after a failed call whether it kept labels; these must not count twice."""
        now = self._labeled()
        if now is not None and (before is None or now.y is not before.y):
            self._open_from = self._last_from
        elif isinstance(error, Exception):
            error.add_note(
                f"No label of this call is kept (n_labels_ is {self.n_labels_}). Fix the cause, "
                "and teach these rows and labels again."
            )

    def relabel(self, rows: Any, y: Any) -> Self:
        """Correct labels, named by their places in ``y_labeled_``, and fit anew.

        Parameters
        ----------
        rows : int, array of int or mask of shape (n_labels_,)
            Places in the order taught, not positions in the pool.
        y : array of shape (n_rows,)
            The correct labels. A class without a label left is removed from
            ``classes_``, unless it was in the y of a ``fit`` that simulated
            active learning.

        Returns
        -------
        self : ActiveLearner
            The learner with the correct labels. If only one class is left,
            nothing is fitted.

        Raises
        ------
        ValueError, TypeError
            If a place does not exist or is given twice, or if a label is
            missing or of another type than the others. Nothing changes then.
        """
        check_parameters(self)
        places = self._places(rows)
        y = one_column(y)
        if len(y) != len(places):
            raise ValueError(f"rows has {len(places)} places, but y has {len(y)} labels.")
        known = self._labeled()
        check_kinds(known.y, y)
        joined = join_labels(known.y, y)
        kept, new = joined[: len(known.y)].copy(), joined[len(known.y) :]
        warn_of_near_classes(np.unique(np.delete(kept, places)), new)
        if new.dtype.kind == "U":
            kept = kept.astype(joined.dtype)
        kept[places] = new
        has_one_class = len(np.unique(kept)) < 2
        # stored results of strategies may depend on the old labels
        dropped = {"_memory", "estimator_", "_fitted"} if has_one_class else {"_memory"}
        attributes = {name: value for name, value in vars(self).items() if name not in dropped}
        self.__dict__ = {
            **attributes, **self._state_of(known._replace(y=kept)), "_is_stale": not has_one_class
        }
        if not has_one_class:
            with self._telling_what_is_kept(len(y)):
                self._refit()
        return self

    def _is_same_batch(self, X):
        """Return whether these rows were already kept by a call without a completed fit."""
        if self._open_from is None or num_samples(X) != self.n_labels_ - self._open_from:
            return False
        known, new = self._hashes_of_labeled(), row_hashes(X)
        if known is None or new is None:
            return False
        return np.array_equal(known[self._open_from :], new)

    def _hashes_of_labeled(self):
        """Return hashes of the rows taught, or None if such rows have no hashes."""
        return vars(self).setdefault("_hashes", RowHashes()).of(self.X_labeled_)

    def _check_budget_left(self, n_before, n_new):
        if self.budget is not None and n_before + n_new > self.budget:
            raise ValueError(
                f"teaching {n_new} labels in addition to {n_before} would exceed the "
                f"budget of {self.budget}. Raise it with set_params(budget=...)."
            )

    def _refit(self):
        seed = None if self.random_state is None else self._estimator_seed
        try:
            fitted = fitted_on_labels(
                self._base_estimator(),
                self.X_labeled_,
                self.y_labeled_,
                seed=seed,
                **self._fit_params.values,
            )
        except Exception as error:
            self._has_failed = True
            if not self._has_two_classes():
                label = self.y_labeled_[:1].tolist()[0]
                error.add_note(f"All {self.n_labels_} labels are of one class, {label!r}.")
            raise
        state = {"estimator_": fitted.estimator, "_fitted": fitted}
        state.update(_is_stale=False, _has_failed=False, _open_from=None)
        if fitted.has_own_classes:
            state["classes_"] = np.unique(join_labels(self.classes_, fitted.found))
        self._put(**state)

    @contextmanager
    def _telling_what_is_kept(self, n_new):
        try:
            yield
        except Exception as error:
            why = refusal(self._base_estimator(), self.X_labeled_)
            if why is not None:
                error.add_note(f"The likely cause: {why.replace('the pool', 'X_labeled_')}")
            error.add_note(
                f"The {n_new} labels of this call are kept (n_labels_ is {self.n_labels_}). Only "
                "the fit failed; the previous model, if there is one, stays in place. Fix the "
                "cause and teach the same rows again (they are not counted twice), or go on "
                "with the next rows."
            )
            raise

    def _warn_of_one_class(self):
        is_early = self.n_labels_ < _LABELS_FOR_A_WARNING
        if is_early or self._has_warned or self._has_two_classes():
            return
        self._has_warned = True
        warn_user(
            f"all {self.n_labels_} labels so far are of one class, "
            f"{self.y_labeled_[:1].tolist()[0]!r}, so no classifier can be fitted. Teach a row of "
            f"another class if you know one. {self._way_to_other_classes()}"
        )

    def _way_to_other_classes(self):
        strategy = getattr(self, "strategy_", self.query_strategy)
        needs_model = requires_fit(strategy, self) and not needs_only_vectors(strategy)
        starts_at_random = strategy is not None and needs_model and self.cold_start is None
        if starts_at_random or isinstance(self.cold_start, RandomSampling):
            return (
                "Until then, rows are drawn at random; cold_start=BalancedCoverage() looks for "
                "rows unlike those labeled."
            )
        return "Otherwise go on: the next rows are chosen without a model."

    def _n_found(self):
        """Return the number of classes among the labels."""
        return len(np.unique(self.y_labeled_)) if self.n_labels_ else 0

    def _has_two_classes(self):
        """Whether there are labels of two classes or more; asked several times in a round."""
        return self.n_labels_ > 1 and bool((self.y_labeled_ != self.y_labeled_[0]).any())

    def _places(self, rows):
        """Return places of labels as an int array, from places or a mask."""
        if not self.n_labels_:
            raise ValueError("there are no labels to correct: nothing was taught yet.")
        places = np.asarray(rows)
        places = places[None] if places.ndim == 0 else places
        if places.dtype == bool and places.shape == (self.n_labels_,):
            return np.flatnonzero(places)
        if places.ndim != 1 or places.dtype.kind not in "iu":
            raise TypeError(
                f"rows must hold places in y_labeled_, 0 to {self.n_labels_ - 1}, or be a mask of "
                f"length {self.n_labels_}; got {rows!r}."
            )
        outside = places[(places < 0) | (places >= self.n_labels_)]
        if len(outside):
            raise ValueError(
                f"rows holds {outside[0]}, but y_labeled_ has the places 0 to "
                f"{self.n_labels_ - 1}. Places follow the order taught; they are not positions in "
                "the pool."
            )
        if len(np.unique(places)) != len(places):
            raise ValueError(f"rows contains a place twice: {rows!r}.")
        return places.astype(np.intp)
