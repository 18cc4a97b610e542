"""The report: counts, intervals, stopping signals, the forecast, the picture."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from skactive import ActiveLearner
from skactive.labeling._forecast import forecast
from skactive.labeling._intervals import mean_share_interval, wilson_interval
from skactive.metrics import imbalance_ratio
from skactive.stopping import kappa

from .jobs import Job, answer_all


@pytest.fixture
def job(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(budget=60, batch_size=10, random_state=0)
    return Job(learner, X, y, tmp_path / "labels.db", n_audit=60, classes=range(11))


def test_the_numbers_of_a_job(job):
    with job.open() as session:
        answer_all(session, job.y)
        report, learner = session.report(), session.learner
        audit = session.audit_labels
        labels = session.labels["label"]
    predicted = learner.predict(job.X[audit["position"]])
    truth = audit["label"]
    assert report.accuracy.value == pytest.approx(np.mean(predicted == truth))
    ends = wilson_interval(np.sum(predicted == truth), 60)
    assert (report.accuracy.low, report.accuracy.high) == pytest.approx(ends)
    assert report.class_accuracy.value == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert report.class_accuracy.low < report.class_accuracy.value < report.class_accuracy.high
    expected = confusion_matrix(truth, predicted, labels=range(11))
    assert np.array_equal(report.confusion, expected)
    assert report.n_classes_found == len({*labels.tolist(), *truth.tolist()})
    assert report.imbalance_ratio == pytest.approx(imbalance_ratio(labels, range(11)))
    assert report.progress.class_counts == {c: int(np.sum(labels == c)) for c in range(11)}
    shares = dict(zip(report.class_shares["class"].tolist(), report.class_shares["share"]))
    assert shares[0] == pytest.approx(np.mean(truth == 0))


@pytest.mark.parametrize("is_opened_again", [False, True])
def test_the_history_is_that_of_the_models(job, is_opened_again):
    session = job.open()
    while picks := session.ask():
        for pick in picks:
            job.right(session, pick)
        if is_opened_again:
            session.close()
            session = job.open()
    report = session.report()
    keys = session.labels["position"]
    audit = session.audit_labels
    session.close()
    models = []
    for n in (10, 20, 30, 40, 50):
        learner = ActiveLearner(random_state=0)
        learner.query(job.X, 0)
        models.append(learner.teach(job.X[keys[:n]], job.y[keys[:n]]))
    said = [model.predict(job.X) for model in models]
    history = report.history
    assert history["n_labels"].tolist() == [10, 20, 30, 40, 50]
    kappas = [kappa(a, b) for a, b in zip(said[:-1], said[1:])]
    assert history["kappa"].tolist() == [None, *map(pytest.approx, kappas)]
    changes = [np.mean(a != b) for a, b in zip(said[:-1], said[1:])]
    assert history["change"].tolist() == [None, *map(pytest.approx, changes)]
    right = [model.score(job.X[audit["position"]], audit["label"]) for model in models]
    assert history["accuracy"].tolist() == pytest.approx(right)
    assert history["n_classes"].tolist() == [len(set(job.y[keys[:n]])) for n in range(10, 51, 10)]


def test_it_prints(job):
    with job.open() as session:
        empty = str(session.report())
        assert "accuracy unknown" in empty
        assert "no class found yet" in empty
        answer_all(session, job.y)
        text = str(session.report())
    assert text.startswith("60 of 60 labels, 60 of 60 audit rows")
    assert "on 60 audit rows" in text
    assert "without 10: no audit row has this label" in text
    assert "the model still changes" in text


@pytest.mark.parametrize("n_audit, found", [(0, "1 class found"), (1, "2 classes found")])
def test_the_line_of_the_classes(iris, tmp_path, n_audit, found):
    X, _ = iris
    learner = ActiveLearner(n_initial=3, random_state=0)
    names = ["ham", "spam"]
    job = Job(learner, X, None, tmp_path / "l.db", classes=names, n_audit=n_audit)
    with job.open() as session:
        assert "no class found yet" in str(session.report())
        for pick in session.ask(3 + n_audit):
            session.label(pick.key, "spam" if pick.why["strategy"] == "audit" else "ham")
        report = session.report()
    assert report.imbalance_ratio == imbalance_ratio(["ham"] * 3, names) == 1.0
    only = ", 1 of them in audit rows only" if n_audit else ""
    assert f"{found}{only} (ham: 3, spam: 0), imbalance ratio 1.00" in str(report)


def test_a_class_of_audit_rows_alone(iris, tmp_path):
    X, _ = iris
    job = Job(ActiveLearner(random_state=0), X, None, tmp_path / "l.db", n_audit=1)
    with job.open() as session:
        pick = next(p for p in session.ask() if p.why["strategy"] == "audit")
        session.label(pick.key, "spam")
        assert "1 class found, 1 of them in audit rows only (spam: 0)\n" in str(session.report())


def test_why_the_accuracy_is_unknown(iris, tmp_path):
    X, y = iris
    learner = ActiveLearner(random_state=0)
    with Job(learner, X, y, tmp_path / "none.db").open() as session:
        assert "accuracy unknown: the job has no audit rows (n_audit=0)" in str(session.report())
    with Job(learner, X, y, tmp_path / "some.db", n_audit=2).open() as session:
        why = "accuracy unknown: none of the 2 audit rows has a label yet"
        assert why in str(session.report())
        for pick in session.ask():
            if pick.why["strategy"] == "audit":
                session.label(pick.key, 0)
        assert "accuracy unknown: there is no model yet" in str(session.report())


def test_a_report_half_way_through_a_round(job):
    with job.open() as session:
        for pick in session.ask(5):
            job.right(session, pick)
        report = session.report()
        assert report.progress.n_labels < 10
        assert report.history.n_rows == 0
        assert "no two models" in str(report)


def test_the_picture(job):
    plt = pytest.importorskip("matplotlib.pyplot")
    with job.open() as session:
        answer_all(session, job.y)
        report = session.report()
    axes = plt.figure().subplots(3)
    display = report.plot(axes)
    assert [ax.get_ylabel() for ax in display.axes_][0] == "Accuracy (audit)"
    line = display.axes_[0].get_lines()[0]
    assert line.get_xdata().tolist() == report.history["n_labels"].tolist()
    assert line.get_ydata().tolist() == report.history["accuracy"].tolist()
    plt.close("all")


def test_wilson_is_that_of_scipy_but_for_few_hits_or_misses():
    for hits, n in [(0, 10), (10, 10), (37, 50), (4, 50), (46, 50)]:
        expected = tuple(binomtest(hits, n).proportion_ci(method="wilson"))
        assert tuple(map(float, wilson_interval(hits, n))) == pytest.approx(expected)
    for few in (1, 2, 3):
        low, high = binomtest(few, 100).proportion_ci(method="wilson")
        least, most = wilson_interval(few, 100)
        assert 1 - poisson.cdf(few - 1, 100 * least) == pytest.approx(0.05)
        assert least < low and most == pytest.approx(high)
        assert wilson_interval(100 - few, 100) == pytest.approx((1 - most, 1 - least))


@pytest.mark.parametrize("n", [50, 100, 200])
def test_the_share_of_intervals_that_hold_a_share(n):
    """Exact, over shares up to 0.9995: at least 92.5 of 100 intervals contain each share."""
    shares, hits = np.linspace(0.5, 0.9995, 1000), np.arange(n + 1)
    low, high = wilson_interval(hits, n)
    is_held = (low[:, None] <= shares) & (shares <= high[:, None])
    held = np.sum(binom.pmf(hits[:, None], n, shares) * is_held, axis=0)
    assert held.min() > 0.925
    assert 0.945 < held.mean() < 0.955
    assert np.mean((held > 0.93) & (held < 0.97)) > 0.9


@pytest.mark.parametrize(
    ("shares", "accuracies"),
    [
        ([0.1] * 10, [0.95] * 10),
        ([0.5, 0.3, 0.15, 0.05], [0.98, 0.9, 0.8, 0.5]),
        ([0.6] + [0.05] * 8, [0.99] + [0.8] * 8),
    ],
)
def test_intervals_hold_the_truth_as_often_as_they_say(shares, accuracies):
    stream = np.random.RandomState(0)
    accuracies, held = np.array(accuracies), []
    for _ in range(600):
        n = stream.multinomial(150, shares)
        hits = stream.binomial(n, accuracies)
        low, high = mean_share_interval(hits[n > 0], n[n > 0])
        held.append(low <= accuracies[n > 0].mean() <= high)
    assert 0.91 <= np.mean(held) <= 0.98


def test_the_forecast_of_a_power_law():
    """Errors of 0.4 (n / 10)^-0.5 on very many rows: the law itself comes out."""
    n_labels = np.arange(50, 160, 10)
    errors = 0.4 * (n_labels / 10) ** -0.5
    correct = np.arange(20_000)[None, :] / 20_000 >= errors[:, None]
    said = forecast(n_labels, correct, [0.02] * len(n_labels))
    expected = 0.4 * (15**-0.5 - 25**-0.5)
    assert said.gain == pytest.approx(expected, abs=2e-4)
    assert said.low <= said.gain <= said.high
    assert said.changed == pytest.approx(10 * 0.02)
    assert "+2.3 points" in str(said)


def test_too_little_for_a_forecast():
    said = forecast([10, 20], np.ones((2, 50), dtype=bool), [None, 0.5])
    assert said.gain is None and said.changed is None
    assert "too few rounds" in str(said)
    assert forecast([], np.ones((0, 0), dtype=bool), []).gain is None
