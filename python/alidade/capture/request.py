"""What was asked of a capture, beside the source."""

import dataclasses
from typing import Any

from alidade.capture.dynamic import Dynamic, parse_dynamic

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
ROUTES = ("export", "strict", "nonstrict", "dynamo", "trace", "onnx", "jax", "fx")

TRAINING_ROUTES = ("export", "nonstrict", "strict")  # of them a backward pass can be had


@dataclasses.dataclass(frozen=True)
class Request:
    """Sizes, routes and modes; everything here changes the archive, so all of it is in the cache's key."""

    shapes: tuple[str, ...] = ()
    dynamic: str = ""
    batch: int | None = None
    seq: int | None = None
    train: bool = False
    train_step: bool = False  # forward and backward as one graph
    loss: str = ""
    optimizer: str = ""
    fullgraph: bool = False
    via: str = ""
    phase: str = ""
    left_open: tuple[str, ...] = ()  # dimensions that a source has named, and that stay symbolic
    with_weights: bool = False
    references: tuple[str, ...] = ()
    example: Any = None  # inputs as values, from Python alone: no cache knows them

    def dimensions(self) -> list[Dynamic]:
        named = [Dynamic(name, "", None, None) for name in self.left_open]
        return named + parse_dynamic(self.dynamic)

    def key(self) -> dict:
        return dataclasses.asdict(self)
