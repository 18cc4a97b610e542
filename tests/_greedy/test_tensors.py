"""Greedy maximization on the device gives the picks of the lazy numpy form."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive._greedy import tensors as greedy_tensors
from skactive._greedy.k_center import KCenter, TensorKCenter, contend
from skactive._greedy.nearest import SquaredDistances, nearest_squared
from skactive._greedy.tensors import TensorDistances, draw_by_distance
from skactive.pool import Pool
from skactive.query import badge
from skactive.selection import TieOrder

from .. import plain

torch = pytest.importorskip("torch")

N = 900
RNG = np.random.RandomState(0)
WIDE = np.maximum(RNG.normal(size=(N, 6)) @ RNG.normal(size=(6, 48)), 0)
POOLS = {
    "isotropic": RNG.normal(size=(N, 20)),
    "clustered": WIDE,
    "float32": WIDE.astype(np.float32),
    "far from the origin": (RNG.normal(size=(N, 8)) + 1e3).astype(np.float32),
    "whole numbers": RNG.randint(0, 4, size=(N, 3)).astype(float),
    "every row 18 times": np.repeat(RNG.normal(size=(50, 7)), 18, axis=0)[RNG.permutation(N)],
    "one feature": RNG.normal(size=(N, 1)),
    "all the same": np.ones((N, 3)),
    "too large to be squared in float32": (1e25 * RNG.normal(size=(N, 3))).astype(np.float32),
}


@pytest.fixture(params=["as it is", "small blocks"])
def sizes(request, monkeypatch):
    if request.param == "small blocks":
        monkeypatch.setattr(greedy_tensors, "_NUMBERS_A_BLOCK", 1 << 11)
        monkeypatch.setattr(greedy_tensors, "FRONT", (3, 17, 1 << 22))


def farthest(rows, labeled, pool, n, kind):
    coverage = kind(rows).extend(labeled)
    return coverage.farthest_first(pool, n, np.random.RandomState(3))


@pytest.mark.parametrize("n_labeled", [0, 5, 200])
@pytest.mark.parametrize("name", POOLS)
def test_k_center_is_that_of_arrays(name, n_labeled, sizes):
    rows = POOLS[name]
    pool = Pool(rows, np.arange(0, N, 7), ties=TieOrder(3))
    labeled = rows[:n_labeled] if n_labeled else None
    expected = farthest(rows, labeled, pool, 120, KCenter)
    labeled = torch.from_numpy(labeled) if n_labeled else None
    picks = farthest(torch.from_numpy(rows), labeled, pool, 120, TensorKCenter)
    assert_array_equal(picks, expected)


@pytest.mark.parametrize("name", sorted(set(POOLS) - {"too large to be squared in float32"}))
def test_the_draw_of_badge_is_that_of_arrays(name, sizes):
    rows = POOLS[name]
    pool = Pool(rows, np.arange(0, N, 7), ties=TieOrder(5, RNG.permutation(N)))
    probabilities = np.random.RandomState(1).dirichlet(np.ones(4), size=N)
    if name == "every row 18 times":
        probabilities[:] = probabilities[0]
    factor = badge.gradient_factor(probabilities, rows.dtype)
    expected = badge._draw(SquaredDistances(factor, rows), pool, 60, np.random.default_rng(1))
    tensor = torch.from_numpy(rows)
    distances = TensorDistances(greedy_tensors.gradient_factor(probabilities, tensor), tensor)
    picks = draw_by_distance(distances, pool, 60, np.random.default_rng(1))
    assert_array_equal(picks, expected)


def test_k_center_is_the_rule():
    rows = POOLS["isotropic"][:80]
    tensor = torch.from_numpy(rows)
    taken = TensorKCenter(tensor).extend(tensor[:4])
    picks = taken.farthest_first(Pool(rows), 20, None)
    assert picks.tolist() == plain.k_center(rows, range(4), 20)


def test_later_labels_are_taken_in():
    rows = torch.from_numpy(POOLS["clustered"])
    coverage, pool = TensorKCenter(rows).extend(rows[:5]), Pool(rows)
    first = coverage.farthest_first(pool, 10, None)
    then = coverage.extend(rows[first]).farthest_first(pool, 10, None)
    at_once = TensorKCenter(rows).extend(rows[:5]).farthest_first(pool, 20, None)
    assert_array_equal(np.append(first, then), at_once)
    assert coverage.n_labeled == 15


def test_none_and_all_rows():
    rows = torch.from_numpy(POOLS["isotropic"][:30])
    coverage = TensorKCenter(rows)
    assert coverage.farthest_first(Pool(rows), 0, None).dtype.kind == "i"
    every = coverage.farthest_first(Pool(rows), 30, np.random.RandomState(0))
    assert sorted(every) == list(range(30))
    distances = TensorDistances(rows, rows)
    assert len(draw_by_distance(distances, Pool(rows), 0, np.random.default_rng(0))) == 0
    every = draw_by_distance(distances, Pool(rows), 30, np.random.default_rng(0))
    assert sorted(every) == list(range(30))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_read_as_float32(dtype):
    rows = torch.from_numpy(POOLS["isotropic"]).to(dtype)
    expected = farthest(rows.float(), rows[:5].float(), Pool(rows), 40, TensorKCenter)
    assert_array_equal(farthest(rows, rows[:5], Pool(rows), 40, TensorKCenter), expected)


@pytest.mark.parametrize("precision", ["high", "medium"])
def test_bounds_hold_where_torch_may_round_products(precision):
    rows = torch.from_numpy(POOLS["float32"])
    expected = farthest(rows, rows[:5], Pool(rows), 60, TensorKCenter)
    before = TensorDistances(rows).tolerance
    torch.set_float32_matmul_precision(precision)
    try:
        assert TensorDistances(rows).tolerance > 1000 * before
        assert_array_equal(farthest(rows, rows[:5], Pool(rows), 60, TensorKCenter), expected)
    finally:
        torch.set_float32_matmul_precision("highest")


def test_products_are_not_rounded_under_autocast():
    rows = torch.from_numpy(POOLS["float32"])
    expected = farthest(rows, rows[:5], Pool(rows), 60, TensorKCenter)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_array_equal(farthest(rows, rows[:5], Pool(rows), 60, TensorKCenter), expected)


@pytest.mark.parametrize("name", POOLS)
def test_distances_and_bounds(name, sizes):
    rows = torch.from_numpy(POOLS[name])
    distances = TensorDistances(rows)
    distances.add(rows[10:60])
    values = distances.exact(torch.arange(N))
    exact = nearest_squared(POOLS[name], POOLS[name][10:60])
    assert_allclose(values, exact, rtol=1e-12, atol=0)
    bounds = torch.full((N,), np.inf, dtype=torch.float64)
    distances.screen(bounds)
    assert (bounds >= values).all()
    slack = 4 * distances.tolerance * (distances.norms + distances.norms.max())
    assert (bounds - values <= slack + 1e-30).all()
    # the same with any other rows in the call
    assert all(distances.exact(torch.tensor([k]))[0] == values[k] for k in (0, 11, N - 1))


def test_few_rows_are_measured(monkeypatch):
    measured, passes = [], []
    exact, screen = TensorDistances.exact, TensorDistances.screen
    monkeypatch.setattr(
        TensorDistances,
        "exact",
        lambda self, rows: measured.append(len(rows)) or exact(self, rows),
    )
    monkeypatch.setattr(
        TensorDistances, "screen", lambda self, *args: passes.append(1) or screen(self, *args)
    )
    rows = torch.from_numpy(np.random.RandomState(0).normal(size=(6000, 32)).astype(np.float32))
    farthest(rows, rows[:100], Pool(rows), 300, TensorKCenter)
    assert len(passes) < 30
    assert sum(measured) < 6000


def on_a_device_without_numbers():
    """Fake tensors of a GPU: shapes and devices without values, so that values cannot be read."""
    return pytest.importorskip("torch._subclasses.fake_tensor").FakeTensorMode()


def test_nothing_comes_to_the_host_while_rows_contend():
    with on_a_device_without_numbers() as mode:
        vectors = torch.empty(200, 16, device="cuda", dtype=torch.float64)
        values = torch.empty(200, device="cuda", dtype=torch.float64)
        chosen, heights = contend(vectors, values, 20)
        assert {chosen.device.type, heights.device.type} == {"cuda"}
        assert chosen.shape == heights.shape == (20,)
        stopped = torch._subclasses.fake_tensor.DataDependentOutputException
        with pytest.raises(stopped), mode:
            float(heights[0])


def test_a_pass_stays_on_the_device(monkeypatch):
    monkeypatch.setattr(greedy_tensors, "safe_precision", lambda vectors: vectors)
    with on_a_device_without_numbers():
        rows = torch.empty(300, 8, device="cuda")
        distances = TensorDistances(rows, torch.empty(300, 3, device="cuda"))
        distances.add_rows(torch.empty(5, device="cuda", dtype=torch.int64))
        bounds = torch.empty(300, device="cuda", dtype=torch.float64)
        distances.screen(bounds)
        assert bounds.device.type == "cuda" and distances.n_centers == 5
        probabilities = np.full((300, 3), 1 / 3)
        assert greedy_tensors.gradient_factor(probabilities, rows).device.type == "cuda"


def test_a_query_that_was_interrupted_leaves_nothing_behind(monkeypatch):
    rows = torch.from_numpy(np.random.RandomState(0).randn(200, 10))
    pool = Pool(rows)
    expected = TensorKCenter(rows).extend(rows[:5]).farthest_first(pool, 20, None)
    coverage = TensorKCenter(rows).extend(rows[:5])
    add, calls = TensorDistances.add, []

    def interrupted(self, *centers):
        add(self, *centers)
        calls.append(1)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TensorDistances, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            coverage.farthest_first(pool, 20, None)
    assert calls
    assert_array_equal(coverage.extend(None).farthest_first(pool, 20, None), expected)
