"""Interrupts from the keyboard that a library swallowed: they end what was going on.

skorch takes a ``KeyboardInterrupt`` for the wish to end the training of this one net and goes
on with what it has. Nobody would learn that a model is half trained.
"""

import signal
import sys
import threading
from contextlib import contextmanager

from ._unwrapping import parts

__all__ = ["interrupts_come_through"]


@contextmanager
def interrupts_come_through(estimator=None):
    """Raise at the end what was swallowed inside: an interrupt, or one inside a net's training.

    Parameters
    ----------
    estimator : estimator, default=None
        What is fitted inside. The nets of skorch in it must have ended their last pass.

    Raises
    ------
    KeyboardInterrupt
        If there was an interrupt and nobody raised it.
    """
    seen = []
    with _noting_signals(seen):
        yield
    if seen or any(_was_cut_short(net) for net in _nets(estimator)):
        raise KeyboardInterrupt


@contextmanager
def _noting_signals(seen):
    """Note interrupts and let them act as before; Python allows that in its main thread only."""
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or before is not signal.default_int_handler:
        yield
        return

    def note(number, frame):
        seen.append(number)
        before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _nets(estimator):
    """The skorch nets in an estimator, as far as the usual attributes lead."""
    kind = getattr(sys.modules.get("skorch"), "NeuralNet", None)
    waiting, seen = [estimator], []
    while kind is not None and waiting:
        part = waiting.pop()
        if isinstance(part, kind):
            yield part
        elif hasattr(part, "get_params") and not any(part is other for other in seen):
            seen.append(part)
            waiting.extend(parts(part))


def _was_cut_short(net):
    """Whether the last pass of a net has no end; its clock writes one unless it is taken out."""
    history = getattr(net, "history_", None)
    has_clock = "epoch_timer" in dict(getattr(net, "callbacks_", ()))
    return bool(history) and has_clock and "dur" not in history[-1]
