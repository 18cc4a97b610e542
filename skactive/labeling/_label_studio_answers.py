"""Turn annotations of Label Studio into events of a log."""

from ._errors import LabelStudioError
from ._label_studio_tasks import choices_of


class Annotations:
    """Compare the annotations of a project with the log.

    Parameters
    ----------
    session : LabelingSession
        Session that is labeled.
    api : Api
        Calls to the server.

    Attributes
    ----------
    unknown : list of str
        Labels of the last tasks that are not among the classes.
    """

    def __init__(self, session, api):
        self.session, self.unknown = session, []
        self._api, self._users = api, {}

    def events(self, project, tasks):
        """Return the events that bring the log up to date with the tasks.

        An annotation that was read before and undone in the session is not
        read again.

        Parameters
        ----------
        project : int
            Number of the project.
        tasks : list of (key, task)
            Tasks that changed, with the keys of their rows.

        Returns
        -------
        events : list of dict
            Events to append to the log.
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
        """Yield new labels and skips."""
        standing = self.session._standing(key)
        for user, (annotation, text) in choices_of(task).items():
            event = self._event(key, user, annotation, text, here)
            own = [each for each in standing if each["annotator"] == event["annotator"]]
            if event["event"] and _is_new(event, own[-1] if own else None, here, taken):
                yield event

    def _gone(self, key, task, here):
        """Yield an undo for each answer with a deleted annotation."""
        names = {self._name(user) for user in choices_of(task)}
        for each in self.session._standing(key):
            if _where(each) == here and each["annotator"] not in names:
                who = {"key": key, "annotator": each["annotator"]}
                yield {"event": "undo", **who, "extra": {"undoes": each["id"]}}

    def _event(self, key, user, annotation, text, here):
        """Return an annotation as an event; its kind is None if the class is unknown."""
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
        """Return the email address of a user."""
        if user not in self._users:
            try:
                self._users[user] = self._api.call("GET", f"/api/users/{user}/")["email"]
            except LabelStudioError as error:
                if error.status is None or error.status >= 500:
                    raise
                self._users[user] = f"user {user}"
        return self._users[user]


def _is_new(event, last, here, taken):
    """Return whether an annotation tells the log something new."""
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
    """Return what identifies one state of an annotation; empty for other events."""
    return tuple(_origin(event).values())
