"""Paired comparison of two strategies on the same folds."""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, eq=False)
class PairedComparison:
    """How much better one learner did than another, fold by fold.

    :meth:`ActiveLearningCurve.compare_with` creates it. Read more in
    :doc:`/user_guide/evaluation`.

    Attributes
    ----------
    differences : ndarray of shape (n_folds,)
        Value of the first learner minus that of the second, in each fold.
    mean : float
        Mean of the differences; positive if the first learner did better.
    std : float
        Sample standard deviation of the differences (``ddof=1``); nan for a
        single fold.
    n_wins, n_losses : int
        Number of folds in which the first learner did better, and worse.
    t_statistic : float
        Paired t statistic, corrected for overlapping folds on request [1]_;
        nan for a single fold.
    p_value : float
        Two-sided p-value under Student's t distribution with ``n_folds - 1``
        degrees of freedom.
    wilcoxon_p_value : float
        Two-sided p-value of Wilcoxon's signed-rank test. The test assumes
        independent folds. Those of a cross-validation are not, so this p-value
        is too small for them.

    See Also
    --------
    ActiveLearningCurve.compare_with : Compares two curves.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio (2003). "Inference for the Generalization
       Error". Machine Learning 52, 239-281. doi:10.1023/A:1024068626366

    Examples
    --------
    >>> from skactive.evaluation import ActiveLearningCurve
    >>> margin = ActiveLearningCurve([10, 20], [[0.5, 0.7], [0.6, 0.7], [0.4, 0.9]])
    >>> random = ActiveLearningCurve([10, 20], [[0.4, 0.6], [0.6, 0.6], [0.4, 0.6]])
    >>> comparison = margin.compare_with(random, correction=False)
    >>> comparison.differences.round(3)
    array([0.1 , 0.05, 0.15])
    >>> comparison.n_wins, round(comparison.t_statistic, 4)
    (3, 3.4641)
    """

    differences: np.ndarray
    mean: float
    std: float
    n_wins: int
    n_losses: int
    t_statistic: float
    p_value: float
    wilcoxon_p_value: float

    def __str__(self):
        return (
            f"{self.mean:+.4f} +/- {self.std:.4f}, {self.n_wins} of {len(self.differences)} won, "
            f"p = {self.p_value:.3g} (Wilcoxon {self.wilcoxon_p_value:.3g})"
        )


def paired_comparison(differences, overlap=0.0):
    """Compute mean, spread and tests of paired differences.

    Parameters
    ----------
    differences : array of shape (n_folds,)
        One difference per fold.
    overlap : float, default=0.0
        Number of test rows divided by number of training rows. The corrected
        resampled t-test adds it to ``1 / n_folds`` in the variance of the
        mean. 0 gives the plain paired t-test.

    Returns
    -------
    comparison : PairedComparison
        The result.
    """
    differences = np.asarray(differences, dtype=np.float64)
    n_folds, mean = len(differences), float(np.mean(differences))
    std = float(np.std(differences, ddof=1)) if n_folds > 1 else np.nan
    t_statistic = _ratio(mean, std * np.sqrt(1 / n_folds + overlap))
    return PairedComparison(
        differences=differences,
        mean=mean,
        std=std,
        n_wins=int(np.sum(differences > 0)),
        n_losses=int(np.sum(differences < 0)),
        t_statistic=t_statistic,
        p_value=float(2 * stats.t.sf(abs(t_statistic), df=n_folds - 1)),
        wilcoxon_p_value=_wilcoxon(differences),
    )


def _ratio(mean, error):
    """Return mean / error; the error is 0 if the differences are equal in all folds."""
    if error == 0:
        return 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
    return float(mean / error)


def _wilcoxon(differences):
    """Return the p-value; folds with equal values are left out, as Wilcoxon did."""
    if np.isnan(differences).any():
        return np.nan
    untied = differences[differences != 0]
    return float(stats.wilcoxon(untied).pvalue) if len(untied) else 1.0
