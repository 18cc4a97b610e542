"""Annotations of Label Studio as events of a log."""

from ._errors import LabelStudioError
from ._label_studio_tasks import choices_of


class Annotations:
    """What people did in a project, put beside what the log says.

    Parameters
    ----------
    session : LabelingSession
        Whose rows they label.
    api : Api
        Of the server.

    Attributes
    ----------
    unknown : list of str
        Labels of the last tasks that are none of the classes.
    """

    def __init__(self, session, api):
        self.session, self.unknown = session, []
        self._api, self._users = api, {}

    def events(self, project, tasks):
        """Events that bring the log to where the tasks are.

        An annotation that was taken in before and undone in the session is
        not taken in again.

        Parameters
        ----------
        project : int
            The project.
        tasks : list of (key, task)
            Tasks that changed.

        Returns
        -------
        events : list of dict
            For the log.
        """
        self.unknown = []
        here = (self._api.url, project)
        taken = {_version(event) for event in self.session.log.rows()}
        return [
            event
            for key, task in tasks
            for event in [*self._said(key, task, here, taken), *self._gone(key, task, here)]
        ]

    def _said(self, key, task, here, taken):
        """Labels and skips that are new."""
        standing = self.session._standing(key)
        for user, (annotation, text) in choices_of(task).items():
            event = self._event(key, user, annotation, text, here)
            own = [each for each in standing if each["annotator"] == event["annotator"]]
            if event["event"] and _is_new(event, own[-1] if own else None, here, taken):
                yield event

    def _gone(self, key, task, here):
        """Undone answers: those whose annotation was deleted."""
        names = {self._name(user) for user in choices_of(task)}
        for each in self.session._standing(key):
            if _where(each) == here and each["annotator"] not in names:
                who = {"key": key, "annotator": each["annotator"]}
                yield {"event": "undo", **who, "extra": {"undoes": each["id"]}}

    def _event(self, key, user, annotation, text, here):
        """An annotation as an event; one without a kind where its class is unknown."""
        kind, label = "skip", None
        if text is not None:
            try:
                kind, label = "label", self.session._read_label(text)
            except (ValueError, TypeError):
                kind = None
                self.unknown.append(f"{text!r} for {key!r}")
        origin = {"url": here[0], "project": here[1], "annotation": annotation["id"]}
        origin["updated_at"] = annotation["updated_at"]
        return {
            "event": kind,
            "key": key,
            "label": label,
            "annotator": self._name(user),
            "seconds": annotation.get("lead_time"),
            "extra": {"label_studio": origin},
        }

    def _name(self, user):
        """The address of a user."""
        if user not in self._users:
            try:
                self._users[user] = self._api.call("GET", f"/api/users/{user}/")["email"]
            except LabelStudioError as error:
                if error.status is None or error.status >= 500:
                    raise
                self._users[user] = f"user {user}"
        return self._users[user]


def _is_new(event, last, here, taken):
    """Whether an annotation says what the log does not know, and did not know before."""
    was_taken = _version(event) in taken
    if last is None:
        return not was_taken
    if (last["event"], last["label"]) == (event["event"], event["label"]):
        return False
    is_other = _where(last) == here and _origin(last)["annotation"] != _origin(event)["annotation"]
    return not was_taken or is_other


def _origin(event):
    return (event["extra"] or {}).get("label_studio") or {}


def _where(event):
    return _origin(event).get("url"), _origin(event).get("project")


def _version(event):
    """What tells one state of one annotation; empty for events from elsewhere."""
    return tuple(_origin(event).values())
