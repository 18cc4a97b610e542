"""Label in a terminal: it shows a row and numbered classes, and reads keys."""

import sys
import time
from contextlib import contextmanager

from ._rows import shown

_HELP = "s skip  u undo  f flag  w why  n new class  q quit"
_DIGITS_FOR_MANY = 9


class Terminal:
    """Ask a person at a terminal for the labels of a session.

    With up to nine classes, one key is an answer; with more classes, two
    digits are. If the input is not a terminal (a pipe), it is read character
    by character.

    Parameters
    ----------
    session : LabelingSession
        Session to label.
    annotator : str, default=None
        Name of the person.
    read_key : callable, default=None
        ``read_key() -> str`` returns one key, or "" at the end of input. None:
        keys of the terminal.
    write : callable, default=None
        ``write(text)`` shows a text. None: standard output.
    """

    def __init__(self, session, annotator=None, read_key=None, write=None):
        self._session, self._annotator = session, annotator
        self._write = _write if write is None else write
        self._read_key = read_key

    def run(self):
        """Ask until the person quits or no row is left to ask.

        Returns
        -------
        n_answers : int
            Number of answers, without those taken back.
        """
        if self._read_key is not None:
            return self._run()
        with _terminal_keys() as self._read_key:
            try:
                return self._run()
            finally:
                self._read_key = None

    def _run(self):
        n_answers = 0
        while picks := self._session.ask(1):
            self._show(picks[0])
            began = time.monotonic()
            try:
                change = self._answer(picks[0], began)
            except KeyboardInterrupt:
                change = None
            except OSError as error:
                self._say(f"NOT SAVED: {error}")
                continue
            if change is None:
                self._say("\nStopped. The labels are in the log; start again to go on.")
                return n_answers
            n_answers += change
        self._say(f"\nNothing is left to ask. {self._session.progress()}")
        return n_answers

    def _show(self, pick):
        self._say(f"\n[{pick.key}]  {self._session.progress()}")
        self._say(printable(shown(self._session.show(pick))))
        self._say("")
        width = self._width()
        for number, name in enumerate(self._session.classes, start=1):
            self._say(f"  {number:>{width}}  {printable(str(name))}")
        self._say(f"  {_HELP}")

    def _answer(self, pick, began):
        """Read keys until one of them acts: 1 for an answer, -1 for an undo, None to quit."""
        while True:
            key = self._read_key()
            if key in ("", "q", "\x03", "\x04"):
                return None
            if key == "w":
                self._say(_as_text(pick.why))
                continue
            if key == "n":
                self._new_class()
                return 0
            if key == "u":
                undone = self._session.undo(annotator=self._annotator)
                self._say("nothing to undo" if undone is None else f"undone: {undone}")
                return 0 if undone is None else -1
            if self._answered(pick, key, time.monotonic() - began):
                return 1

    def _answered(self, pick, key, seconds):
        """Store the answer if the key is one, and return whether it was."""
        who = {"annotator": self._annotator, "seconds": seconds}
        if key == "s":
            self._session.skip(pick.key, **who)
        elif key == "f":
            self._session.flag(pick.key, self._line("what is wrong: ") or None, **who)
        elif key.isdigit() and key.isascii():
            return self._labeled(pick, key, who)
        elif key.strip():
            self._say(f"{key!r} is not an answer: type a number, or {_HELP}")
            return False
        else:
            return False
        return True

    def _labeled(self, pick, key, who):
        classes = self._session.classes
        while len(key) < self._width():
            digit = self._read_key()
            if digit in ("\r", "\n"):
                break
            if not (digit.isdigit() and digit.isascii()):
                self._say(f"{key}{digit!r} is not an answer: type two digits, or one and Enter")
                return False
            key += digit
        if not 1 <= int(key) <= len(classes):
            self._say(f"{key} is not between 1 and {len(classes)}")
            return False
        self._session.label(pick.key, classes[int(key) - 1], **who)
        self._say(f"{pick.key}: {printable(str(classes[int(key) - 1]))}")
        return True

    def _new_class(self):
        name = self._line("name of the new class: ").strip()
        try:
            known = self._session.classes
            is_number = known and not isinstance(known[0], str)
            self._session.add_class(int(name) if is_number else name, annotator=self._annotator)
        except (ValueError, TypeError) as error:
            self._say(str(error))

    def _line(self, prompt):
        """Read a line key by key."""
        self._write(prompt)
        text = ""
        while (key := self._read_key()) not in ("", "\r", "\n"):
            text = text[:-1] if key in ("\x7f", "\b") else text + key
            self._write("\b \b" if key in ("\x7f", "\b") else printable(key))
        self._say("")
        return text

    def _width(self):
        return 2 if len(self._session.classes) > _DIGITS_FOR_MANY else 1

    def _say(self, text):
        self._write(f"{text}\n")


def printable(text):
    """Return a text without the control characters that could manipulate a terminal."""
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)


def _as_text(why):
    shown = {name: value for name, value in why.items() if value not in (None, [], {})}
    return "\n".join(f"  {name}: {value}" for name, value in shown.items())


def _write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def _terminal_keys():
    """Yield a function that reads one key; from a pipe, one character.

    The terminal stays in this mode between keys, so that keys typed ahead are
    not lost.
    """
    if not sys.stdin.isatty():
        yield lambda: sys.stdin.read(1)
        return
    try:
        import termios
        import tty
    except ImportError:  # Windows
        import msvcrt

        yield msvcrt.getwch
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield lambda: sys.stdin.read(1)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
