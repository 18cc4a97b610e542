"""
A pool of texts
===============

If the classifier takes strings, the pool can be a plain list of strings. Here the classifier is a
pipeline of tf-idf and a linear support vector machine. This machine has no probabilities, so
margin sampling reads its decision values.

The program makes 800 messages to a help desk. Only 3 % of them report fraud.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import MarginSampling, RandomSampling

rng = np.random.RandomState(0)
topics = {
    "delivery": "parcel late where courier tracking address arrived box delivery street",
    "payment": "card invoice charged refund bank amount paid twice transfer bill",
    "login": "password account reset email locked sign user code phone access",
    "fraud": "stolen card unknown order account charged stranger email police code",
}
common = "please help I my the with since yesterday you can it not still week order".split()


def write(topic):
    words = list(rng.choice(topics[topic].split(), 4)) + list(rng.choice(common, 6))
    return " ".join(rng.permutation(words))


y = rng.choice(list(topics), 800, p=[0.37, 0.35, 0.25, 0.03])
texts = [write(topic) for topic in y]
print(y[0], ":", texts[0])

# %%
model = make_pipeline(TfidfVectorizer(), LinearSVC())
test_y = rng.choice(list(topics), 1000)
test = [write(topic) for topic in test_y]
recall = {}
for name, strategy in {"random": RandomSampling(), "margin": MarginSampling()}.items():
    learner = ActiveLearner(model, strategy, budget=120, batch_size=10, random_state=0)
    curve = []
    for now in learner.play(texts, y, every_round=True):
        predicted = now.predict(test)
        curve.append((now.n_labels_, np.mean(predicted[test_y == "fraud"] == "fraud")))
    recall[name] = np.array(curve)

# %%
# The curves show how much of the fraud in new messages the classifier recognizes.
for name, curve in recall.items():
    plt.plot(*curve.T, marker="o", label=name)
plt.xlabel("labels")
plt.ylabel("recall of the class fraud")
plt.legend()
plt.show()
