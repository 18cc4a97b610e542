"""Fisher-kernel matching: pool rows that are like the validation rows the net gets wrong."""

import warnings

import numpy as np

from .._parameters import POSITIVE_INT, ListOf, options
from ..pool import num_samples, take_rows
from ..query._base import QueryStrategy, random_stream
from ._descriptors import describe, layers_of
from ._kernels import COMBINATIONS, k_centers, similarities
from ._matching import match_rows
from ._pseudo_labels import KnownLabels, NearestLabels, PredictedLabels, SampledLabels
from ._view import view_of


class FisherKernel(QueryStrategy):
    """Pool rows whose Fisher descriptors match those of misclassified validation rows.

    Algorithm 1 of [1]_. The validation rows stand for the distribution that
    the net will be tested on, the pool may be biased. Descriptors are, at some
    layers, the features Z (maps averaged over space) and the gradients G of
    the loss there, each row standardised scale by scale. Rz and Rg are their
    products for validation rows that the net gets wrong (no more than are
    asked for, spread by k-center) and pool rows. Each centre takes its best
    match, then its second best, until enough distinct rows are met.

    Parameters
    ----------
    X_val : container of n_val rows
        Validation rows. The learner never trains on them.
    y_val : array of shape (n_val,)
        Their labels. With ``pseudo_labels="phat"`` and ``"true"`` they are
        used as they are; the others only ask which predictions are wrong.
    layers : str or list of str, default=None
        One layer a scale, by name, after its non-linearity. None: the
        module's own ``feature_layers``, which the nets of
        :mod:`skactive.deep` have.
    kernel : {"pfk", "pcc"}, default="pfk"
        ``"pcc"`` uses features alone (Eq. 6), one forward pass a row;
        ``"pfk"`` features and gradients (Eq. 12), and a backward pass.
    combine : {"sum_of_products", "sum", "product_of_sums"}, default="sum_of_products"
        ``"sum_of_products"`` is Eq. 12, the sum over scales of Rz times Rg.
        ``"sum"`` is Rz + Rg, which the authors' program computes: take it to
        reproduce their numbers. ``"product_of_sums"`` multiplies the sums over
        scales. Both products also rate a row high that is opposite in
        features and in gradients.
    pseudo_labels : {"phat", "yhat", "true", "mc_trace", "mc_mi"}, default="phat"
        Label of a pool row for its gradient: that of the validation row most
        alike by features; the predicted one; the hidden one, from ``y_pool``;
        the one whose gradients go along with features over perturbed copies
        (experimental and slow).
    y_pool : array of shape (n_rows,), default=None
        Labels of the whole pool, for ``pseudo_labels="true"`` alone.
    scale_weight : {"length", "equal"}, default="length"
        Whether a scale weighs by its length, as in the paper, or all the same.
    n_draws : int, default=16
        Perturbed copies of each row for the two ``mc`` labels.
    untrained : bool, default=False
        True picks from the first label on, by the net as initialised; set its
        ``initial_weights`` to those of :class:`RotationPretraining` for that.
        False leaves the first labels to the learner's cold start.

    See Also
    --------
    RotationPretraining : Weights from unlabeled rows to start from.
    skactive.query.CoreSet : Covers the pool, without a validation set.

    Notes
    -----
    The similarities are worked out block by block; memory goes with
    (n_val + n_rows) times the length of a descriptor.

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
        X_val=None,
        y_val=None,
        layers=None,
        *,
        kernel="pfk",
        combine="sum_of_products",
        pseudo_labels="phat",
        y_pool=None,
        scale_weight="length",
        n_draws=16,
        untrained=False,
    ):
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

    def requires_fit(self, learner):
        return not self.untrained or getattr(learner, "n_labels_", 0) > 0

    def select(self, learner, pool, n_queries):
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
        """Labels of validation rows for their gradients."""
        if self.kernel == "pcc":
            return None
        if self.pseudo_labels in ("phat", "true"):
            return KnownLabels(codes)
        return self._pool_labels(view, layers, None, codes, seed)

    def _pool_labels(self, view, layers, validation, codes, seed):
        """Labels of rows without one for their gradients."""
        if self.kernel == "pcc":
            return None
        if self.pseudo_labels == "yhat":
            return PredictedLabels()
        if self.pseudo_labels == "phat":
            return NearestLabels(validation.Z, codes, self._entry_weights(validation))
        statistic = self.pseudo_labels.removeprefix("mc_")
        return SampledLabels(view, layers, statistic, self.n_draws, seed)

    def _centers(self, validation, codes, n_queries, random_state):
        """Misclassified validation rows, thinned by k-center to as many as are asked for."""
        wrong = np.flatnonzero(validation.predicted != codes)
        if not len(wrong):
            warnings.warn(
                f"FisherKernel matches mistakes, and the net makes none on the {len(codes)} "
                "validation rows: all of them are matched instead. More validation rows would "
                "tell more.",
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
        """Weight of each entry in the similarity of features."""
        lengths = np.array(validation.lengths)
        weights = np.ones(len(lengths)) if self.scale_weight == "length" else 1 / (lengths - 1)
        return np.repeat(weights, lengths)

    def _check(self, pool):
        if self.X_val is None or self.y_val is None:
            raise ValueError(
                "FisherKernel needs X_val and y_val: rows that stand for the distribution the "
                "net will be tested on, and their labels."
            )
        if num_samples(self.X_val) != len(self.y_val) or not len(self.y_val):
            raise ValueError(
                f"X_val has {num_samples(self.X_val)} rows and y_val {len(self.y_val)} labels; "
                "both must have the same number, 1 or more."
            )
        if self.kernel == "pfk" and self.pseudo_labels == "true":
            n_labels = None if self.y_pool is None else len(self.y_pool)
            if n_labels != pool.n_rows:
                raise ValueError(
                    f"pseudo_labels='true' needs y_pool with a label for each of the "
                    f"{pool.n_rows} rows of the pool, got {n_labels}."
                )
