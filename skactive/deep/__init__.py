"""Neural nets: classifiers, posterior samples, and strategies that read them.

Only this part of the package imports torch, torchvision and skorch. Install them
with ``pip install "skactive[deep]"``. Images are arrays of shape
(n_rows, channels, height, width).
"""

try:
    import skorch as _skorch  # noqa: F401
    import torch as _torch  # noqa: F401
    import torchvision as _torchvision  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"skactive.deep needs torch, torchvision and skorch, but {error.name!r} is missing. "
        'Install them with: pip install "skactive[deep]"'
    ) from error

from .classifier import SeededNet
from .embeddings import HeadGradients, NetFeatures
from .finetune import FineTunedClassifier
from .fisher import FisherKernel
from .loading import ImageLoader
from .nets import ConvNet, LeNet, ResNet10, ResNet18
from .posterior import MCDropout, NetEnsemble
from .rotation import RotationPretraining
from .source import SourceModel
from .vaal import VAAL

__all__ = [
    "ConvNet",
    "FineTunedClassifier",
    "FisherKernel",
    "HeadGradients",
    "ImageLoader",
    "LeNet",
    "MCDropout",
    "NetEnsemble",
    "NetFeatures",
    "ResNet10",
    "ResNet18",
    "RotationPretraining",
    "SeededNet",
    "SourceModel",
    "VAAL",
]
