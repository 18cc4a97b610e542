"""Learning curves on the axes of matplotlib."""

import numpy as np


def draw_curves(
    ax,
    curves,
    score_name,
    *,
    sign=1,
    std_display_style="fill_between",
    line_kw=None,
    fill_between_kw=None,
    errorbar_kw=None,
):
    """Draw the mean of each curve over its folds, and the standard deviation.

    Parameters
    ----------
    ax : matplotlib Axes
        Where to draw.
    curves : dict of str to tuple
        For each name the label counts, shape (n_points,), and the scores, shape
        (n_folds, n_points). A curve whose name is None gets no legend.
    score_name : str or None
        Label of the y axis.
    sign : {-1, 1}, default=1
        Factor of the scores.
    std_display_style, line_kw, fill_between_kw, errorbar_kw
        As in :meth:`ActiveLearningCurveDisplay.plot`.

    Returns
    -------
    lines, bands, errorbars : lists of matplotlib Artist
        None for what was not drawn.
    """
    points = [_points(name, *curve, sign) for name, curve in curves.items()]
    lines = bands = errorbars = None
    if std_display_style == "errorbar":
        errorbars = _draw_errorbars(ax, points, errorbar_kw or {})
    else:
        lines = _draw_lines(ax, points, line_kw or {})
        if std_display_style == "fill_between":
            bands = _draw_bands(ax, points, lines, fill_between_kw or {})
    ax.set_xlabel("Number of labels")
    ax.set_ylabel(score_name or "Score")
    if ax.get_legend_handles_labels()[0]:
        ax.legend()
    return lines, bands, errorbars


def _points(name, n_labels, scores, sign):
    """Name, label counts, mean and spread of a curve."""
    scores = sign * np.asarray(scores)
    return name, n_labels, scores.mean(axis=0), scores.std(axis=0)


def _draw_lines(ax, points, line_kw):
    return [ax.plot(x, mean, **{"label": name, **line_kw})[0] for name, x, mean, _ in points]


def _draw_bands(ax, points, lines, fill_between_kw):
    return [
        ax.fill_between(
            x,
            mean - std,
            mean + std,
            **{"alpha": 0.2, "color": line.get_color(), "linewidth": 0, **fill_between_kw},
        )
        for line, (_, x, mean, std) in zip(lines, points)
    ]


def _draw_errorbars(ax, points, errorbar_kw):
    return [
        ax.errorbar(x, mean, std, **{"label": name, "capsize": 2, **errorbar_kw})
        for name, x, mean, std in points
    ]
