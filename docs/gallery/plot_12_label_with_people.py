"""
A labeling job of several days
==============================

A labeling session keeps a job of several days in one file. Two people take turns and skip what
they cannot read, and the program is closed every evening. Every morning the session goes on with
the same next row. The report says how good the model is, whether it still changes, and how many
classes were found.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.labeling import LabelingSession

X, y = load_digits(return_X_y=True)
X, y = make_imbalanced(X / 16, y, ratio=0.75, random_state=0)
rng = np.random.RandomState(0)


# %%
# Here a function simulates the people, who skip one row in thirty. Real people answer in a
# notebook (``session.widget()``), in a terminal (``session.terminal()``), in a spreadsheet or in
# Label Studio.
def work_a_day(session, person, n=60):
    """Answer ``n`` rows."""
    while n > 0 and (picks := session.ask(n)):
        for pick in picks:
            if rng.rand() < 1 / 30:
                session.skip(pick.key, annotator=person)
            else:
                session.label(pick.key, y[pick.position], annotator=person)
        n -= len(picks)


folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "labels.db"
for day in range(4):
    learner = ActiveLearner(budget=150, batch_size=15, random_state=0)
    with LabelingSession(
        learner, X, log=path, classes=range(10), n_audit=60, lookahead=0
    ) as session:
        print(f"day {day + 1} begins: {session.progress()}")
        work_a_day(session, ["ana", "ben"][day % 2])
        report = session.report()
folder.cleanup()
print(report)

# %%
# ``report.plot`` draws these figures.
report.plot()
plt.show()
