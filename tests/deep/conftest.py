import numpy as np
import pytest
from sklearn.datasets import load_digits

from skactive.deep import LeNet, SeededNet


@pytest.fixture(scope="session")
def digits():
    """Digits as 16 x 16 images and their labels."""
    X, y = load_digits(return_X_y=True)
    images = np.kron(X.reshape(-1, 1, 8, 8) / 16, np.ones((2, 2)))
    return images.astype(np.float32), y


@pytest.fixture
def net():
    """A small net, not fitted, without a seed of its own."""
    return SeededNet(LeNet, module__image_size=16, max_steps=60, batch_size=16)


@pytest.fixture(scope="session")
def fitted(digits):
    """A net with a fair accuracy on digits."""
    X, y = digits
    net = SeededNet(
        LeNet,
        module__image_size=16,
        module__dropout=(0.1, 0.2),
        max_steps=300,
        lr=0.003,
        random_state=0,
    )
    return net.fit(X[:200], y[:200])
