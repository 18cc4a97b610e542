"""Build a module and load the weights that the user names."""

import difflib
import os

import torch
from torch import nn
from torchvision import models

from ._torch import seeded


def build(architecture, weights, params):
    """Return a module with its weights, and the names of its classes if they are known."""
    member = enum_member(weights)
    categories = None if member is None else member.meta.get("categories")
    if isinstance(architecture, nn.Module):
        module = architecture
    else:
        if isinstance(architecture, str):
            _check_name(architecture)
            params = {"name": architecture, **params}
            architecture = models.get_model
        if categories is not None:
            params = {"num_classes": len(categories), **params}
        with seeded(0):
            module = architecture(**params)
    state = _state_dict(weights, member)
    if state is not None:
        _load(module, state, weights)
    return module, categories


def _check_name(architecture):
    names = models.list_models(models)
    if architecture not in names:
        raise ValueError(
            f"architecture={architecture!r} is not in torchvision.models. "
            f"{_close(architecture, names)}torchvision.models.list_models(models) lists them."
        )


def _close(name, names):
    close = difflib.get_close_matches(name, names)
    return f"Did you mean {', '.join(close)}? " if close else ""


def _load(module, state, weights):
    """Load a state dict; an error names a few of the entries that do not fit."""
    own = module.state_dict()
    if not hasattr(state, "keys"):
        raise ValueError(
            f"weights must hold a state dict (names and tensors), got {type(state).__name__}."
        )
    missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    # weights of old torch versions lack these counts
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    shared = own.keys() & state.keys()
    other = sorted(name for name in shared if own[name].shape != state[name].shape)
    if missing or unknown or other:
        shapes = [f"{n} is {tuple(state[n].shape)}, not {tuple(own[n].shape)}" for n in other]
        source = f" from {str(weights)!r}" if isinstance(weights, (str, os.PathLike)) else ""
        raise ValueError(
            f"the weights{source} do not fit {type(module).__name__}: {len(missing)} entries are "
            f"missing {missing[:3]}, {len(unknown)} are unknown {unknown[:3]}, {len(other)} have "
            f"another shape {shapes[:3]}. Is it the same architecture, with the same number of "
            "classes (module_params={'num_classes': ...})?"
        )
    module.load_state_dict(state, strict=False)


def enum_member(weights):
    """Return the member of a torchvision weights enum, or None for other weights."""
    if isinstance(weights, models.WeightsEnum):
        return weights
    if not isinstance(weights, str) or "_Weights." not in weights:
        return None
    try:
        return models.get_weight(weights)
    except (ValueError, AttributeError, KeyError) as error:
        name, member = weights.rsplit(".", 1)
        raise ValueError(
            f"weights={weights!r} are not known to torchvision. {_known_members(name, member)}"
        ) from error


def _known_members(name, member):
    """Return names that the user may have meant."""
    kinds = {}
    for model in models.list_models(models):
        kind = models.get_model_weights(model)
        kinds[kind.__name__] = kind
    if name in kinds:
        return f"{name} has {', '.join(kinds[name].__members__)}."
    return f"{_close(name, kinds)}A full name is, for example, 'ResNet18_Weights.DEFAULT'."


def _state_dict(weights, member):
    if member is not None:
        return member.get_state_dict(progress=True, check_hash=True)
    if isinstance(weights, (str, os.PathLike)):
        if not os.path.isfile(weights):
            raise ValueError(
                f"weights={str(weights)!r} is neither a file nor the full name of torchvision "
                "weights, such as 'ResNet18_Weights.DEFAULT'."
            )
        return torch.load(weights, map_location="cpu", weights_only=True)
    return weights


def load_matching(module, weights):
    """Load the entries of a state dict that the module has with the same shape."""
    state = module.state_dict()
    matching = {
        name: value
        for name, value in weights.items()
        if name in state and state[name].shape == value.shape
    }
    if not matching:
        raise ValueError(
            f"no entry of the weights fits {type(module).__name__}: the weights have "
            f"{list(weights)[:5]}..., but the module has {list(state)[:5]}..."
        )
    module.load_state_dict(matching, strict=False)
