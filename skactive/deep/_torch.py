"""Helpers for torch: seeds, devices, modes, layers by name, outputs of layers."""

import threading
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import nn

# threads may score blocks of a pool, but modes and hooks belong to the module
_LOCK = threading.RLock()

# constraint of a parameter ``device``
DEVICE = [str, torch.device]

_DROPOUT = nn.modules.dropout._DropoutNd


@contextmanager
def seeded(random_state, device="cpu"):
    """Seed torch's random numbers inside a with block; the global streams do not change.

    Parameters
    ----------
    random_state : int, RandomState or None
        None uses torch's own stream.
    device : str or torch.device, default="cpu"
        Device to seed in addition to the CPU.
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
    """Return the torch device of a name; raise a ValueError if this machine has none."""
    try:
        device = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device={device!r} is not known to torch: {error}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device='{device}' was requested, but torch sees no CUDA device. Use "
            "device='cuda' if torch.cuda.is_available() else 'cpu'."
        )
    return device


@contextmanager
def evaluating(module, dropout=False):
    """Put a module into eval mode inside a with block, and restore its modes at the end.

    Parameters
    ----------
    module : torch.nn.Module
        The module. BatchNorm statistics do not change.
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
    """Switch off the gradients of weights inside a with block, which saves memory."""
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    try:
        for weight in trained:
            weight.requires_grad_(False)
        yield module
    finally:
        for weight in trained:
            weight.requires_grad_(True)


def layer_names(module):
    """Return the names of all layers inside a module."""
    return [name for name, _ in module.named_modules() if name]


def layer_of(module, name):
    """Return the layer with a name; raise a ValueError with all names if there is none."""
    layers = dict(module.named_modules())
    if not name or name not in layers:
        raise ValueError(
            f"{type(module).__name__} has no layer {name!r}. It has {layer_names(module)}."
        )
    return layers[name]


def last_linear(module):
    """Return the name of a module's last dense layer, its head."""
    names = [name for name, layer in module.named_modules() if isinstance(layer, nn.Linear)]
    if not names:
        raise ValueError(
            f"{type(module).__name__} has no torch.nn.Linear that could be its head; name one of "
            f"{layer_names(module)}."
        )
    return names[-1]


def replace_layer(module, name, layer):
    """Replace the layer with a name by another one."""
    layer_of(module, name)
    parent, _, child = name.rpartition(".")
    setattr(module.get_submodule(parent), child, layer)


def replace_head(module, name, n_outputs):
    """Replace the dense layer with a name by a new one with n_outputs units."""
    old = layer_of(module, name)
    if not isinstance(old, nn.Linear):
        raise ValueError(
            f"the head must be a torch.nn.Linear, but {name!r} is {old}. The last one is "
            f"{last_linear(module)!r}."
        )
    bias = old.bias is not None
    new = nn.Linear(old.in_features, n_outputs, bias, device=old.weight.device)
    replace_layer(module, name, new)


@contextmanager
def capturing(module, names, gradients=False, inputs=False):
    """Record the outputs of some layers in each forward pass inside a with block.

    Parameters
    ----------
    module : torch.nn.Module
        The net.
    names : list of str
        Names of layers.
    gradients : bool, default=False
        True makes the outputs part of the graph even if no parameter before
        them needs gradients.
    inputs : bool, default=False
        True records the inputs of the layers instead of their outputs.

    Yields
    ------
    outputs : dict of str to tensor
        Output of each layer in the last pass.

    Raises
    ------
    ValueError
        If a layer does not exist, or its output is not a tensor.
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
                f"layer {name!r} returns {type(output).__name__}, not a tensor with one entry per "
                "row; name a layer inside it."
            )
        if gradients and not output.requires_grad:
            output = output.detach().requires_grad_()
        outputs[name] = output
        # a later layer may change the output in place
        return output.clone()

    return save


def _input_hook(outputs, name):
    def save(layer, inputs, output):
        outputs[name] = inputs[0]

    return save


def pooled(tensor):
    """Return the mean over all axes after the second: one vector per row."""
    return tensor if tensor.ndim == 2 else tensor.flatten(2).mean(2)


def as_floats(x):
    """Convert bytes to float32 from 0 to 1, as torchvision does, and float64 to float32."""
    return x.float() / 255 if _is_bytes(x) else as_single(x)


def as_single(x):
    """Convert bytes and float64 to float32 of the same value; leave other types unchanged."""
    return x.float() if _is_bytes(x) or getattr(x, "dtype", None) == torch.float64 else x


def _is_bytes(x):
    return torch.is_tensor(x) and x.dtype == torch.uint8
