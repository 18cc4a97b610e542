"""Consensus beside a plain form of Dawid and Skene, row by row and person by person."""

import numpy as np
import pytest

from skactive.labeling._consensus import consensus_of, dawid_skene, disagreements_of


def plain_dawid_skene(labels, n_classes, n_rounds=100):
    """Eqs. 2.3 to 2.5, one sum at a time; labels holds -1 where a person said nothing."""
    n_rows, n_people = labels.shape
    T = np.zeros((n_rows, n_classes))
    for i in range(n_rows):
        for k in range(n_people):
            if labels[i, k] >= 0:
                T[i, labels[i, k]] += 1
    T /= T.sum(axis=1, keepdims=True)
    for _ in range(n_rounds):
        p = T.mean(axis=0)
        pi = np.full((n_people, n_classes, n_classes), 0.01)
        for k in range(n_people):
            for i in range(n_rows):
                if labels[i, k] >= 0:
                    pi[k, :, labels[i, k]] += T[i]
            pi[k] /= pi[k].sum(axis=1, keepdims=True)
        new = np.zeros_like(T)
        for i in range(n_rows):
            for j in range(n_classes):
                new[i, j] = p[j] + 1e-12
                for k in range(n_people):
                    if labels[i, k] >= 0:
                        new[i, j] *= pi[k, j, labels[i, k]]
        T = new / new.sum(axis=1, keepdims=True)
    return T


@pytest.fixture
def crowd():
    """200 rows, 3 classes, five people of whom two guess; not everybody sees every row."""
    stream = np.random.RandomState(0)
    truth = stream.randint(3, size=200)
    labels = np.empty((200, 5), dtype=int)
    for person, skill in enumerate([0.9, 0.85, 0.8, 0.2, 0.3]):
        is_right = stream.rand(200) < skill
        labels[:, person] = np.where(is_right, truth, stream.randint(3, size=200))
    labels[stream.rand(200, 5) < 0.2] = -1
    labels[labels.max(axis=1) < 0, 0] = 0
    return truth, labels


def votes_of(labels):
    return np.stack([labels == c for c in range(3)], axis=2).astype(float)


def test_it_is_dawid_and_skene(crowd):
    _, labels = crowd
    assert np.allclose(dawid_skene(votes_of(labels)), plain_dawid_skene(labels, 3), atol=1e-5)


def test_it_beats_the_majority_where_people_differ(crowd):
    truth, labels = crowd
    opinions = [
        (row, f"person {person}", int(labels[row, person]))
        for row in range(200)
        for person in range(5)
        if labels[row, person] >= 0
    ]
    right = {}
    for method in ("majority", "dawid_skene"):
        table = consensus_of(opinions, method)
        assert table["key"].tolist() == list(range(200))
        assert table["n_opinions"].sum() == len(opinions)
        right[method] = np.mean(table["label"] == truth)
    assert right["dawid_skene"] > right["majority"] > 0.75


def test_majority_by_hand():
    opinions = [("a", "x", "ham"), ("a", "y", "spam"), ("a", "z", "spam"), ("b", None, "ham")]
    table = consensus_of(opinions, "majority")
    assert table["label"].tolist() == ["spam", "ham"]
    assert table["probability"].tolist() == pytest.approx([2 / 3, 1])
    assert table["n_opinions"].tolist() == [3, 1]
    assert disagreements_of(opinions)["annotator"].tolist() == ["x", "y", "z"]


def test_nothing_to_agree_on():
    assert consensus_of([], "dawid_skene").n_rows == 0
    with pytest.raises(ValueError, match="majority"):
        consensus_of([], "loudest")
