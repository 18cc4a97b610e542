"""PriorCorrectedClassifier: the worked example, the scikit-learn contract, its containers."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive.calibration import PriorCorrectedClassifier

COUNTS = [5, 3, 2]
PROBA = np.array([[0.45, 0.15, 0.40], [0.40, 0.35, 0.25], [0.70, 0.18, 0.12], [0.20, 0.60, 0.20]])
CORRECTED = np.array(
    [
        [0.2647, 0.1471, 0.5882],
        [0.2487, 0.3627, 0.3886],
        [0.5385, 0.2308, 0.2308],
        [0.1176, 0.5882, 0.2941],
    ]
)


class Oracle(ClassifierMixin, BaseEstimator):
    """X is the table of probabilities; the columns may stand in reverse order."""

    def __init__(self, reverse=False):
        self.reverse = reverse

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)[:: -1 if self.reverse else 1]
        self.X_, self.sample_weight_ = X, sample_weight
        return self

    def predict_proba(self, X):
        return X[:, :: -1 if self.reverse else 1]

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def fit_oracle(counts=COUNTS, labels=(0, 1, 2), reverse=False, **params):
    y = np.repeat(labels, counts)
    X = np.full((len(y), 3), 1 / 3)
    return PriorCorrectedClassifier(Oracle(reverse), **params).fit(X, y)


@parametrize_with_checks(
    [
        PriorCorrectedClassifier(),
        PriorCorrectedClassifier(GaussianNB()),
        PriorCorrectedClassifier(make_pipeline(StandardScaler(), LogisticRegression())),
    ]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


class TestFormula:
    def test_worked_example(self):
        model = fit_oracle()
        assert_allclose(model.priors_, [0.5, 0.3, 0.2])
        assert_allclose(model.predict_proba(PROBA), CORRECTED, atol=5e-5)
        assert_array_equal(model.estimator_.predict(PROBA), [0, 0, 0, 1])
        assert_array_equal(model.predict(PROBA), [2, 2, 0, 1])

    def test_agrees_with_plain_implementation(self):
        proba = np.random.RandomState(0).dirichlet(np.ones(3), size=20)
        plain = proba / np.array(COUNTS)
        plain /= plain.sum(axis=1, keepdims=True)
        model = fit_oracle()
        assert_allclose(model.predict_proba(proba), plain)
        assert_allclose(model.predict_log_proba(proba), np.log(plain))

    def test_equal_counts_are_the_identity(self):
        assert_allclose(fit_oracle([4, 4, 4]).predict_proba(PROBA), PROBA)

    def test_sign(self):
        proba = fit_oracle([8, 1, 1]).predict_proba(np.full((1, 3), 1 / 3))[0]
        assert proba[0] < proba[1] == proba[2]

    def test_outputs_without_a_class_are_left_out(self):
        proba = np.insert(PROBA / 2, [1, 3], 0.25, axis=1)
        model = fit_oracle(labels=(0, 2, 3))
        assert_allclose(model.predict_proba(proba), CORRECTED, atol=5e-5)
        with pytest.raises(ValueError, match="5 columns for the 3 classes .*hold output numbers"):
            fit_oracle(labels=list("abc")).predict(proba)

    def test_zero_and_tiny_probabilities(self):
        proba = fit_oracle().predict_proba(np.array([[1.0, 0.0, 0.0], [1.0, 1e-300, 0.0]]))
        assert_allclose(proba, [[1, 0, 0], [1, 5e-300 / 3, 0]])

    @pytest.mark.parametrize("labels", ["cab", (7, -1, 3)])
    def test_columns_follow_classes(self, labels):
        labels = np.sort(list(labels))
        straight, turned = fit_oracle(labels=labels), fit_oracle(labels=labels, reverse=True)
        assert_array_equal(turned.classes_, labels[::-1])
        assert_allclose(turned.priors_, [0.2, 0.3, 0.5])
        assert_allclose(turned.predict_proba(PROBA)[:, ::-1], straight.predict_proba(PROBA))
        assert_array_equal(turned.predict(PROBA), labels[[2, 2, 0, 1]])

    def test_rare_class_is_found(self):
        rng = np.random.RandomState(0)
        X = np.concatenate([rng.normal(0, 1, (300, 1)), rng.normal(1.5, 1, (15, 1))])
        y = np.repeat([0, 1], [300, 15])
        recall = [
            model.fit(X, y).predict(X[300:]).mean()
            for model in (LogisticRegression(), PriorCorrectedClassifier())
        ]
        assert recall[0] < 0.2 and recall[1] > 0.6


class TestPriors:
    @pytest.mark.parametrize("priors", [[10, 6, 4], {2: 0.2, 1: 0.3, 0: 0.5, 9: 1.0}])
    def test_given(self, priors):
        model = fit_oracle([1, 1, 1], priors=priors)
        assert_allclose(model.priors_, [0.5, 0.3, 0.2])
        assert_allclose(model.predict_proba(PROBA), CORRECTED, atol=5e-5)

    def test_sample_weight_counts(self):
        X, y = np.full((4, 3), 1 / 3), [0, 0, 1, 2]
        weight = np.array([2.0, 3.0, 3.0, 2.0])
        model = PriorCorrectedClassifier(Oracle()).fit(X, y, sample_weight=weight)
        assert_allclose(model.priors_, [0.5, 0.3, 0.2])
        assert model.estimator_.sample_weight_ is weight

    @pytest.mark.parametrize(
        "priors, message",
        [
            ([0.5, 0.5], r"shape \(2,\), but y has 3 classes"),
            ([0.5, 0.5, 0], "prior of class 2 is 0.0"),
            ([0.5, 0.5, np.nan], "prior of class 2 is nan"),
            ({0: 0.5, 1: 0.5}, "no prior for class 2"),
            ({0: 0.5, 1: -0.5, 2: 1}, "prior of class 1 is -0.5"),
        ],
    )
    def test_wrong(self, priors, message):
        with pytest.raises(ValueError, match=message):
            fit_oracle(priors=priors)

    def test_fitted_estimator_with_more_classes(self):
        X, y = load_iris(return_X_y=True)
        frozen = FrozenEstimator(GaussianNB().fit(X, y))
        two = y < 2
        with pytest.raises(ValueError, match="no prior for class 2.*already fitted"):
            PriorCorrectedClassifier(frozen).fit(X[two], y[two])
        priors = {0: 0.25, 1: 0.25, 2: 0.5}
        model = PriorCorrectedClassifier(frozen, priors=priors).fit(X[two], y[two])
        assert_allclose(model.priors_, [0.25, 0.25, 0.5])


class TestEstimator:
    def test_arguments_are_left_alone(self):
        inner, priors = GaussianNB(), {0: 1.0, 1: 1.0, 2: 2.0}
        model = PriorCorrectedClassifier(inner, priors=priors).fit(*load_iris(return_X_y=True))
        assert model.estimator is inner and not hasattr(inner, "classes_")
        assert priors == {0: 1.0, 1: 1.0, 2: 2.0}
        assert model.get_params()["estimator__var_smoothing"] == inner.var_smoothing
        assert clone(model).priors == priors

    def test_failed_fit_keeps_the_last_one(self):
        model = fit_oracle()
        with pytest.raises(ValueError, match="shape"):
            model.set_params(priors=[1.0]).fit(PROBA, [0, 1, 2, 0])
        assert_allclose(model.predict_proba(PROBA), CORRECTED, atol=5e-5)

    def test_needs_predict_proba(self):
        model = PriorCorrectedClassifier(LinearSVC())
        assert not hasattr(model, "predict_proba") and not hasattr(model, "predict")
        with pytest.raises(AttributeError, match="predict_proba") as caught:
            model.predict_proba
        assert "LinearSVC" in str(caught.value.__cause__)
        with pytest.raises(TypeError, match="LinearSVC.*CalibratedClassifierCV"):
            model.fit(*load_iris(return_X_y=True))

    def test_unfitted(self):
        model = PriorCorrectedClassifier()
        assert hasattr(model, "predict_proba") and not hasattr(model, "n_features_in_")
        with pytest.raises(NotFittedError):
            model.predict(PROBA)

    def test_pickle_and_html(self):
        model = fit_oracle()
        copy = pickle.loads(pickle.dumps(model))
        assert_array_equal(copy.predict_proba(PROBA), model.predict_proba(PROBA))
        assert "Oracle" in model._repr_html_()

    def test_grid_search(self):
        X, y = load_iris(return_X_y=True)
        grid = {"estimator": [GaussianNB(), LogisticRegression(max_iter=500)]}
        search = GridSearchCV(PriorCorrectedClassifier(), grid, cv=3).fit(X, y)
        assert search.best_score_ > 0.9

    def test_unknown_fit_parameter_comes_from_the_estimator(self):
        X, y = load_iris(return_X_y=True)
        with pytest.raises(TypeError, match="colour"):
            PriorCorrectedClassifier(GaussianNB()).fit(X, y, colour="red")

    def test_metadata_routing(self):
        X, y = load_iris(return_X_y=True)
        weight = np.where(y == 0, 3.0, 1.0)
        with config_context(enable_metadata_routing=True):
            inner = GaussianNB().set_fit_request(sample_weight=True)
            model = PriorCorrectedClassifier(inner).set_score_request(sample_weight=False)
            search = GridSearchCV(model, {"priors": [None]}, cv=3)
            search.fit(X, y, sample_weight=weight)
            assert_allclose(search.best_estimator_.priors_, [0.6, 0.2, 0.2])
            inner = GaussianNB().set_fit_request(sample_weight=False)
            model = PriorCorrectedClassifier(inner).fit(X, y)
            assert_allclose(model.priors_, 1 / 3)
            with pytest.raises(TypeError, match="sample_weight"):
                model.fit(X, y, sample_weight=weight)


class TestContainers:
    y = np.array([0, 0, 0, 1, 1, 2])

    @pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array])
    def test_sparse(self, kind):
        X = kind(np.eye(6))
        model = PriorCorrectedClassifier(MultinomialNB()).fit(X, self.y)
        assert model.predict(X).shape == (6,) and model.n_features_in_ == 6

    def test_untouched(self):
        X = np.full((6, 3), 1 / 3)
        assert PriorCorrectedClassifier(Oracle()).fit(X, self.y).estimator_.X_ is X

    def test_text(self):
        X = ["a b", "a", "a a", "c b", "c", "d d"]
        inner = make_pipeline(CountVectorizer(token_pattern="."), MultinomialNB())
        model = PriorCorrectedClassifier(inner)
        assert_array_equal(model.fit(X, self.y).predict(X), self.y)

    def test_images(self):
        X = np.random.RandomState(0).normal(size=(6, 3, 4, 4)) + self.y[:, None, None, None] * 3

        class Flat(LogisticRegression):
            def fit(self, X, y):
                return super().fit(X.reshape(len(X), -1), y)

            def predict_proba(self, X):
                return super().predict_proba(X.reshape(len(X), -1))

        assert_array_equal(PriorCorrectedClassifier(Flat()).fit(X, self.y).predict(X), self.y)

    def test_frame_with_words(self):
        pd = pytest.importorskip("pandas")
        from sklearn.preprocessing import OneHotEncoder

        X = pd.DataFrame({"word": list("aaabbc"), "size": [0.0, 0, 0, 1, 1, 2]})
        y = pd.Series(list("xxxyyz"), index=range(10, 16))
        inner = make_pipeline(
            make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough"),
            RandomForestClassifier(n_estimators=10, random_state=0),
        )
        model = PriorCorrectedClassifier(inner).fit(X, y)
        assert_array_equal(model.predict(X), y)
        assert list(model.feature_names_in_) == ["word", "size"]

    def test_feature_names_follow_the_last_fit(self):
        pd = pytest.importorskip("pandas")
        X, y = load_iris(return_X_y=True)
        model = PriorCorrectedClassifier(GaussianNB()).fit(pd.DataFrame(X).add_prefix("f"), y)
        assert hasattr(model, "feature_names_in_")
        assert not hasattr(model.fit(X, y), "feature_names_in_")

    def test_polars(self):
        pl = pytest.importorskip("polars")
        X, y = load_iris(return_X_y=True)
        frame = pl.DataFrame(X, schema=list("abcd"))
        model = PriorCorrectedClassifier(GaussianNB()).fit(frame, pl.Series(y))
        assert_array_equal(model.predict(frame), GaussianNB().fit(X, y).predict(X))
