"""TorchScript: zip, pickle and code, read in a worker."""

from archives import Entry, archive, script
from case import Case, Held, Row, Table

PROFILE = "profile m.pt"
AGAIN = "save the model again"
CAPTURE = "torch.jit.trace"
DISTRUST = "do not trust this file"


def bad(number: str, title: str, contents, exit_: int = 3, **more) -> Case:
    return Case(
        number,
        title,
        PROFILE,
        exit_,
        {"m.pt": contents},
        needs="torchscript",
        **({"place": "m.pt", **more} if exit_ else more),
    )


def code(text: bytes):
    """The model with a method more in its own code."""
    return lambda old: old + b"\ndef unused(self) -> int:\n  return " + text + b"\n"


def deep_pickle(depth: int) -> bytes:
    return b"\x80\x02" + b"(" * depth + b")" + b"t" * depth + b"."


def bomb() -> bytes:
    rest = [Entry(b"m/constants.pkl", b"\x80\x02)."), Entry(b"m/code/a.py", b""), Entry(b"m/version", b"3")]
    return archive(*rest, Entry(b"m/data.pkl", b"\0" * (65 << 20), deflated=True))


def entry(**facts) -> bytes:
    return archive(Entry(b"m/version", b"3"), Entry(**{"name": b"m/data.pkl", "data": b"\x80\x02).", **facts}))


ROWS: list[Row] = [
    bad(
        "53",
        "a state_dict",
        archive(Entry(b"m/data.pkl", b"\x80\x02}q."), Entry(b"m/data/0", b"x")),
        found="a state_dict",
        expected="no graph",
        fix=CAPTURE,
    ),
    bad(
        "53c",
        "a pickle of one byte",
        archive(Entry(b"m/data.pkl", b"x"), Entry(b"m/data/0", b"x")),
        found="a state_dict",
        expected="no graph",
        fix=CAPTURE,
    ),
    bad(
        "53a",
        "a pickle of before torch 1.6",
        b"\x80\x02\x8a\nl\xfc",
        found="a pickle of torch.save",
        expected="it has no graph",
        fix=CAPTURE,
    ),
    bad("53b", "a text", b"just text", found="not a zip archive", expected="as .pt and .pt2 files are", fix=CAPTURE),
    bad("54", "10,000 brackets in one another", script(linear_py=code(b"(" * 10_000 + b"1" + b")" * 10_000)), 0),
    bad("55", "50,000 minus signs", script(linear_py=code(b"-" * 50_000 + b"1")), 0),
    bad(
        "56",
        "100,000 lists of lists",
        script(linear_py=code(b"annotate(" + b"List[" * 100_000 + b"int" + b"]" * 100_000 + b", [])")),
        0,
    ),
    bad(
        "57",
        "a pickle of a million tuples in tuples",
        script(data_pkl=deep_pickle(1_000_000)),
        found="holds no module",
        fix=AGAIN,
    ),
    bad(
        "58",
        "a pickle that claims 2 GB",
        script(data_pkl=b"\x80\x02X\xff\xff\xff\x7fab."),
        found="a value of 2,147,483,647 bytes",
        expected="3 before its end",
        fix=AGAIN,
        memory_mb=900,
    ),
    bad(
        "58a",
        "a pickle that claims 2^63 bytes",
        script(data_pkl=b"\x80\x02\x8e" + b"\xff" * 8 + b"ab."),
        fix=AGAIN,
        memory_mb=900,
    ),
    bad("59", "68 MB of nothing in 66 kB", bomb, 7, found="inflates to more than 67.1 MB", memory_mb=900),
    Held("60", "entries that overlap", "dynamo/entries that overlap or share a name, and names that climb", "3"),
    bad(
        "61",
        "two entries of one name",
        archive(*[Entry(b"m/version", b"3")] * 2),
        found="the name of another one",
        fix=DISTRUST,
    ),
    bad(
        "62",
        "an entry that climbs out",
        entry(name=b"m/../../etc/passwd"),
        found="a name that climbs out",
        fix=DISTRUST,
    ),
    bad(
        "62a", "an entry that begins at the root", entry(name=b"/etc/passwd"), found="begins at the root", fix=DISTRUST
    ),
    bad("62b", "an entry with a byte 0 in its name", entry(name=b"a\0b"), found="a NUL byte", fix=DISTRUST),
    bad(
        "63",
        "two names of one entry",
        entry(local_name=b"m/other.pkl"),
        found="another name in its own header",
        expected="than in the directory",
        fix=DISTRUST,
    ),
    bad("64", "an entry that is encrypted", entry(flags=1), found="is encrypted", fix=DISTRUST),
    bad(
        "65",
        "a checksum that does not fit",
        lambda: script()().replace(b"PK\3\4", b"PK\3\4", 1)[:-1] + b"\1",
        found="bytes",
        fix=AGAIN,
    ),
    Held("66", "sizes of 64 bits that wrap", "dynamo/a directory that promises more or less than it holds", "3"),
    bad("67", "70,000 entries", lambda: archive(*(Entry(b"%d" % i, b"") for i in range(65_535)))),
    bad(
        "68",
        "a script in front of the archive",
        lambda: b"#!/bin/sh\n" + script()(),
        found="10 bytes stand before the archive",
        fix=AGAIN,
    ),
    bad(
        "68a",
        "an archive cut in half",
        lambda: script()()[:3000],
        found="is cut off",
        expected="which stands at the end",
        fix="download the file again",
    ),
    bad("69", "no version", script(version=None), found="does not say its version", fix=AGAIN),
    bad("69a", "no pickle of the module", script(data_pkl=None), found="lacks its entry 'data.pkl'", fix=AGAIN),
    bad(
        "70",
        "a version to come",
        script(version=b"99\n"),
        found="version 99",
        expected="10 is the newest",
        fix="build with a newer torch",
    ),
    bad(
        "71",
        "a pickle that would run a program",
        script(data_pkl=b"\x80\x02cos\nsystem\n)R."),
        found="names os.system",
        expected="may not hold",
        fix=DISTRUST,
    ),
    bad(
        "72",
        "an operator that no library registers",
        script(linear_py=lambda old: old.replace(b"torch.linear(", b"ops.acme.fancy(")),
        found="acme::fancy",
        expected="which no library registers here",
        fix="torch.export",
    ),
    Held(
        "73",
        "a reader that does not end",
        "bad_plugins/a frontend that does not end is stopped by the limit it hits",
        "7",
    ),
    Held(
        "74",
        "a reader that answers nothing or nonsense",
        "bad_plugins/a frontend that breaks its contract is named",
        "4",
    ),
    Held("75", "an answer of 2^40 nodes", "bad_plugins/a frontend that breaks its contract is named", "4"),
    Held(
        "76", "a program without libtorch", "dynamo/archives of another kind are named", "2: no component 'torchscript'"
    ),
    bad(
        "77",
        "a file for telephones",
        b"\x18\0\0\0PTMF" + b" " * 60,
        found="for mobile devices",
        expected="no graph that can be read",
        fix=CAPTURE,
    ),
]

TABLE = Table("TorchScript", ROWS)
