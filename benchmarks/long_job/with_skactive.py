from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import LabelingSession
from skactive.query import MarginSampling

X = load_digits().data / 16
learner = ActiveLearner(LogisticRegression(max_iter=1000), MarginSampling(), random_state=0)
session = LabelingSession(learner, X, log="labels.db", classes=range(10), lookahead=0)
while not session.report().is_stable:
    pick = session.ask(1)[0]
    print("row", pick.position, flush=True)
    command, *rest = input().split()
    if command == "undo":
        session.undo()
    elif command == "correct":
        session.label(int(rest[0]), int(rest[1]))
    elif command == "skip":
        session.skip(pick.key)
    else:
        session.label(pick.key, int(command))
print("end", *session.labels["position"], "/", *session.labels["label"])
