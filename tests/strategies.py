"""Every strategy that the package exports, found by introspection, ready to be asked."""

import inspect
from importlib import import_module
from importlib.util import find_spec

import skactive.query
from skactive.query import QueryStrategy, ScoringStrategy

# arguments of the strategies that cannot be made, or are slow, without any; None for those that
# read images and a net, which tests/deep is about
ARGUMENTS = {
    "FisherKernel": None,
    "VAAL": None,
    # one fit for each candidate and class
    "ExpectedErrorReduction": {"n_candidates": 8, "n_evaluated": 50},
    "ValueOfInformation": {"n_candidates": 2, "n_evaluated": 20},
}

# those that fit models on the labels of a learner, which a plain classifier does not hold
NEED_LABELS = {
    "BALD",
    "BatchBALD",
    "ContrastiveAL",
    "EpistemicUncertainty",
    "ExpectedErrorReduction",
    "ProbabilisticAL",
    "CostEmbedding",
    "GALAXY",
    "QUIRE",
    "QueryByCommittee",
    "Similar",
    "ValueOfInformation",
    "VariationRatios",
}

# the same strategy with other arguments, so that every path of it meets the common tests
VARIANTS = {
    "EntropySampling": [{"invert": True}],
    "MarginSampling": [{"invert": True}],
    "LeastConfidenceSampling": [{"invert": True}],
    "CLUE": [{"measure": "margin", "temperature": 0.5, "max_rows": 30}],
    # the exact solver has tests of its own: an integer program takes seconds
    "ClassBalancedSampling": [{"weight": 2.0, "strategy": skactive.query.MarginSampling()}],
    "CostSensitiveSampling": [{"measure": "margin"}],
    "ClusteredUncertainty": [{"alpha": 0.3, "n_clusters": 1, "side": "farthest"}],
    "ContrastiveAL": [{"n_neighbors": 1}],
    "DiscriminativeAL": [{"n_rounds": 1, "max_rows": 50}],
    "DropQuery": [{"rate": 0.5, "n_passes": 4, "max_rows": 30}],
    "EpistemicUncertainty": [{"gamma": 0.5}],
    "Falcun": [{"gamma": 0.5}],
    "InformationDensity": [{"strategy": skactive.query.MarginSampling(), "beta": 2.0}],
    "MaxHerding": [{"sigma": 2.0, "unit_norm": False, "max_rows": 40}],
    "ProbabilisticAL": [{"m_max": 1, "prior": 0.1}],
    "UncertaintyHerding": [{"measure": "entropy", "sigma": 0.5, "temperature": 2.0}],
    "QueryByCommittee": [{"measure": "consensus_entropy"}, {"measure": "kl"}],
    "BatchBALD": [{"n_configurations": 20}],
    "ProbCover": [{"delta": 1.5}, {"delta": 1.5, "max_pairs": 0}],
    "Subsampled": [{"n_rows": 40}, {"strategy": skactive.query.CoreSet(), "n_rows": 0.5}],
    "Partitioned": [
        {"part_rows": 50},
        {"part_rows": 100, "strategy": skactive.query.Subsampled(n_rows=20)},
    ],
    "Alternation": [{"every": 3}],
    "Similar": [{"form": "flvmi", "eta": 2.0}],
    "Diversified": [{"round_order": "class"}],
    "BalancedCoverage": [{"max_rows": 40}],
    "BalancedQuery": [
        {"denominator": "min", "patience": 2},
        {"strategy": skactive.query.RandomSampling(), "tie": "random"},
        {"strategy": skactive.query.CoreSet(), "denominator": "none"},
    ],
}


def exported(*modules):
    """Classes of strategies that modules export, without the abstract bases."""
    for module in modules:
        for name in module.__all__:
            thing = getattr(module, name)
            is_strategy = inspect.isclass(thing) and issubclass(thing, QueryStrategy)
            if is_strategy and thing not in (QueryStrategy, ScoringStrategy):
                yield thing


def modules():
    """The modules that export strategies; the deep one only if torch is installed."""
    yield skactive.query
    if all(map(find_spec, ("torch", "skorch", "skactive.deep"))):
        yield import_module("skactive.deep")


def all_strategies():
    """One instance of each strategy and of its variants; they read the learner's own model."""
    found = []
    for cls in exported(*modules()):
        if cls.__name__ in ARGUMENTS and ARGUMENTS[cls.__name__] is None:
            continue
        found.append(cls(**ARGUMENTS.get(cls.__name__, {})))
        found.extend(cls(**variant) for variant in VARIANTS.get(cls.__name__, []))
    return found


def plain_function(learner, X, n_queries):
    """A strategy that is a plain function."""
    return (-learner.predict_proba(X).max(axis=1)).argsort(kind="stable")[::-1][:n_queries]
