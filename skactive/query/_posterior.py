"""Samples of class probabilities from a committee, an ensemble or a Bayesian model."""

import numpy as np
from sklearn.utils import check_random_state

from .._codes import fitted_on_labels
from .._sklearn import safe_indexing
from .._tensors import ask_rows, to_numpy
from .._unwrapping import fitted_inside, split
from ..pool import take_rows
from ..predictions import check_model, class_probabilities

__all__ = ["Members", "posterior_sampler"]


class Members:
    """The classifiers of an ensemble as samples of one model.

    Parameters
    ----------
    members : list of fitted classifiers
        A member may know only some of the classes.
    classes : ndarray of shape (n_classes,)
        All classes, sorted.
    columns : list of array, default=None
        For each member, the columns of X that it sees. None: all.
    transform : callable, default=None
        Applied to rows before the members see them.

    Notes
    -----
    The classes of a member are either those given or their positions 0, 1, ...;
    scikit-learn's ensembles train their members on positions.
    """

    def __init__(self, members, classes, columns=None, transform=None):
        self.members = members
        self.columns = columns
        self.transform = transform
        known = set().union(*(np.asarray(member.classes_).tolist() for member in members))
        labels = set(np.asarray(classes).tolist())
        are_coded = known <= set(range(len(classes))) and known != labels
        self.classes = classes if are_coded else np.array(sorted(known | labels))
        self._places = [_places_of(member, self.classes, are_coded) for member in members]

    def sample_proba(self, X):
        """Class probabilities from each member; 0 for classes that it does not know.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        samples : ndarray of float64, shape (n_members, n_rows, n_classes)
            Class probabilities; rows sum to 1.
        """
        X = X if self.transform is None else self.transform(X)
        return np.stack([self._aligned(k, X) for k in range(len(self.members))])

    def _aligned(self, k, X):
        member = self.members[k]
        X = X if self.columns is None else safe_indexing(X, self.columns[k], axis=1)
        probabilities = to_numpy(class_probabilities(member, X))
        return _aligned(probabilities, self._places[k], len(self.classes))


class Committee:
    """Classifiers that were fitted to labels, each on its own.

    Parameters
    ----------
    members : list of Fitted
        The classifiers, and the labels that their columns stand for.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        All labels that a member knows, sorted.
    """

    def __init__(self, members):
        self.members = members
        self.classes = np.unique(np.concatenate([member.found for member in members]))

    def sample_proba(self, X):
        """Class probabilities from each member; 0 for classes that it does not know.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        samples : ndarray of float64, shape (n_members, n_rows, n_classes)
            Class probabilities; rows sum to 1.
        """
        return np.stack([self._aligned(member, X) for member in self.members])

    def _aligned(self, member, X):
        probabilities = to_numpy(class_probabilities(member.estimator, X))
        places = np.searchsorted(self.classes, member.found)
        return _aligned(member.columns(probabilities), places, len(self.classes))


def _places_of(member, classes, are_coded):
    """The positions of a member's columns among all classes."""
    own = np.asarray(member.classes_)
    return own.astype(int) if are_coded else np.searchsorted(classes, own)


def _aligned(probabilities, places, n_classes):
    if np.array_equal(places, np.arange(n_classes)):
        return probabilities
    aligned = np.zeros((len(probabilities), n_classes))
    aligned[:, places] = probabilities
    return aligned


def posterior_sampler(learner, committee=None, n_members=10, random_state=None):
    """A function that returns samples of class probabilities.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    committee : ensemble, sampler, list of classifiers or None, default=None
        A list: each classifier is cloned and fitted to the learner's labels. An
        ensemble: its members are used. An object with ``sample_proba`` or a
        callable: it is used itself. None: the learner's estimator if it is an
        ensemble or has ``sample_proba``, otherwise ``n_members`` clones of it,
        fitted to resampled labels.
    n_members : int, default=10
        Number of clones.
    random_state : RandomState, default=None
        Draws the labels that each clone sees.

    Returns
    -------
    sample : callable
        ``sample(X) -> (n_samples, n_rows, n_classes)``.

    Raises
    ------
    TypeError
        If there is neither a committee nor a way to make one.
    """
    if isinstance(committee, (list, tuple)):
        return _fitted_committee(learner, committee, random_state).sample_proba
    if committee is not None:
        sample = _own_sampler(check_model(committee, learner))
        if sample is None and not callable(committee):
            raise TypeError(
                "committee must be a list of classifiers, a fitted ensemble of classifiers, a "
                f"callable, or an object with sample_proba(X); got {committee!r}."
            )
        return committee if sample is None else sample
    return _own_sampler(learner) or _bagged(learner, n_members, random_state).sample_proba


