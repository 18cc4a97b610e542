"""Active learning with the scikit-learn API: which rows of a pool to label next.

:class:`ActiveLearner` is a classifier that asks for labels; :mod:`skactive.query`
has its query strategies. Importing this package imports neither torch nor
matplotlib nor pandas.
"""

from .learner import ActiveLearner

__version__ = "0.1.0"

__all__ = ["ActiveLearner", "__version__"]
