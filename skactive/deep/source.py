"""A pretrained net as a frozen transformer and classifier."""

import os

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from torchvision import models

from .._parameters import POSITIVE_INT, DeclaredParameters, Instance, check_parameters, ints
from ._source_outputs import open_store, source_outputs
from ._torch import DEVICE, as_floats, check_device, last_linear
from ._weights import build, enum_member
from .loading import LOAD


class SourceModel(DeclaredParameters, TransformerMixin, ClassifierMixin, BaseEstimator):
    """A net trained on other data: features of rows, and probabilities of its own classes.

    Strategies take it as ``embed=`` and ``model=``, pipelines as a step.
    It is frozen: ``fit`` does nothing and ``clone`` gives the same object.

    Parameters
    ----------
    architecture : str, callable or torch.nn.Module
        A name of :func:`torchvision.models.list_models`, something that builds
        a module, or a module.
    weights : str, path, dict, torchvision weights or None, default=None
        A member of a torchvision weights enum or its full name, such as
        ``"ResNet18_Weights.DEFAULT"``, which is downloaded; a file with a
        state dict; a state dict. None: as the module is.
    layer : str, default=None
        Layer whose output are the features, averaged over space. None: what
        goes into the last dense layer.
    module_params : dict, default=None
        For the architecture, e.g. ``{"num_classes": 1001}``.
    preprocess : callable, default=None
        Applied to each batch, a float32 tensor; a module-level function, so
        that it pickles. None: what torchvision has with the weights, which
        takes bytes or numbers from 0 to 1, otherwise nothing.
    load : callable, default=None
        A path to a tensor or an array, where rows are paths; a module-level
        function or an object, so that it pickles. None: :class:`ImageLoader`.
    batch_size : int, default=64
        Rows that are loaded at a time. No more of them go through the net at
        once than half a gigabyte has room for (2 GB on an accelerator).
    num_workers : int, default=0
        Processes that load paths and rows of a Dataset; 0: this one.
    device : str, default="cpu"
        Where the net runs.
    memory : str, path or joblib.Memory, default=None
        Folder that keeps outputs from one run to the next, row by row: a file
        is known by path, time of change and size, any other row by its
        numbers. What is kept depends on weights, layer, preprocessing and
        loader, and is read without unpickling. An interrupted pass goes on
        where it ended.
    verbose : int, default=0
        1 shows a progress bar (with tqdm installed).

    Attributes
    ----------
    classes_ : ndarray of shape (n_source_classes,)
        Names of the source classes where the weights come with them, else
        numbers.
    module : torch.nn.Module
        The net, built at first use.

    See Also
    --------
    FineTunedClassifier : Trains it on.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep import LeNet, SourceModel
    >>> source = SourceModel(LeNet(n_classes=5))
    >>> images = np.zeros((3, 1, 28, 28), dtype=np.float32)
    >>> source.transform(images).shape, source.predict_proba(images).shape
    ((3, 50), (3, 5))
    """

    _parameter_constraints: dict = {
        "architecture": [str, callable],
        "weights": [str, os.PathLike, dict, models.WeightsEnum, None],
        "layer": [str, None],
        "module_params": [dict, None],
        "preprocess": [callable, None],
        "load": LOAD,
        "batch_size": POSITIVE_INT,
        "num_workers": [ints(0)],
        "device": DEVICE,
        "memory": [str, os.PathLike, Instance("cache"), None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        architecture="resnet18",
        weights=None,
        *,
        layer=None,
        module_params=None,
        preprocess=None,
        load=None,
        batch_size=64,
        num_workers=0,
        device="cpu",
        memory=None,
        verbose=0,
    ):
        self.architecture = architecture
        self.weights = weights
        self.layer = layer
        self.module_params = module_params
        self.preprocess = preprocess
        self.load = load
        self.batch_size = batch_size
        self.num_workers = num_workers
        self.device = device
        self.memory = memory
        self.verbose = verbose

    def fit(self, X, y=None):
        """Do nothing: the net is trained.

        Parameters
        ----------
        X : ignored
            Not used.
        y : ignored
            Not used.

        Returns
        -------
        self : SourceModel
            As it was.
        """
        return self

    def transform(self, X):
        """Features of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        features : ndarray of float32, shape (n_rows, n_features)
            One vector a row.
        """
        return self._outputs(X)[0]

    def predict_proba(self, X):
        """Probabilities of the source classes.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        probabilities : ndarray of float32, shape (n_rows, n_source_classes)
            Rows sum to 1.
        """
        return self._outputs(X)[1]

    def predict(self, X):
        """Most probable source class.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Entries of ``classes_``.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def module(self):
        """The torch module, in eval mode and on its device."""
        if "_module" not in self.__dict__:
            check_parameters(self)
            device = check_device(self.device)
            self._module, self._categories = build(
                self.architecture, self.weights, self.module_params or {}
            )
            self._module.to(device).eval()
        return self._module

    @property
    def classes_(self):
        """Source classes in the order of the columns of ``predict_proba``."""
        module = self.module
        if self._categories is not None:
            return np.asarray(self._categories)
        return np.arange(dict(module.named_modules())[last_linear(module)].out_features)

    def prepare(self, batch):
        """What the net is given for a batch of images.

        Parameters
        ----------
        batch : tensor
            Images as the user has them.

        Returns
        -------
        batch : tensor
            After ``preprocess``, or what torchvision has with the weights.
        """
        if self.preprocess is not None:
            return self.preprocess(as_floats(batch))
        weights = enum_member(self.weights)
        return as_floats(batch) if weights is None else weights.transforms()(batch)

    def _outputs(self, X):
        check_parameters(self)
        folder = getattr(self.memory, "location", self.memory)
        store = None if folder is None else open_store(self, folder)
        return source_outputs(self, X, store)

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_clone__(self):
        return self
