"""Labels to codes and back, for classifiers of all kinds."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive._codes import decode_predictions, encoded_clone, scatter
from skactive._outputs import columns_of_codes

FOUND = np.array(["b", "d", "e"])


class Outputs:
    """A fitted classifier with given ``classes_`` and a given output."""

    def __init__(self, classes, values):
        if classes is not None:
            self.classes_ = np.asarray(classes)
        self.values = np.asarray(values, dtype=float)

    def predict_proba(self, X):
        return self.values


@pytest.mark.parametrize(
    "classes, values, expected",
    [
        ([0, 1, 2], [[1, 2, 3]], [[1, 2, 3]]),
        (None, [[1, 2, 3]], [[1, 2, 3]]),
        (None, [[1, 2, 3, 4, 5]], [[1, 2, 3]]),
        ([0, 1, 2], [[1, 2, 3, 4]], [[1, 2, 3]]),  # a net with more outputs than classes
        ([0, 1, 2, 3], [[1, 2, 3, 4]], [[1, 2, 3]]),  # a net that knows all classes
    ],
)
def test_columns_of_codes(classes, values, expected):
    model = Outputs(classes, values)
    assert_array_equal(columns_of_codes(model, model.values, 3), expected)


def test_too_few_columns():
    model = Outputs(None, [[0.5, 0.5]])
    with pytest.raises(ValueError, match="Outputs returns 2 columns, .* fitted on 3 classes"):
        columns_of_codes(model, model.values, 3)


def test_decoding_passes_over_outputs_without_a_class():
    model = Outputs(None, [[0.1, 0.2, 0.1, 0.6], [0.5, 0.2, 0.2, 0.1], [0.1, 0.1, 0.3, 0.5]])
    labels = decode_predictions(model, [3, 0, 3], FOUND, X=None)
    assert labels.tolist() == ["d", "b", "e"]


def test_scatter():
    values = np.array([[0.2, 0.3, 0.5]], dtype=np.float32)
    out = scatter(values, FOUND, np.array(list("abcde")), -1)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, [[-1, 0.2, -1, 0.3, 0.5]])
    assert scatter(values, FOUND, FOUND, -1) is values


def test_class_weights_become_those_of_codes():
    weights = {"a": 9.0, "b": 1.0, "d": 2.0, "e": 3.0}
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(class_weight=weights))
    encoded = encoded_clone(pipeline, FOUND)
    assert encoded[-1].class_weight == {0: 1.0, 1: 2.0, 2: 3.0}
    assert pipeline[-1].class_weight is weights
    balanced = LogisticRegression(class_weight="balanced")
    assert encoded_clone(balanced, FOUND).class_weight == "balanced"


def test_seeds_fill_what_is_none_and_nothing_else():
    seeded = LogisticRegression(random_state=3)
    voting = VotingClassifier([("a", LogisticRegression()), ("b", seeded), ("c", GaussianNB())])
    encoded = encoded_clone(voting, FOUND, seed=8)
    params = encoded.get_params()
    assert params["a__random_state"] == 8 and params["b__random_state"] == 3
    assert encoded_clone(voting, FOUND).get_params()["a__random_state"] is None
