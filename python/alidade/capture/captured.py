"""What a route hands back: something that can be written, and can say what is in it."""

import pathlib
from typing import Protocol


class Captured(Protocol):
    """A captured model; `symbols` says what its symbolic dimensions are called."""

    suffix: str
    symbols: dict[str, str]

    def graphs(self) -> int: ...
    def operators(self) -> int: ...
    def breaks(self) -> int: ...
    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None: ...
