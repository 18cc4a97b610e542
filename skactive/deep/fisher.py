"""Fisher-kernel matching: pick pool rows that resemble misclassified validation rows."""

import warnings
from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT, ListOf, options
from .._typing import Positions
from ..pool import num_samples, take_rows
from ..query._base import QueryStrategy, random_stream
from ._descriptors import describe, layers_of
from ._kernels import COMBINATIONS, k_centers, similarities
from ._matching import match_rows
from ._pseudo_labels import KnownLabels, NearestLabels, PredictedLabels, SampledLabels
from ._view import view_of


class FisherKernel(QueryStrategy):
    """Pick pool rows with Fisher descriptors like those of misclassified validation rows.

    Algorithm 1 of [1]_. The validation rows represent the distribution on
    which the net will be tested; the pool may be biased. A descriptor holds,
    for some layers, the features Z (maps averaged over space) and the
    gradients G of the loss with respect to them. Both are standardized per row
    and layer. Rz and Rg are the products of Z and of G between pool rows and
    centers. Centers are validation rows that the net misclassifies, at most as
    many as rows are queried, spread by k-center. Each center takes its best
    match, then its second best, until there are enough distinct rows. Read
    more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    X_val : container of n_val rows
        Validation rows. The learner never trains on them.
    y_val : array of shape (n_val,)
        Their labels. With ``pseudo_labels="phat"`` and ``"true"``, they are
        also labels for gradients. Otherwise they only show which predictions
        are wrong.
    layers : str or list of str, default=None
        Names of layers, one per scale, taken after their non-linearity. None:
        the module's own ``feature_layers``; the nets of :mod:`skactive.deep`
        have it.
    kernel : {"pfk", "pcc"}, default="pfk"
        ``"pcc"`` uses features only (Eq. 6), with one forward pass per row.
        ``"pfk"`` uses features and gradients (Eq. 12), with an additional
        backward pass.
    combine : {"sum_of_products", "sum", "product_of_sums"}, default="sum_of_products"
        ``"sum_of_products"`` is Eq. 12, the sum over scales of Rz times Rg.
        ``"sum"`` is Rz + Rg, as in the authors' program: use it to reproduce
        their numbers. ``"product_of_sums"`` multiplies the sums over scales.
        Both products also give a high value to a row that is opposite in
        features and in gradients.
    pseudo_labels : {"phat", "yhat", "true", "mc_trace", "mc_mi"}, default="phat"
        Class of a pool row for its gradient. ``"phat"``: that of the
        validation row with the most similar features. ``"yhat"``: the
        predicted class. ``"true"``: the true class, from ``y_pool``.
        ``"mc_trace"`` and ``"mc_mi"``: the class with the gradients that best
        match the features over perturbed copies (experimental and slow).
    y_pool : array of shape (n_rows,), default=None
        Labels of the whole pool, only for ``pseudo_labels="true"``.
    scale_weight : {"length", "equal"}, default="length"
        Whether the weight of a scale is its length, as in the paper, or equal
        for all scales.
    n_draws : int, default=16
        Number of perturbed copies of each row, for the two ``mc`` labels.
    untrained : bool, default=False
        True also picks the first rows, with the initialized net; set its
        ``initial_weights`` to those of :class:`RotationPretraining`. False
        leaves the first rows to the learner's cold start.

    See Also
    --------
    RotationPretraining : Initial weights from unlabeled rows.
    skactive.query.CoreSet : Covers the pool without validation rows.

    Notes
    -----
    Similarities are computed block by block. Memory grows with (n_val +
    n_rows) times the length of a descriptor.

    References
    ----------
    .. [1] D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020). Deep
       Active Learning for Biased Datasets via Fisher Kernel Self-Supervision.
       CVPR. arXiv:2003.00393

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skactive import ActiveLearner
    >>> from skactive.deep import FisherKernel, LeNet, SeededNet
    >>> X, y = load_digits(return_X_y=True)
    >>> X = np.kron(X.reshape(-1, 1, 8, 8) / 16, np.ones((2, 2))).astype(np.float32)
    >>> learner = ActiveLearner(
    ...     SeededNet(LeNet, module__image_size=16, max_steps=100),
    ...     FisherKernel(X[:100], y[:100]),
    ...     budget=40, n_initial=20, random_state=0,
    ... )
    >>> learner.fit(X[100:500], y[100:500]).n_labels_
    40
    """

    _parameter_constraints: dict = {
        "X_val": ["array-like", None],
        "y_val": ["array-like", None],
        "layers": [str, ListOf(str, "names of layers"), None],
        "kernel": [options("pfk", "pcc")],
        "combine": [options(*COMBINATIONS)],
        "pseudo_labels": [options("phat", "yhat", "true", "mc_trace", "mc_mi")],
        "y_pool": ["array-like", None],
        "scale_weight": [options("length", "equal")],
        "n_draws": POSITIVE_INT,
        "untrained": ["boolean"],
    }

    def __init__(
        self,
        X_val: Any = None,
        y_val: Any = None,
        layers: Any = None,
        *,
        kernel: str = "pfk",
        combine: str = "sum_of_products",
        pseudo_labels: str = "phat",
        y_pool: Any = None,
        scale_weight: str = "length",
        n_draws: int = 16,
        untrained: bool = False,
    ) -> None:
        self.X_val = X_val
        self.y_val = y_val
        self.layers = layers
        self.kernel = kernel
        self.combine = combine
        self.pseudo_labels = pseudo_labels
        self.y_pool = y_pool
        self.scale_weight = scale_weight
        self.n_draws = n_draws
        self.untrained = untrained

    def requires_fit(self, learner: Any) -> bool:
        return not self.untrained or getattr(learner, "n_labels_", 0) > 0

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        self._check(pool)
        view = view_of(learner, type(self).__name__, untrained=self.untrained)
        random_state = random_stream(learner)
        seeds = random_state.randint(np.iinfo(np.int32).max, size=2).tolist()
        layers = layers_of(view, self.layers)
        n_outputs = view.logits(take_rows(self.X_val, slice(0, 1))).shape[1]
        codes = view.codes(np.asarray(self.y_val), n_outputs)
        labels = self._validation_labels(view, layers, codes, seeds[0])
        validation = describe(view, self.X_val, layers, labels)
        centers = self._centers(validation, codes, n_queries, random_state)
        if self.pseudo_labels == "true" and self.kernel == "pfk":
            known = view.codes(np.asarray(self.y_pool)[pool.positions], n_outputs)
            labels = KnownLabels(known)
        else:
            labels = self._pool_labels(view, layers, validation, codes, seeds[1])
        free = describe(view, pool.X, layers, labels, pool.positions)
        picks = match_rows(
            lambda left, right: self._similarity(centers.rows(left), free.rows(right)),
            len(centers.Z),
            pool.n_available,
            n_queries,
            pool.ties.of(pool.positions),
        )
        return pool.positions[picks]

    def _validation_labels(self, view, layers, codes, seed):
        """Return the labels of validation rows for their gradients."""
        if self.kernel == "pcc":
            return None
        if self.pseudo_labels in ("phat", "true"):
            return KnownLabels(codes)
        return self._pool_labels(view, layers, None, codes, seed)

    def _pool_labels(self, view, layers, validation, codes, seed):
        """Return the labels of unlabeled rows for their gradients."""
        if self.kernel == "pcc":
            return None
        if self.pseudo_labels == "yhat":
            return PredictedLabels()
        if self.pseudo_labels == "phat":
            return NearestLabels(validation.Z, codes, self._entry_weights(validation))
        statistic = self.pseudo_labels.removeprefix("mc_")
        return SampledLabels(view, layers, statistic, self.n_draws, seed)

    def _centers(self, validation, codes, n_queries, random_state):
        """Return misclassified validation rows, reduced by k-center to the number of queries."""
        wrong = np.flatnonzero(validation.predicted != codes)
        if not len(wrong):
            warnings.warn(
                f"FisherKernel matches mistakes, but the net makes none on the {len(codes)} "
                "validation rows, so it matches all of them. Use more validation rows.",
                stacklevel=2,
            )
            wrong = np.arange(len(codes))
        mistakes = validation.rows(wrong)
        if len(wrong) <= n_queries:
            return mistakes

        def kernel_row(row):
            return self._similarity(mistakes.rows([row]), mistakes)[0]

        first = random_state.randint(len(wrong))
        return mistakes.rows(k_centers(kernel_row, len(wrong), n_queries, first))

    def _similarity(self, left, right):
        return similarities(left, right, combine=self.combine, scale_weight=self.scale_weight)

    def _entry_weights(self, validation):
        """Return the weight of each entry in the similarity of features."""
        lengths = np.array(validation.lengths)
        weights = np.ones(len(lengths)) if self.scale_weight == "length" else 1 / (lengths - 1)
        return np.repeat(weights, lengths)

    def _check(self, pool):
        if self.X_val is None or self.y_val is None:
            raise ValueError(
                "FisherKernel needs X_val and y_val: rows from the distribution on which the net "
                "will be tested, and their labels."
            )
        if num_samples(self.X_val) != len(self.y_val) or not len(self.y_val):
            raise ValueError(
                f"X_val has {num_samples(self.X_val)} rows and y_val {len(self.y_val)} labels; "
                "the numbers must be equal and at least 1."
            )
        if self.kernel == "pfk" and self.pseudo_labels == "true":
            n_labels = None if self.y_pool is None else len(self.y_pool)
            if n_labels != pool.n_rows:
                raise ValueError(
                    f"pseudo_labels='true' needs y_pool with a label for each of the "
                    f"{pool.n_rows} rows of the pool, got {n_labels}."
                )
