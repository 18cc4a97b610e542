"""A pretrained net as a frozen transformer and classifier."""

import os
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from torchvision import models

from .._parameters import POSITIVE_INT, DeclaredParameters, Instance, check_parameters, ints
from .._typing import Labels, Rows
from ._source_outputs import open_store, source_outputs
from ._torch import DEVICE, as_floats, as_single, check_device, last_linear
from ._weights import build, enum_member
from .loading import LOAD


class SourceModel(DeclaredParameters, TransformerMixin, ClassifierMixin, BaseEstimator):
    """Net trained on other data: features of rows, and probabilities of its own classes.

    Use it as ``embed=`` and ``model=`` of strategies, and as a step of
    pipelines. It is frozen: ``fit`` does nothing, and ``clone`` returns the
    same object. Read more in :doc:`/user_guide/images`.

    Parameters
    ----------
    architecture : str, callable or torch.nn.Module
        Name of a net in :func:`torchvision.models.list_models`, a callable
        that builds a module, or a module.
    weights : str, path, dict, torchvision weights or None, default=None
        Member of a torchvision weights enum or its full name, such as
        ``"ResNet18_Weights.DEFAULT"``, which is downloaded; a file with a
        state dict; or a state dict. None keeps the weights of the module.
    layer : str, default=None
        Layer with the features as output, averaged over space. None: the input
        of the last dense layer.
    module_params : dict, default=None
        Parameters of the architecture, such as ``{"num_classes": 1001}``.
    preprocess : callable, default=None
        Transforms each batch, a float32 tensor in which the bytes of an image
        are numbers from 0 to 255. Use a module-level function, which can be
        pickled. None: the transform that torchvision has for the weights, which
        takes bytes or numbers from 0 to 1; without such weights, bytes become
        numbers from 0 to 1.
    load : callable, default=None
        Converts a path to a tensor or an array. Use a module-level function or
        an object, which can be pickled. None: :class:`ImageLoader`.
    batch_size : int, default=64
        Number of rows to load at a time. Fewer rows go through the net at a
        time if they need more than 128 MB (2 GB on an accelerator).
    num_workers : int, default=0
        Number of processes that load paths and rows of a Dataset. 0 loads in
        this process.
    device : str, default="cpu"
        Device of the net.
    memory : str, path or joblib.Memory, default=None
        Folder that keeps the outputs of rows for later runs. The key of a file
        is its path, modification time and size; the key of any other row is
        its values. The outputs also depend on weights, layer, preprocessing
        and loader. They are read without unpickling. An interrupted pass goes
        on where it ended.
    verbose : int, default=0
        1 shows a progress bar (with tqdm installed).

    Attributes
    ----------
    classes_ : ndarray of shape (n_source_classes,)
        Names of the source classes if the weights include them, otherwise
        numbers.
    module : torch.nn.Module
        The net, built at first use.

    See Also
    --------
    FineTunedClassifier : Trains the net further.

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
        architecture: str = "resnet18",
        weights: Any = None,
        *,
        layer: Any = None,
        module_params: Any = None,
        preprocess: Any = None,
        load: Any = None,
        batch_size: int = 64,
        num_workers: int = 0,
        device: str = "cpu",
        memory: Any = None,
        verbose: int = 0,
    ) -> None:
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

    def fit(self, X: Rows, y: Labels | None = None) -> Any:
        """Do nothing: the net is already trained.

        Parameters
        ----------
        X : ignored
            Not used.
        y : ignored
            Not used.

        Returns
        -------
        self : SourceModel
            The unchanged object.
        """
        return self

    def transform(self, X: Rows) -> Any:
        """Return features of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        features : ndarray of float32, shape (n_rows, n_features)
            One vector per row.

        Raises
        ------
        ValueError
            If there are no rows, if the net does not take them, or if a
            parameter is invalid.
        """
        return self._outputs(X)[0]

    def predict_proba(self, X: Rows) -> Any:
        """Return probabilities of the source classes.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        probabilities : ndarray of float32, shape (n_rows, n_source_classes)
            Probabilities; each row sums to 1.

        Raises
        ------
        ValueError
            As :meth:`transform`.
        """
        return self._outputs(X)[1]

    def predict(self, X: Rows) -> Any:
        """Return the most probable source class.

        Parameters
        ----------
        X : ndarray of shape (n_rows, channels, height, width), paths or torch Dataset
            Images.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Entries of ``classes_``.

        Raises
        ------
        ValueError
            As :meth:`transform`.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def module(self) -> Any:
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
    def classes_(self) -> Any:
        """Source classes in the order of the columns of ``predict_proba``."""
        module = self.module
        if self._categories is not None:
            return np.asarray(self._categories)
        return np.arange(dict(module.named_modules())[last_linear(module)].out_features)

    def prepare(self, batch: Any) -> Any:
        """Return the input of the net for a batch of images.

        Parameters
        ----------
        batch : tensor
            Images of the user.

        Returns
        -------
        batch : tensor
            Images after ``preprocess`` or torchvision's transform for the
            weights.
        """
        if self.preprocess is not None:
            return self.preprocess(as_single(batch))
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
