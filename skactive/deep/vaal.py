"""Variational adversarial active learning: pick the rows least like labeled ones."""

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .._parameters import POSITIVE_INT, reals
from .._tensors import is_tensor
from .._typing import Positions
from ..pool import num_samples, take_rows
from ..query._base import QueryStrategy, random_stream
from ..selection import slices, top_n
from ._torch import DEVICE, check_device, evaluating, seeded
from .loading import LOAD, LoadedRows, is_loaded_later

_SIZE = 32
_SCORING_BATCH = 512


class VAAL(QueryStrategy):
    """Pick the rows that a discriminator takes for unlabeled.

    A variational auto-encoder encodes labeled and free rows. A discriminator
    predicts from the code which rows are labeled, and the auto-encoder learns
    to fool it [1]_. The strategy picks the rows with the lowest probability of
    being labeled. Both nets are trained anew at every query; the classifier is
    not used. Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    n_steps : int, default=10000
        Number of training steps, each with two updates of both nets. The
        default is for a GPU; a CPU does about ten steps per second with
        ``width=8``.
    latent : int, default=32
        Length of the code.
    width : int, default=64
        Channels of the first convolution; doubled three times.
    batch_size : int, default=64
        Number of labeled rows, and of free rows, in a step.
    lr : float, default=0.0005
        Learning rate of Adam; multiplied by 0.9 after each 25th of the steps.
    beta : float, default=1.0
        Weight of the divergence from the prior.
    adversary_weight : float, default=1.0
        Weight of fooling the discriminator.
    load : callable, default=None
        Converts a path to a tensor or an array. None: :class:`ImageLoader`.
    device : str, default="cpu"
        Device for training.

    See Also
    --------
    FisherKernel : Another strategy for images; uses validation rows.

    Notes
    -----
    Images are resized to 32 x 32, and standardized by the mean and standard
    deviation of up to 512 labeled images.

    References
    ----------
    .. [1] S. Sinha, S. Ebrahimi, T. Darrell (2019). Variational Adversarial
       Active Learning. ICCV. arXiv:1904.00370

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skactive import ActiveLearner
    >>> from skactive.deep import LeNet, SeededNet, VAAL
    >>> X, y = load_digits(return_X_y=True)
    >>> X = np.kron(X[:100].reshape(-1, 1, 8, 8) / 16, np.ones((2, 2)))
    >>> net = SeededNet(LeNet, module__image_size=16, max_steps=5)
    >>> learner = ActiveLearner(net, VAAL(n_steps=2, width=4), budget=30, random_state=0)
    >>> learner.fit(X, y[:100]).n_labels_
    30
    """

    _parameter_constraints: dict = {
        "n_steps": POSITIVE_INT,
        "latent": POSITIVE_INT,
        "width": POSITIVE_INT,
        "batch_size": POSITIVE_INT,
        "lr": [reals(0, closed="neither")],
        "beta": [reals(0)],
        "adversary_weight": [reals(0)],
        "load": LOAD,
        "device": DEVICE,
    }

    def __init__(
        self,
        n_steps: int = 10000,
        *,
        latent: int = 32,
        width: int = 64,
        batch_size: int = 64,
        lr: float = 0.0005,
        beta: float = 1.0,
        adversary_weight: float = 1.0,
        load: Any = None,
        device: str = "cpu",
    ) -> None:
        self.n_steps = n_steps
        self.latent = latent
        self.width = width
        self.batch_size = batch_size
        self.lr = lr
        self.beta = beta
        self.adversary_weight = adversary_weight
        self.load = load
        self.device = device

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        labeled = getattr(learner, "X_labeled_", None)
        if labeled is None:
            raise TypeError(
                f"VAAL compares the pool with the labeled rows of an ActiveLearner, but "
                f"{type(learner).__name__} has no X_labeled_."
            )
        device = check_device(self.device)
        seed = int(random_stream(learner).randint(np.iinfo(np.int32).max))
        images = _Images(labeled, device, self.load)
        with seeded(seed, device):
            coder = _Coder(images.n_channels, self.latent, self.width).to(device)
            critic = _discriminator(self.latent).to(device)
            self._train(coder, critic, images, pool)
        free, scores = pool.positions, -_labeled_logits(coder, critic, images, pool)
        return free[top_n(scores, n_queries, pool.ties.of(free))]

    def _train(self, coder, critic, images, pool):
        optimizers = [torch.optim.Adam(net.parameters(), self.lr) for net in (coder, critic)]
        every = max(1, self.n_steps // 25)
        schedules = [torch.optim.lr_scheduler.StepLR(o, every, 0.9) for o in optimizers]
        for _ in range(self.n_steps):
            labeled = images.draw(images.labeled, None, self.batch_size)
            free = images.draw(pool.X, pool.positions, self.batch_size)
            # one batch, so that BatchNorm does not reveal which rows are labeled
            both = torch.cat([labeled, free])
            for _ in range(2):
                _step(optimizers[0], self._coder_loss(coder, critic, both))
            for _ in range(2):
                _step(optimizers[1], _critic_loss(coder, critic, both))
            for schedule in schedules:
                schedule.step()

    def _coder_loss(self, coder, critic, images):
        """Return the sum of reconstruction error, divergence and loss of the deception."""
        mean, log_variance = coder.encode(images)
        noise = torch.randn_like(mean) * (0.5 * log_variance).exp()
        copy = coder.decode(mean + noise)
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum(dim=1).mean()
        fooled = _cross_entropy(critic(mean), torch.ones(len(images), 1, device=mean.device))
        error = functional.mse_loss(copy, images)
        return error + self.beta * divergence + self.adversary_weight * fooled


class _Images:
    """Rows of containers as standardized 32 x 32 tensors on a device."""

    def __init__(self, labeled, device, load=None):
        self.labeled = labeled
        self.device = device
        self.load = load
        sample = self.rows(labeled, slice(0, _SCORING_BATCH)).float()
        if sample.ndim != 4:
            raise ValueError(
                "VAAL takes images of shape (n_rows, channels, height, width), got rows of shape "
                f"{tuple(sample.shape[1:])}."
            )
        self.mean, self.scale = float(sample.mean()), float(sample.std(correction=0)) or 1.0
        self.n_channels = sample.shape[1]

    def rows(self, X, rows):
        """Return some rows of X, loaded if they are files or a Dataset."""
        rows = take_rows(X, rows)
        if is_loaded_later(rows):
            return LoadedRows(rows, load=self.load).__getitems__(range(num_samples(rows)))[0]
        return rows if is_tensor(rows) else torch.from_numpy(np.array(rows, order="C"))

    def tensor(self, X, rows):
        """Return some rows of X as a standardized tensor."""
        block = self.rows(X, rows).float()
        block = (block.to(self.device) - self.mean) / self.scale
        if block.shape[2:] == (_SIZE, _SIZE):
            return block
        return functional.interpolate(block, (_SIZE, _SIZE), mode="bilinear", align_corners=False)

    def draw(self, X, positions, n):
        """Draw n rows with replacement, from those at positions."""
        rows = torch.randint(num_samples(X) if positions is None else len(positions), (n,)).numpy()
        return self.tensor(X, rows if positions is None else positions[rows])


class _Coder(nn.Module):
    """Convolutional variational auto-encoder of 32 x 32 images."""

    def __init__(self, n_channels, latent, width):
        super().__init__()
        widths = [n_channels, width, 2 * width, 4 * width, 8 * width]
        down, up = [], []
        for before, after in zip(widths, widths[1:]):
            down += [nn.Conv2d(before, after, 4, 2, 1), nn.BatchNorm2d(after), nn.ReLU()]
            grow = nn.ConvTranspose2d(after, before, 4, 2, 1)
            up = [grow, nn.BatchNorm2d(before), nn.ReLU(), *up]
        n_units = 8 * width * 4
        self.down = nn.Sequential(*down, nn.Flatten())
        self.mean = nn.Linear(n_units, latent)
        self.log_variance = nn.Linear(n_units, latent)
        self.up = nn.Sequential(
            nn.Linear(latent, n_units), nn.Unflatten(1, (8 * width, 2, 2)), *up[:-2]
        )

    def encode(self, images):
        """Return mean and log variance of the codes."""
        hidden = self.down(images)
        return self.mean(hidden), self.log_variance(hidden).clamp(-10, 10)

    def decode(self, codes):
        """Return the images of codes."""
        return self.up(codes)


def _discriminator(latent):
    widths = [latent, 512, 512, 512, 512]
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 1))


def _critic_loss(coder, critic, images):
    """Return the loss of telling the first half, which is labeled, from the second."""
    with torch.no_grad():
        codes = coder.encode(images)[0]
    target = (torch.arange(len(images), device=codes.device) < len(images) // 2).float()
    return _cross_entropy(critic(codes), target[:, None])


_cross_entropy = functional.binary_cross_entropy_with_logits


def _step(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _labeled_logits(coder, critic, images, pool):
    """Return how much each free row looks labeled, in float64."""
    positions = pool.positions
    with evaluating(coder), evaluating(critic), torch.no_grad():
        logits = [
            critic(coder.encode(images.tensor(pool.X, positions[block]))[0]).ravel().cpu().numpy()
            for block in slices(len(positions), _SCORING_BATCH)
        ]
    return np.concatenate(logits).astype(np.float64)
