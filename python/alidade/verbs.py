"""Verbs of the program that are carried out in Python."""

import sys
from collections.abc import Callable

from alidade.errors import AlidadeError, ConfigError

BAD_CONFIG, SOME_FAILED, INTERRUPTED = 2, 5, 130  # docs/exit_codes.md


class Refused(AlidadeError):
    """The program's own words, and its exit code."""

    def __init__(self, code: int, said: str):
        super().__init__(said.strip())
        self.code = code


def carried_out(verb: str, run: Callable[[list[str]], int], interrupted: str) -> int:
    """The words behind the verb, the first of the command line; what goes wrong is said, and gives the exit code."""
    words = sys.argv[1:]
    try:
        return run(words[1:] if words[:1] == [verb] else words)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    except KeyboardInterrupt:
        print(f"\ninterrupted: {interrupted}", file=sys.stderr)
        return INTERRUPTED
    except AlidadeError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_CONFIG if isinstance(error, ConfigError) else SOME_FAILED
