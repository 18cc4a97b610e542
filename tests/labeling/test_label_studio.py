"""Label Studio as a front end, against a stand-in for the server."""

import json
import threading

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import LabelingSession, LabelStudio, LabelStudioError
from skactive.labeling._label_studio_tasks import config_of, data_of, kind_of

from .jobs import assert_plain_loop
from .studio import LEGACY, FakeStudio, Person

RNG = np.random.RandomState(0)
y = np.arange(80) % 3
X = RNG.normal(size=(80, 4)) + y[:, None]
NAMES = np.array(["ham", "eggs", 'sp"<am'])
LEARNER = ActiveLearner(LogisticRegression(), budget=20, batch_size=5, random_state=0)


@pytest.fixture
def studio():
    studio = FakeStudio()
    yield studio
    studio.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "labels.db"


def open_session(path, pool=X, **options):
    return LabelingSession(LEARNER, pool, log=path, lookahead=0, classes=NAMES, **options)


def key_of(task):
    return json.loads(task["data"]["skactive_key"])


def label_all(person, project):
    for task in person.waiting(project):
        person.label(task["id"], NAMES[y[key_of(task)]])


def test_a_whole_job_is_the_plain_loop(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        while front.push():
            label_all(person, front.project)
            front.pull()
        assert_plain_loop(session, LEARNER, X, NAMES[y])
        assert set(session.labels["annotator"]) == {"ana@example.com"}
        seconds = [event["seconds"] for event in session.events.rows() if event["label"]]
        assert set(seconds) == {1.5}
    assert len(studio.all_tasks) == 20 and len(studio.projects) == 1


def test_rows_are_asked_in_pick_order(studio, path):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        assert front.push(3) == 3
        assert front.push(5) == 2
        person, asked = Person(studio.url), []
        for _ in range(5):
            task = person.next_task(front.project)
            asked.append(key_of(task))
            person.skip(task["id"])
        assert asked == [pick.key for pick in session.ask(5)]
    project = studio.projects[1]
    assert project["sampling"] == "Uncertainty sampling"
    versions = {task["predictions"][0]["model_version"] for task in studio.all_tasks.values()}
    assert versions == {project["model_version"]}
    assert all(task["predictions"][0]["result"] == [] for task in studio.all_tasks.values())


def test_skip_correction_deletion(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(4)
        tasks = person.waiting(front.project)
        first, second, third, _ = map(key_of, tasks)
        numbers = [person.label(task["id"], "ham") for task in tasks[:2]]
        person.skip(tasks[2]["id"])
        assert front.pull() == 3
        assert front.pull() == 0
        assert session.labels["key"].tolist() == [first, second]
        assert session.progress().n_skipped == 1
        person.correct(numbers[0], "eggs")
        person.delete(numbers[1])
        assert front.pull() == 2
        assert (session.labels["key"].tolist(), session.labels["label"].tolist()) == (
            [first],
            ["eggs"],
        )
        assert [pick.key for pick in session.ask()][0] == second
        assert front.push(2) == 0  # it is a task already
        assert third not in [pick.key for pick in session.ask()]


def test_a_correction_that_is_deleted_leaves_no_label(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(1)
        task = person.waiting(front.project)[0]
        number = person.label(task["id"], "ham")
        front.pull()
        person.correct(number, "eggs")
        front.pull()
        person.delete(number)
        assert front.pull() == 2
        assert session.labels["key"].tolist() == []


def test_the_latest_annotation_of_a_person_counts(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(1)
        task = person.waiting(front.project)[0]
        person.label(task["id"], "ham")
        number = person.label(task["id"], "eggs")
        front.pull()
        assert session.labels["label"].tolist() == ["eggs"]
        person.delete(number)
        front.pull()
        assert session.labels["label"].tolist() == ["ham"]


def test_everything_goes_on_after_a_restart(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push()
        person.label(person.waiting(front.project)[0]["id"], "ham")
        front.pull()
        key = session.labels["key"][0]
        session.undo(key)  # here, not there
        n_events = len(session.events["id"])
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        assert front.project == 1
        assert front.pull() == 0  # what was undone stays undone
        assert front.push() == 0
        assert len(session.events["id"]) == n_events
    assert len(studio.projects) == 1 and len(studio.all_tasks) == 5


def test_an_import_without_an_answer_makes_no_second_tasks(studio, path, monkeypatch):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.project
        call = front._api.call

        def cut(method, path, body=None, **query):
            answer = call(method, path, body, **query)
            if path.endswith("/import"):
                raise LabelStudioError("the line is dead")
            return answer

        monkeypatch.setattr(front._api, "call", cut)
        with pytest.raises(LabelStudioError, match="the line is dead"):
            front.push()
        monkeypatch.undo()
        assert front.push() == 0
    assert len(studio.all_tasks) == 5


def test_rows_answered_elsewhere_are_withdrawn(studio, path):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(3)
        pick = session.ask(1)[0]
        session.label(pick.key, "ham")
        front.push(3)
        assert pick.key not in map(key_of, studio.all_tasks.values())
        session.undo(pick.key)
        front.push(1)
        assert pick.key in map(key_of, studio.all_tasks.values())


def test_deleted_tasks_are_made_again_where_the_row_waits(studio, path):
    """In the same session, and without an undo of answers that were taken in."""
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(3)
        answered, waiting, _ = person.waiting(front.project)
        person.label(answered["id"], NAMES[y[key_of(answered)]])
        front.pull()
        for task in (answered, waiting):
            person.api.call("DELETE", f"/api/tasks/{task['id']}/")
        assert front.pull() == 0
        assert front.push(2) == 1
        assert [key_of(task) for task in person.waiting(front.project)][-1] == key_of(waiting)
        assert session.labels["key"].tolist() == [key_of(answered)]
        assert front.push(2) == 0
        session.undo()
        assert front.push(3) == 1
        keys = [key_of(task) for task in studio.all_tasks.values()]
        assert sorted(keys) == sorted(pick.key for pick in session.ask(3))


def test_a_task_made_by_hand_is_left_alone(studio, path):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(2)
        number = studio.post_projects_import(front.project, None, [{"data": {"text": "mine"}}])
        assert front.push(3) == 1
        assert front.push(3) == 0
        assert number[1]["task_ids"][0] in studio.all_tasks


def test_unknown_classes_and_new_ones(studio, path):
    person = Person(studio.url)
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(2)
        one, other = person.waiting(front.project)
        person.label(one["id"], "bacon")
        person.label(other["id"], "ham")
        with pytest.warns(UserWarning, match="'bacon' for"):
            assert front.pull() == 1
        session.add_class("bacon")
        assert front.pull() == 1
        assert set(session.labels["label"]) == {"bacon", "ham"}
        assert "bacon" not in studio.projects[1]["label_config"]
        front.push()
        assert "bacon" in studio.projects[1]["label_config"]


def test_personal_tokens(studio, path):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, "a.b.c")
        front.push(2)
        studio.access = "access-2"  # the one before has run out
        front.push(3)
        assert studio.calls.count(("POST", "/api/token/refresh/")) == 2
        with pytest.raises(LabelStudioError, match="answers 401 .* Is the token right"):
            LabelStudio(session, studio.url, "x.y.z").push()


def test_errors_of_the_server(studio, path):
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        front.push(1)
        studio.fail = 400
        with pytest.raises(LabelStudioError, match=r"400 \(broken {'a': \['b'\]}\)") as caught:
            front.pull()
        assert caught.value.status == 400
        with pytest.raises(LabelStudioError):
            front.watch(every=0)
        studio.fail = None
        assert front.pull() == 0
        nobody = LabelStudio(session, "http://127.0.0.1:9", LEGACY, timeout=5)
        with pytest.raises(LabelStudioError, match="Does Label Studio run there"):
            nobody.push()


def test_watch(studio, path):
    person, stopped = Person(studio.url), threading.Event()
    with open_session(path) as session:
        front = LabelStudio(session, studio.url, LEGACY)
        looks = []

        def until():
            looks.append(studio.fail)
            studio.fail = 503 if len(looks) == 2 else None
            if studio.fail is None:
                label_all(person, front.project)
            return stopped.is_set()

        with pytest.warns(UserWarning, match="Will ask again later"):
            assert front.watch(every=0.001, until=until) == 20
        assert session.progress().n_labels == 20
        assert 503 in looks
        stopped.set()
        assert front.watch(every=0.001, until=until) == 0


def test_a_configuration_of_ones_own(studio, path):
    config = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"/></View>'
    with open_session(path) as session:
        front = LabelStudio(
            session, studio.url, LEGACY, config=config, data=lambda row: {"t": str(row[0])}
        )
        front.push(1)
        pick = session.ask(1)[0]
    assert studio.projects[1]["label_config"] == config
    assert studio.all_tasks[1]["data"]["t"] == str(pick.row[0])


def test_configurations():
    config = config_of("text", NAMES)
    assert '<Choice value=\'sp"&lt;am\' hotkey="3"/>' in config
    assert config.count("hotkey") == 3
    assert '<Image name="row" value="$row"/>' in config_of("image", range(12))
    assert config_of("table", range(12)).count("hotkey") == 10
    assert data_of({"a": 1}) == {"row": {"a": "1"}}
    assert data_of(np.zeros((4, 4)))["row"].startswith("data:image/png;base64,")
    assert kind_of("https://example.com/a.PNG?x=1") == "image"
    assert kind_of("see https://example.com/a.png") == kind_of("a.png") == "text"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"url": "file:///etc/passwd"}, "must begin with http"),
        ({"title": "x"}, "3 to 50"),
        ({"project": 0}, "'project' parameter"),
        ({"timeout": 0}, "'timeout' parameter"),
    ],
)
def test_bad_parameters(path, options, match):
    with open_session(path) as session, pytest.raises(ValueError, match=match):
        LabelStudio(session, **{"url": "http://127.0.0.1:9", "token": "t", **options})
