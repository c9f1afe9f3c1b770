"""Sweeps and their stores."""

from case import Case, Held, Row, Table, small

BASE = "sweep m.alg --on l4"


def bad(number: str, title: str, flags: str, exit_: int = 2, **more) -> Case:
    return Case(number, title, f"{BASE} {flags}", exit_, {"m.alg": small(), **more.pop("files", {})}, **more)


SWEEP = f"$ALIDADE {BASE} -o s.db"


def changed(number: str, title: str, sql: str, then: str = SWEEP, **more) -> Case:
    """What a store says that something else has changed since."""
    edit = f'python3 -c "import sqlite3; d = sqlite3.connect(\'s.db\'); d.executescript(\\"{sql}\\"); d.close()"'
    return Case(
        number,
        title,
        f"{SWEEP} && {edit} && {then}",
        2,
        {"m.alg": small()},
        shell=True,
        writes=("s.db",),
        found="'s.db' is no store as this program writes them",
        fix="run the sweep anew into another file",
        **more,
    )


def occupied(number: str, title: str, there: str) -> Case:
    """What stands where a merged store is to be written."""
    return Case(
        number,
        title,
        f"{SWEEP} && {there} && $ALIDADE merge s.db -o out",
        6,
        {"m.alg": small()},
        shell=True,
        writes=("s.db", "out"),
        found="cannot write 'out': it is ",
    )


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
    Case(
        "150c",
        "a store whose points are all there, and a model that has changed since",
        f"{SWEEP} && cp other.alg m.alg && {SWEEP}",
        2,
        {"m.alg": small(), "other.alg": small("%y = exp(%x) : f32[4]")},
        found="the model 'm' is not the one that the points in 's.db' are of: its graph has changed",
        fix="write to another store with -o, or remove this one",
        shell=True,
        writes=("s.db", "m.alg"),
    ),
    changed(
        "150d",
        "a store that says another number of points",
        "UPDATE sweep SET points = 0",
        says=("it says that it has 0 points",),
    ),
    changed(
        "150e",
        "a store with more points than it says",
        "UPDATE point SET number = 7",
        says=("it says that it has 1 points",),
    ),
    changed(
        "150k",
        "a store that says that points are still to come",
        "UPDATE sweep SET points = 5",
        says=("it has 5 points where the sweep has 1",),
    ),
    changed(
        "150f",
        "a store whose points are a view without an end",
        "DROP TABLE point; CREATE VIEW point AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) "
        "SELECT n AS number FROM r",
        "$ALIDADE query s.db failed",
        says=("it lacks tables of a store",),
    ),
    changed(
        "150g",
        "a store with a column of somebody else's",
        "ALTER TABLE point ADD COLUMN mine",
        says=("its points have other columns than the sweep's axes make",),
    ),
    changed(
        "150h",
        "a store with a time below nothing",
        "UPDATE point SET time_s = -1",
        "$ALIDADE query s.db --csv",
        says=("point 0 has '-1' as 'time_s'",),
    ),
    changed(
        "150i",
        "a store with a word for a time",
        "UPDATE point SET time_s = 'abc'",
        "$ALIDADE render s.db",
        says=("point 0 has 'abc' as 'time_s'",),
    ),
    Case(
        "150j",
        "a store whose sweep was ended before it had kept what it is of",
        "python3 -c \"import sqlite3; d = sqlite3.connect('s.db'); d.execute('PRAGMA journal_mode = WAL'); d.close()\""
        " && $ALIDADE query s.db failed",
        2,
        found="the store 's.db' is empty: its sweep was ended as it began",
        fix="call the sweep again: it goes on",
        shell=True,
        writes=("s.db",),
    ),
    Case(
        "171e",
        "a merge of two models that go by one name",
        f"{SWEEP} && cp other.alg m.alg && $ALIDADE {BASE} -o t.db && $ALIDADE merge s.db t.db -o c.db",
        2,
        {"m.alg": small(), "other.alg": small("%y = exp(%x) : f32[4]")},
        found="the model 'm' of 't.db' is not the one of a store before it: their graphs differ",
        fix="run the sweep anew with one and the same file",
        shell=True,
        writes=("s.db", "t.db", "m.alg"),
    ),
    Case(
        "171f",
        "a store that may not become as large as it is",
        f"ulimit -f 8; {SWEEP}",
        6,
        {"m.alg": small()},
        shell=True,
        writes=("s.db",),
        found="the store 's.db' failed: disk I/O error",
        fix="free some space, or write it somewhere else",
    ),
    occupied("171b", "a merge into a file that is no store", "cp m.alg out"),
    occupied("171c", "a merge into a pipe", "mkfifo out"),
    occupied("171d", "a merge into a link to nothing", "ln -s nowhere out"),
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
