"""Default estimator, tags and metadata routing of a meta-classifier."""

from typing import Any

from sklearn import get_config
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from ._unwrapping import inside


def estimator_has(method):
    """Return a check for ``available_if``: whether the wrapped estimator has a method."""

    def check(owner):
        # getattr raises the estimator's own AttributeError, which is shown as the cause
        getattr(getattr(owner, "estimator_", owner._base_estimator()), method)
        return True

    return check


class WrappingMixin:
    """Default estimator, tags and metadata routing of a classifier around ``estimator``."""

    def _base_estimator(self):
        return LogisticRegression() if self.estimator is None else self.estimator

    def get_metadata_routing(self) -> Any:
        """Return the metadata routing of this object.

        Returns
        -------
        routing : MetadataRouter
            ``fit`` passes its parameters on to the ``fit`` of the wrapped
            estimator.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=type(self).__name__).add(
            estimator=self._base_estimator(), method_mapping=mapping
        )

    def _routed_fit_params(self, fit_params):
        """Return the fit parameters for the wrapped estimator.

        Without metadata routing it gets all of them, as in a search. With
        metadata routing it gets those that it requested.
        """
        if fit_params and get_config()["enable_metadata_routing"]:
            return dict(process_routing(self, "fit", **fit_params).estimator.fit)
        return dict(fit_params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        wrapped = get_tags(self._base_estimator())
        tags.input_tags = wrapped.input_tags
        tags.non_deterministic = wrapped.non_deterministic
        if wrapped.classifier_tags is not None:
            tags.classifier_tags.multi_class = wrapped.classifier_tags.multi_class
            tags.classifier_tags.poor_score = wrapped.classifier_tags.poor_score
        return tags


def first_step(estimator):
    """Return the part of an estimator that sees X first, or None if there is no single one.

    A ColumnTransformer, a FeatureUnion or a VotingClassifier has many first
    steps.
    """
    for name in ("transformers", "transformer_list", "estimators"):
        if hasattr(estimator, name):
            return None
    if hasattr(estimator, "steps"):
        steps = [step for _, step in estimator.steps if step not in (None, "passthrough")]
        return first_step(steps[0]) if steps else None
    inner = inside(estimator)
    return estimator if inner is None else first_step(inner)


def input_tags(estimator):
    """Return the input tags of the first step that sees X, or None if they are unknown.

    A Pipeline or a search does not pass on all tags of its parts, so the tags
    are read from the first step itself.
    """
    first = first_step(estimator)
    tags = None if first is None else get_tags(first)
    return None if tags is None or tags.no_validation else tags.input_tags
