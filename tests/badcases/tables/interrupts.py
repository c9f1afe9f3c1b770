"""Signals, and programs that are killed."""

from case import Case, Held, NotApplicable, Row, Table

# A sweep of some seconds, a signal once it has begun, and its exit code.
SWEEP = (
    '"$ALIDADE" sweep {models}/swin_t.onnx {models}/resnet50.onnx --on h100_sxm,l4,t4,a100_sxm_80 '
    "--batch $(seq -s, 1 500) -j 1 -o s.db & while [ ! -e s.db-wal ]; do sleep 0.05; done; sleep 0.2; "
    "kill -{} $!; wait $!"
)
STORE = ("s.db", "s.db-wal")


def signal(number: str, title: str, name: str, exit_: int, **more) -> Case:
    return Case(number, title, SWEEP.replace("{}", name), exit_, shell=True, writes=STORE, **more)


ROWS: list[Row] = [
    signal("147", "an end that is asked for in the middle of a sweep", "TERM", 143),
    Held(
        "147a",
        "a signal while a report is written",
        "bad_plugins/a signal while a report is written leaves no half-written file",
        "130, 143, 129",
    ),
    Held(
        "147b",
        "an interrupt or an end at any moment of a run or a sweep",
        "reliability/kills_test",
        "130 or 143, the older report is whole; the same command makes the same bytes",
    ),
    signal("148", "a terminal that hangs up in the middle of a sweep", "HUP", 129),
    Held(
        "149", "a sweep that is killed at any moment", "reliability/kills_test", "its second half makes the same bytes"
    ),
    NotApplicable(
        "151", "a clock that jumps, files from 1970", "no time of day and no time of a file goes into a result"
    ),
]

TABLE = Table("Signals and kills", ROWS)
