"""Forecast what more labels will bring, from the rounds so far."""

from typing import NamedTuple

import numpy as np

_MIN_POINTS = 4
_DRAWS = 500
_SMALLEST_ERROR = 0.5


class Forecast(NamedTuple):
    """Expected change of the accuracy from more labels.

    Attributes
    ----------
    n_more : int
        Number of additional labels.
    gain, low, high : float or None
        Change of the accuracy, as a fraction, and its 95 % interval. None
        while there are too few audit rows or rounds.
    changed : float or None
        Upper bound on the share of predictions that changed over the last
        ``n_more`` labels. None while there are fewer labels.
    """

    n_more: int
    gain: float | None
    low: float | None
    high: float | None
    changed: float | None

    def __str__(self):
        lines = []
        if self.gain is not None:
            lines.append(
                f"the next {self.n_more} labels are likely to change the accuracy by "
                f"{100 * self.gain:+.1f} points ({100 * self.low:+.1f} to {100 * self.high:+.1f}; "
                "a rough guess from a power law)"
            )
        if self.changed is not None:
            lines.append(
                f"the last {self.n_more} labels changed at most {100 * self.changed:.1f} % of the "
                "predictions"
            )
        missing = f"too few rounds to forecast what the next {self.n_more} labels will bring"
        return "; ".join(lines) or missing


def forecast(n_labels, correct, changes, n_more=100):
    """Extrapolate the accuracy on the audit rows, and sum up recent changes.

    The model assumes that the error falls as a power of the number of labels.
    It is fitted by least squares to the rounds with at least half of the
    labels, for 500 bootstrap samples of the audit rows. A sample uses the same
    rows in all rounds, so the interval describes the gain, not the accuracy.
    The forecast is only as good as the power law: it cannot foresee a new
    class.

    Parameters
    ----------
    n_labels : array of int, shape (n_rounds,)
        Number of labels of each model.
    correct : ndarray of bool, shape (n_rounds, n_audited)
        Whether each model predicts each audit row correctly.
    changes : list of float or None, length n_rounds
        Share of predictions that changed since the previous model.
    n_more : int, default=100
        Number of additional labels.

    Returns
    -------
    forecast : Forecast
        The expected gain, and the recent change.
    """
    n_labels = np.asarray(n_labels, dtype=np.float64)
    changed = _changed(n_labels, changes, n_more)
    late = n_labels >= n_labels[-1] / 2 if len(n_labels) else []
    if np.sum(late) < _MIN_POINTS or correct.shape[1] < 10:
        return Forecast(n_more, None, None, None, changed)
    stream = np.random.RandomState(0)
    n_audited = correct.shape[1]
    draws = stream.randint(n_audited, size=(_DRAWS, n_audited))
    wrong = (~correct[late]).astype(np.float64)
    gains = _gains(n_labels[late], wrong[:, draws].sum(axis=2) / n_audited, n_audited, n_more)
    gain = _gains(n_labels[late], wrong.mean(axis=1)[:, None], n_audited, n_more)[0]
    low, high = np.quantile(gains, [0.025, 0.975])
    return Forecast(n_more, float(gain), float(low), float(high), changed)


def _gains(n_labels, errors, n_audited, n_more):
    """Return the drop of the error over the next n_more labels, for each column."""
    logs = np.log(np.maximum(errors, _SMALLEST_ERROR / n_audited))
    slopes, levels = np.polyfit(np.log(n_labels), logs, 1)
    ends = np.log([n_labels[-1], n_labels[-1] + n_more])
    now, then = np.exp(levels + slopes * ends[:, None])
    return now - then


def _changed(n_labels, changes, n_more):
    """Return the sum of the changes over the last n_more labels, a bound on the total change."""
    if not len(n_labels) or n_labels[-1] - n_labels[0] < n_more:
        return None
    recent = n_labels > n_labels[-1] - n_more
    known = [change for change, is_recent in zip(changes, recent) if is_recent]
    return None if None in known else min(1.0, float(sum(known)))
