"""Learning curves as pictures in a notebook, if matplotlib is installed."""

from base64 import b64encode
from importlib.util import find_spec
from io import BytesIO

from ._drawing import draw_curves


def png(curves):
    """Return the curves as bytes of a PNG file, or None without matplotlib.

    Parameters
    ----------
    curves : dict of str to ActiveLearningCurve
        Curves to draw. No figure is left open.
    """
    if not find_spec("matplotlib"):
        return None
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    points = {name: (curve.n_labels, curve.scores) for name, curve in curves.items()}
    draw_curves(figure.subplots(), points, next(iter(curves.values())).metric)
    file = BytesIO()
    figure.savefig(file, format="png", dpi=100)
    return file.getvalue()


def img_tag(curves):
    """Return the curves as an HTML element; empty without matplotlib."""
    picture = png(curves)
    if picture is None:
        return ""
    return f'<img alt="learning curves" src="data:image/png;base64,{b64encode(picture).decode()}">'
