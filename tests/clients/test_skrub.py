"""skrub's TableVectorizer and tabular_pipeline, on frames with columns of many kinds."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive.query import Badge, BalancedQuery, CoreSet, MarginSampling, TypiClust

skrub = pytest.importorskip("skrub")
pd = pytest.importorskip("pandas")

STRATEGIES = [MarginSampling(), CoreSet(), Badge(), TypiClust(), BalancedQuery()]


@pytest.fixture
def table(iris):
    """Numbers with missing values, an informative color, free text and dates."""
    X, y = iris
    rng = np.random.RandomState(0)
    colors = np.array(["blue", "green", "red"])[np.where(rng.rand(150) < 0.7, y, 0)]
    frame = pd.DataFrame(
        {
            "length": np.where(rng.rand(150) < 0.1, np.nan, X[:, 2]),
            "width": X[:, 3],
            "color": colors,
            "note": [f"flower {i} of bed {i % 7}" for i in range(150)],
            "day": pd.date_range("2024-01-01", periods=150),
        }
    )
    return frame, np.array(["setosa", "versicolor", "virginica"])[y]


@pytest.mark.filterwarnings("ignore:Found unknown categories")
@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_table_vectorizer(table, strategy):
    X, y = table
    estimator = make_pipeline(
        skrub.TableVectorizer(),
        SimpleImputer(),
        StandardScaler(),
        LogisticRegression(max_iter=300),
    )
    learner = ActiveLearner(estimator, strategy, budget=50, random_state=0).fit(X, y)
    assert learner.score(X, y) > 0.8


@pytest.mark.filterwarnings("ignore:Found unknown categories")
@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_tabular_pipeline_of_a_linear_model(table, strategy):
    X, y = table
    estimator = skrub.tabular_pipeline(LogisticRegression(max_iter=300))
    learner = ActiveLearner(estimator, strategy, budget=50, random_state=0).fit(X, y)
    assert learner.score(X, y) > 0.8


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_tabular_pipeline_of_trees(table, strategy):
    X, y = table
    estimator = skrub.tabular_pipeline("classifier")
    learner = ActiveLearner(estimator, strategy, budget=50, random_state=0).fit(X, y)
    assert learner.n_labels_ == 50 and learner.score(X, y) > 0.6


def test_a_fitted_vectorizer_as_embed(table):
    X, y = table
    embed = make_pipeline(skrub.TableVectorizer(), SimpleImputer(), StandardScaler()).fit(X)
    estimator = skrub.tabular_pipeline("classifier")
    learner = ActiveLearner(estimator, CoreSet(embed=embed.transform), random_state=0)
    picks = learner.query(X, 10)
    plain = ActiveLearner(query_strategy=CoreSet(), random_state=0).query(embed.transform(X), 10)
    assert picks.tolist() == plain.tolist()
