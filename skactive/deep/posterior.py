"""Samples of class probabilities from nets: dropout switched on, and ensembles."""

from contextlib import contextmanager

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._outputs import class_proba, of_columns
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
from ..pool import num_samples
from ._torch import _DROPOUT, evaluating, seeded
from ._view import view_of

__all__ = ["MCDropout", "NetEnsemble"]


def dropout_proba(model, X, n_samples=10, random_state=None, *, rates=None):
    """Class probabilities of rows in passes with dropout on.

    Only dropout layers draw; BatchNorm uses the statistics it has and keeps
    them. No gradients, and every module is back in its mode afterwards.

    Parameters
    ----------
    model : skorch net, or an estimator with one inside
        Fitted.
    X : container of n_rows rows
        The rows.
    n_samples : int, default=10
        Passes.
    random_state : int, RandomState or None, default=None
        An int gives the same passes every time.
    rates : sequence of float, default=None
        Rates of the dropout layers in these passes, in the order of the
        module's layers. None: those that the net was trained with.

    Returns
    -------
    samples : ndarray of float32, shape (n_samples, n_rows, n_classes)
        One column for each class that the net has been fitted on.

    Raises
    ------
    ValueError
        If the module has no dropout layer with a rate above 0.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.deep import LeNet, SeededNet
    >>> from skactive.deep.posterior import dropout_proba
    >>> X, y = load_digits(return_X_y=True)
    >>> net = SeededNet(
    ...     LeNet, module__image_size=16, module__dropout=(.25, .5), max_steps=10, random_state=0
    ... )
    >>> images = X[:50].reshape(-1, 1, 8, 8).repeat(2, axis=2).repeat(2, axis=3)
    >>> dropout_proba(net.fit(images, y[:50]), images, 4, random_state=0).shape
    (4, 50, 10)
    """
    view = view_of(model, "dropout_proba")

    def draw(start, batch):
        passes = [view.log_probabilities(view.forward(batch)).exp() for _ in range(n_samples)]
        return torch.stack(passes).cpu().numpy()

    with evaluating(view.module, dropout=True), torch.no_grad():
        with _dropping(view.module, rates), seeded(random_state, view.net.device):
            samples = np.concatenate(list(view.each(draw, X)), axis=1)
    return of_columns(samples, view.columns(samples.shape[2]))


@contextmanager
def _dropping(module, rates):
    """The dropout layers of a module with these rates; theirs come back."""
    layers = [layer for layer in module.modules() if isinstance(layer, _DROPOUT)]
    before = [layer.p for layer in layers]
    rates = before if rates is None else list(rates)
    if len(rates) != len(layers):
        raise ValueError(
            f"rates has {len(rates)} entries, and {type(module).__name__} has {len(layers)} "
            "dropout layers."
        )
    if not any(rate > 0 for rate in rates):
        raise ValueError(
            f"{type(module).__name__} has no dropout layer with a rate above 0, so that all "
            "passes would be the same. Build it with dropout, e.g. module__dropout=(0.25, 0.5) "
            "for LeNet."
        )
    try:
        for layer, rate in zip(layers, rates):
            layer.p = rate
        yield
    finally:
        for layer, rate in zip(layers, before):
            layer.p = rate


class _Sampler(DeclaredParameters, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Members that were fitted on the same rows, and samples from them."""

    _parameter_constraints: dict = {
        "estimator": [Classifier()],
        "n_samples": POSITIVE_INT,
        "rates": [ListOf(reals(0, 1), "rates from 0 to below 1, one for each layer"), None],
        "random_state": RANDOM_STATE,
    }

    def fit(self, X, y, **fit_params):
        """Fit the members on the same rows, each from its own seed.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : array of shape (n_rows,)
            Class labels.
        **fit_params : dict
            For the members.

        Returns
        -------
        self : estimator
            Fitted.
        """
        check_parameters(self)
        self.estimators_ = [
            self._member(seed).fit(X, y, **fit_params) for seed in self._seeds()
        ]
        self.classes_ = self.estimators_[0].classes_
        return self

    def _seeds(self):
        """A seed for each member; the first has the seed itself."""
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

    def sample_proba(self, X):
        """Samples of the class probabilities of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        samples : ndarray of float, shape (n_members * n_samples, n_rows, n_classes)
            The passes of the first member come first.
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

    def predict_proba(self, X):
        """Class probabilities of rows: the mean of the members, dropout off.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            In the order of ``classes_``.
        """
        check_is_fitted(self)
        total = np.zeros((num_samples(X), len(self.classes_)))
        for member in self.estimators_:
            total += class_proba(member, X)
        return total / len(self.estimators_)

    def predict(self, X):
        """Class labels of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Class with the highest probability.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def module_(self):
        """The torch module of the first member."""
        check_is_fitted(self)
        return self.estimators_[0].module_


class MCDropout(_Sampler):
    """A net whose posterior is sampled by dropout at prediction time.

    It predicts as the net does; :meth:`sample_proba` is what the strategies
    over posterior samples ask for. After [1]_.

    Parameters
    ----------
    estimator : SeededNet
        With dropout in its module.
    n_samples : int, default=32
        Passes with dropout on.
    rates : sequence of float, default=None
        Rates of the dropout layers in the passes, where they are not those
        that the net was trained with.
    random_state : int, RandomState or None, default=None
        Seed of the passes, and of the net where it has none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the y given to ``fit``.
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

    def __init__(self, estimator=None, n_samples=32, *, rates=None, random_state=None):
        self.estimator = estimator
        self.n_samples = n_samples
        self.rates = rates
        self.random_state = random_state

    def _n_members(self):
        return 1


class NetEnsemble(_Sampler):
    """Nets that differ in their seed, as samples of a posterior.

    After [1]_. It predicts the mean of its members' probabilities.

    Parameters
    ----------
    estimator : SeededNet
        Cloned for each member.
    n_members : int, default=4
        How many nets.
    n_samples : int, default=None
        Passes with dropout on from each member; None: one pass without.
    rates : sequence of float, default=None
        Rates of the dropout layers in the passes, where they are not those
        that the net was trained with.
    random_state : int, RandomState or None, default=None
        Gives the members their seeds; None: the net's own does.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the y given to ``fit``.
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
        self, estimator=None, n_members=4, *, n_samples=None, rates=None, random_state=None
    ):
        self.estimator = estimator
        self.n_members = n_members
        self.n_samples = n_samples
        self.rates = rates
        self.random_state = random_state

    def _n_members(self):
        return self.n_members
