"""A pretrained net as a frozen transformer and classifier."""

import os

import joblib
import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from torch import nn
from torchvision import models

from .._parameters import POSITIVE_INT, DeclaredParameters, Instance, check_parameters
from .._progress import track
from ..pool import num_samples, take_rows
from ._batches import slices
from ._torch import (
    DEVICE,
    as_floats,
    capturing,
    check_device,
    evaluating,
    last_linear,
    pooled,
    seeded,
)


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
    batch_size : int, default=64
        Rows at a time.
    device : str, default="cpu"
        Where the net runs.
    memory : str or joblib.Memory, default=None
        Folder that keeps outputs from one run to the next.
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
        "batch_size": POSITIVE_INT,
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
        batch_size=64,
        device="cpu",
        memory=None,
        verbose=0,
    ):
        self.architecture = architecture
        self.weights = weights
        self.layer = layer
        self.module_params = module_params
        self.preprocess = preprocess
        self.batch_size = batch_size
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
        X : ndarray of shape (n_rows, channels, height, width)
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
        X : ndarray of shape (n_rows, channels, height, width)
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
        X : ndarray of shape (n_rows, channels, height, width)
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
            self._module, self._categories = _build(
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
        weights = _enum_member(self.weights)
        return as_floats(batch) if weights is None else weights.transforms()(batch)

    def _outputs(self, X):
        check_parameters(self)
        if self.memory is None:
            return _run(None, X, self)
        memory = self.memory
        if isinstance(memory, (str, os.PathLike)):
            memory = joblib.Memory(memory, verbose=0)
        return memory.cache(_run, ignore=["model"])(self._fingerprint(), X, self)

    def _fingerprint(self):
        """What the outputs depend on besides the rows."""
        state = {name: value.cpu().numpy() for name, value in self.module.state_dict().items()}
        settings = str(self.module), self.layer, self.preprocess, _enum_member(self.weights)
        return joblib.hash((state, settings))

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_clone__(self):
        return self


def _run(fingerprint, X, model):
    """Features and probabilities of rows; the fingerprint is for the cache."""
    module = model.module
    name = model.layer or last_linear(module)
    features, probabilities = [], []
    with evaluating(module), torch.no_grad():
        with capturing(module, [name], inputs=model.layer is None) as maps:
            for block in _shown(slices(num_samples(X), model.batch_size), model.verbose):
                batch = torch.from_numpy(np.array(take_rows(X, block))).to(model.device)
                probabilities.append(_forward(model, batch).softmax(dim=1).cpu().numpy())
                features.append(pooled(maps[name]).cpu().numpy())
    return np.concatenate(features), np.concatenate(probabilities)


def _shown(blocks, verbose):
    blocks = list(blocks)
    return track(blocks, len(blocks), verbose=verbose, description="SourceModel", unit="batches")


def _forward(model, batch):
    try:
        return model.module(model.prepare(batch))
    except RuntimeError as error:
        raise ValueError(
            f"{type(model.module).__name__} does not take rows of shape {tuple(batch.shape[1:])}, "
            f"dtype {batch.dtype}; images are of shape (n_rows, channels, height, width): {error}"
        ) from error


def _build(architecture, weights, params):
    """A module with its weights, and the names of its classes where they are known."""
    member = _enum_member(weights)
    categories = None if member is None else member.meta.get("categories")
    if isinstance(architecture, nn.Module):
        module = architecture
    else:
        if isinstance(architecture, str):
            architecture = _builder(architecture)
        if categories is not None:
            params = {"num_classes": len(categories), **params}
        with seeded(0):
            module = architecture(**params)
    state = _state_dict(weights, member)
    if state is not None:
        module.load_state_dict(state)
    return module, categories


def _builder(name):
    """The torchvision function that builds the net of a name."""
    if name not in models.list_models(models):
        raise ValueError(
            f"architecture={name!r} is no net of torchvision.models, such as 'resnet18'."
        )
    return models.get_model_builder(name)


def _enum_member(weights):
    """The member of a torchvision weights enum that is meant, or None."""
    if isinstance(weights, models.WeightsEnum):
        return weights
    if isinstance(weights, str) and "_Weights." in weights:
        return models.get_weight(weights)
    return None


def _state_dict(weights, member):
    if member is not None:
        return member.get_state_dict(progress=True, check_hash=True)
    if isinstance(weights, (str, os.PathLike)):
        if not os.path.isfile(weights):
            raise ValueError(
                f"weights={str(weights)!r} is neither a file nor the full name of torchvision "
                "weights, such as 'ResNet18_Weights.DEFAULT'."
            )
        return torch.load(weights, map_location="cpu", weights_only=True)
    return weights
