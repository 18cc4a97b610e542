"""
Undo and correct
================

People press wrong keys. ``undo`` takes the last answer back, and a second answer for a row
replaces the first. Nothing is lost: the file of the job keeps both. To find wrong answers,
ask a model for the labels that it believes least, and look at those rows again.
"""

import tempfile

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, train_test_split

from skactive import ActiveLearner
from skactive.labeling import LabelingSession

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.4, stratify=y, random_state=0)
rng = np.random.RandomState(0)
folder = tempfile.TemporaryDirectory()
model = LogisticRegression(max_iter=1000)
learner = ActiveLearner(model, budget=200, random_state=0)
session = LabelingSession(learner, X, log=f"{folder.name}/labels.db", lookahead=0)

# %%
# Take the last answer back. The session asks for the row again.
pick = session.ask(1)[0]
session.label(pick.key, 0)
session.undo()
print("asked again:", session.ask(1)[0].key == pick.key)

# %%
# Ana labels 200 rows and presses a wrong key for about one in ten.
while picks := session.ask():
    for pick in picks:
        slips = rng.rand() < 0.1
        session.label(pick.key, rng.randint(10) if slips else y[pick.position], annotator="ana")
before = session.learner.score(X_test, y_test)

# %%
# Which answers does a model that has not seen them find least probable? Ana looks at 21 of
# these rows again. Titles in red are wrong answers that she corrects.
keys, answers = np.array(session.labels["key"]), np.array(session.labels["label"])
probabilities = cross_val_predict(model, X[keys], answers, cv=5, method="predict_proba")
of_answer = np.searchsorted(np.unique(answers), answers)
doubtful = np.argsort(probabilities[np.arange(len(keys)), of_answer])
figure, axes = plt.subplots(3, 7, figsize=(9, 4.8), layout="constrained")
for ax, place in zip(axes.flat, doubtful):
    key, answer, truth = keys[place], answers[place], y[keys[place]]
    session.label(key, truth, annotator="ana")  # her last answer counts
    ax.imshow(X[key].reshape(8, 8), cmap="gray_r")
    wrong = answer != truth
    ax.set_title(f"{answer}, now {truth}" if wrong else f"{answer}", color="C3" if wrong else "k")
    ax.set_axis_off()
after = session.learner.score(X_test, y_test)
session.close()
folder.cleanup()
figure.suptitle(f"accuracy {before:.3f} before the corrections, {after:.3f} after them")
plt.show()
