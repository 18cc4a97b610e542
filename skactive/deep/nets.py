"""Reference nets of the papers: LeNet, a three-block CNN and small ResNets."""

from collections import OrderedDict

from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

from .._parameters import POSITIVE_INT, ListOf, ints, options, reals, validated

__all__ = ["ConvNet", "LeNet", "ResNet10", "ResNet18"]


def check_images(X, shape, name):
    """Raise a ValueError when a batch does not hold images of a shape.

    Parameters
    ----------
    X : tensor
        The batch.
    shape : tuple of int or None
        Expected channels, height and width; None: any.
    name : str
        The net, for the message.
    """
    wanted = ", ".join("any" if size is None else str(size) for size in shape)
    fits = X.ndim == 4 and all(w in (None, g) for w, g in zip(shape, X.shape[1:]))
    if not fits:
        raise ValueError(
            f"{name} takes images of shape (n_rows, {wanted}), i.e. channels, height, width, "
            f"and got rows of shape {tuple(X.shape[1:])}. Channels come first; reshape or "
            "transpose X, or set module__in_channels and module__image_size."
        )


class _ImageNet(nn.Sequential):
    """Named blocks one after the other, with a check of the input."""

    def __init__(self, blocks, shape):
        super().__init__(OrderedDict(blocks))
        self.input_shape = shape

    def __getitem__(self, index):
        """A layer, or some of them as a plain Sequential."""
        if isinstance(index, slice):
            return nn.Sequential(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def forward(self, X):
        check_images(X, self.input_shape, type(self).__name__)
        return super().forward(X)


class LeNet(_ImageNet):
    """LeNet: two convolutions of 5 x 5 with pooling, then dense layers.

    The default is the net of [1]_. ``channels=(6, 16), hidden=(120, 84)`` is
    the one of [2]_, which for CIFAR-10 has three times the widths:
    ``in_channels=3, image_size=32, channels=(18, 48), hidden=(360, 252)``.

    Parameters
    ----------
    n_classes : int, default=10
        Outputs of the head.
    in_channels : int, default=1
        Channels of an image.
    image_size : int, default=28
        Height and width of an image.
    channels : tuple of two int, default=(10, 20)
        Channels of the convolutions.
    hidden : tuple of int, default=(50,)
        Widths of the dense layers before the head.
    dropout : tuple of two float, default=(0.0, 0.0)
        Rates after each convolution block and after each dense layer; (0.25,
        0.5) in [1]_. A dropout layer with rate 0 does nothing.

    Attributes
    ----------
    feature_layers : tuple of str
        The layers that :class:`FisherKernel` reads unless told otherwise.

    See Also
    --------
    ConvNet : Three convolutions and one dense layer.
    ResNet10 : A residual net for small images.

    References
    ----------
    .. [1] D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020). Deep
       Active Learning for Biased Datasets via Fisher Kernel Self-Supervision.
       CVPR. arXiv:2003.00393
    .. [2] L. Pantea (2024). Human-in-the-Loop Machine Learning Project. Report,
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
        n_classes=10,
        in_channels=1,
        image_size=28,
        channels=(10, 20),
        hidden=(50,),
        dropout=(0.0, 0.0),
    ):
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
    # pooling before the rectifier gives the same numbers for less work
    return nn.Sequential(
        nn.Conv2d(before, after, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Dropout(dropout)
    )


class ConvNet(_ImageNet):
    """Three convolutions of 3 x 3 with pooling and one dense layer.

    The net of [1]_ as their notebook has it: 16, 32 and 64 channels, then 128
    units.

    Parameters
    ----------
    n_classes : int, default=10
        Outputs of the head.
    in_channels : int, default=3
        Channels of an image.
    image_size : int, default=32
        Height and width of an image, 8 or more.
    channels : tuple of int, default=(16, 32, 64)
        Channels of the convolutions.
    hidden : int, default=128
        Units of the dense layer.

    Attributes
    ----------
    feature_layers : tuple of str
        The last block; flattened, it is what [1]_ clusters.

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
        self, n_classes=10, in_channels=3, image_size=32, channels=(16, 32, 64), hidden=128
    ):
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
    """torchvision's ResNet with a choice of stem, channels and dropout."""

    _parameter_constraints: dict = {
        "n_classes": POSITIVE_INT,
        "in_channels": POSITIVE_INT,
        "stem": [options("small", "imagenet")],
        "dropout": [reals(0, 1)],
    }

    def __init__(self, layers, n_classes, in_channels, stem, dropout):
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

    def forward(self, X):
        check_images(X, self.input_shape, type(self).__name__)
        return super().forward(X)


class ResNet10(_SmallResNet):
    """ResNet with one basic block a stage.

    Parameters
    ----------
    n_classes : int, default=10
        Outputs of the head.
    in_channels : int, default=3
        Channels of an image.
    stem : {"small", "imagenet"}, default="small"
        Before the first block: one 3 x 3 convolution for images of some 32
        pixels, or ImageNet's 7 x 7 with stride 2 and pooling.
    dropout : float, default=0.0
        Rate after each rectifier of the blocks.

    Attributes
    ----------
    feature_layers : tuple of str
        The third stage and the pooled vector.

    See Also
    --------
    ResNet18 : Two blocks a stage.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import ResNet10
    >>> ResNet10(in_channels=1)(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    @validated(_SmallResNet._parameter_constraints)
    def __init__(self, n_classes=10, in_channels=3, stem="small", dropout=0.0):
        super().__init__([1, 1, 1, 1], n_classes, in_channels, stem, dropout)


class ResNet18(_SmallResNet):
    """ResNet with two basic blocks a stage.

    Parameters
    ----------
    n_classes : int, default=10
        Outputs of the head.
    in_channels : int, default=3
        Channels of an image.
    stem : {"small", "imagenet"}, default="small"
        Before the first block: one 3 x 3 convolution for images of some 32
        pixels, or ImageNet's 7 x 7 with stride 2 and pooling.
    dropout : float, default=0.0
        Rate after each rectifier of the blocks.

    Attributes
    ----------
    feature_layers : tuple of str
        The third stage and the pooled vector.

    See Also
    --------
    ResNet10 : One block a stage.

    Examples
    --------
    >>> import torch
    >>> from skactive.deep import ResNet18
    >>> ResNet18()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    @validated(_SmallResNet._parameter_constraints)
    def __init__(self, n_classes=10, in_channels=3, stem="small", dropout=0.0):
        super().__init__([2, 2, 2, 2], n_classes, in_channels, stem, dropout)
