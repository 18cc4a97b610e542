"""Answers of people: labels, skips, flags, corrections, undo, several people, budget."""

import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner
from skactive.labeling import LabelingSession, LabelLogError, PoolChangedError
from skactive.query import MarginSampling

from .jobs import Job, answer_all, labels_of, plain_loop, same_model


@pytest.fixture
def job(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(budget=30, batch_size=5, random_state=0)
    return Job(learner, X, y, tmp_path / "labels.db")


def test_unanswered_rows_come_first_and_ask_changes_nothing(job):
    with job.open() as session:
        picks = session.ask(4)
        assert session.ask(4) == picks
        session.label(picks[1].key, 3)
        assert session.ask(3) == [picks[0], picks[2], picks[3]]
        assert session.progress().n_waiting == 4
    with job.open() as session:
        assert session.ask(3) == [picks[0], picks[2], picks[3]]


def test_a_pick_holds_its_row_and_why(job):
    job.learner.set_params(query_strategy=MarginSampling())
    with job.open() as session:
        answer_all_of_round(job, session)
        answer_all_of_round(job, session)
        pick = session.ask(1)[0]
        assert np.array_equal(pick.row, job.X[pick.position])
        assert pick.key == pick.position
        assert pick.why["strategy"] == "MarginSampling"
        assert pick.why["round"] == 3
        assert pick.why["score"] == pytest.approx(-pick.why["margin"])
        assert len(pick.why["nearest"]) == 3
        counts = pick.why["counts"]
    with job.open() as session:
        taught = labels_of(session)[:10]
    assert counts == {str(c): sum(label == c for _, label in taught) for c in map(int, counts)}


def test_a_pool_of_dicts_with_keys(digits, tmp_path):
    X, y = digits
    records = [{str(k): pixel for k, pixel in enumerate(row) if pixel} for row in X[:90].tolist()]
    model = make_pipeline(DictVectorizer(), LogisticRegression())
    learner = ActiveLearner(model, budget=20, batch_size=5, random_state=0)
    keys = [f"image {k}" for k in range(90)]
    job = Job(learner, records, y, tmp_path / "labels.db", keys=keys)
    with job.open() as session:
        first = session.ask(1)[0]
        assert first.row == records[first.position] and first.key == keys[first.position]
        assert len(answer_all(session, y, 7)) == 20
        assert session.learner.predict(records).shape == (90,)
    with job.open() as session:
        assert session.progress().n_labels == 20
    job.X = [*records[:first.position], {}, *records[first.position + 1:]]
    with pytest.raises(PoolChangedError, match=f"key '{first.key}'"):
        job.open()


def answer_all_of_round(job, session):
    for pick in session.ask():
        job.right(session, pick)


def test_a_skipped_row_is_replaced_and_not_asked_again(job):
    with job.open() as session:
        first = session.ask(2)
        session.skip(first[0].key)
        session.flag(first[1].key, "blurred")
        asked = answer_all(session, job.y)
        assert session.progress().n_labels == 30
        assert session.progress().n_skipped == session.progress().n_flagged == 1
        assert not {first[0].position, first[1].position} & set(asked)
        assert len(set(asked)) == 30
        extra = [event for event in session.events.rows() if event["event"] == "flag"]
        assert extra[0]["extra"] == {"note": "blurred"}


def test_an_undone_skip_is_asked_again(job):
    with job.open() as session:
        key = session.ask(1)[0].key
        session.skip(key)
        assert key not in [pick.key for pick in session.ask()]
        assert session.undo() == key
        assert session.ask(1)[0].key == key


def test_undo_brings_back_the_answer_before(job):
    with job.open() as session:
        key = session.ask(1)[0].key
        assert session.undo() is None
        session.label(key, 3)
        session.label(key, 4)
        session.undo()
        assert labels_of(session) == [(key, 3)]
        session.undo(key)
        assert labels_of(session) == []
        assert session.undo() is None
        assert [event["event"] for event in session.events.rows()][-4:] == [
            *("label", "label", "undo", "undo")
        ]


def test_undo_takes_back_what_a_person_said(job):
    with job.open() as session:
        one, two = (pick.key for pick in session.ask(2))
        session.label(one, 1, annotator="ana")
        session.label(two, 2, annotator="ben")
        assert session.undo(annotator="ana") == one
        assert labels_of(session) == [(two, 2)]


@pytest.mark.parametrize("is_opened_again", [False, True])
def test_a_correction_changes_what_follows_not_what_was_asked(job, is_opened_again):
    session = job.open()
    answer_all_of_round(job, session)
    answer_all_of_round(job, session)
    asked = [key for key, _ in labels_of(session)]
    wrong = asked[2]
    session.label(wrong, (job.y[wrong] + 1) % 10)
    answer_all_of_round(job, session)
    session.label(wrong, int(job.y[wrong]))
    if is_opened_again:
        session.close()
        session = job.open()
    answer_all(session, job.y)
    labels = labels_of(session)
    assert [key for key, _ in labels][:10] == asked
    assert [label for _, label in labels] == [job.y[key] for key, _ in labels]
    plain = ActiveLearner(budget=30, random_state=0)
    plain.query(job.X, 0)
    keys = [key for key, _ in labels]
    assert same_model(session.learner, plain.teach(job.X[keys], job.y[keys]), job.X)
    session.close()


def test_the_learner_half_way_through_a_round_knows_all_labels(job):
    with job.open() as session:
        answer_all_of_round(job, session)
        for pick in session.ask(2):
            job.right(session, pick)
        assert session.learner.n_labels_ == 7
        session.learner.query(job.X)  # moves no stream of the session
        answer_all(session, job.y)
        asked = [key for key, _ in labels_of(session)]
    assert asked == plain_loop(job.learner, job.X, job.y)[0]


def test_the_budget_holds_and_may_be_raised(job):
    with job.open() as session:
        answer_all(session, job.y)
        assert session.ask() == []
        free = next(k for k in range(300) if k not in session.labels["key"])
        with pytest.raises(ValueError, match="budget of 30 labels is spent"):
            session.label(free, 1)
        session.label(session.labels["key"][0], 1)  # a correction
    job.learner.set_params(budget=33)
    with job.open() as session:
        assert len(answer_all(session, job.y)) == 3


def test_an_undone_label_makes_room_in_the_budget(job):
    with job.open() as session:
        answer_all(session, job.y)
        key = session.undo()
        assert [pick.key for pick in session.ask()] == [key]


def test_the_pool_may_end(tmp_path, iris):
    X, y = iris
    job = Job(ActiveLearner(random_state=0), X[:23], y[:23], tmp_path / "labels.db")
    with job.open() as session:
        assert sorted(answer_all(session, y)) == list(range(23))
        assert session.ask() == []


def test_audit_rows_are_drawn_first_and_never_taught(job):
    job.options["n_audit"] = 12
    with job.open() as session:
        audit = session.log.events()["key"][:12].tolist()
        assert len(set(audit)) == 12
        asked = answer_all(session, job.y)
        assert set(audit) <= set(asked)
        assert not set(audit) & set(session.labels["key"].tolist())
        assert sorted(session.audit_labels["key"].tolist()) == sorted(audit)
        assert session.progress().n_labels == 30
        assert session.learner.n_labels_ == 30
        # mixed in: one after each of the first picks
        assert [position in audit for position in asked[:24]] == [False, True] * 12
    with job.open() as session:
        assert session.progress().n_audited == 12
    job.options["n_audit"] = 13
    with pytest.raises(ValueError, match="n_audit is 13, but the job began with 12"):
        job.open()


def test_more_audit_rows_than_labels_are_all_asked(job):
    job.options["n_audit"] = 70
    with job.open() as session:
        assert len(answer_all(session, job.y)) == 100


def test_an_audit_leaves_the_picks_of_a_loop_that_excludes_it(job):
    job.options["n_audit"] = 12
    with job.open() as session:
        audit = session.log.events()["key"][:12].astype(int)
        picks = [position for position in answer_all(session, job.y) if position not in audit]
    learner, taken = ActiveLearner(budget=30, batch_size=5, random_state=0), []
    while len(taken) < 30:
        positions = learner.query(job.X, exclude=[*taken, *audit])
        learner.teach(job.X[positions], job.y[positions])
        taken += positions.tolist()
    assert picks == taken


def test_labels_of_several_people(job):
    with job.open() as session:
        one, two = (pick.key for pick in session.ask(2))
        session.label(one, 1, annotator="ana")
        session.label(one, 1, annotator="ben")
        session.label(one, 2, annotator="cleo")
        session.label(two, 5, annotator="ana")
        assert labels_of(session) == [(one, 1), (two, 5)]
        disagreements = session.disagreements()
        assert disagreements["key"].tolist() == [one] * 3
        assert disagreements["annotator"].tolist() == ["ana", "ben", "cleo"]
        session.label(one, 2, annotator="ben")
        assert labels_of(session)[0] == (one, 2)
        session.label(two, 6, annotator="ben")  # one each: the latest counts
        assert labels_of(session)[1] == (two, 6)
        session.skip(two, annotator="ben")  # who does not know has no label
        assert labels_of(session)[1] == (two, 5)


def test_a_row_that_another_process_labeled_meanwhile(job):
    with job.open() as ana, job.open() as ben:
        picks = ana.ask(2)
        assert ben.ask(2) == picks
        ben.label(picks[0].key, 1, annotator="ben")
        assert ana.ask(1) == [picks[1]]
        ana.label(picks[0].key, 2, annotator="ana")
        assert ben.disagreements()["label"].tolist() == [1, 2]


def test_two_processes_make_one_job(job):
    with job.open() as ana, job.open() as ben:
        number = 0
        while picks := (ana, ben)[number % 2].ask(1):
            job.right((ben, ana)[number % 2], picks[0])
            number += 1
        asked = [key for key, _ in labels_of(ana)]
    assert asked == plain_loop(job.learner, job.X, job.y)[0]


def test_a_closed_session_says_so(job):
    with job.open() as session:
        pick = session.ask(1)[0]
        learner = session.learner
    session.close()
    assert learner.n_labels_ == 0
    calls = [
        lambda: session.learner,
        lambda: session.labels,
        lambda: session.ask(1),
        lambda: session.label(pick.key, 1),
        session.report,
    ]
    for call in calls:
        with pytest.raises(ValueError, match="label log .* is closed"):
            call()
    with job.open() as session:
        assert session.ask(1)[0].key == pick.key


def test_new_classes(tmp_path, iris):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    job = Job(ActiveLearner(random_state=0), X, names, tmp_path / "labels.db")
    job.options["classes"] = ["setosa", "versicolor"]
    with job.open() as session:
        key = session.ask(1)[0].key
        with pytest.raises(ValueError, match="'virginica' is not one of the classes"):
            session.label(key, "virginica")
        session.add_class("virginica")
        session.label(key, "virginica")
        with pytest.raises(ValueError, match="already one of the classes"):
            session.add_class("virginica")
    with pytest.raises(ValueError, match="lacks .'virginica'"):
        job.open()
    del job.options["classes"]
    with job.open() as session:
        assert session.classes == ["setosa", "versicolor", "virginica"]


@pytest.mark.parametrize("label", [None, np.nan, float("nan"), "", "  ", " ham", 1.5, object()])
def test_what_is_no_label_is_named(job, label):
    with job.open() as session:
        key = session.ask(1)[0].key
        with pytest.raises((ValueError, TypeError), match="label|class"):
            session.label(key, label)
        assert session.progress().n_labels == 0
        assert session.ask(1)[0].key == key


def test_missing_labels_of_pandas(job):
    pandas = pytest.importorskip("pandas")
    with job.open() as session:
        with pytest.raises(ValueError, match="is not a label.*skip"):
            session.label(session.ask(1)[0].key, pandas.NA)


def test_labels_of_two_types_or_by_another_spelling(job):
    with job.open() as session:
        one, two = (pick.key for pick in session.ask(2))
        session.label(one, "Ham")
        with pytest.raises(TypeError, match="All labels must be strings"):
            session.label(two, 3)
        with pytest.raises(ValueError, match="Did you mean 'Ham'"):
            session.label(two, "ham")


@pytest.mark.parametrize("key", ["x", 300, -1, 2.5, None, "0"])
def test_unknown_keys(job, key):
    with job.open() as session:
        for method in (session.skip, session.flag, session.undo, lambda k: session.label(k, 1)):
            if key is None and method == session.undo:
                continue
            with pytest.raises(ValueError, match="no row of the pool has the key"):
                method(key)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"lookahead": 2}, ValueError, "'lookahead' .* in the range .* Got 2"),
        ({"display": "text"}, TypeError, "'display' .* a callable"),
        ({"n_audit": 300}, ValueError, "n_audit must be"),
        ({"n_audit": 1.5}, TypeError, "'n_audit' .* must be an int"),
        ({"keys": ["a"]}, ValueError, "holds 1 keys"),
        ({"keys": ["a"] * 300}, ValueError, "'a' twice"),
        ({"classes": []}, ValueError, "classes is empty"),
        ({"classes": ["a", "a"]}, ValueError, "twice"),
        ({"classes": ["a", 1]}, TypeError, "All labels must be"),
    ],
)
def test_bad_options_raise_and_leave_no_file(job, options, error, match):
    job.options.update(options)
    with pytest.raises(error, match=match):
        job.open()
    assert not job.path.exists()


