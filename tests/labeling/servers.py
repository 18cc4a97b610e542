"""Servers that tests and screenshots start: Label Studio, and programs of notebooks."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from .studio import LEGACY

START_SECONDS = 240
USER, PASSWORD = "a@b.co", "secret123"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start_module(arguments, folder, port):
    """Run a server, a module of Python, with settings in a folder; return process and address."""
    environment = dict(os.environ, IPYTHONDIR=str(folder / "ipython"))
    environment["JUPYTER_CONFIG_DIR"] = environment["XDG_CONFIG_HOME"] = str(folder / "conf")
    with open(folder / "server.log", "wb") as log:
        command = [sys.executable, "-m", *arguments]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return process, url
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError((folder / "server.log").read_text()[-3000:]) from None
            time.sleep(0.2)


class StudioServer:
    """A Label Studio of our own.

    Parameters
    ----------
    program : path-like
        label-studio.
    folder : Path
        Where it keeps its data.
    """

    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder),
            "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
            "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_SENTRY_DSN": "",
            "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        }
        options = ["--no-browser", "--internal-host", "127.0.0.1", "--port", str(self.port)]
        user = ["--username", USER, "--password", PASSWORD, "--user-token", LEGACY]
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "start", *options, *user, "--enable-legacy-api-token"],
                env={**clean_environment(), **settings},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError((self.folder / "log.txt").read_text("utf-8", "replace")[-3000:])
            time.sleep(0.5)
        return self

    def is_up(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        for what in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, what)  # it was started in its own process group
                self.process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


def clean_environment():
    """The environment without variables that lead to this package's own environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
