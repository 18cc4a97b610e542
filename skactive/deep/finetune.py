"""A source model that is trained on with a new head."""

import copy
import inspect

import numpy as np
import torch
from torch import nn

from .._parameters import POSITIVE_INT_OR_NONE, Instance, ListOf, reals
from ._learning_rate import TRIAL_STEPS, find_learning_rate, set_learning_rate
from ._torch import last_linear, layer_of, replace_head
from .classifier import SeededNet


class FineTunedModule(nn.Module):
    """A copy of a source model's net with a fresh head.

    Parameters
    ----------
    source : SourceModel
        Where the weights come from; it is left as it is.
    n_classes : int
        Outputs of the head.
    head : str, default=None
        The dense layer that is replaced; None: the last one.
    freeze : sequence of str, default=()
        Layers that keep their weights and BatchNorm statistics.
    freeze_statistics : bool, default=True
        Whether all BatchNorm layers keep their statistics.
    """

    # bytes go to the source's preprocessing as they are
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
        """Training mode for all layers but the frozen ones."""
        super().train(mode)
        for name in self.freeze:
            layer_of(self.body, name).eval()
        if self.freeze_statistics:
            for layer in self.body.modules():
                if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                    layer.eval()
        return self

    def forward(self, X):
        """Logits of images."""
        return self.body(self.prepare(X))


class FineTunedClassifier(SeededNet):
    """Starts every fit from a source model's weights, with a new head.

    After the second classifier of [1]_: the source's training with its
    learning rate divided by 10. Which of this and a linear classifier on the
    source's features is better for the labels at hand is for ``GridSearchCV``
    to say.

    Parameters
    ----------
    module : class, default=FineTunedModule
        Built from the next five.
    source : SourceModel
        Where the weights come from. Rows are what it takes.
    n_classes : int, default=None
        Outputs of the head. None: as many as there are classes in y. Set it for
        :class:`FisherKernel`, whose validation rows may hold further classes.
    head : str, default=None
        The dense layer that is replaced. None: the last one.
    freeze : sequence of str, default=()
        Layers that keep their weights and BatchNorm statistics.
    freeze_statistics : bool, default=True
        Whether BatchNorm layers normalise by the source's statistics, also
        while training; their weights are trained. Statistics of small batches
        are poor, and nets in which they were folded into the weights need
        this. False: as the source was trained.
    source_lr : float, default=0.1
        Learning rate that the source was trained with.
    lr : float, default=None
        Learning rate. None: ``source_lr / 10``, the rule of [1]_, or the part
        of it with which the loss is lower after 15 steps: trials go down by
        factors of 0.32 for as long as that helps, which takes 30 steps or more
        before training. Weights in which BatchNorm is folded need that. There
        are no trials where ``max_steps`` is less than 15.
    optimizer : class, default=torch.optim.SGD
        The optimizer.
    optimizer__momentum : float, default=0.9
        Its momentum, if the optimizer takes one; Adam does not.
    optimizer__weight_decay : float, default=0.0001
        Its weight decay.
    max_steps : int, default=300
        Gradient steps, so that 20 labels and 2000 train equally long.
    **kwargs : dict
        As for :class:`SeededNet`: ``batch_size``, ``class_weight``, ``augment``,
        ``random_state``, ``device``. ``load`` is that of the source unless given.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the y given to ``fit``.
    module_ : torch.nn.Module
        The fitted module.
    lr_ : float
        The learning rate found by trials, if there were any.

    See Also
    --------
    SourceModel : What it starts from.

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
        module=FineTunedModule,
        *,
        source=None,
        n_classes=None,
        head=None,
        freeze=(),
        freeze_statistics=True,
        source_lr=0.1,
        lr=None,
        optimizer=torch.optim.SGD,
        optimizer__momentum=0.9,
        optimizer__weight_decay=0.0001,
        max_steps=300,
        **kwargs,
    ):
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

    def fit(self, X, y, **fit_params):
        """Train from the source's weights.

        Parameters
        ----------
        X : ndarray of shape (n_rows, ...)
            Rows as the source takes them.
        y : array of shape (n_rows,)
            Class labels.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : FineTunedClassifier
            Trained.
        """
        self._n_in_y = len(np.unique(y))
        return super().fit(X, y, **fit_params)

    def _loader(self):
        return getattr(self.source, "load", None) if self.load is None else self.load

    def get_params_for(self, prefix):
        """Parameters of a part, those of the module from the source among them.

        Parameters
        ----------
        prefix : str
            Name of the part.

        Returns
        -------
        params : dict
            Its parameters.
        """
        params = super().get_params_for(prefix)
        if prefix != "module":
            return params
        n_classes = self.n_classes or getattr(self, "_n_in_y", None)
        if self.source is None or n_classes is None:
            missing = "source" if self.source is None else "n_classes"
            why = {
                "source": "a SourceModel to start from",
                "n_classes": "the number of outputs, because there is no y yet to count them in",
            }
            raise ValueError(f"FineTunedClassifier needs {missing}=, {why[missing]}; it is None.")
        known = {"source": self.source, "n_classes": n_classes}
        known |= {"freeze_statistics": self.freeze_statistics}
        return {**known, "head": self.head, "freeze": self.freeze, **params}

    def get_params_for_optimizer(self, prefix, named_parameters):
        """Parameters of the optimizer, with a tenth of the source's learning rate by default.

        Parameters
        ----------
        prefix : str
            Name of the optimizer.
        named_parameters : iterable
            What it trains.

        Returns
        -------
        args, kwargs : tuple and dict
            For the optimizer.
        """
        args, kwargs = super().get_params_for_optimizer(prefix, named_parameters)
        if kwargs.get("lr") is None:
            kwargs["lr"] = self.source_lr / 10
        if "momentum" not in inspect.signature(self.optimizer).parameters:
            kwargs.pop("momentum", None)
        return args, kwargs

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Find a learning rate where none is given.

        Parameters
        ----------
        net : FineTunedClassifier
            This net.
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Codes of their classes.
        **kwargs : dict
            As in skorch.
        """
        super().on_train_begin(net, X=X, y=y, **kwargs)
        if self.lr is None and (self.max_steps is None or self.max_steps >= TRIAL_STEPS):
            self.lr_ = find_learning_rate(self, X, y, self.source_lr / 10)
            set_learning_rate(self, self.lr_)
