"""Device files and support files."""

from case import Case, Held, Row, Table, small

GOOD = (
    'schema = "alidade.device/1"\nname = "A box"\nuse = "gpu.kernels"\npeak_tflops = { f32 = 10.0, bf16 = 40.0 }\n'
    "dram_gbps = 500.0\ncores = 40\nclock_mhz = 1500.0\nl2_mb = 6.0\nmemory_gib = 16.0\n"
)
RULES = 'schema = "alidade.support/1"\n[otherwise]\nverdict = "native"\nsource = "a test"\n'


def device(number: str, title: str, old: str, new: str, **more) -> Case:
    if old not in GOOD:
        raise ValueError(f"the device has no {old!r}")
    return Case(
        number,
        title,
        "hardware check box.toml",
        2,
        {"box.toml": GOOD.replace(old, new)},
        **{"place": "box.toml", **more},
    )


def support(number: str, title: str, text: str, **more) -> Case:
    pipeline = '[[model]]\npath = "m.alg"\n[[hardware]]\ndevice = "inf2"\nsupport = "x.support.toml"\n'
    pipeline += '[[report]]\nuse = "table"\n'
    return Case(
        number,
        title,
        "run p.toml",
        2,
        {"p.toml": pipeline, "m.alg": small(), "x.support.toml": text},
        **{"place": "x.support.toml", **more},
    )