@pytest.mark.parametrize("n", [0, -1, 1.5, True])
def test_how_many(job, n):
    with job.open() as session, pytest.raises((ValueError, TypeError), match="n must be"):
        session.ask(n)


def test_a_session_goes_on_where_a_pool_grew(job):
    with job.open() as session:
        answer_all_of_round(job, session)
    job.X = np.concatenate([job.X, job.X[:10] + 0.5])
    with job.open() as session:
        assert len(session.ask()) == 5


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda X: X[::-1], "another order, 300 have moved"),
        (lambda X: X[:299], "had 300 rows and now has only 299"),
        (lambda X: X.astype(np.float32), "float64.*is of type array of float32"),
        (lambda X: np.concatenate([X[:5], X[5:6] + 1, X[6:]]), "1 of the 300.*position 5"),
        (lambda X: X[:, :-1], "shape"),
    ],
)
def test_a_pool_that_changed_raises_and_says_what(job, change, match):
    with job.open() as session:
        answer_all_of_round(job, session)
    X, job.X = job.X, change(job.X)
    with pytest.raises(PoolChangedError, match=match):
        job.open()
    job.X = X
    with job.open() as session:
        assert session.progress().n_labels == 5


def test_a_frame_is_known_by_its_index(iris, tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = iris
    frame = pandas.DataFrame(X, index=[f"plant {k:03d}" for k in range(150)])
    job = Job(ActiveLearner(random_state=0, budget=20), frame, y, tmp_path / "labels.db")
    with job.open() as session:
        pick = session.ask(1)[0]
        assert pick.key == f"plant {pick.position:03d}"
        assert pick.row.equals(frame.iloc[pick.position])
        answer_all(session, y)
        assert session.labels["key"][0] == frame.index[session.labels["position"][0]]
    job.X = frame.set_axis(range(150))
    with pytest.raises(PoolChangedError, match="150 of the 150 rows checked have changed"):
        job.open()


def test_an_index_that_is_not_unique_is_not_used(iris, tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = iris
    frame = pandas.DataFrame(X, index=["a"] * 150)
    with Job(ActiveLearner(random_state=0), frame, y, tmp_path / "labels.db").open() as session:
        assert isinstance(session.ask(1)[0].key, int)


def test_another_learner_is_noticed(job):
    with job.open() as session:
        answer_all_of_round(job, session)
    job.learner.set_params(batch_size=7)
    with pytest.warns(UserWarning, match="batch_size was 5 and is 7"), job.open() as session:
        assert session.progress().n_labels == 5


def test_a_log_object_may_be_passed(job):
    from skactive.labeling import LabelLog

    log = LabelLog(job.path)
    with LabelingSession(job.learner, job.X, log, lookahead=0) as session:
        answer_all_of_round(job, session)
    assert len(log.rows()) == 10  # still open


def test_a_file_that_is_no_log(job):
    job.path.write_text("key,label\n")
    with pytest.raises(LabelLogError):
        job.open()


def test_a_label_that_cannot_be_written_is_asked_again(job, monkeypatch):
    with job.open() as session:
        pick = session.ask(1)[0]

        def full(**fields):
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(session.log, "append", full)
            with pytest.raises(OSError, match="full"):
                job.right(session, pick)
        assert session.ask(1) == [pick]
        job.right(session, pick)
        assert session.ask(1) != [pick]
