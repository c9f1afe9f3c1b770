"""Signals that end a capture: it unwinds, says so, and leaves no file that is half written."""

import contextlib
import signal


class Interrupted(KeyboardInterrupt):
    """A person or the system wants this to end."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


received: list[int] = []


def interrupt(number: int, _frame) -> None:
    received.append(number)
    raise Interrupted(number)


def check() -> None:
    """Ends what a library kept from ending: some catch everything while they are imported."""
    if received:
        raise Interrupted(received[0])


@contextlib.contextmanager
def interruptible():
    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        received.clear()
        for number, handler in before.items():
            signal.signal(number, handler)
