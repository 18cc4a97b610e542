"""Plot the report of a job."""

import numpy as np


class ReportDisplay:
    """Plot of accuracy, kappa and classes found against the number of labels.

    Needs matplotlib. :meth:`Report.plot` creates it.

    Parameters
    ----------
    history : Table
        The ``history`` of a :class:`Report`.

    Attributes
    ----------
    axes_ : ndarray of three matplotlib Axes
        Axes with the curves.
    figure_ : matplotlib Figure
        Figure that contains them.
    """

    def __init__(self, history):
        self.history = history

    def plot(self, axes=None):
        """Draw the three curves.

        Parameters
        ----------
        axes : array of three matplotlib Axes, default=None
            Axes to draw in. None creates a figure.

        Returns
        -------
        display : ReportDisplay
            This object, with ``axes_`` and ``figure_`` set.
        """
        import matplotlib.pyplot as plt

        if axes is None:
            axes = plt.subplots(3, 1, sharex=True, figsize=(6, 7), layout="constrained")[1]
        self.axes_ = np.asarray(axes, dtype=object).ravel()
        self.figure_ = self.axes_[0].figure
        table, (accuracy, agreement, found) = self.history, self.axes_
        x = table["n_labels"]
        accuracy.plot(x, table["accuracy"], color="C0")
        accuracy.fill_between(x, table["low"], table["high"], alpha=0.2, color="C0", linewidth=0)
        accuracy.set_ylabel("Accuracy (audit)")
        kappas = [np.nan if value is None else value for value in table["kappa"].tolist()]
        agreement.plot(x, kappas, color="C1")
        agreement.axhline(0.99, color="gray", linewidth=0.8, linestyle="--")
        agreement.set_ylabel("Kappa of successive models")
        found.step(x, table["n_classes"], where="post", color="C2")
        found.set_ylabel("Classes found")
        found.set_xlabel("Number of labels")
        return self
