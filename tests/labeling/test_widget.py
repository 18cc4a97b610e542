"""The Python half of the widget: what it shows, and how it answers messages."""

import json
import sys

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

import skactive.labeling
from skactive import ActiveLearner
from skactive.labeling import LabelingSession

from .jobs import assert_plain_loop

RNG = np.random.RandomState(0)
y = np.arange(60) % 3
X = RNG.normal(size=(60, 4)) + y[:, None]
NAMES = np.array(["ham", "eggs", "spam"])


LEARNER = ActiveLearner(GaussianNB(), budget=20, batch_size=4, n_initial=6, random_state=0)


def open_session(path, X=X, **options):
    options = {"classes": NAMES, "lookahead": 0, **options}
    return LabelingSession(LEARNER, X, log=path / "labels.db", **options)


def send(widget, action, key=None, **more):
    """A message as the browser sends it, with the key of the row that is shown."""
    key = widget.view["key"] if key is None else key
    widget._handle_custom_msg({"action": action, "key": key, "seconds": 0.5, **more}, [])


@pytest.fixture
def session(tmp_path):
    pytest.importorskip("anywidget")
    with open_session(tmp_path) as session:
        yield session


def test_a_job_by_messages_is_the_plain_loop(session):
    widget = session.widget(annotator="ana")
    while widget.view["key"] is not None:
        position = json.loads(widget.view["key"])
        send(widget, "label", label=int(y[position]))
    assert widget.view["content"] == "Nothing is left to ask.", widget.view["message"]
    assert widget.view["done"] == widget.view["total"] == 20
    assert_plain_loop(session, LEARNER, X, NAMES[y])
    assert set(session.labels["annotator"]) == {"ana"}
    assert {e["seconds"] for e in session.events.rows() if e["event"] == "label"} == {0.5}
    with pytest.raises(AttributeError):
        skactive.labeling.NoWidget


def test_skip_flag_undo(session):
    widget = session.widget()
    keys = []
    for action, more in (("skip", {}), ("flag", {"text": "blurred"}), ("label", {"label": 1})):
        keys.append(json.loads(widget.view["key"]))
        send(widget, action, **more)
    kinds = [(e["key"], e["event"]) for e in session.events.rows() if e["event"] != "ask"]
    assert kinds == list(zip(keys, ["skip", "flag", "label"]))
    assert session.events["label"].tolist()[-1] == "eggs"
    send(widget, "undo")
    assert json.loads(widget.view["key"]) == keys[2]
    assert "undone" in widget.view["message"]
    for _ in range(3):
        send(widget, "undo")
    assert json.loads(widget.view["key"]) == keys[0]
    assert widget.view["message"] == "nothing to undo"


def test_a_stale_answer_is_dropped(session):
    widget = session.widget()
    first = widget.view["key"]
    send(widget, "label", label=0)
    serial = widget.view["serial"]
    send(widget, "label", key=first, label=2)
    assert session.labels["label"].tolist() == ["ham"]
    assert widget.view["serial"] > serial  # the browser waits for a view
    session.label(json.loads(widget.view["key"]), "spam")  # by another way meanwhile
    shown = widget.view["key"]
    send(widget, "label", label=1)  # a correction: this row is still the one that is shown
    assert dict(zip(session.labels["key"], session.labels["label"]))[json.loads(shown)] == "eggs"


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("label", {"label": 9}, "IndexError"),
        ("label", {}, "KeyError"),
        ("class", {"text": " "}, "ValueError"),
        ("class", {"text": "ham"}, "already one of the classes"),
        ("dance", {}, "the action 'dance'"),
        (None, {}, "the action None"),
    ],
)
def test_bad_messages_change_nothing(session, action, more, said):
    widget = session.widget()
    before, n_events = widget.view, len(session.events["id"])
    send(widget, action, **more)
    assert said in widget.view["message"]
    assert widget.view["key"] == before["key"] and widget.view["serial"] > before["serial"]
    assert len(session.events["id"]) == n_events


def test_a_new_class_and_why(session):
    widget = session.widget()
    send(widget, "class", text="bacon")
    assert widget.view["classes"] == ["ham", "eggs", "spam", "bacon"]
    send(widget, "label", label=3)
    assert session.labels["label"].tolist() == ["bacon"]
    assert widget.view["why"] is None
    send(widget, "why")
    assert ["strategy", session.ask(1)[0].why["strategy"]] in widget.view["why"]


def test_an_error_of_the_log_is_shown_and_the_row_asked_again(session, monkeypatch):
    widget = session.widget()
    shown = widget.view["key"]

    def full(**fields):
        raise OSError("the disk is full")

    monkeypatch.setattr(session.log, "append", full)
    send(widget, "label", label=0)
    assert "the disk is full" in widget.view["message"]
    monkeypatch.undo()
    assert widget.view["key"] == shown
    send(widget, "label", label=0)
    assert session.labels["key"].tolist() == [json.loads(shown)]


def test_what_is_shown(tmp_path):
    pytest.importorskip("anywidget")
    pandas = pytest.importorskip("pandas")
    images = RNG.uniform(size=(30, 3, 8, 8))
    texts = ["<script>alert(1)</script>"] * 30
    frame = pandas.DataFrame({"a": range(30), "b": texts}, index=[f"r{k}" for k in range(30)])
    kinds = {}
    for name, pool in (("image", images), ("text", texts), ("table", frame)):
        folder = tmp_path / name
        folder.mkdir()
        with open_session(folder, pool) as session:
            kinds[name] = session.widget().view
    assert {name: view["kind"] for name, view in kinds.items()} == dict(zip(kinds, kinds))
    assert kinds["text"]["content"] == texts[0]
    assert kinds["table"]["name"].startswith("r")
    with open_session(tmp_path, images, display=lambda row: "seen") as session:
        assert session.widget().view["content"] == "seen"


def test_without_anywidget(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "skactive.labeling._widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with open_session(tmp_path) as session:
        with pytest.raises(ImportError, match=r'pip install "skactive\[notebook\]"'):
            session.widget()
