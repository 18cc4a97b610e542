"""Fine-tuning: train a source model further, with a new head."""

import copy
import inspect
from typing import Any

import numpy as np
import torch
from torch import nn

from .._parameters import POSITIVE_INT_OR_NONE, Instance, ListOf, reals
from .._typing import Labels, Rows
from ._learning_rate import TRIAL_STEPS, find_learning_rate, set_learning_rate
from ._torch import last_linear, layer_of, replace_head
from .classifier import SeededNet


class FineTunedModule(nn.Module):
    """A copy of a source model's net with a new head.

    Parameters
    ----------
    source : SourceModel
        Source of the weights; it does not change.
    n_classes : int
        Number of outputs of the head.
    head : str, default=None
        Name of the dense layer to replace. None: the last one.
    freeze : sequence of str, default=()
        Layers that keep their weights and BatchNorm statistics.
    freeze_statistics : bool, default=True
        Whether all BatchNorm layers keep their statistics.
    """

    # the source's preprocessing gets bytes unchanged
    takes_bytes = True

    def __init__(self, source, n_classes, head=None, freeze=(), freeze_statistics=True):
        super().__init__()
        self.body = copy.deepcopy(source.module)
        replace_head(self.body, head or last_linear(self.body), n_classes)
        self.prepare = source.prepare
        self.freeze = tuple(freeze)
        self.freeze_statistics = freeze_statistics
        for name in self.freeze:
            layer_of(self.body, name).requires_grad_(False)

    def train(self, mode=True):
        """Set the training mode of all layers but the frozen ones."""
        super().train(mode)
        for name in self.freeze:
            layer_of(self.body, name).eval()
        if self.freeze_statistics:
            for layer in self.body.modules():
                if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                    layer.eval()
        return self

    def forward(self, X):
        """Return the logits of images."""
        return self.body(self.prepare(X))