ROWS: list[Row] = [
    Held(
        "93a",
        "a figure that is missing",
        "errors/a figure that is misspelt, missing, negative or absurd is told with what belongs there",
        "2",
    ),
    Held(
        "94",
        "a bandwidth in bytes where GB belong",
        "errors/a figure that is misspelt, missing, negative or absurd is told with what belongs there",
        "2",
    ),
    device(
        "94a",
        "a clock in Hz where MHz belong",
        "1500.0",
        "1.5e9",
        found="found 1.5e+09",
        expected="in MHz",
        fix="clock_mhz",
    ),
    Held(
        "95",
        "a rate of nought",
        "errors/a figure that is misspelt, missing, negative or absurd is told with what belongs there",
        "2",
    ),
    Held(
        "95a",
        "a bandwidth below nought",
        "errors/a figure that is misspelt, missing, negative or absurd is told with what belongs there",
        "2",
    ),
    device(
        "95b",
        "a bandwidth that is no number",
        "dram_gbps = 500.0",
        "dram_gbps = nan",
        found="found nan",
        expected="above 0",
        fix="dram_gbps",
    ),
    device(
        "95c",
        "a bandwidth without end",
        "dram_gbps = 500.0",
        "dram_gbps = inf",
        found="found inf",
        expected="above 0",
        fix="dram_gbps",
    ),
    Held(
        "95d",
        "a device of no type that a model could run in",
        "errors/a device without a rate that a model could run at is refused",
        "2",
    ),
    device(
        "96",
        "a cache that is larger than the memory",
        "l2_mb = 6.0",
        "l2_mb = 60000.0",
        found="'l2_mb' says 60000 MB",
        expected="a cache holds less than its memory",
        fix="correct one of the two",
    ),
    Held(
        "97",
        "a key that there is not",
        "errors/a figure that is misspelt, missing, negative or absurd is told with what belongs there",
        "2",
    ),
    Held("97a", "another version of the format", "errors/what a device file says of itself is checked", "2"),
    Held(
        "97b",
        "two devices of one name, and one that there is not",
        "errors/a device that is not there, and two of one id",
        "2",
    ),
    Held(
        "97c",
        "numbers that a device does not have",
        "errors/a precision that a device lacks is refused, with those that it has",
        "2",
    ),
    Case(
        "97e",
        "a device so slow that a model would never end",
        "estimate m.alg --on ./box.toml",
        2,
        {"m.alg": small(), "box.toml": GOOD.replace("f32 = 10.0", "f32 = 1e-300")},
        found="4e+288 s",
        expected="at most 1e+18 s",
        fix="a peak or a bandwidth is too small",
    ),
    Case(
        "172",
        "a table of measured kernels without a column that it needs",
        "estimate m.alg --on l4 --measured times.csv",
        2,
        {"m.alg": small(), "times.csv": "kind,in,flops,time_s\ngemm,f32,1,1\n"},
        place="times.csv:1",
        found="kind, in, flops, time_s",
        expected="no column 'bytes'",
        fix="alidade measure MODEL",
    ),
    Case(
        "172a",
        "a measured time that is no number of seconds",
        "estimate m.alg --on l4 --measured times.csv",
        2,
        {"m.alg": small(), "times.csv": "node,time_s\na,3 ms\n"},
        place="times.csv:2",
        found="'3 ms'",
        expected="a number of seconds",
    ),
    Case(
        "172b",
        "a target's table of kernels that is one of names",
        "estimate m.alg --on l4 --set 'hardware.l4.measured=\"times.csv\"'",
        2,
        {"m.alg": small(), "times.csv": "node,time_s\na,1\n"},
        found="times by name",
        expected="the column 'kind'",
        fix="alidade measure MODEL",
    ),
    Case(
        "173",
        "a file without code is to be run",
        "measure m.alg --on l4",
        2,
        {"m.alg": small()},
        place="m.alg",
        found="the frontend 'text' reads this file",
        fix="measure what it was made from",
        needs="torchscript",
    ),
    Case(
        "173a",
        "a machine that nobody has calibrated is to be measured against",
        "measure m.alg",
        2,
        {"m.alg": small()},
        place="--on",
        found="nobody has calibrated this machine",
        fix="alidade calibrate cpu",
        env={"XDG_DATA_HOME": "/nonexistent"},
    ),
    Held(
        "173b",
        "a calibration on a busy machine",
        "capture/test_a_busy_machine_is_refused",
        "1",
    ),
    Case(
        "168j",
        "an operator on numbers for which a device states no rate",
        "estimate m.alg --on box.toml",
        0,
        {
            "box.toml": GOOD.replace("f32 = 10.0, bf16 = 40.0", "f32 = 10.0"),
            "m.alg": small("%y = relu(%x) : f64[4]", "input %x : f64[4]"),
        },
        says=("1 operator has no price: the time is the least that it may be",),
    ),
    Case(
        "168k",
        "a product of numbers for which a device states no rate",
        "estimate m.alg --on box.toml",
        2,
        {
            "box.toml": GOOD.replace("f32 = 10.0, bf16 = 40.0", "f32 = 10.0"),
            "m.alg": small("%y = matmul(%x, %x) : f32[4,4]", "input %x : f64[4,4]"),
        },
        found="'peak_tflops' has no rate for f64",
        place="m.alg",
        fix="add f64 to it",
    ),
    support(
        "168",
        "rules of an operator that there is not",
        RULES + '[[rule]]\nops = ["rleu"]\nverdict = "native"\nsource = "x"\n',
        found="rleu",
        expected="did you mean 'relu'?",
    ),
    support(
        "168a",
        "a verdict that is none",
        RULES + '[[rule]]\nops = ["relu"]\nverdict = "maybe"\nsource = "x"\n',
        found="maybe",
        expected="native",
    ),
    support("168d", "a number for all rules", "rule = 3\n" + RULES, found="found 3", expected="a section [[rule]]"),
    support("168e", "a number for a rule", "rule = [3]\n" + RULES, found="found 3", expected="a section [[rule]]"),
    support(
        "168f",
        "one rule where several belong",
        RULES + '[rule]\nverdict = "native"\nsource = "x"\n',
        found="found a table",
        expected="a section [[rule]]",
    ),
    support(
        "168g",
        "a word for what happens otherwise",
        'schema = "alidade.support/1"\notherwise = "native"\n',
        found='found "native"',
        expected="a section [otherwise]",
    ),
    support(
        "168h",
        "one operator where a list belongs",
        RULES + '[[rule]]\nops = "relu"\nverdict = "native"\nsource = "x"\n',
        found='found "relu"',
        expected="a list of operators",
    ),
    support(
        "168i",
        "a number for a reason",
        RULES + '[[rule]]\nops = ["relu"]\nverdict = "unsupported"\nreason = 3\nsource = "x"\n',
        found="found 3",
        expected="'reason' in [[rule]]: expected a string",
    ),
    support("168b", "rules without a source", RULES + '[[rule]]\nops = ["relu"]\nverdict = "native"\n', found="source"),
    support("168c", "a text that is no TOML", "[[rule\n", found="not TOML", place="x.support.toml:1:"),
]

TABLE = Table("Device files and support files", ROWS)
