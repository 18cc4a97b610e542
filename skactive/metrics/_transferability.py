"""How a source model spreads the rows of a pool over its classes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._codes import labels_and_classes
from .._parameters import POSITIVE_INT_OR_NONE, Instance, reals, validated
from .._typing import Rows


@dataclass(frozen=True, eq=False)
class Transferability:
    """Result of :func:`transferability`; the parameters are attributes.

    Parameters
    ----------
    curve : ndarray of shape (n_classes,)
        Share of the rows predicted as each source class, largest first; sums
        to 1.
    n_classes_hit : int
        Number of source classes predicted for at least one row.
    entropy : float
        Entropy of the curve in nats.
    normalized_entropy : float
        Entropy divided by its maximum ``ln(n_classes)``. 1 means a flat curve,
        and 0 that all rows are predicted as one class.
    effective_classes : float
        ``exp(entropy)``: the number of equally frequent classes with the same
        entropy.

    See Also
    --------
    transferability : The function that creates it.

    Examples
    --------
    >>> from skactive.metrics import transferability
    >>> transferability([0, 0, 1, 1]).n_classes_hit
    2
    """

    curve: np.ndarray
    n_classes_hit: int
    entropy: float
    normalized_entropy: float
    effective_classes: float


@validated({"predicted_source_classes": ["array-like"], "n_classes": POSITIVE_INT_OR_NONE})
def transferability(
    predicted_source_classes: Any, n_classes: int | None = None
) -> Transferability:
    """Compute the histogram of the source classes predicted for a pool, and how flat it is.

    A model trained on other classes (the source) can spread queries over a
    pool if it assigns the rows to many of its classes. So
    :class:`skactive.query.Diversified` needs a flat histogram. Read more in
    :ref:`the user guide <strategies-diversity>`.

    Parameters
    ----------
    predicted_source_classes : array-like of shape (n_rows,) or (n_rows, n_classes)
        Class that the source model predicts for each row, or its class
        probabilities. The class with the largest probability is taken, and
        the first one if several are equal.
    n_classes : int, default=None
        Number of classes that the source model can predict, such as 1000 for
        the usual ImageNet models. None takes the smallest number that fits the
        input: the number of columns of the probabilities, the largest
        predicted integer plus one, or the number of distinct labels. If the
        last classes are never predicted, this number is too small and the
        normalized entropy too large.

    Returns
    -------
    result : Transferability
        Sorted ``curve``, ``n_classes_hit``, ``entropy``,
        ``normalized_entropy``
        and ``effective_classes``.

    Raises
    ------
    ValueError
        If there are no rows, if rows of probabilities do not sum to 1, or if
        ``n_classes`` contradicts the predictions.

    See Also
    --------
    TransferabilityDisplay : Draw the curve.
    skactive.query.Diversified : Queries in turn over the predicted source
        classes.

    Notes
    -----
    With a single source class the normalized entropy is 0/0; the function
    returns 0.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Fig. 1.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.metrics import transferability
    >>> result = transferability([0, 0, 0, 0, 0, 1, 1, 2], n_classes=4)
    >>> result.curve
    array([0.625, 0.25 , 0.125, 0.   ])
    >>> result.n_classes_hit
    3
    >>> round(result.normalized_entropy, 4)
    0.6494
    >>> round(result.effective_classes, 4)
    2.4602
    """
    predicted, n_known, default = _read_predictions(predicted_source_classes)
    _, counts = np.unique(predicted, return_counts=True)
    n_classes = default if n_classes is None else _check_n_classes(n_classes, n_known)
    hit = np.sort(counts / counts.sum())[::-1]
    entropy = float(-np.sum(hit * np.log(hit))) + 0.0
    return Transferability(
        curve=np.pad(hit, (0, n_classes - len(hit))),
        n_classes_hit=len(hit),
        entropy=entropy,
        normalized_entropy=float(entropy / np.log(n_classes)) if n_classes > 1 else 0.0,
        effective_classes=float(np.exp(entropy)),
    )


class TransferabilityDisplay:
    """Plot of how a source model spreads a pool over its classes.

    Create it with :meth:`from_predictions` or :meth:`from_estimator`. Needs
    matplotlib.

    Parameters
    ----------
    curve : ndarray of shape (n_classes,)
        Share of the rows predicted as each source class, largest first.
    normalized_entropy : float, default=None
        Shown in the legend if given.
    name : str, default=None
        Name of the pool or of the model, shown in the legend if given.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curve.
    figure_ : matplotlib Figure
        Figure that contains it.
    line_ : matplotlib Artist
        The curve.

    See Also
    --------
    transferability : Compute the numbers.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Fig. 1.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.metrics import TransferabilityDisplay, transferability
    >>> result = transferability([0, 0, 1, 2], n_classes=4)
    >>> display = TransferabilityDisplay(curve=result.curve, name="pool")
    >>> display.curve
    array([0.5 , 0.25, 0.25, 0.  ])
    """

    _parameter_constraints: dict = {
        "curve": ["array-like"],
        "normalized_entropy": [reals(0, 1, closed="both"), None],
        "name": [str, None],
    }

    @validated(_parameter_constraints)
    def __init__(
        self, *, curve: Any, normalized_entropy: Any = None, name: str | None = None
    ) -> None:
        self.curve = curve
        self.normalized_entropy = normalized_entropy
        self.name = name

    @validated({"ax": [Instance("plot", "matplotlib Axes"), None], "name": [str, None]})
    def plot(self, ax: Any = None, *, name: str | None = None, **kwargs: Any) -> Any:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        name : str, default=None
            Name in the legend instead of the stored one.
        **kwargs : dict
            Passed to matplotlib's ``plot``.

        Returns
        -------
        display : TransferabilityDisplay
            This object, with ``ax_``, ``figure_`` and ``line_`` set.
        """
        import matplotlib.pyplot as plt

        self.ax_ = plt.subplots()[1] if ax is None else ax
        self.figure_ = self.ax_.figure
        label = self._label(self.name if name is None else name)
        ranks = np.arange(1, len(self.curve) + 1)
        (self.line_,) = self.ax_.plot(ranks, self.curve, **{"label": label, **kwargs})
        self.ax_.set(xlabel="Source classes, most predicted first", ylabel="Share of the rows")
        if self.line_.get_label() and not self.line_.get_label().startswith("_"):
            self.ax_.legend()
        return self

    @classmethod
    def from_predictions(
        cls,
        predicted_source_classes: Any,
        *,
        n_classes: int | None = None,
        name: str | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw the curve of existing predictions.

        Parameters
        ----------
        predicted_source_classes : array-like of shape (n_rows,) or (n_rows, n_classes)
            Predicted source classes or their probabilities, as in
            :func:`transferability`.
        n_classes : int, default=None
            Number of source classes, as in :func:`transferability`.
        name : str, default=None
            Name in the legend.
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        **kwargs : dict
            Passed to matplotlib's ``plot``.

        Returns
        -------
        display : TransferabilityDisplay
            The drawn display.

        Raises
        ------
        ValueError
            As :func:`transferability`.
        """
        result = transferability(predicted_source_classes, n_classes)
        display = cls(
            curve=result.curve, normalized_entropy=result.normalized_entropy, name=name
        )
        return display.plot(ax=ax, **kwargs)

    @classmethod
    def from_estimator(
        cls, model: Any, X: Rows, *, name: str | None = None, ax: Any = None, **kwargs: Any
    ) -> Any:
        """Draw the curve of a fitted source model for a pool.

        Parameters
        ----------
        model : fitted classifier
            The source model; its ``classes_`` are the source classes.
        X : array-like of shape (n_rows, ...)
            The pool.
        name : str, default=None
            Name in the legend. None takes the class name of the model.
        ax : matplotlib Axes, default=None
            Axes to draw in. None creates a figure.
        **kwargs : dict
            Passed to matplotlib's ``plot``.

        Returns
        -------
        display : TransferabilityDisplay
            The drawn display.
        """
        return cls.from_predictions(
            np.ravel(model.predict(X)),  # CatBoost returns a column
            n_classes=len(model.classes_),
            name=type(model).__name__ if name is None else name,
            ax=ax,
            **kwargs,
        )

    def _label(self, name):
        """Return the legend entry: the name, the normalized entropy, both, or None."""
        if self.normalized_entropy is None:
            return name
        flatness = f"normalized entropy = {self.normalized_entropy:.2f}"
        return flatness if name is None else f"{name} ({flatness})"


def _read_predictions(predictions):
    """Return predicted classes, number of classes seen, and number of classes to assume."""
    predictions = np.asarray(predictions)
    if not predictions.size:
        raise ValueError("predicted_source_classes must hold at least one row, got none.")
    if predictions.ndim == 2:
        _check_proba(predictions)
        n_columns = predictions.shape[1]
        return predictions.argmax(axis=1), n_columns, n_columns
    labels, classes = labels_and_classes(predictions, "predicted_source_classes")
    n_known = len(classes)
    if labels.dtype.kind in "iu":
        return labels, n_known, max(n_known, int(classes[-1]) + 1)
    return labels, n_known, n_known


def _check_proba(proba):
    """Raise an error unless every row is a distribution."""
    wrong = np.flatnonzero(~(np.abs(proba.sum(axis=1) - 1) <= 1e-3) | (proba < 0).any(axis=1))
    if wrong.size:
        raise ValueError(
            "predicted_source_classes is 2-d, so its rows must be probabilities, but row "
            f"{wrong[0]} sums to {proba[wrong[0]].sum()}. Apply a softmax to logits, or ravel a "
            "column of labels."
        )


def _check_n_classes(n_classes, n_known):
    """Return the given number of source classes; raise if the predictions show more."""
    if n_classes < n_known:
        raise ValueError(
            f"n_classes must be at least {n_known}, the number of source classes "
            f"that the predictions show, got {n_classes!r}."
        )
    return int(n_classes)
