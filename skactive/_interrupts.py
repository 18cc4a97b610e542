"""Raise keyboard interrupts that a library has suppressed.

When skorch gets a ``KeyboardInterrupt``, it only ends the training of the current net and goes on
with this net. Without this module, nobody would notice that a model is half trained.
"""

import signal
import sys
import threading
from contextlib import contextmanager

from ._unwrapping import parts

__all__ = ["interrupts_come_through"]


@contextmanager
def interrupts_come_through(estimator=None):
    """Raise an interrupt that was suppressed inside a with block at the end of the block.

    Parameters
    ----------
    estimator : estimator, default=None
        Estimator that is fitted inside. An interrupt is also raised if a
        skorch net in it did not finish its last pass.

    Raises
    ------
    KeyboardInterrupt
        If an interrupt was suppressed.
    """
    seen = []
    with _noting_signals(seen):
        yield
    if seen or any(_was_cut_short(net) for net in _nets(estimator)):
        raise KeyboardInterrupt


@contextmanager
def _noting_signals(seen):
    """Record interrupts without changing their effect; possible only in the main thread."""
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
    """Yield the skorch nets in an estimator that the usual attributes lead to."""
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
    """Return whether the last pass of a net is unfinished; without its timer, that is unknown."""
    history = getattr(net, "history_", None)
    has_clock = "epoch_timer" in dict(getattr(net, "callbacks_", ()))
    return bool(history) and has_clock and "dur" not in history[-1]
