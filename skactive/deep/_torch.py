"""Between torch and the rest: seeds, devices, modes, layers by name, batches."""

import threading
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import nn

# blocks of a pool may be scored by threads, and modes and hooks belong to the module
_LOCK = threading.RLock()

# what a parameter ``device`` may be
DEVICE = [str, torch.device]

_DROPOUT = nn.modules.dropout._DropoutNd


@contextmanager
def seeded(random_state, device="cpu"):
    """Torch's random numbers from a seed; the global streams are left as they were.

    Parameters
    ----------
    random_state : int, RandomState or None
        None leaves torch's own stream running.
    device : str or torch.device, default="cpu"
        Its stream is seeded along with the CPU's.
    """
    if random_state is None:
        yield
        return
    seed = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
    devices = [torch.device(device)] if torch.device(device).type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


def check_device(device):
    """The torch device of a name, or a ValueError when this machine has none such."""
    try:
        device = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device={device!r} is no device that torch knows: {error}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device='{device}' was asked for and torch sees no CUDA device here. Use "
            "device='cuda' if torch.cuda.is_available() else 'cpu'."
        )
    return device


@contextmanager
def evaluating(module, dropout=False):
    """A module in eval mode, with its dropout layers drawing if asked; modes come back.

    Parameters
    ----------
    module : torch.nn.Module
        BatchNorm statistics stay as they are.
    dropout : bool, default=False
        True switches on the dropout layers, and only those.
    """
    with _LOCK:
        before = [(layer, layer.training) for layer in module.modules()]
        try:
            module.eval()
            for layer, _ in before:
                if dropout and isinstance(layer, _DROPOUT):
                    layer.train()
            yield module
        finally:
            for layer, training in before:
                layer.training = training


@contextmanager
def without_weight_gradients(module):
    """A module whose weights take no gradients, so that less is kept for a backward pass."""
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    try:
        for weight in trained:
            weight.requires_grad_(False)
        yield module
    finally:
        for weight in trained:
            weight.requires_grad_(True)


def layer_names(module):
    """Names of all layers inside a module."""
    return [name for name, _ in module.named_modules() if name]


def layer_of(module, name):
    """The layer of a name, or a ValueError that lists the names there are."""
    layers = dict(module.named_modules())
    if not name or name not in layers:
        raise ValueError(
            f"{type(module).__name__} has no layer {name!r}. It has {layer_names(module)}."
        )
    return layers[name]


def last_linear(module):
    """Name of the last dense layer of a module: its head."""
    names = [name for name, layer in module.named_modules() if isinstance(layer, nn.Linear)]
    if not names:
        raise ValueError(
            f"{type(module).__name__} has no torch.nn.Linear to take for its head; name one of "
            f"{layer_names(module)}."
        )
    return names[-1]


def replace_layer(module, name, layer):
    """Put another layer where the one of that name is."""
    layer_of(module, name)
    parent, _, child = name.rpartition(".")
    setattr(module.get_submodule(parent), child, layer)


def replace_head(module, name, n_outputs):
    """Put a fresh dense layer with n_outputs units in place of the one of that name."""
    old = layer_of(module, name)
    if not isinstance(old, nn.Linear):
        raise ValueError(
            f"the head must be a torch.nn.Linear, and {name!r} is {old}. The last one is "
            f"{last_linear(module)!r}."
        )
    bias = old.bias is not None
    new = nn.Linear(old.in_features, n_outputs, bias, device=old.weight.device)
    replace_layer(module, name, new)


@contextmanager
def capturing(module, names, gradients=False, inputs=False):
    """A dict that each forward pass fills with what the named layers give.

    Parameters
    ----------
    module : torch.nn.Module
        The net.
    names : list of str
        Layers; a ValueError lists those that exist when one does not.
    gradients : bool, default=False
        True makes the outputs part of the graph even where no parameter
        before them takes gradients.
    inputs : bool, default=False
        True keeps what goes into the layers instead of what comes out.

    Yields
    ------
    outputs : dict of str to tensor
        Output of each layer in the last pass.
    """
    outputs = {}
    handles = []
    try:
        for name in names:
            layer = layer_of(module, name)
            if inputs:
                hook = _input_hook(outputs, name)
            else:
                hook = _saving_hook(outputs, name, gradients)
            handles.append(layer.register_forward_hook(hook))
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


def _saving_hook(outputs, name, gradients):
    def save(layer, inputs, output):
        if not torch.is_tensor(output) or output.ndim < 2:
            raise ValueError(
                f"layer {name!r} gives {type(output).__name__} and not a tensor with one entry a "
                "row; name a layer inside it."
            )
        if gradients and not output.requires_grad:
            output = output.detach().requires_grad_()
        outputs[name] = output
        # a layer after this one may work in place
        return output.clone()

    return save


def _input_hook(outputs, name):
    def save(layer, inputs, output):
        outputs[name] = inputs[0]

    return save


def pooled(tensor):
    """Mean over all axes after the second: one vector a row."""
    return tensor if tensor.ndim == 2 else tensor.flatten(2).mean(2)


def as_floats(x):
    """Bytes and float64, which nets refuse, as float32; anything else as it is."""
    if torch.is_tensor(x) and x.dtype in (torch.float64, torch.uint8):
        return x.float()
    return x
