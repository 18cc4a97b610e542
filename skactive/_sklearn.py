"""The one place that touches scikit-learn names which start with an underscore."""

from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils.validation import _num_samples as num_samples

__all__ = ["num_samples", "safe_indexing"]
