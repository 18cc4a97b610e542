"""Calls to a Label Studio server, with the standard library only."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

from ._errors import LabelStudioError

_ACCESS_SECONDS = 240  # an access token is valid for 300 seconds
_PAGE = 500
_LOOKS = {
    401: "Is the token right, and is it from this server?",
    403: "May this user do that? Is this kind of token allowed in the organization's settings?",
    404: "Was the project deleted, or does it belong to somebody else?",
}


class Api:
    """REST calls to a server; each call checks the HTTP status.

    Parameters
    ----------
    url : str
        Address of the server.
    token : str
        Legacy or personal token. A personal token is exchanged for an access
        token that is valid for five minutes.
    timeout : float
        Seconds to wait for an answer.
    """

    def __init__(self, url, token, timeout):
        self.url, self._token, self._timeout = url.rstrip("/"), token.strip(), timeout
        self._is_personal = self._token.count(".") == 2  # a JSON web token has three parts
        self._access, self._expires = None, 0.0

    def call(self, method, path, body=None, **query):
        """Make one call.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            Path below the server's address.
        body : object, default=None
            Sent as JSON.
        **query : dict
            Query parameters of the address.

        Returns
        -------
        answer : object
            The parsed JSON; None if the answer is empty.

        Raises
        ------
        LabelStudioError
            If the server cannot be reached or answers with an error.
        """
        try:
            return self._call(method, path, body, query, self._authorization())
        except LabelStudioError as error:
            if error.status != 401 or not self._is_personal:
                raise
            self._expires = 0.0  # the access token was revoked or expired early
            return self._call(method, path, body, query, self._authorization())

    def tasks(self, project, since=None):
        """Return tasks of a project with their annotations.

        Parameters
        ----------
        project : int
            Number of the project.
        since : str, default=None
            Return tasks that changed after this time, in the server's format.
            None: all tasks.

        Returns
        -------
        tasks : list of dict
            Tasks as the server describes them.
        """
        query = {"project": project, "fields": "all", "page_size": _PAGE}
        if since is not None:
            after = {"filter": "filter:tasks:updated_at", "operator": "greater"}
            items = [{**after, "type": "Datetime", "value": since}]
            query["query"] = json.dumps({"filters": {"conjunction": "and", "items": items}})
        tasks, page = [], 1
        while True:
            answer = self.call("GET", "/api/tasks", page=page, **query)
            tasks += answer["tasks"]
            if len(tasks) >= answer["total"] or not answer["tasks"]:
                return tasks
            page += 1

    def n_tasks(self, project):
        """Return the number of tasks of a project.

        Parameters
        ----------
        project : int
            Number of the project.

        Returns
        -------
        n_tasks : int
            All tasks, those with annotations included.
        """
        return self.call("GET", "/api/tasks", project=project, page=1, page_size=1)["total"]

    def _authorization(self):
        if not self._is_personal:
            return f"Token {self._token}"
        if time.monotonic() >= self._expires:
            answer = self._call("POST", "/api/token/refresh/", {"refresh": self._token}, {}, None)
            self._access, self._expires = answer["access"], time.monotonic() + _ACCESS_SECONDS
        return f"Bearer {self._access}"

    def _call(self, method, path, body, query, authorization):
        address = f"{self.url}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Content-Type": "application/json"}
        if authorization is not None:
            headers["Authorization"] = authorization
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                text = response.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(method, path, error) from None
        except (OSError, ValueError) as error:
            raise LabelStudioError(
                f"{method} {self.url}{path} got no valid answer: {error}. Does Label Studio run "
                "there?"
            ) from error


def _refused(method, path, error):
    """Return an error that quotes the server; its answers also hold an id."""
    text = error.read().decode("utf-8", "replace")
    try:
        answer = json.loads(text)
        said = f"{answer.get('detail', '')} {answer.get('validation_errors') or ''}".strip()
    except (ValueError, AttributeError):
        said = error.reason
    look = _LOOKS.get(error.code, "")
    return LabelStudioError(
        f"{method} {path}: Label Studio answers {error.code} ({said}). {look}".strip(), error.code
    )
