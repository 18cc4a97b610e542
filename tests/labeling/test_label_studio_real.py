"""Label Studio itself, started here with its data in a temporary folder.

It needs an environment of its own: pip install label-studio. The program is
looked for on the PATH, or where the environment variable LABEL_STUDIO says.
"""

import json
import os
import shutil

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import LabelingSession, LabelStudio, LabelStudioError

from .jobs import assert_plain_loop
from .servers import StudioServer
from .studio import LEGACY, Person

PROGRAM = shutil.which(os.environ.get("LABEL_STUDIO", "label-studio"))
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no label-studio on the PATH or in LABEL_STUDIO"
)

RNG = np.random.RandomState(0)
y = np.arange(60) % 3
X = RNG.normal(size=(60, 4)) + y[:, None]
NAMES = np.array(["ham", "eggs", 'sp"<am'])
LEARNER = ActiveLearner(LogisticRegression(), budget=15, batch_size=5, random_state=0)
TEXTS = [f"<script>alert({k})</script> text {k}" for k in range(60)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = StudioServer(PROGRAM, tmp_path_factory.mktemp("label_studio"))
    server.start()
    yield server
    server.stop()


def open_session(path, pool=X, **options):
    return LabelingSession(LEARNER, pool, log=path, lookahead=0, classes=NAMES, **options)


def key_of(task):
    return json.loads(task["data"]["skactive_key"])


def truth(task):
    return NAMES[y[key_of(task)]]


def personal_token(person):
    person.api.call("POST", "/api/jwt/settings", {"api_tokens_enabled": True, **BOTH})
    return person.api.call("POST", "/api/token/")["token"]


BOTH = {"legacy_api_tokens_enabled": True, "api_token_ttl_days": 100}


def test_three_rounds_with_a_restart_of_both_sides(server, tmp_path):
    person, path = Person(server.url), tmp_path / "labels.db"
    with open_session(path) as session:
        front = LabelStudio(session, server.url, LEGACY, title="three rounds")
        assert front.push() == 5
        asked = [pick.key for pick in session.ask()]
        seen = []
        for _ in range(4):
            task = person.next_task(front.project)
            seen.append(key_of(task))
            person.label(task["id"], truth(task))
        assert seen == asked[:4]
        last = person.next_task(front.project)
        person.skip(last["id"])
        assert front.pull() == 5
        assert front.pull() == 0
        assert session.labels["key"].tolist() == asked[:4]
        assert session.progress().n_skipped == 1

        assert front.push() == 5
        tasks = person.waiting(front.project)
        numbers = [person.label(task["id"], "ham") for task in tasks]
        assert front.pull() == 5
        for task, number in zip(tasks[1:], numbers[1:]):
            person.correct(number, truth(task))
        person.delete(numbers[0])
        undone = key_of(tasks[0])
        n_changed = sum(truth(task) != "ham" for task in tasks[1:])
        assert front.pull() == n_changed + 1
        assert undone not in session.labels["key"].tolist()
        assert [pick.key for pick in session.ask()] == [undone]

        (task,) = person.waiting(front.project) or [tasks[0]]
        person.api.call("DELETE", f"/api/tasks/{task['id']}/")
        assert front.push() == 1  # the row still waits, so it becomes a task again
        assert front.pull() == 0

        server.stop()
        with pytest.raises(LabelStudioError, match="Does Label Studio run there"):
            front.pull()
    server.start()
    with open_session(path) as session:
        front = LabelStudio(session, server.url, personal_token(person))
        n_events = len(session.events["id"])
        assert front.pull() == 0 and front.push() == 0
        assert len(session.events["id"]) == n_events
        while session.ask():
            front.push()
            for task in person.waiting(front.project):
                person.label(task["id"], truth(task))
            assert front.pull() > 0
        labels = session.labels
        assert labels["label"].tolist() == NAMES[y[labels["position"]]].tolist()
        assert len(labels["label"]) == 15
        assert set(labels["annotator"]) == {"a@b.co"}
        assert len(person.api.tasks(front.project)) == len(
            {key_of(task) for task in person.api.tasks(front.project)}
        )


def test_watch_ends_with_the_model_of_the_plain_loop(server, tmp_path):
    person = Person(server.url)
    with open_session(tmp_path / "labels.db") as session:
        front = LabelStudio(session, server.url, LEGACY, title="watched")

        def until():
            for task in person.waiting(front.project):
                person.label(task["id"], truth(task))

        assert front.watch(every=0.1, until=until) == 15
        assert_plain_loop(session, LEARNER, X, NAMES[y])


@pytest.mark.parametrize("kind", ["text", "image", "table"])
def test_kinds_of_rows(server, tmp_path, kind):
    pools = {
        "text": TEXTS,
        "image": [np.full((6, 6), k, dtype=np.uint8) for k in range(60)],
        "table": [{"a <b>": k, "c": f"<i>{k}</i>"} for k in range(60)],
    }
    rows = pools[kind]
    person = Person(server.url)
    display = {"display": lambda row: rows[int(row[0])]}
    numbered = np.column_stack([np.arange(60), X])
    with open_session(tmp_path / "labels.db", numbered, **display) as session:
        front = LabelStudio(session, server.url, LEGACY, title=f"rows of {kind}")
        assert front.push(3) == 3
        task = person.next_task(front.project)
        shown = task["data"]["row"]
        if kind == "image":
            assert shown.startswith("data:image/png;base64,")
        else:
            row = rows[key_of(task)]
            expected = row if kind == "text" else {name: str(row[name]) for name in row}
            assert shown == expected
        session.add_class("new & shiny")
        front.push(3)
        person.label(task["id"], "new & shiny")
        assert front.pull() == 1
        assert session.labels["label"].tolist() == ["new & shiny"]
