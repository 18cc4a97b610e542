"""Samples of class probabilities from nets: Monte Carlo dropout and ensembles."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._outputs import class_proba
from .._parameters import (
    POSITIVE_INT,
    POSITIVE_INT_OR_NONE,
    RANDOM_STATE,
    Classifier,
    DeclaredParameters,
    ListOf,
    check_parameters,
    reals,
)
from .._typing import Labels, RandomState, Rows
from ..pool import num_samples
from ._dropout import dropout_proba

__all__ = ["MCDropout", "NetEnsemble"]


class _Sampler(DeclaredParameters, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Members fitted on the same rows, and samples from them."""

    _parameter_constraints: dict = {
        "estimator": [Classifier()],
        "n_samples": POSITIVE_INT,
        "rates": [ListOf(reals(0, 1), "rates from 0 to below 1, one for each layer"), None],
        "random_state": RANDOM_STATE,
    }

    def fit(self, X: Rows, y: Labels, **fit_params: Any) -> Any:
        """Fit the members on the same rows, each with its own seed.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : array of shape (n_rows,)
            Class labels.
        **fit_params : dict
            Passed to ``fit`` of the members.

        Returns
        -------
        self : estimator
            The fitted object.

        Raises
        ------
        ValueError, TypeError
            If a parameter is invalid, or as ``fit`` of the members.
        """
        check_parameters(self)
        self.estimators_ = [
            self._member(seed).fit(X, y, **fit_params) for seed in self._seeds()
        ]
        self.classes_ = self.estimators_[0].classes_
        return self

    def _seeds(self):
        """Return a seed for each member; the first one gets the seed itself."""
        seed = self.random_state
        if seed is None:
            seed = self.estimator.get_params(deep=False).get("random_state")
        n_others = self._n_members() - 1
        if seed is None:
            return [None] * (n_others + 1)
        others = check_random_state(seed).randint(np.iinfo(np.int32).max, size=n_others)
        return [seed, *others.tolist()]

    def _member(self, seed):
        member = clone(self.estimator)
        if "random_state" in member.get_params(deep=False):
            member.set_params(random_state=seed)
        return member

    def sample_proba(self, X: Rows) -> Any:
        """Sample the class probabilities of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        samples : ndarray of float, shape (n_members * n_samples, n_rows, n_classes)
            Probabilities; the passes of the first member come first.

        Raises
        ------
        NotFittedError
            If the object is not fitted.
        ValueError
            If the module has no dropout layer with a rate above 0.
        """
        check_is_fitted(self)
        if self.n_samples is None:
            return np.stack([class_proba(member, X) for member in self.estimators_])
        return np.concatenate(
            [
                dropout_proba(
                    member, X, self.n_samples, self._member_seed(i), rates=self.rates
                )
                for i, member in enumerate(self.estimators_)
            ]
        )

    def _member_seed(self, member):
        if self.random_state is None or not hasattr(self.random_state, "__index__"):
            return self.random_state
        return int(self.random_state) + member

    def predict_proba(self, X: Rows) -> Any:
        """Return the mean class probabilities of the members, without dropout.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Probabilities, with columns in the order of ``classes_``.

        Raises
        ------
        NotFittedError
            If the object is not fitted.
        """
        check_is_fitted(self)
        total = np.zeros((num_samples(X), len(self.classes_)))
        for member in self.estimators_:
            total += class_proba(member, X)
        return total / len(self.estimators_)

    def predict(self, X: Rows) -> Any:
        """Return class labels of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Class with the highest probability.

        Raises
        ------
        NotFittedError
            If the object is not fitted.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def module_(self) -> Any:
        """The torch module of the first member."""
        check_is_fitted(self)
        return self.estimators_[0].module_


class MCDropout(_Sampler):
    """Net with a posterior that is sampled by dropout at prediction time.

    It follows [1]_. Its predictions are those of the net. Strategies that need posterior
    samples call :meth:`sample_proba`. Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    estimator : SeededNet
        Net with dropout layers.
    n_samples : int, default=32
        Number of passes with dropout.
    rates : sequence of float, default=None
        Dropout rates in these passes. None: the rates with which the net was
        trained.
    random_state : int, RandomState or None, default=None
        Seed of the passes, and of the net if it has none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels in the y given to ``fit``.
    estimators_ : list of one SeededNet
        The fitted net.

    See Also
    --------
    NetEnsemble : Samples from several nets.

    References
    ----------
    .. [1] Y. Gal, R. Islam, Z. Ghahramani (2017). Deep Bayesian Active
       Learning with Image Data. ICML. arXiv:1703.02910

    Examples
    --------
    >>> from skactive.deep import LeNet, MCDropout, SeededNet
    >>> net = SeededNet(LeNet, module__dropout=(0.25, 0.5))
    >>> MCDropout(net, n_samples=16).get_params()["n_samples"]
    16
    """

    def __init__(
        self,
        estimator: Any = None,
        n_samples: int | None = 32,
        *,
        rates: Any = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_samples = n_samples
        self.rates = rates
        self.random_state = random_state

    def _n_members(self):
        return 1


class NetEnsemble(_Sampler):
    """Ensemble of nets with different seeds, as samples of a posterior.

    It follows [1]_, and predicts the mean of its members' probabilities. Read more in
    :doc:`/user_guide/nets`.

    Parameters
    ----------
    estimator : SeededNet
        Net that is cloned for each member.
    n_members : int, default=4
        Number of nets.
    n_samples : int, default=None
        Number of passes with dropout per member. None: one pass without
        dropout.
    rates : sequence of float, default=None
        Dropout rates in these passes. None: the rates with which the nets were
        trained.
    random_state : int, RandomState or None, default=None
        Determines the seeds of the members. None: the seed of the net.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels in the y given to ``fit``.
    estimators_ : list of SeededNet
        The fitted members.

    See Also
    --------
    MCDropout : Samples from one net.

    References
    ----------
    .. [1] W. Beluch, T. Genewein, A. Nuernberger, J. Koehler (2018). The Power
       of Ensembles for Active Learning in Image Classification. CVPR.
       doi:10.1109/CVPR.2018.00976

    Examples
    --------
    >>> from skactive.deep import LeNet, NetEnsemble, SeededNet
    >>> NetEnsemble(SeededNet(LeNet), n_members=3).n_members
    3
    """

    _parameter_constraints: dict = {
        **_Sampler._parameter_constraints,
        "n_members": POSITIVE_INT,
        "n_samples": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self,
        estimator: Any = None,
        n_members: int = 4,
        *,
        n_samples: int | None = None,
        rates: Any = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_members = n_members
        self.n_samples = n_samples
        self.rates = rates
        self.random_state = random_state

    def _n_members(self):
        return self.n_members
