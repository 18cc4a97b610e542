"""Active learning that is scikit-learn: which rows of a pool to label next.

The centre is :class:`ActiveLearner`; the strategies it asks stand in
:mod:`skactive.query`. Importing this package imports neither torch nor
matplotlib nor pandas.
"""

from .learner import ActiveLearner

__version__ = "0.1.0"

__all__ = ["ActiveLearner", "__version__"]
