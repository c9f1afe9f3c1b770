"""Placements."""

from case import Case, Held, Row, Table

MODEL = "{data}/placement/sort_last.pt2"


def place(number: str, title: str, flags: str, exit_: int = 2, **more) -> Case:
    return Case(number, title, f"place {MODEL} --target neuron {flags}", exit_, **more)


ROWS: list[Row] = [
    Held(
        "169", "an operator that is allowed and forbidden", "placement/an operator cannot be allowed and forbidden", "2"
    ),
    Held(
        "169a",
        "a word that names no operator",
        "placement/a word that names no operator of the model is a warning",
        "0",
    ),
    Held(
        "169c",
        "a placer, a target, a file of rules that there is not",
        "placement/a target, a support file and a placer that there are not are mistakes",
        "2",
    ),
    Held("169d", "an objective that there is not", "placement/an objective that there is not is a mistake", "2"),
    Held(
        "169e",
        "a smallest size that no subgraph has",
        "placement/a smallest size that no subgraph has is named with the largest that there is",
        "1",
    ),
    Held(
        "169g",
        "a link to nowhere, twice, or of no width",
        "placement/a link is between two targets that there are, once",
        "2",
    ),
    Held(
        "169h",
        "a placer whose answer cannot be",
        "bad_plugins/a placer's answer that cannot be is an error, and all else is reported",
        "5",
    ),
]

TABLE = Table("Placements", ROWS)
