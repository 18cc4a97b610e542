"""scikit-learn's own checks, with no expected failure."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import ActiveLearner
from skactive.query import (
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    MarginSampling,
    RandomSampling,
)

CONFIGURATIONS = [
    ActiveLearner(),
    ActiveLearner(budget=30),
    ActiveLearner(LogisticRegression(), MarginSampling(), budget=20, batch_size=5),
    ActiveLearner(SVC(), RandomSampling(), budget=30),
    ActiveLearner(LinearSVC(), BalancedQuery(), budget=30, batch_size=1),
    ActiveLearner(GaussianNB(), CoreSet(), budget=30),
    ActiveLearner(
        make_pipeline(StandardScaler(), RandomForestClassifier(10)),
        Diversified(EntropySampling()),
        budget=30,
    ),
    BalancedQuery(),
    BalancedQuery(RandomSampling(), denominator="min"),
]


@parametrize_with_checks(CONFIGURATIONS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
