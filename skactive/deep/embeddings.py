"""Features and head gradients of a learner's net, as embeddings for strategies."""

from typing import Any

import torch
from sklearn.base import BaseEstimator

from .._greedy.tensors import gradient_factor
from .._parameters import DeclaredParameters
from .._tensors import on_accelerator, to_numpy
from .._typing import Rows
from ._torch import capturing, evaluating, pooled
from ._view import view_of


class _NetEmbedding(DeclaredParameters, BaseEstimator):
    """Base class of embeddings that come from the net of the learner."""

    def __call__(self, X: Rows) -> Any:
        raise TypeError(
            f"{type(self).__name__} needs the learner's net: pass it to a strategy as embed=, or "
            "call its embed_rows(learner, X)."
        )


class NetFeatures(_NetEmbedding):
    """Embed rows by the output of a layer of the learner's net.

    Pass an instance as ``embed`` to a strategy such as
    :class:`skactive.query.CoreSet`. The net is the one fitted last, so the
    vectors change from round to round. Read more in :doc:`/user_guide/nets`.

    Parameters
    ----------
    layer : str, default=None
        Name of a layer; maps are averaged over space. None: the input of the
        last dense layer.
    flatten : bool, default=False
        True keeps every entry of a map instead of the mean over space.

    See Also
    --------
    HeadGradients : Gradients of the loss at the last layer.

    Examples
    --------
    >>> from skactive.deep import NetFeatures
    >>> from skactive.query import CoreSet
    >>> CoreSet(embed=NetFeatures("conv2"))
    CoreSet(embed=NetFeatures(layer='conv2'))
    """

    _parameter_constraints: dict = {"layer": [str, None], "flatten": ["boolean"]}

    def __init__(self, layer: Any = None, *, flatten: bool = False) -> None:
        self.layer = layer
        self.flatten = flatten

    def embed_rows(self, learner: Any, X: Rows) -> Any:
        """Return the vectors of rows.

        Parameters
        ----------
        learner : ActiveLearner or skorch net
            Learner with a fitted net.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        vectors : ndarray or tensor of float32, shape (n_rows, n_features)
            One vector per row; a tensor if the net is on an accelerator.

        Raises
        ------
        TypeError
            If the learner contains no fitted skorch net.
        ValueError
            If the net has no such layer.
        """
        view = view_of(learner, type(self).__name__)
        return _at_hand(net_features(view, X, self.layer, self.flatten)[0])


class HeadGradients(_NetEmbedding):
    """Embed rows by the gradient of the loss at the last dense layer of the learner's net.

    The loss is that of the predicted class. For class probabilities p and
    features h, the vector is the outer product of p - onehot(argmax p) and h,
    flattened class by class. These are the gradient embeddings of BADGE,
    Section 3 of [1]_. Only classes with a label count. Pass an instance as
    ``embed`` to a strategy such as :class:`skactive.query.CoreSet`. Read more
    in :doc:`/user_guide/nets`.

    See Also
    --------
    NetFeatures : The features alone.

    References
    ----------
    .. [1] J. Ash, C. Zhang, A. Krishnamurthy, J. Langford, A. Agarwal (2020).
       Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds.
       ICLR. arXiv:1906.03671

    Examples
    --------
    >>> from skactive.deep import HeadGradients
    >>> from skactive.query import CoreSet
    >>> CoreSet(embed=HeadGradients())
    CoreSet(embed=HeadGradients())
    """

    def embed_rows(self, learner: Any, X: Rows) -> Any:
        """Return the vectors of rows.

        Parameters
        ----------
        learner : ActiveLearner or skorch net
            Learner with a fitted net.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        vectors : ndarray or tensor of float32, shape (n_rows, n_classes * n_features)
            One vector per row; a tensor if the net is on an accelerator.

        Raises
        ------
        TypeError
            If the learner contains no fitted skorch net.
        """
        view = view_of(learner, type(self).__name__)
        features, logs = net_features(view, X)
        probabilities = logs[:, : view.n_codes(logs.shape[1])].exp()
        probabilities /= probabilities.sum(1, keepdim=True)
        factor = gradient_factor(probabilities, features)
        return _at_hand((factor[:, :, None] * features[:, None, :]).flatten(1))


def _at_hand(vectors):
    return vectors if on_accelerator(vectors) else to_numpy(vectors)


def net_features(view, X, layer=None, flatten=False):
    """Return features of rows at a layer and log-probabilities, in eval mode.

    Parameters
    ----------
    view : NetView
        The net.
    X : container of n_rows rows
        The rows.
    layer : str, default=None
        Name of the layer. None: the input of the head.
    flatten : bool, default=False
        Whether to keep maps whole.

    Returns
    -------
    features : tensor of float32, shape (n_rows, n_features)
        One vector per row, on the device of the net.
    log_probabilities : tensor of float32, shape (n_rows, n_outputs)
        Log-probabilities of all outputs.
    """
    name = view.penultimate() if layer is None else layer
    with evaluating(view.module), torch.no_grad():
        with capturing(view.module, [name], inputs=layer is None) as maps:

            def look(start, batch):
                logs = view.log_probabilities(view.forward(batch))
                return maps[name].flatten(1) if flatten else pooled(maps[name]), logs

            parts = list(view.each(look, X))
    return tuple(map(torch.cat, zip(*parts)))
