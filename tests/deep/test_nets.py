import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

from skactive.deep import ConvNet, LeNet, ResNet10, ResNet18


def widths(module):
    return [layer.in_features for layer in module.modules() if isinstance(layer, nn.Linear)]


@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, [320, 50]),
        ({"channels": (6, 16), "hidden": (120, 84)}, [256, 120, 84]),
        (
            {"in_channels": 3, "image_size": 32, "channels": (18, 48), "hidden": (360, 252)},
            [1200, 360, 252],
        ),
    ],
)
def test_lenets_of_the_papers(options, expected):
    module = LeNet(**options)
    assert widths(module) == expected
    channels, size = options.get("in_channels", 1), options.get("image_size", 28)
    assert module(torch.zeros(2, channels, size, size)).shape == (2, 10)


def test_pooling_and_rectifier_commute():
    block = LeNet().conv1
    X = torch.randn(2, 1, 28, 28)
    other = nn.Sequential(block[0], nn.ReLU(), nn.MaxPool2d(2))
    assert torch.equal(block.eval()(X), other(X))


@pytest.mark.parametrize("channels, size, features", [(3, 32, 1024), (1, 28, 576)])
def test_three_block_net(channels, size, features):
    module = ConvNet(in_channels=channels, image_size=size)
    assert widths(module) == [features, 128]
    assert module(torch.zeros(2, channels, size, size)).shape == (2, 10)


@pytest.mark.parametrize("net, n_blocks", [(ResNet10, 4), (ResNet18, 8)])
def test_resnets(net, n_blocks):
    module = net(n_classes=4, in_channels=1, dropout=0.25)
    assert sum(isinstance(layer, BasicBlock) for layer in module.modules()) == n_blocks
    assert sum(isinstance(layer, nn.Dropout) for layer in module.modules()) == n_blocks
    assert module(torch.zeros(2, 1, 28, 28)).shape == (2, 4)
    assert net(stem="imagenet", in_channels=1).conv1.stride == (2, 2)
    with pytest.raises(ValueError, match="'stem' parameter of .* Got 'tiny'"):
        net(stem="tiny")


@pytest.mark.parametrize("module", [LeNet(), ConvNet(), ResNet10()])
def test_feature_layers_exist(module):
    assert set(module.feature_layers) <= set(dict(module.named_modules()))


@pytest.mark.parametrize("shape", [(2, 28, 28, 1), (2, 784), (2, 3, 28, 28)])
def test_wrong_images(shape):
    with pytest.raises(ValueError, match=r"LeNet takes images of shape \(n_rows, 1, 28, 28\)"):
        LeNet()(torch.zeros(shape))
    assert np.prod(shape) > 0
