"""Label Studio as a front end: rows become tasks, annotations become answers."""

import json
import time
import warnings
from numbers import Real
from typing import Any

from .._parameters import Instance, Number, ints, reals, validated
from ._errors import LabelStudioError
from ._label_studio_answers import Annotations
from ._label_studio_api import Api
from ._label_studio_tasks import (
    MODEL_VERSION,
    choices_of,
    config_of,
    data_of,
    key_of,
    kind_of,
    task_of,
)

_POSITIVE = Number(Real, 0, None, closed="neither")


class LabelStudio:
    """Label Studio project that shows the rows of a session.

    Only rows that the session asks for go to the server, never the whole pool.
    The session's log and the tasks both record which task shows which row, so
    a row never has two tasks, even after a restart of the session or the
    server. An annotation is stored as a label, a skipped task as a skip, a
    changed annotation as a correction, and a deleted annotation as an undo.
    Works with the Community edition and needs no other package. Read more in
    :doc:`/user_guide/labeling`.

    Parameters
    ----------
    session : LabelingSession
        Session to label.
    url : str
        Address of the server, such as "http://localhost:8080".
    token : str
        Access token of a user, personal or legacy.
    project : int, default=None
        Number of an existing project. None: the project named in the log, or a
        new one.
    title : str, default="skactive"
        Title of a new project, 3 to 50 characters.
    config : str, default=None
        Labeling configuration (XML) with one ``Choices`` tag. None shows the
        row and the classes, with the keys 1 to 9 and 0.
    data : callable, default=None
        ``data(row) -> dict`` returns the content of a task, to go with your
        own ``config``. None: ``{"row": ...}`` with a text, a picture or named
        values.
    timeout : float, default=30.0
        Seconds to wait for an answer of the server.

    Raises
    ------
    ValueError
        If ``url`` or ``title`` is not valid.

    See Also
    --------
    LabelingWidget : Label alone in a notebook.

    Examples
    --------
    >>> from skactive.labeling import LabelStudio
    >>> def label_together(session, token):
    ...     studio = LabelStudio(session, "http://localhost:8080", token)
    ...     studio.watch(every=30)  # until the budget is spent
    """

    _parameter_constraints: dict = {
        "session": [Instance(["ask", "label", "progress"], "a LabelingSession")],
        "url": [str],
        "token": [str],
        "project": [ints(1), None],
        "title": [str],
        "config": [str, None],
        "data": [callable, None],
        "timeout": [_POSITIVE],
    }

    @validated(_parameter_constraints)
    def __init__(
        self,
        session: Any,
        url: Any,
        token: Any,
        *,
        project: Any = None,
        title: str = "skactive",
        config: Any = None,
        data: Any = None,
        timeout: float = 30.0,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url must begin with http:// or https://, got {url!r}.")
        if not 3 <= len(title) <= 50:
            raise ValueError(f"title must have 3 to 50 characters, got {title!r}.")
        self.session, self.title, self.config, self.data = session, title, config, data
        self._api = Api(url, token, timeout)
        self._given_project = project
        self._project: Any = None
        self._classes = None  # classes in the configuration on the server
        self._tasks: Any = None  # task number of each key (as JSON)
        self._n_tasks = 0  # all tasks of the project
        self._since = None  # time of the last change that was pulled
        self._annotated = set()
        self._annotations = Annotations(session, self._api)

    @property
    def project(self) -> int:
        """Number of the project; the first use creates one if there is none."""
        if self._project is None:
            self._project = self._given_project or self._logged_project() or self._new_project()
        return self._project

    def push(self, n: Any = None) -> int:
        """Create tasks for the rows that wait for an answer.

        Parameters
        ----------
        n : int, default=None
            Maximum number of rows, as in :meth:`LabelingSession.ask`. Rows
            that already have a task count too.

        Returns
        -------
        n_new : int
            Number of new tasks.

        Raises
        ------
        LabelStudioError
            If the server cannot be reached or refuses the call. Nothing is
            lost.
        """
        picks = self.session.ask(n)
        if not picks and self._given_project is None and self._logged_project() is None:
            return 0
        if picks:
            self._show_classes()
        tasks = self._known_tasks()
        self._withdraw({json.dumps(pick.key) for pick in picks})
        new = [pick for pick in picks if json.dumps(pick.key) not in tasks]
        if not new:
            return 0
        rank = max(tasks.values(), default=0)
        bodies = [task_of(p.key, self._data(p), rank + k) for k, p in enumerate(new, 1)]
        self._tasks = None  # unknown until the server answers
        path = f"/api/projects/{self.project}"
        numbers = self._api.call("POST", f"{path}/import", bodies, return_task_ids="true")
        self._api.call("PATCH", path, {"model_version": MODEL_VERSION})
        made = {json.dumps(pick.key): each for pick, each in zip(new, numbers["task_ids"])}
        self._note([{"key": p.key, "task": made[json.dumps(p.key)]} for p in new])
        self._tasks, self._n_tasks = {**tasks, **made}, self._n_tasks + len(new)
        return len(new)

    def pull(self) -> int:
        """Read what people did since the last call.

        Returns
        -------
        n_answers : int
            Number of new labels, skips, corrections and undone answers.

        Raises
        ------
        LabelStudioError
            If the server cannot be reached or refuses the call. The next call
            reads what is missing.
        """
        project = self.project
        changed = self._api.tasks(project, self._since)
        known = {json.dumps(key): key for key in self.session.events["key"].tolist()}
        named = [(known[key_of(task)], task) for task in changed if key_of(task) in known]
        events = self._annotations.events(project, named)
        self.session._take(events)
        for _, task in named:
            has_answer = bool(choices_of(task))
            (self._annotated.add if has_answer else self._annotated.discard)(key_of(task))
        times = [task["updated_at"] for task in changed]
        self._since = max([*times, self._since or ""]) or None
        if self._annotations.unknown:
            warnings.warn(
                f"labels that are not among the classes {self.session.classes} were ignored: "
                f"{', '.join(self._annotations.unknown[:5])}. Add the class with "
                "session.add_class(...), or correct the annotation.",
                UserWarning,
                stacklevel=2,
            )
            self._since = None  # so that they are read again once the class exists
        return len(events)

    @validated({"every": [reals(0)], "n": [ints(1), None], "until": [callable, None]})
    def watch(self, every: int = 30, n: Any = None, until: Any = None) -> int:
        """Repeat: pull, teach and push, until no row is left to ask.

        If the server does not answer, it is asked again later. You may
        interrupt this call and start it again at any time.

        Parameters
        ----------
        every : float, default=30
            Seconds to wait before the next repetition.
        n : int, default=None
            Maximum number of rows that wait in Label Studio. None: one round.
        until : callable, default=None
            ``until() -> bool`` is called after each repetition; True stops.

        Returns
        -------
        n_answers : int
            Number of answers read.

        Raises
        ------
        LabelStudioError
            If the server refuses a call, with an HTTP status below 500.
        """
        n_answers, complaint = 0, None
        while True:
            try:
                n_answers += self.pull()
                self.push(n)
                complaint, is_done = None, not self.session.ask(1)
            except LabelStudioError as error:
                if error.status is not None and error.status < 500:
                    raise
                if complaint is None:
                    warnings.warn(f"{error} Will ask again later.", UserWarning, stacklevel=4)
                complaint, is_done = error, False
            if is_done or (until is not None and until()):
                return n_answers
            time.sleep(every)

    def _logged_project(self):
        """Return the project on this server that the log names, or None."""
        for extra in self._notes():
            return extra["project"]
        return None

    def _notes(self):
        """Return the notes in the log about this server, latest first."""
        events = self.session.log.rows()
        extras = [event["extra"] for event in events if event["event"] == "push"]
        return [each for each in reversed(extras) if each.get("url") == self._api.url]

    def _note(self, notes):
        where = {"url": self._api.url, "project": self._project}
        self.session._take(
            [
                {"event": "push", "key": note.get("key"), "extra": {**where, **note}}
                for note in notes
            ]
        )

    def _new_project(self):
        classes = self.session.classes
        body = {
            "title": self.title,
            "label_config": self.config or self._made_config(classes),
            "sampling": "Uncertainty sampling",  # the lowest score first
            "model_version": MODEL_VERSION,
            "show_collab_predictions": False,
        }
        self._project = self._api.call("POST", "/api/projects", body)["id"]
        self._classes = classes
        self._note([{}])
        return self._project

    def _made_config(self, classes):
        if not classes:
            raise ValueError(
                "the session has no classes yet, so Label Studio cannot offer any. Pass "
                "classes=[...] to the session."
            )
        picks = self.session.ask(1)
        kind = kind_of(self.session._for_person(picks[0])) if picks else "text"
        return config_of(kind, classes)

    def _show_classes(self):
        """Update the classes that the project offers."""
        project, classes = self.project, self.session.classes
        if self.config is not None or self._given_project or self._classes == classes:
            return
        body = {"label_config": self._made_config(classes)}
        self._api.call("PATCH", f"/api/projects/{project}", body)
        self._classes = classes

    def _known_tasks(self):
        """Return the task number of each key on the server."""
        if self._tasks is not None and self._api.n_tasks(self.project) != self._n_tasks:
            self._tasks = None  # somebody deleted tasks, or made some
        if self._tasks is None:
            tasks = self._api.tasks(self.project)
            self._tasks = {key_of(task): task["id"] for task in tasks if key_of(task)}
            self._n_tasks = len(tasks)
        return self._tasks

    def _withdraw(self, waiting):
        """Delete tasks without an annotation whose rows were answered elsewhere."""
        answered = {json.dumps(key) for key in self.session._answered_keys()}
        for name in (answered & {*self._tasks}) - waiting - self._annotated:
            number = self._tasks[name]
            if not self._api.call("GET", f"/api/tasks/{number}/").get("annotations"):
                self._api.call("DELETE", f"/api/tasks/{number}/")
                del self._tasks[name]
                self._n_tasks -= 1
            else:
                self._annotated.add(name)

    def _data(self, pick):
        if self.data is not None:
            return self.data(pick.row)
        return data_of(self.session._for_person(pick))
