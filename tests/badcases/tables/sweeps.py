"""Sweeps and their stores."""

from case import Case, Held, Row, Table, small

BASE = "sweep m.alg --on l4"


def bad(number: str, title: str, flags: str, exit_: int = 2, **more) -> Case:
    return Case(number, title, f"{BASE} {flags}", exit_, {"m.alg": small(), **more.pop("files", {})}, **more)


ROWS: list[Row] = [
    Held(
        "150",
        "a store that is no database, of another sweep, another version, another program",
        "cli/a store of another sweep is left as it is",
        "2",
    ),
    Held("150a", "a store that another process writes", "cli/a store that another process writes is told", "6"),
    Held(
        "150b",
        "a model that has changed since",
        "cli/a model that has become another does not go into the same store",
        "2",
    ),
    Held("170", "an axis that there is not, without values, of nought", "cli/axes that no sweep has are told", "2"),
    Held("170a", "a part of nothing", "cli/a shard is one of so many", "2"),
    Case("171", "a merge of stores that are not there", "merge a.db b.db -o c.db", 2, found="there is no store 'a.db'"),
    Case(
        "171a",
        "a question about a store that is none",
        "query s.db failed",
        2,
        {"s.db": "no database\n" * 100},
        found="s.db",
    ),
]

TABLE = Table("Sweeps and their stores", ROWS)
