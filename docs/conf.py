"""Configuration of Sphinx: ``sphinx-build -W --keep-going -b html docs docs/_build/html``."""

import inspect
import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx.util.inspect import stringify_signature

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS)]

import strategy_results  # noqa: E402

import skactive  # noqa: E402

project = "skactive"
author = "The skactive developers"
copyright = "The skactive developers, BSD-3-Clause"
version = release = skactive.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",  # MathJax without a network
    "numpydoc",
    "myst_parser",
    "matplotlib.sphinxext.plot_directive",
    "sphinx_gallery.gen_gallery",
    "sphinx_design",
    "sphinx_copybutton",
]
myst_enable_extensions = ["dollarmath"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["_build", "_templates", "gallery", "auto_gallery/*.ipynb", "auto_gallery/*.py"]
templates_path = ["_templates"]
default_role = "literal"

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
# the pages of skactive.deep are made without PyTorch, which is some gigabytes
autodoc_mock_imports = ["skorch", "torch", "torchvision"]
numpydoc_show_class_members = False
python_display_short_literal_types = True

plot_formats = [("png", 110)]
plot_html_show_formats = False
plot_html_show_source_link = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "remove_config_comments": True,
    "plot_gallery": "True",
    "abort_on_example_error": True,
    "reset_modules": ("matplotlib",),
    "doc_module": ("skactive",),
    "backreferences_dir": "generated/backreferences",
    "image_scrapers": ("matplotlib",),
    "thumbnail_size": (480, 340),
    "show_signature": False,
    "write_computation_times": False,
}
# where other projects document their names
ELSEWHERE = {
    "sklearn": "https://scikit-learn.org/stable/modules/generated",
    "torchvision": "https://docs.pytorch.org/vision/stable/generated",
}
copybutton_prompt_text = ">>> |\\.\\.\\. "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = f"skactive {release}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_favicon = "_static/skactive.svg"
html_css_files = ["skactive.css"]
# pages without siblings have no navigation on the left
html_sidebars = {
    page: []
    for page in (
        *("index", "getting_started", "choosing", "changelog"),
        *("glossary", "faq", "policy"),
    )
}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "show_prev_next": True,
    "header_links_before_dropdown": 5,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "logo": {
        "text": "skactive",
        "image_light": "_static/skactive.svg",
        "image_dark": "_static/skactive.svg",
    },
    "footer_start": ["copyright"],
    "footer_end": [],
}


def escape_fitted_names(app, what, name, obj, options, lines):
    """Keep ``n_labels_`` in the type of an attribute from being read as a link."""
    for i, line in enumerate(lines):
        if re.match(r"\s*\w+ : ", line):
            lines[i] = re.sub(r"(?<![\w`])(\w+)_(?=[\s,)])(?! :)", r"\1\\_", line)


def signature_under_a_mock(app, what, name, obj, options, signature, return_annotation):
    """The arguments of a net's own ``__init__``, which a mocked base class hides."""
    if what == "class" and "_MockObject" in {base.__name__ for base in obj.__mro__}:
        _, *arguments = inspect.signature(obj.__init__).parameters.values()
        plain = [each.replace(annotation=each.empty) for each in arguments]
        return stringify_signature(inspect.Signature(plain)), return_annotation


def skip_methods_of_a_mock(app, what, name, obj, skip, options):
    """Leave out what a mocked base class adds."""
    return True if "_MockObject" in getattr(obj, "__qualname__", "") else None


def link_to_other_projects(app, env, node, content):
    """A link to the public pages of scikit-learn or torchvision; no inventory, no network."""
    target = node.get("reftarget", "")
    project, _, rest = target.partition(".")
    if project not in ELSEWHERE or not rest:
        return None
    page = f"{ELSEWHERE[project]}/{target}.html"
    uri = page.replace("modules/generated", "api") if node["reftype"] == "mod" else page
    link = nodes.reference("", "", internal=False, refuri=uri)
    link.append(content)
    return link


def write_results(app):
    """The table and the picture of the page "Which strategy?"."""
    strategy_results.write(DOCS / "generated")


def setup(app):
    """Connect what is above, docstrings before numpydoc reads them."""
    app.connect("builder-inited", write_results)
    app.connect("missing-reference", link_to_other_projects)
    app.connect("autodoc-process-docstring", escape_fitted_names, priority=100)
    app.connect("autodoc-process-signature", signature_under_a_mock)
    app.connect("autodoc-skip-member", skip_methods_of_a_mock)
