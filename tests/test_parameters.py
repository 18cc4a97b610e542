"""Every parameter of every public class and function declares what it may be, and is checked."""

import inspect

import numpy as np
import pytest
from sklearn import config_context
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive._parameters import Instance, ListOf, check_parameters, ints, reals, validated
from skactive._sklearn import InvalidParameterError, make_constraint
from skactive.model_selection import RareStratifiedKFold
from skactive.query import (
    BatchBALD,
    ClusteredUncertainty,
    CoreSet,
    Diversified,
    ExpectedErrorReduction,
    Filtered,
    InformationDensity,
    KMeansSampling,
    MarginSampling,
    Mixture,
    Partitioned,
    ProbCover,
    QueryByCommittee,
    QueryStrategy,
    Subsampled,
)

from .odd_parameters import ODD, X, objects, outcome, parameters_of, y

OBJECTS = dict(objects())
PARAMETERS = [
    (thing, name) for thing in OBJECTS.values() for name in parameters_of(thing)
]
# data, which have checks of their own
DATA = {"X", "y", "learner", "strategies"}


def declared(thing):
    return getattr(thing, "_parameter_constraints", {})


def ids(case):
    return case if isinstance(case, str) else case.__name__


@pytest.mark.parametrize("thing, name", PARAMETERS, ids=ids)
def test_is_declared(thing, name):
    assert name in declared(thing) or name in DATA


@pytest.mark.parametrize("thing, name", PARAMETERS, ids=ids)
def test_odd_values(thing, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a folder may be called "x"
    allowed = [make_constraint(each) for each in declared(thing).get(name, ())]
    for value in ODD:
        result, error = outcome(thing, name, value)
        if any(constraint.is_satisfied_by(value) for constraint in allowed):
            assert result != "inside", (value, error)
        elif allowed:
            assert result == "raised", (value, error)
            assert isinstance(error, InvalidParameterError), (value, error)
        else:
            assert result in ("raised", "stated"), (value, error)


@pytest.mark.parametrize(
    "strategy, name",
    [
        (BatchBALD(n_configurations=0), "n_configurations"),
        (ClusteredUncertainty(0), "alpha"),
        (ClusteredUncertainty(1.5), "alpha"),
        (ClusteredUncertainty(n_clusters=0), "n_clusters"),
        (ClusteredUncertainty(strategy=CoreSet()), "strategy"),
        (Diversified(CoreSet()), "strategy"),
        (Diversified(round_order="index"), "round_order"),
        (ExpectedErrorReduction("hinge"), "loss"),
        (Filtered(keep=1.5), "keep"),
        (Filtered(keep=0), "keep"),
        (InformationDensity(beta=np.inf), "beta"),
        (KMeansSampling(max_clusters=2.0), "max_clusters"),
        (KMeansSampling(dict), "embed"),
        (MarginSampling(invert=1), "invert"),
        (MarginSampling(model=GaussianNB), "model"),
        (Mixture([]), "strategies"),
        (Partitioned(CoreSet(), 2.5), "part_rows"),
        (ProbCover(purity=0), "purity"),
        (QueryByCommittee([GaussianNB()]), "committee"),
        (Subsampled(n_rows=0.0), "n_rows"),
        (Subsampled(n_rows=1.5), "n_rows"),
    ],
    ids=str,
)
def test_bounds(strategy, name):
    for call in (strategy, lambda *how: ActiveLearner(query_strategy=strategy).fit(X, y)):
        with pytest.raises(InvalidParameterError, match=f"^The '{name}' parameter of "):
            call(ActiveLearner(), X, 2)


def test_strategies_within_strategies_are_checked_before_anything_is_picked():
    inner = Mixture([MarginSampling(), Filtered(by=KMeansSampling(max_clusters=0))])
    with pytest.raises(ValueError, match="'max_clusters' parameter of KMeansSampling .* Got 0"):
        ActiveLearner(query_strategy=Subsampled(inner)).query(X)
    with pytest.raises(ValueError, match="'part_rows' parameter of Partitioned"):
        ActiveLearner(cold_start=Partitioned(part_rows=-1)).teach(X, y)


def test_numbers_of_numpy_are_numbers():
    learner = ActiveLearner(budget=np.int32(12), batch_size=np.uint8(3), n_initial=np.int64(4))
    learner.set_params(random_state=np.int16(0))
    learner.set_params(query_strategy=ClusteredUncertainty(np.float32(0.5), np.int8(1)))
    assert learner.fit(X, y).n_labels_ == 12
    for share in (0.5, np.float32(0.5), np.float64(0.5)):
        learner.set_params(query_strategy=Subsampled(n_rows=share))
        assert len(learner.query(X, 30)) == 30
    learner.set_params(verbose=np.bool_(False), query_strategy=MarginSampling(np.True_))
    assert len(learner.query(X, 2)) == 2


def test_an_estimator_is_a_classifier_and_an_object():
    with pytest.raises(TypeError, match=r"must be a classifier .* Got Ridge\(\) instead"):
        ActiveLearner(Ridge()).query(X)
    with pytest.raises(TypeError, match=r"Did you mean LogisticRegression\(\)\?$"):
        ActiveLearner(LogisticRegression).query(X)
    with pytest.raises(TypeError, match=r"Did you mean CoreSet\(\)\?$"):
        ActiveLearner(query_strategy=Mixture([MarginSampling(), CoreSet])).query(X)
    with pytest.raises(ValueError, match=r"an int in the range \[1, inf\)\. Got True instead\.$"):
        ActiveLearner(batch_size=True).query(X)


def test_nothing_is_lost_by_a_wrong_parameter():
    learner = ActiveLearner(GaussianNB(), random_state=0).teach(X[:9], y[:9])
    with pytest.raises(ValueError, match="n_jobs"):
        learner.set_params(n_jobs=0).teach(X[9:12], y[9:12])
    assert learner.n_labels_ == 9
    assert learner.set_params(n_jobs=None).teach(X[9:12], y[9:12]).n_labels_ == 12


def test_a_subclass_may_declare_or_not():
    class Undeclared(QueryStrategy):
        def __init__(self, power="high"):
            self.power = power

        def select(self, learner, pool, n_queries):
            return pool.positions[:n_queries]

        def requires_fit(self, learner):
            return False

    class Declared(Undeclared):
        _parameter_constraints = {"power": [ints(1, 3)]}

    assert ActiveLearner(query_strategy=Undeclared()).query(X, 2).tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"of Declared must be an int in the range \[1, 3\]"):
        ActiveLearner(query_strategy=Declared()).query(X, 2)
    assert ActiveLearner(query_strategy=Declared(3)).query(X, 2).tolist() == [0, 1]


