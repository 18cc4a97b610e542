"""People at a Label Studio server, and a small stand-in for the server itself."""

import json
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from skactive.labeling._label_studio_api import Api

LEGACY = "0123456789abcdef0123456789abcdef01234567"


class Person:
    """A person who works in Label Studio, by the calls that its pages make."""

    def __init__(self, url, token=LEGACY):
        self.api = Api(url, token, 60)

    def next_task(self, project):
        return self.api.call("GET", f"/api/projects/{project}/next")

    def label(self, task, label):
        body = {"result": _choice(label), "lead_time": 1.5}
        return self.api.call("POST", f"/api/tasks/{task}/annotations/", body)["id"]

    def skip(self, task):
        body = {"result": [], "was_cancelled": True}
        return self.api.call("POST", f"/api/tasks/{task}/annotations/", body)["id"]

    def correct(self, annotation, label):
        body = {"result": _choice(label)}
        self.api.call("PATCH", f"/api/annotations/{annotation}/", body)

    def delete(self, annotation):
        self.api.call("DELETE", f"/api/annotations/{annotation}/")

    def waiting(self, project):
        """Tasks that nobody has annotated, in the order in which they were made."""
        tasks = self.api.tasks(project)
        return sorted((t for t in tasks if not t["annotations"]), key=lambda task: task["id"])


def _choice(label):
    value = {"choices": [label]}
    return [{"from_name": "label", "to_name": "row", "type": "choices", "value": value}]


class FakeStudio:
    """The calls of Label Studio that push and pull need, in a thread."""

    def __init__(self):
        self.projects, self.all_tasks, self.annotations = {}, {}, {}
        self.calls, self.fail, self._ticks, self.n_made = [], None, 0, 0
        self.access = "access-1"
        studio = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                studio.serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def now(self):
        self._ticks += 1
        moment = datetime(2030, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=self._ticks)
        return moment.isoformat().replace("+00:00", ".000000Z")

    def serve(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        text = handler.rfile.read(length)
        where = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        body = json.loads(text) if text else None
        self.calls.append((handler.command, where.path))
        status, answer = self.respond(handler, where.path, query, body)
        data = b"" if answer is None else json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def respond(self, handler, path, query, body):
        if path == "/api/token/refresh/":
            good = body == {"refresh": "a.b.c"}
            return (200, {"access": self.access}) if good else (401, {"id": "x", "detail": "no"})
        allowed = {f"Token {LEGACY}", f"Bearer {self.access}"}
        if handler.headers.get("Authorization") not in allowed:
            return 401, {"id": "x", "detail": "Invalid token."}
        if self.fail:
            return self.fail, {"id": "x", "detail": "broken", "validation_errors": {"a": ["b"]}}
        parts = [int(part) if part.isdigit() else part for part in path.strip("/").split("/")[1:]]
        name = "_".join([handler.command.lower(), *(p for p in parts if isinstance(p, str))])
        numbers = [part for part in parts if isinstance(part, int)]
        return getattr(self, name)(*numbers, query=query, body=body)

    def post_projects(self, query, body):
        number = len(self.projects) + 1
        self.projects[number] = {"id": number, **body}
        return 201, self.projects[number]

    def patch_projects(self, number, query, body):
        self.projects[number].update(body)
        return 200, self.projects[number]

    def post_projects_import(self, project, query, body):
        numbers = []
        for task in body:
            self.n_made += 1
            number = self.n_made
            task = {"id": number, "project": project, "annotations": [], **task}
            self.all_tasks[number] = {**task, "updated_at": self.now()}
            numbers.append(number)
        return 201, {"task_count": len(body), "task_ids": numbers}

    def get_projects_next(self, project, query, body):
        tasks = self._of(project)
        tasks = [task for task in tasks if not task["annotations"]]
        if not tasks:
            return 404, {"id": "x", "detail": "no tasks"}
        return 200, min(tasks, key=lambda task: task["predictions"][0]["score"])

    def get_tasks(self, number=None, *, query, body):
        if number is not None:
            return (200, self.all_tasks[number]) if number in self.all_tasks else (404, {})
        tasks = self._of(int(query["project"]))
        if "query" in query:
            since = json.loads(query["query"])["filters"]["items"][0]["value"]
            tasks = [task for task in tasks if task["updated_at"] > since]
        size, page = int(query["page_size"]), int(query["page"])
        return 200, {"total": len(tasks), "tasks": tasks[(page - 1) * size : page * size]}

    def delete_tasks(self, number, query, body):
        return 204, self.all_tasks.pop(number) and None

    def post_tasks_annotations(self, number, query, body):
        task = self.all_tasks[number]
        made = {"was_cancelled": False, "completed_by": 1, "task": number, **body}
        made["id"] = max(self.annotations, default=0) + 1
        task["updated_at"] = made["updated_at"] = self.now()
        task["annotations"].append(made)
        self.annotations[made["id"]] = made
        return 201, made

    def patch_annotations(self, number, query, body):
        annotation = self.annotations[number]
        annotation.update(body, updated_at=self.now())
        self.all_tasks[annotation["task"]]["updated_at"] = annotation["updated_at"]
        return 200, annotation

    def delete_annotations(self, number, query, body):
        annotation = self.annotations.pop(number)
        task = self.all_tasks[annotation["task"]]
        task["annotations"].remove(annotation)
        task["updated_at"] = self.now()
        return 204, None

    def get_users(self, number, query, body):
        return 200, {"id": number, "email": "ana@example.com"}

    def _of(self, project):
        return [task for task in self.all_tasks.values() if task["project"] == project]
