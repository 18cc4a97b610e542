"""Reference nets from papers: LeNet, a CNN with three convolutions, small ResNets."""

from collections import OrderedDict
from typing import Any

from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

from .._parameters import POSITIVE_INT, ListOf, ints, options, reals, validated
from .._typing import Rows

__all__ = ["ConvNet", "LeNet", "ResNet10", "ResNet18"]


def check_images(X, shape, name):
    """Raise a ValueError unless a batch holds images of a given shape.

    Parameters
    ----------
    X : tensor
        The batch.
    shape : tuple of int or None
        Expected channels, height and width; None allows any.
    name : str
        Name of the net, for the message.
    """
    wanted = ", ".join("any" if size is None else str(size) for size in shape)
    fits = X.ndim == 4 and all(w in (None, g) for w, g in zip(shape, X.shape[1:]))
    if not fits:
        raise ValueError(
            f"{name} takes images of shape (n_rows, {wanted}), that is channels, height, width, "
            f"but got rows of shape {tuple(X.shape[1:])}. Channels come first; reshape or "
            "transpose X, or set module__in_channels and module__image_size."
        )


class _ImageNet(nn.Sequential):
    """A sequence of named blocks that checks its input."""

    def __init__(self, blocks: Any, shape: Any) -> None:
        super().__init__(OrderedDict(blocks))
        self.input_shape = shape

    def __getitem__(self, index):
        """Return a layer, or a slice of layers as a plain Sequential."""
        if isinstance(index, slice):
            return nn.Sequential(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def forward(self, X: Rows) -> Any:
        check_images(X, self.input_shape, type(self).__name__)
        return super().forward(X)


class LeNet(_ImageNet):
    """LeNet: two 5 x 5 convolutions with pooling, then dense layers.

    The default is the net of [1]_. The net of [2]_ is ``channels=(6, 16),
    hidden=(120, 84)``; for CIFAR-10 it has three times the widths:
    ``in_channels=3, image_size=32, channels=(18, 48), hidden=(360, 252)``.
    Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    n_classes : int, default=10
        Number of outputs of the head.
    in_channels : int, default=1
        Number of channels of an image.
    image_size : int, default=28
        Height and width of an image, at least 16.
    channels : tuple of two int, default=(10, 20)
        Channels of the convolutions.
    hidden : tuple of int, default=(50,)
        Widths of the dense layers before the head.
    dropout : tuple of two float, default=(0.0, 0.0)
        Dropout rates after each convolution block and after each dense layer;
        (0.25, 0.5) in [1]_. A rate of 0 means no dropout.

    Attributes
    ----------
    feature_layers : tuple of str
        Layers that :class:`FisherKernel` reads by default.

    See Also
    --------
    ConvNet : Three convolutions and one dense layer.
    ResNet10 : A residual net for small images.

    References
    ----------
    .. [1] D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020). Deep
       Active Learning for Biased Datasets via Fisher Kernel Self-Supervision.
       CVPR. arXiv:2003.00393
    .. [2] L. Pantea (2024). Human-in-the-Loop Machine Learning Project.
       Report,
       University of Amsterdam.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import LeNet
    >>> LeNet(n_classes=3)(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 3])
    """

    _parameter_constraints: dict = {
        "n_classes": POSITIVE_INT,
        "in_channels": POSITIVE_INT,
        "image_size": [ints(16)],
        "channels": [ListOf(ints(1), "2 ints of at least 1", least=2, most=2)],
        "hidden": [ListOf(ints(1), "ints of at least 1", least=0)],
        "dropout": [ListOf(reals(0, 1), "2 rates from 0 to below 1", least=2, most=2)],
    }

    @validated(_parameter_constraints)
    def __init__(
        self,
        n_classes: int | None = 10,
        in_channels: int = 1,
        image_size: int = 28,
        channels: Any = (10, 20),
        hidden: Any = (50,),
        dropout: Any = (0.0, 0.0),
    ) -> None:
        side = ((image_size - 4) // 2 - 4) // 2
        widths = (channels[1] * side * side, *hidden)
        blocks = [
            ("conv1", _lenet_block(in_channels, channels[0], dropout[0])),
            ("conv2", _lenet_block(channels[0], channels[1], dropout[0])),
            ("flat", nn.Flatten()),
        ]
        for i, (before, after) in enumerate(zip(widths, hidden), start=1):
            dense = nn.Sequential(nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout[1]))
            blocks.append((f"fc{i}", dense))
        blocks.append(("head", nn.Linear(widths[-1], n_classes)))
        super().__init__(blocks, (in_channels, image_size, image_size))
        self.feature_layers = ("conv1", "conv2", "fc1")


def _lenet_block(before, after, dropout):
    # pooling before the ReLU gives the same numbers with less work
    return nn.Sequential(
        nn.Conv2d(before, after, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Dropout(dropout)
    )


class ConvNet(_ImageNet):
    """Three 3 x 3 convolutions with pooling, and one dense layer.

    This is the net in the notebook of [1]_: 16, 32 and 64 channels, then 128
    units. Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    n_classes : int, default=10
        Number of outputs of the head.
    in_channels : int, default=3
        Number of channels of an image.
    image_size : int, default=32
        Height and width of an image, at least 8.
    channels : tuple of int, default=(16, 32, 64)
        Channels of the convolutions.
    hidden : int, default=128
        Number of units of the dense layer.

    Attributes
    ----------
    feature_layers : tuple of str
        The last convolution; its flattened output is what [1]_ clusters.

    See Also
    --------
    LeNet : Two convolutions.

    References
    ----------
    .. [1] S. Ilizirov, M. Barsht, A. Steiner (2024). Active Learning for Image
       Classification.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import ConvNet
    >>> ConvNet()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    _parameter_constraints: dict = {
        "n_classes": POSITIVE_INT,
        "in_channels": POSITIVE_INT,
        "image_size": POSITIVE_INT,
        "channels": [ListOf(ints(1), "ints of at least 1")],
        "hidden": POSITIVE_INT,
    }

    @validated(_parameter_constraints)
    def __init__(
        self,
        n_classes: int | None = 10,
        in_channels: int = 3,
        image_size: int = 32,
        channels: Any = (16, 32, 64),
        hidden: int = 128,
    ) -> None:
        blocks = []
        for i, (before, after) in enumerate(zip((in_channels, *channels), channels), start=1):
            layers = nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
            blocks.append((f"conv{i}", nn.Sequential(*layers)))
        side = image_size // 2 ** len(channels)
        blocks += [
            ("flat", nn.Flatten()),
            ("fc1", nn.Sequential(nn.Linear(channels[-1] * side * side, hidden), nn.ReLU())),
            ("head", nn.Linear(hidden, n_classes)),
        ]
        super().__init__(blocks, (in_channels, image_size, image_size))
        self.feature_layers = (f"conv{len(channels)}",)


class _SmallResNet(ResNet):
    """ResNet of torchvision with a choice of stem, channels and dropout."""

    _parameter_constraints: dict = {
        "n_classes": POSITIVE_INT,
        "in_channels": POSITIVE_INT,
        "stem": [options("small", "imagenet")],
        "dropout": [reals(0, 1)],
    }

    def __init__(
        self, layers: Any, n_classes: int, in_channels: Any, stem: Any, dropout: Any
    ) -> None:
        super().__init__(BasicBlock, layers, num_classes=n_classes)
        self.feature_layers = ("layer3", "avgpool")
        self.input_shape = (in_channels, None, None)
        if stem == "small":
            self.conv1 = nn.Conv2d(in_channels, 64, 3, padding=1, bias=False)
            self.maxpool = nn.Identity()
        elif in_channels != 3:
            self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        if dropout:
            for block in filter(lambda module: isinstance(module, BasicBlock), self.modules()):
                block.relu = nn.Sequential(nn.ReLU(inplace=True), nn.Dropout(dropout))

    def forward(self, X: Rows) -> Any:
        check_images(X, self.input_shape, type(self).__name__)
        return super().forward(X)


class ResNet10(_SmallResNet):
    """ResNet with one basic block per stage.

    Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    n_classes : int, default=10
        Number of outputs of the head.
    in_channels : int, default=3
        Number of channels of an image.
    stem : {"small", "imagenet"}, default="small"
        Layers before the first block: one 3 x 3 convolution, for images of
        about 32 pixels, or the 7 x 7 convolution with stride 2 and pooling, as
        for ImageNet.
    dropout : float, default=0.0
        Dropout rate after each ReLU of the blocks.

    Attributes
    ----------
    feature_layers : tuple of str
        The third stage and the pooled vector.

    See Also
    --------
    ResNet18 : Two blocks per stage.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import ResNet10
    >>> ResNet10(in_channels=1)(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    @validated(_SmallResNet._parameter_constraints)
    def __init__(
        self, n_classes: int = 10, in_channels: int = 3, stem: str = "small", dropout: Any = 0.0
    ) -> None:
        super().__init__([1, 1, 1, 1], n_classes, in_channels, stem, dropout)


class ResNet18(_SmallResNet):
    """ResNet with two basic blocks per stage.

    Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    n_classes : int, default=10
        Number of outputs of the head.
    in_channels : int, default=3
        Number of channels of an image.
    stem : {"small", "imagenet"}, default="small"
        Layers before the first block: one 3 x 3 convolution, for images of
        about 32 pixels, or the 7 x 7 convolution with stride 2 and pooling, as
        for ImageNet.
    dropout : float, default=0.0
        Dropout rate after each ReLU of the blocks.

    Attributes
    ----------
    feature_layers : tuple of str
        The third stage and the pooled vector.

    See Also
    --------
    ResNet10 : One block per stage.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import ResNet18
    >>> ResNet18()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    @validated(_SmallResNet._parameter_constraints)
    def __init__(
        self, n_classes: int = 10, in_channels: int = 3, stem: str = "small", dropout: Any = 0.0
    ) -> None:
        super().__init__([2, 2, 2, 2], n_classes, in_channels, stem, dropout)
