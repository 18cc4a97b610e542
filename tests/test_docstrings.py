"""Every public name has a complete docstring, and a place in the docs."""

import inspect
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

import pytest

import skactive

validate = pytest.importorskip("numpydoc.validate").validate

API = Path(__file__).parent.parent / "docs" / "api.rst"
IGNORED = {
    "ES01",  # no extended summary: one line may be enough
    "RT02",  # a name before the type of what is returned: as scikit-learn does
    "RT04",  # a description without a capital letter: it may begin with "nan" or a parameter
    "SS05",  # a verb in the third person: "Labels" and "Positions" are taken for such
}
# asked of classes and functions, not of their methods
OF_THE_WHOLE = {"EX01", "SA01"}
# not asked of what strategies are made of, where one line may say it all
OF_THE_FRONT = {"EX01", "SA01", "PR01", "RT01"}
BACK = {"pool", "embedding", "predictions", "scores", "selection"}
EXCUSED = {
    "PairedComparison": {"PR01"},  # made by compare_with; its fields are described as attributes
    # abstract; the user guide shows subclasses
    "QueryStrategy": {"EX01", "SA01"},
    "ScoringStrategy": {"EX01", "SA01"},
    # made by a session; their fields are described as attributes
    **dict.fromkeys(["Estimate", "Pick", "Progress", "Report"], {"PR01", "EX01", "SA01"}),
    **dict.fromkeys(
        ["LabelLogError", "LabelStudioError", "PoolChangedError"], {"PR01", "EX01", "SA01"}
    ),
    "StoppingCriterion": {"EX01", "SA01"},  # abstract
    # for those who write strategies; the user guide has an example
    **dict.fromkeys(
        ["pool_scores", "vectors", "labeled_vectors", "recall"], {"PR01", "RT01", "SS02", "SS06"}
    ),
}


def public_modules():
    """Modules without an underscore that list their names."""
    yield skactive
    has_deep = all(map(find_spec, ("torch", "torchvision", "skorch")))
    for info in walk_packages(skactive.__path__, "skactive."):
        is_private = any(part.startswith("_") for part in info.name.split("."))
        if is_private or (info.name.startswith("skactive.deep") and not has_deep):
            continue
        module = import_module(info.name)
        if hasattr(module, "__all__"):
            yield module


def public_objects():
    """Import path of every public class and function, once."""
    seen = set()
    for module in sorted(public_modules(), key=lambda module: module.__name__.count(".")):
        for name in module.__all__:
            thing = getattr(module, name)
            is_ours = (getattr(thing, "__module__", None) or "").startswith("skactive")
            if is_ours and callable(thing) and thing not in seen:
                seen.add(thing)
                yield f"{module.__name__}.{name}", thing


def own_methods(cls):
    """Names of public methods and properties with a docstring of their own."""
    for name, member in inspect.getmembers(cls):
        function = member.fget if isinstance(member, property) else member
        is_ours = (getattr(function, "__module__", None) or "").startswith("skactive")
        if not name.startswith("_") and is_ours and member.__doc__:
            yield name


OBJECTS = dict(public_objects())
METHODS = [
    f"{path}.{name}"
    for path, thing in OBJECTS.items()
    if inspect.isclass(thing)
    for name in own_methods(thing)
]


def errors_of(path, ignored):
    *modules, name = path.split(".")
    ignored = ignored | EXCUSED.get(name, set())
    if not BACK.isdisjoint(modules):
        ignored = ignored | OF_THE_FRONT
    return [error for error in validate(path)["errors"] if error[0] not in ignored]


@pytest.mark.parametrize("path", OBJECTS)
def test_classes_and_functions(path):
    assert errors_of(path, IGNORED) == []


@pytest.mark.parametrize("path", METHODS)
def test_methods(path):
    assert errors_of(path, IGNORED | OF_THE_WHOLE) == []


def test_public_methods_have_a_docstring():
    for path, thing in OBJECTS.items():
        if not inspect.isclass(thing):
            continue
        for name, member in inspect.getmembers(thing, inspect.isfunction):
            is_ours = member.__module__.startswith("skactive")
            if is_ours and not name.startswith("_"):
                assert inspect.getdoc(member), f"{path}.{name} has no docstring"


@pytest.mark.parametrize("path", OBJECTS)
def test_stands_in_the_reference(path):
    if not API.exists():
        pytest.skip("the tests run without the docs")
    module, _, name = path.rpartition(".")
    sections = API.read_text("utf-8").split(".. module:: ")
    listed = [section for section in sections if section.partition("\n")[0] == module]
    assert any(re.search(rf"^   {name}$", section, re.M) for section in listed), (
        f"{path} is missing in docs/api.rst"
    )
