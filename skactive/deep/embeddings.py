"""Features and head gradients of a learner's net, as what other strategies embed rows by."""

import torch
from sklearn.base import BaseEstimator

from .._greedy.tensors import gradient_factor
from .._parameters import DeclaredParameters
from .._tensors import on_accelerator, to_numpy
from ._torch import capturing, evaluating, pooled
from ._view import view_of


class _NetEmbedding(DeclaredParameters, BaseEstimator):
    """Base of embeddings that come from the net of the learner that asks."""

    def __call__(self, X):
        raise TypeError(
            f"{type(self).__name__} needs the learner's net: hand it to a strategy as embed=, or "
            "call its embed_rows(learner, X)."
        )


class NetFeatures(_NetEmbedding):
    """What a layer of the learner's net gives, for strategies with ``embed``.

    The net is the one fitted last, so the vectors change from round to round.

    Parameters
    ----------
    layer : str, default=None
        Name of a layer; maps are averaged over space. None: what goes into
        the last dense layer.
    flatten : bool, default=False
        True keeps every entry of a map instead of its mean over space.

    See Also
    --------
    HeadGradients : How the loss would change the last layer.

    Examples
    --------
    >>> from skactive.deep import NetFeatures
    >>> from skactive.query import CoreSet
    >>> CoreSet(embed=NetFeatures("conv2"))
    CoreSet(embed=NetFeatures(layer='conv2'))
    """

    _parameter_constraints: dict = {"layer": [str, None], "flatten": ["boolean"]}

    def __init__(self, layer=None, *, flatten=False):
        self.layer = layer
        self.flatten = flatten

    def embed_rows(self, learner, X):
        """Vectors of rows.

        Parameters
        ----------
        learner : ActiveLearner or skorch net
            Whose net is read.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        vectors : ndarray or tensor of float32, shape (n_rows, n_features)
            One vector a row; a tensor where the net is on an accelerator.
        """
        view = view_of(learner, type(self).__name__)
        return _at_hand(net_features(view, X, self.layer, self.flatten)[0])


class HeadGradients(_NetEmbedding):
    """Gradient of the loss at the last dense layer, for the class predicted.

    The vectors of BADGE [1]_: (p - onehot(argmax p)) times the features, the
    classes one after the other. Only classes of which there is a label count.

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

    def embed_rows(self, learner, X):
        """Vectors of rows.

        Parameters
        ----------
        learner : ActiveLearner or skorch net
            Whose net is read.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        vectors : ndarray or tensor of float32, shape (n_rows, n_classes * n_features)
            One vector a row; a tensor where the net is on an accelerator.
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
    """Features of rows at a layer and log-probabilities, in eval mode.

    Parameters
    ----------
    view : NetView
        The net.
    X : container of n_rows rows
        The rows.
    layer : str, default=None
        Name of the layer; None: what goes into the head.
    flatten : bool, default=False
        Whether maps are kept whole.

    Returns
    -------
    features : tensor of float32, shape (n_rows, n_features)
        One vector a row, on the device of the net.
    log_probabilities : tensor of float32, shape (n_rows, n_outputs)
        Of all outputs.
    """
    name = view.penultimate() if layer is None else layer
    with evaluating(view.module), torch.no_grad():
        with capturing(view.module, [name], inputs=layer is None) as maps:

            def look(start, batch):
                logs = view.log_probabilities(view.forward(batch))
                return maps[name].flatten(1) if flatten else pooled(maps[name]), logs

            parts = list(view.each(look, X))
    return tuple(map(torch.cat, zip(*parts)))
