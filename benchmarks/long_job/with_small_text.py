import os
import pickle
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from small_text import (
    BreakingTies,
    KappaAverage,
    PoolBasedActiveLearner,
    SklearnClassifierFactory,
    SklearnDataset,
)

X = csr_matrix(load_digits().data / 16)
pool = SklearnDataset(X, np.zeros(X.shape[0], dtype=int), target_labels=np.arange(10))
path = Path("job.pickle")
state = {"answers": [], "asked": [], "criterion": KappaAverage(10), "is_stable": False}
if path.exists():
    state = pickle.loads(path.read_bytes())


def save():
    with open("job.new", "wb") as file:
        pickle.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace("job.new", path)


def choose():
    answers = dict(state["answers"])
    labels = {row: label for row, label in answers.items() if label is not None}
    if not labels:
        return np.random.RandomState(0).permutation(X.shape[0])[:10].tolist()
    factory = SklearnClassifierFactory(LogisticRegression(max_iter=1000), num_classes=10)
    learner = PoolBasedActiveLearner(factory, BreakingTies(), pool)
    skipped = np.array([row for row in answers if row not in labels], dtype=int)
    learner.initialize_data(np.array([*labels]), np.array([*labels.values()]), skipped)
    state["is_stable"] = state["criterion"].stop(predictions=learner.classifier.predict(pool))
    return learner.query(num_samples=10).tolist()


while not state["is_stable"]:
    waiting = [row for row in state["asked"] if row not in dict(state["answers"])]
    if not waiting:
        state["asked"] += choose()
        save()
        continue
    print("row", waiting[0], flush=True)
    command, *rest = input().split()
    if command == "undo":
        state["answers"].pop()
    elif command == "correct":
        state["answers"].append((int(rest[0]), int(rest[1])))
    elif command == "skip":
        state["answers"].append((waiting[0], None))
    else:
        state["answers"].append((waiting[0], int(command)))
    save()
labels = {row: label for row, label in dict(state["answers"]).items() if label is not None}
print("end", *labels, "/", *labels.values())
