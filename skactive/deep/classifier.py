"""A skorch classifier with seeds, any class labels, and training that suits few rows."""

from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight
from skorch import NeuralNetClassifier
from torch import nn

from .._outputs import class_columns, of_columns
from .._parameters import (
    POSITIVE_INT,
    POSITIVE_INT_OR_NONE,
    RANDOM_STATE,
    DeclaredParameters,
    Instance,
    Number,
    check_parameters,
    ints,
    options,
    reals,
)
from .._typing import Labels, RandomState, Rows
from ._net_rows import RowsMixin
from ._net_training import TrainingMixin
from ._torch import DEVICE, as_floats, check_device, seeded
from ._weights import load_matching
from .loading import LOAD


class SeededNet(DeclaredParameters, RowsMixin, TrainingMixin, NeuralNetClassifier):
    """``NeuralNetClassifier`` of skorch with a seed, a number of steps, and any class labels.

    It differs from skorch's class as follows. ``random_state`` makes a fit
    repeatable and leaves torch's global stream unchanged. ``max_steps`` counts
    gradient steps, so that nets with 20 and with 2000 labels train equally
    long. All rows are used for training. Labels may be strings. Batches have
    near-equal sizes, so BatchNorm never gets a batch of one row. Bytes become
    float32 from 0 to 1 and float64 becomes float32 batch by batch. Rows may be
    paths of image files or a torch ``Dataset``; both are loaded batch by batch. The number of
    rows that go through the net at a time is measured on the first row. An
    interrupt from the keyboard ends the fit and is raised. Read more in
    :doc:`/user_guide/nets`.

    Parameters
    ----------
    module : class of torch.nn.Module
        Class that returns logits. Pass the class and ``module__...``: an
        instance would be trained in place, and its clones would keep the
        trained weights.
    criterion : class, default=torch.nn.CrossEntropyLoss
        The loss.
    optimizer : class, default=torch.optim.Adam
        The optimizer.
    lr : float, default=0.001
        Learning rate.
    batch_size : int, default=32
        Maximum number of rows in a training batch. For scoring, batches are as
        large as 128 MB allow (2 GB on an accelerator), at most 512 rows,
        unless ``iterator_valid__batch_size`` is set.
    max_epochs : int, default=10
        Number of passes over the rows if ``max_steps`` is None.
    max_steps : int, default=500
        Number of gradient steps, rounded up to whole passes.
    random_state : int, RandomState or None, default=None
        Seed of weights, order and dropout. None uses torch's stream.
    initial_weights : dict of str to tensor, default=None
        State from which every fit starts, such as that of
        :class:`RotationPretraining`. Entries with another shape, such as those
        of another head, are ignored.
    class_weight : {"balanced"}, dict or None, default=None
        Weight of each class in the loss, as in scikit-learn.
    load : callable, default=None
        Converts a path to a tensor or an array. Use a module-level function or
        an object, which can be pickled. None: :class:`ImageLoader`.
    augment : callable, default=None
        Changes each row, a tensor, in training only; for example a transform
        of ``torchvision.transforms.v2``. It draws from torch's stream, which
        is seeded for each row and pass.
    train_split : callable or None, default=None
        As in skorch; None uses every row for training.
    verbose : int, default=0
        1 prints one line per pass, and shows progress when scoring many
        batches.
    **kwargs : dict
        As for ``skorch.NeuralNetClassifier``: ``module__...``, ``device``,
        ``callbacks``, ``optimizer__momentum``. The rows are shuffled before
        each pass unless ``iterator_train__shuffle=False``.
        ``iterator_train__num_workers`` and ``iterator_valid__num_workers`` set
        the number of processes that load rows.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels in the y given to ``fit``. The probabilities leave out outputs
        of the head beyond them.
    module_ : torch.nn.Module
        The fitted module.

    See Also
    --------
    FineTunedClassifier : Starts from the weights of a source model.

    Notes
    -----
    A seed gives the same net for the same number of threads, device and
    version of torch. With another number of threads, torch adds numbers in
    another order, and training amplifies the differences. Set
    ``torch.set_num_threads`` to the same number to repeat a result elsewhere.

    Callbacks that stop training early must derive from skorch's
    ``EarlyStopping``. If another callback raises ``KeyboardInterrupt``, the
    fit raises it too.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.deep import LeNet, SeededNet
    >>> import numpy as np
    >>> X, y = load_digits(return_X_y=True)
    >>> images = np.kron(X.reshape(-1, 1, 8, 8) / 16, np.ones((2, 2)))
    >>> net = SeededNet(LeNet, module__image_size=16, max_steps=200, random_state=0)
    >>> net.fit(images[:500], y[:500]).score(images[500:], y[500:]) > 0.7
    True
    """

    _parameter_constraints: dict = {
        "module": [callable],
        "criterion": [callable],
        "optimizer": [callable],
        "lr": [reals(0)],
        "batch_size": [ints(1), Number(Integral, -1, 0, closed="left")],
        "max_epochs": POSITIVE_INT,
        "max_steps": POSITIVE_INT_OR_NONE,
        "random_state": RANDOM_STATE,
        "initial_weights": [dict, None],
        "class_weight": [options("balanced"), dict, None],
        "load": LOAD,
        "augment": [Instance("__call__", "a callable augment(row)"), None],
        "train_split": [callable, None],
        "verbose": ["verbose"],
        "device": DEVICE,
    }

    def __init__(
        self,
        module: Any,
        *,
        criterion: Any = nn.CrossEntropyLoss,
        optimizer: Any = torch.optim.Adam,
        lr: float = 0.001,
        batch_size: int = 32,
        max_epochs: int = 10,
        max_steps: int = 500,
        random_state: RandomState = None,
        initial_weights: Any = None,
        class_weight: Any = None,
        load: Any = None,
        augment: Any = None,
        train_split: Any = None,
        verbose: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            module,
            criterion=criterion,
            optimizer=optimizer,
            lr=lr,
            batch_size=batch_size,
            max_epochs=max_epochs,
            train_split=train_split,
            verbose=verbose,
            **kwargs,
        )
        self.max_steps = max_steps
        self.random_state = random_state
        self.initial_weights = initial_weights
        self.class_weight = class_weight
        self.load = load
        self.augment = augment

    def __setattr__(self, name, value):
        if name in ("load", "augment"):
            # skorch would train any torch module that is an attribute
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def classes_(self) -> Any:
        """Labels in the order of the columns of ``predict_proba``."""
        if "label_classes_" in self.__dict__:
            return self.label_classes_
        return super().classes_

    def initialize(self) -> Any:
        """Build the module and the optimizer from the seed.

        Returns
        -------
        self : SeededNet
            The net, not trained.

        Raises
        ------
        ValueError, TypeError
            If a parameter is invalid or the device is missing.
        """
        check_parameters(self)
        check_device(self.device)
        with seeded(self.random_state, self.device):
            return super().initialize()

    def initialize_module(self) -> Any:
        """Build the module and load ``initial_weights``.

        Returns
        -------
        self : SeededNet
            The net with ``module_``.

        Raises
        ------
        ValueError
            If no entry of ``initial_weights`` fits.
        """
        super().initialize_module()
        if self.initial_weights is not None:
            load_matching(self.module_, self.initial_weights)
        return self

    def fit(self, X: Rows, y: Labels, **fit_params: Any) -> Any:
        """Train from the initial weights.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...), paths or torch Dataset
            Rows. If a Dataset returns tuples, their first entry is the row.
        y : array of shape (n_rows,)
            Class labels.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : SeededNet
            The trained net.

        Raises
        ------
        ValueError
            If y is None, if a parameter is invalid, or if the module does not
            fit the rows or the classes.
        """
        check_parameters(self)
        if y is None:
            raise ValueError("y is None: SeededNet needs a class label for each row.")
        found, codes = np.unique(y, return_inverse=True)
        self.__dict__.pop("label_classes_", None)
        self._weights_of_codes = self._class_weights(found, codes)
        self._blocks = {}
        with seeded(self.random_state, self.device):
            super().fit(X, codes.astype(np.int64), **fit_params)
        self.label_classes_ = found
        self.warn_if_stuck(codes)
        return self

    def fit_loop(
        self, X: Rows, y: Labels | None = None, epochs: Any = None, **fit_params: Any
    ) -> Any:
        """Train for as many passes as ``max_steps`` needs.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...)
            Rows.
        y : ndarray of int, shape (n_rows,)
            Class codes.
        epochs : int, default=None
            Number of passes. None: from ``max_steps``, or ``max_epochs`` if
            that is None.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : SeededNet
            The trained net.
        """
        if epochs is None and self.max_steps is not None:
            train, _ = self.get_split_datasets(X, y)
            epochs = -(-self.max_steps // len(self.get_iterator(train, training=True)))
        return super().fit_loop(X, y, epochs, **fit_params)

    def _class_weights(self, found, codes):
        if self.class_weight is None:
            return None
        weight = self.class_weight
        if isinstance(weight, dict):
            pairs = enumerate(found.tolist())
            weight = {code: weight[label] for code, label in pairs if label in weight}
        return compute_class_weight(weight, classes=np.arange(len(found)), y=codes)

    def infer(self, x: Any, **fit_params: Any) -> Any:
        """Pass a batch through the module.

        Parameters
        ----------
        x : tensor
            The batch. Bytes become float32 from 0 to 1, except that a module
            with the attribute ``takes_bytes`` gets them unchanged. float64
            becomes float32.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        outputs : tensor
            Outputs of the module.
        """
        if not getattr(self.module_, "takes_bytes", False) or x.dtype != torch.uint8:
            x = as_floats(x)
        return super().infer(x, **fit_params)

    def predict_proba(self, X: Rows) -> Any:
        """Return class probabilities of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...)
            The rows.

        Returns
        -------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Probabilities, with columns in the order of ``classes_``.
        """
        values = super().predict_proba(X)
        is_fitted = "label_classes_" in self.__dict__
        return of_columns(values, class_columns(self, values.shape[1])) if is_fitted else values

    def predict(self, X: Rows) -> Any:
        """Return class labels of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...)
            The rows.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Labels of the kind given to ``fit``.
        """
        codes = self.predict_proba(X).argmax(axis=1)
        found = self.__dict__.get("label_classes_")
        return codes if found is None else found[codes]
