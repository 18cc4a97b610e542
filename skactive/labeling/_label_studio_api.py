"""Calls to a Label Studio server, with the standard library alone."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

from ._errors import LabelStudioError

_ACCESS_SECONDS = 240  # an access token lives for 300
_PAGE = 500
_LOOKS = {
    401: "Is the token right, and of this server?",
    403: "May this user do that? Is this kind of token allowed in the organization's settings?",
    404: "Was the project deleted, or does it belong to somebody else?",
}


class Api:
    """The REST calls that are needed, each of which checks the HTTP status.

    Parameters
    ----------
    url : str
        Of the server.
    token : str
        A legacy token, or a personal one, which is exchanged for one that
        lives for five minutes.
    timeout : float
        Seconds to wait for an answer.
    """

    def __init__(self, url, token, timeout):
        self.url, self._token, self._timeout = url.rstrip("/"), token.strip(), timeout
        self._is_personal = self._token.count(".") == 2  # a JSON web token has three parts
        self._access, self._expires = None, 0.0

    def call(self, method, path, body=None, **query):
        """One call.

        Parameters
        ----------
        method : str
            Of HTTP.
        path : str
            Below the server's address.
        body : object, default=None
            Sent as JSON.
        **query : dict
            Parameters behind the question mark.

        Returns
        -------
        answer : object
            The JSON that came back, None where nothing did.

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
            self._expires = 0.0  # revoked or run out before its time
            return self._call(method, path, body, query, self._authorization())

    def tasks(self, project, since=None):
        """Tasks of a project that changed after a time, or all, with their annotations.

        Parameters
        ----------
        project : int
            Its number.
        since : str, default=None
            A time as the server writes it.

        Returns
        -------
        tasks : list of dict
            As the server describes them.
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
                f"{method} {self.url}{path} got no answer that makes sense: {error}. Does Label "
                "Studio run there?"
            ) from error


def _refused(method, path, error):
    """What the server says of a call that failed; its errors carry an id as well."""
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