class FineTunedClassifier(SeededNet):
    """Classifier that starts every fit from a source model's weights, with a new head.

    This is the second classifier of [1]_, trained like the source with a tenth
    of its learning rate. The alternative is a linear classifier on the
    source's features. Use ``GridSearchCV`` to choose between them for your
    labels. Read more in :doc:`/user_guide/images`.

    Parameters
    ----------
    module : class, default=FineTunedModule
        Class of the module, built from the next five parameters.
    source : SourceModel
        Source of the weights. Rows must be what it takes.
    n_classes : int, default=None
        Number of outputs of the head. None: the number of classes in y. Set it
        for :class:`FisherKernel` if the validation rows hold further classes.
    head : str, default=None
        Name of the dense layer to replace. None: the last one.
    freeze : sequence of str, default=()
        Layers that keep their weights and BatchNorm statistics.
    freeze_statistics : bool, default=True
        True: BatchNorm layers normalize by the source's statistics during
        training, too, while their weights are trained. Statistics of small
        batches are poor. Nets with BatchNorm folded into the weights also need
        True. False: train as the source was trained.
    source_lr : float, default=0.1
        Learning rate with which the source was trained.
    lr : float, default=None
        Learning rate. None: ``source_lr / 10``, the rule of [1]_, or a smaller
        rate if its loss after 15 steps is lower. Trials reduce the rate by a
        factor of 0.32 as long as that helps. They take at least 30 steps
        before training. Weights with folded BatchNorm need these trials. There
        are none if ``max_steps`` is less than 15.
    optimizer : class, default=torch.optim.SGD
        The optimizer.
    optimizer__momentum : float, default=0.9
        Momentum.
    optimizer__weight_decay : float, default=0.0001
        Weight decay.
    max_steps : int, default=300
        Number of gradient steps, so that nets with 20 and with 2000 labels
        train equally long.
    **kwargs : dict
        As for :class:`SeededNet`: ``batch_size``, ``class_weight``,
        ``augment``, ``random_state``, ``device``. By default, ``load`` is that
        of the source.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels in the y given to ``fit``.
    module_ : torch.nn.Module
        The fitted module.
    lr_ : float
        The learning rate found by trials, if there were any.

    See Also
    --------
    SourceModel : The source of the weights.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep import FineTunedClassifier, LeNet, SourceModel
    >>> source = SourceModel(LeNet(n_classes=5))
    >>> net = FineTunedClassifier(source=source, max_steps=2, random_state=0)
    >>> X = np.random.RandomState(0).rand(6, 1, 28, 28)
    >>> net.fit(X, list("ababab")).predict_proba(X).shape
    (6, 2)
    """

    _parameter_constraints: dict = {
        **SeededNet._parameter_constraints,
        "source": [Instance("prepare", "a SourceModel"), None],
        "n_classes": POSITIVE_INT_OR_NONE,
        "head": [str, None],
        "freeze": [ListOf(str, "names of layers", least=0)],
        "freeze_statistics": ["boolean"],
        "source_lr": [reals(0)],
        "lr": [reals(0), None],
        "optimizer__momentum": [reals(0)],
        "optimizer__weight_decay": [reals(0)],
    }

    def __init__(
        self,
        module: Any = FineTunedModule,
        *,
        source: Any = None,
        n_classes: int | None = None,
        head: Any = None,
        freeze: Any = (),
        freeze_statistics: bool = True,
        source_lr: float = 0.1,
        lr: Any = None,
        optimizer: Any = torch.optim.SGD,
        optimizer__momentum: float = 0.9,
        optimizer__weight_decay: float = 0.0001,
        max_steps: int = 300,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            module,
            lr=lr,
            optimizer=optimizer,
            max_steps=max_steps,
            optimizer__momentum=optimizer__momentum,
            optimizer__weight_decay=optimizer__weight_decay,
            **kwargs,
        )
        self.source = source
        self.n_classes = n_classes
        self.head = head
        self.freeze = freeze
        self.freeze_statistics = freeze_statistics
        self.source_lr = source_lr

    def fit(self, X: Rows, y: Labels, **fit_params: Any) -> Any:
        """Train from the source's weights.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...)
            Rows that the source takes.
        y : array of shape (n_rows,)
            Class labels.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : FineTunedClassifier
            The trained net.

        Raises
        ------
        ValueError
            If there is no source, or as in :meth:`SeededNet.fit`.
        """
        self._n_in_y = len(np.unique(y))
        return super().fit(X, y, **fit_params)

    def _loader(self):
        return getattr(self.source, "load", None) if self.load is None else self.load

    def get_params_for(self, prefix: Any) -> Any:
        """Return the parameters of a part; those of the module include the source.

        Parameters
        ----------
        prefix : str
            Name of the part.

        Returns
        -------
        params : dict
            Its parameters.

        Raises
        ------
        ValueError
            If the source or the number of classes is unknown.
        """
        params = super().get_params_for(prefix)
        if prefix != "module":
            return params
        n_classes = self.n_classes or getattr(self, "_n_in_y", None)
        if self.source is None or n_classes is None:
            missing = "source" if self.source is None else "n_classes"
            why = {
                "source": "a SourceModel to start from",
                "n_classes": "the number of outputs, because there is no y to count classes in",
            }
            raise ValueError(f"FineTunedClassifier needs {missing}=, {why[missing]}; it is None.")
        known = {"source": self.source, "n_classes": n_classes}
        known |= {"freeze_statistics": self.freeze_statistics}
        return {**known, "head": self.head, "freeze": self.freeze, **params}

    def get_params_for_optimizer(self, prefix: Any, named_parameters: Any) -> Any:
        """Return the parameters of the optimizer; by default, lr is a tenth of the source's.

        Parameters
        ----------
        prefix : str
            Name of the optimizer.
        named_parameters : iterable
            Parameters that it trains.

        Returns
        -------
        args, kwargs : tuple and dict
            Arguments of the optimizer.
        """
        args, kwargs = super().get_params_for_optimizer(prefix, named_parameters)
        if kwargs.get("lr") is None:
            kwargs["lr"] = self.source_lr / 10
        if "momentum" not in inspect.signature(self.optimizer).parameters:
            kwargs.pop("momentum", None)
        return args, kwargs

    def on_train_begin(
        self, net: Any, X: Rows = None, y: Labels | None = None, **kwargs: Any
    ) -> Any:
        """Find a learning rate if none is given.

        Parameters
        ----------
        net : FineTunedClassifier
            This net.
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Class codes.
        **kwargs : dict
            As in skorch.
        """
        super().on_train_begin(net, X=X, y=y, **kwargs)
        self.__dict__.pop("lr_", None)
        if self.lr is None and (self.max_steps is None or self.max_steps >= TRIAL_STEPS):
            self.lr_ = find_learning_rate(self, X, y, self.source_lr / 10)
            set_learning_rate(self, self.lr_)
