"""The labels that a learner was taught: kept first, fitted on after that."""

import numpy as np

from .._codes import encoded_clone, fit_on_codes
from ..pool import concatenate_rows, container_kind
from ._fit_params import FitParams


class KeepingMixin:
    """Labelled rows in the order taught, and the fit on all of them.

    Labels are kept before the estimator is fitted, so that a fit that raises
    loses none; the estimator of before stays in place until the new one is
    fitted.
    """

    # a learner that was taught nothing yet
    n_labels_ = 0
    # whether labels came since the last fit that ended
    _is_stale = False

    def __getstate__(self):
        """The state in types that other formats than pickle trust, as skops does."""
        state = {key: value for key, value in super().__getstate__().items() if key != "_memory"}
        if "_fit_params" in state:
            state["_fit_params"] = state["_fit_params"].plain()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "_fit_params" in state:
            self._fit_params = FitParams.from_plain(state["_fit_params"])

    def _check_teachable(self, X, y, params):
        """Raise before a label is kept that does not fit those that are there."""
        if self.budget is not None and self.n_labels_ + len(y) > self.budget:
            raise ValueError(
                f"teaching {len(y)} labels to the {self.n_labels_} there are would pass the "
                f"budget of {self.budget}. Raise it by set_params(budget=...)."
            )
        if self.n_labels_:
            kinds = [container_kind(rows) for rows in (self.X_labeled_, X)]
            if kinds[0] != kinds[1]:
                raise TypeError(f"a {kinds[1]} of rows cannot join the {kinds[0]} taught before.")
            kinds = [_label_kind(labels) for labels in (self.y_labeled_, y)]
            if kinds[0] != kinds[1]:
                raise TypeError(
                    f"labels of dtype {y.dtype} cannot join those of dtype "
                    f"{self.y_labeled_.dtype} that were taught before."
                )
            self._fit_params.check_joinable(params)

    def _forget(self):
        """Drop all that came from labels and draws."""
        names = ("estimator_", "query_indices_", "X_labeled_", "y_labeled_", "n_labels_")
        for name in (*names, "random_state_", "_cold", "_memory", "_is_stale"):
            self.__dict__.pop(name, None)

    def _remember(self, X, y, params):
        if self.n_labels_:
            self.X_labeled_ = concatenate_rows(self.X_labeled_, X)
            self.y_labeled_ = np.concatenate([self.y_labeled_, y])
            self._fit_params = self._fit_params.join(params)
        else:
            self.X_labeled_, self.y_labeled_, self._fit_params = X, y, params
        self.n_labels_ = len(self.y_labeled_)

    def _refit(self):
        found, codes = np.unique(self.y_labeled_, return_inverse=True)
        self._is_stale = True
        seed = None if self.random_state is None else self._estimator_seed
        estimator = encoded_clone(self._base_estimator(), found, seed)
        try:
            fit_on_codes(estimator, self.X_labeled_, codes, **self._fit_params.values)
        except Exception:  # the estimator's own error, which would come again
            self._is_stale = False
            raise
        self.estimator_, self._found = estimator, found
        self._is_stale = False

    def _n_found(self):
        """Number of classes among the labels."""
        return len(np.unique(self.y_labeled_)) if self.n_labels_ else 0


def _label_kind(labels):
    """Labels of one kind can be joined and stay what they are."""
    kind = labels.dtype.kind
    return {"b": "bool", "i": "number", "u": "number", "f": "number"}.get(kind, "text")
