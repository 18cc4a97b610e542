"""What a learner takes over from the classifier that it wraps: tags and metadata routing."""

from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

from ._validation import input_tags


class WrappingMixin:
    """Tags and routing of a learner, from those of its estimator."""

    def _base_estimator(self):
        return LogisticRegression() if self.estimator is None else self.estimator

    def get_metadata_routing(self):
        """Which fit parameters go to the wrapped estimator.

        Returns
        -------
        routing : MetadataRouter
            ``fit`` to ``fit``; :meth:`teach` follows the same.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=type(self).__name__).add(
            estimator=self._base_estimator(), method_mapping=mapping
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        estimator = self._base_estimator()
        wrapped = get_tags(estimator)
        tags.input_tags = wrapped.input_tags
        first = input_tags(estimator)
        tags.input_tags.allow_nan = first is None or first.allow_nan
        tags.classifier_tags.multi_class = (
            wrapped.classifier_tags is None or wrapped.classifier_tags.multi_class
        )
        tags.classifier_tags.poor_score = self.budget is not None
        return tags