def test_the_check_can_be_left_out_as_in_scikit_learn():
    with config_context(skip_parameter_validation=True):
        check_parameters(ActiveLearner(batch_size=0))
        assert RareStratifiedKFold(2.5).n_splits == 2.5
    with pytest.raises(ValueError, match="'batch_size' parameter of ActiveLearner"):
        check_parameters(ActiveLearner(batch_size=0))
    with pytest.raises(ValueError, match="'n_splits' parameter of RareStratifiedKFold"):
        RareStratifiedKFold(2.5)


def test_functions():
    @validated({"share": [reals(0, 1)], "names": [ListOf(str, "names", least=2), None]})
    def function(share, *, names=None):
        return share, names

    assert function(0.5, names=("a", "b")) == (0.5, ("a", "b"))
    assert list(inspect.signature(function).parameters) == ["share", "names"]
    with pytest.raises(ValueError, match=r"^The 'share' parameter of .*function must be a float"):
        function(1.0)
    with pytest.raises(TypeError, match="'names' .* must be a list of names or None. Got 'ab'"):
        function(0.5, names="ab")
    with pytest.raises(ValueError, match=r"Got \['a'\] instead"):
        function(0, names=["a"])
    with pytest.raises(TypeError, match=r"function\(\) missing 1 required positional argument"):
        function()


def test_an_object_with_methods():
    assert Instance("transform").is_satisfied_by(KMeansSampling()) is False
    assert str(Instance("transform")) == "an object implementing 'transform'"