def checked_samples(sample, X):
    """Samples of rows, after a check of their shape.

    Raises
    ------
    ValueError
        If the samples do not have three dimensions, or if there are none.
    """
    samples = np.asarray(to_numpy(ask_rows(sample, X)))
    samples = samples if samples.dtype.kind == "f" else samples.astype(np.float64)
    if samples.ndim != 3 or not len(samples):
        raise ValueError(
            "samples of class probabilities must have the shape (n_samples, n_rows, n_classes), "
            f"got {samples.shape}."
        )
    return samples


def check_finite(values):
    """Return numbers computed from samples, or raise if any is NaN or infinite.

    Raises
    ------
    ValueError
        If any number is not finite.
    """
    if not np.isfinite(values).all():
        raise ValueError("samples of class probabilities hold NaN or infinity.")
    return values


def member_votes(samples):
    """The most probable class in each sample, the first one if several are equal.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples, n_rows, n_classes)
        Class probabilities.

    Returns
    -------
    votes : ndarray of int, shape (n_rows, n_samples)
        Class numbers.
    """
    votes = samples.argmax(axis=2)
    check_finite(np.take_along_axis(samples, votes[:, :, None], axis=2))
    return votes.T


def _own_sampler(model):
    """The sample_proba of a model, of its ensemble or of the model that it wraps; else None."""
    transform = None
    while model is not None:
        if hasattr(model, "sample_proba"):
            return _after(transform, model.sample_proba)
        members = _members(model, transform)
        if members is not None:
            return members.sample_proba
        if hasattr(model, "steps"):
            before, model = split(model)
            if before is not None:
                transform = _after(transform, before)
        else:
            model = fitted_inside(model)
    return None


def _members(model, transform):
    """The members of an ensemble, if they are classifiers that together know all its classes."""
    members, classes = getattr(model, "estimators_", None), getattr(model, "classes_", None)
    if members is None or classes is None or len(members) < 2:
        return None
    if not all(hasattr(member, "classes_") for member in members):
        return None  # gradient boosting: its trees are regressors
    known = set().union(*(np.asarray(member.classes_).tolist() for member in members))
    if len(known) != len(classes):
        return None
    columns = getattr(model, "estimators_features_", None)
    return Members(list(members), np.asarray(classes), columns, transform)


def _after(first, function):
    return function if first is None else lambda X: function(first(X))


def _labels_of(learner):
    """Labeled rows and their labels."""
    if not hasattr(learner, "X_labeled_") or not hasattr(learner, "estimator_"):
        raise TypeError(
            f"{type(learner).__name__} gives no samples of class probabilities: it is not an "
            "ensemble of classifiers, has no sample_proba, and has no labels to fit a committee "
            "to. Set committee=, or query through an ActiveLearner."
        )
    return learner.X_labeled_, learner.y_labeled_


def _fitted_committee(learner, committee, random_state):
    if len(committee) < 2:
        raise ValueError(f"committee must have at least 2 classifiers, got {len(committee)}.")
    X, labels = _labels_of(learner)
    seeds = _seeds(check_random_state(random_state), len(committee), learner)
    pairs = zip(committee, seeds)
    return Committee([fitted_on_labels(member, X, labels, seed=seed) for member, seed in pairs])


def _bagged(learner, n_members, random_state):
    """Clones of the learner's estimator, each fitted to labels resampled within each class."""
    if n_members < 2:
        raise ValueError(f"n_members must be at least 2, got {n_members!r}.")
    X, labels = _labels_of(learner)
    random_state = check_random_state(random_state)
    # the user's estimator, because the learner has set a seed in the one that it fitted
    estimator = learner.estimator if learner.estimator is not None else learner.estimator_
    members = []
    for _ in range(n_members):
        # within classes, so that each member knows every class
        of_class = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        drawn = [random_state.choice(rows, len(rows)) for rows in of_class]
        rows = np.sort(np.concatenate(drawn))
        seed = random_state.randint(np.iinfo(np.int32).max)
        members.append(fitted_on_labels(estimator, take_rows(X, rows), labels[rows], seed=seed))
    return Committee(members)


def _seeds(stream, n, learner):
    """Seeds for members without a random_state; None if the learner has none either."""
    if getattr(learner, "random_state", None) is None:
        return [None] * n
    return stream.randint(np.iinfo(np.int32).max, size=n).tolist()
