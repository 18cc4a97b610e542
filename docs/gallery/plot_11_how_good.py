"""
Measure the model by an audit
=============================

The labels that a learner asked for cannot tell how good the model is. While classes are missing,
cross-validation on them is too high. Later it is far too low, because the learner asks for hard
rows. An audit can tell. Its rows are drawn at random, labeled, and not used to fit the model. A
labeling session draws these rows and mixes them into the first rounds.
"""

import tempfile
import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split

from skactive import ActiveLearner
from skactive.labeling import LabelingSession
from skactive.query import MarginSampling

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.4, stratify=y, random_state=0)
model = LogisticRegression(max_iter=1000)

# %%
# The job has 200 labels and 100 audit rows. After every round we compute what cross-validation
# says, and the accuracy on 719 test rows, whose labels a real job does not have.
learner = ActiveLearner(model, MarginSampling(), budget=200, batch_size=20, random_state=0)
folder = tempfile.TemporaryDirectory()
n_labels, said, truth = [], [], []
with LabelingSession(learner, X, log=f"{folder.name}/labels.db", n_audit=100, lookahead=0) as job:
    while picks := job.ask():
        for pick in picks:
            job.label(pick.key, y[pick.position])
        now = job.learner
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a class has fewer labels than folds
            said.append(cross_val_score(model, now.X_labeled_, now.y_labeled_, cv=3).mean())
        truth.append(now.score(X_test, y_test))
        n_labels.append(now.n_labels_)
    report = job.report()
folder.cleanup()
print(report.accuracy, "by the audit;", f"{truth[-1]:.3f} on test rows; {said[-1]:.3f} by CV")

# %%
# The history of the report has the audit's accuracy and its interval after each round.
audit = report.history.to_frame()
plt.fill_between(audit["n_labels"], audit["low"], audit["high"], alpha=0.2)
plt.plot(audit["n_labels"], audit["accuracy"], "C0", label="audit of 100 rows, with interval")
plt.plot(n_labels, truth, "k", label="truth: 719 test rows")
plt.plot(n_labels, said, "C3--", label="cross-validation on the chosen labels")
plt.xlabel("labels")
plt.ylabel("accuracy")
plt.legend(loc="lower right")
plt.show()
