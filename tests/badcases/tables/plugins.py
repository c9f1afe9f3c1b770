"""Libraries that are none, do not fit, crash, hang, throw, or answer nonsense."""

import struct
from pathlib import Path

from case import Case, Held, NotApplicable, Row, Table, small

PATH = {"ALIDADE_PLUGIN_PATH": "{bad_plugins}"}
HERE = {"ALIDADE_PLUGIN_PATH": "plugins"}
REBUILD = "rebuild it with this program's compiler"
TAKE_OUT = "take it out of the plugin folder"
PIPELINE = (
    '[[model]]\npath = "m.alg"\n[[analysis]]\nuse = "cost"\n[[hardware]]\nuse = "{}"\n[[report]]\nuse = "json"\n'
    'path = "out.json"\n'
)
WRITTEN = ("out.json",)
READER = (
    '[[model]]\npath = "m.alg"\nfrontend = "bad_reader.{0}"\n'
    '[limits]\nwall_s = {1}\ncpu_s = 1\nmemory_mib = 512\n[[report]]\nuse = "json"\npath = "out.json"\n'
)


def evil(number: str, title: str, name: str, exit_: int = 4, **more) -> Case:
    """A run that names a component of a bad library."""
    files = {"p.toml": PIPELINE.format(name), "m.alg": small(), "out.json": "an older report\n"}
    return Case(
        number,
        title,
        "run p.toml",
        exit_,
        files,
        env=PATH,
        place="p.toml:6:7" if exit_ == 4 and "place" not in more else more.pop("place", ""),
        **more,
    )


def reader(number: str, title: str, name: str, exit_: int, **more) -> Case:
    """A frontend in a worker that does something bad to it."""
    files = {
        "p.toml": READER.format(name, 1 if name == "sleep" else 30),
        "m.alg": small(),
        "out.json": "an older report\n",
    }
    return Case(number, title, "run p.toml", exit_, files, env=PATH, place="m.alg" if exit_ else "", **more)


def analysis(number: str, title: str, name: str, exit_: int, **more) -> Case:
    """A run with an analysis that does something bad, beside one that does not."""
    text = PIPELINE.replace("[[hardware]]", "[[analysis]]").format(f"bad_pass.{name}")
    files = {"p.toml": text, "m.alg": small(), "out.json": "an older report\n"}
    place = "bad_pass.so" if exit_ else ""
    return Case(number, title, "run p.toml", exit_, files, env=PATH, place=place, **more)


def no_library(number: str, title: str, contents: bytes, **more) -> Case:
    files = {"p.toml": PIPELINE.format("broken"), "m.alg": small(), "plugins/broken.so": contents}
    return Case(number, title, "run p.toml", 4, files, env=HERE, place="p.toml:6:7", fix="alidade_add_plugin()", **more)


def elf(machine: int, bits: int = 2) -> bytes:
    return b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9) + struct.pack("<HHI", 3, machine, 1) + bytes(200)


def library(phoff: int = 64, phnum: int = 1, segment: int = 0, symbols: int = 0) -> bytes:
    """One segment and one table of symbols, as large as they are said to be."""
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQ", 3, 62, 1, 0, phoff, 120)
    header += struct.pack("<IHHHHHH", 0, 64, 56, phnum, 64, 1, 0)
    segments = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, segment, segment, 8)
    return header + segments + struct.pack("<IIQQQQIIQQ", 0, 11, 0, 0, 0, symbols, 0, 0, 8, 24)


def thousand(folder: Path) -> None:
    (folder / "plugins").mkdir()
    for i in range(1000):
        (folder / f"plugins/p{i}.so").write_bytes(elf(21))


ROWS: list[Row] = [
    no_library("102", "an empty file", b"", found="is empty", expected="a shared library was expected"),
    no_library(
        "102a", "a script", b"#!/bin/sh\necho hello\n", found="'#!/bin/sh", expected=r'where an ELF file has "\x7fELF"'
    ),
    no_library(
        "102b", "a library for another machine", elf(21), found="64-bit PowerPC", expected="this program runs on"
    ),
    no_library("102c", "a library of 32 bits", elf(3, 1), found="a 32-bit library", expected="loads 64-bit ones"),
    no_library(
        "102d",
        "a library whose numbers begin with their highest byte",
        elf(62).replace(b"\x02\x01", b"\x02\x02", 1),
        found="a big-endian library",
        expected="this program is little-endian",
    ),
    no_library("103", "a library cut short", elf(62)[:40], found="has 40 bytes", expected="its headers speak of 64"),
    no_library(
        "103a",
        "segments listed behind the end",
        library(phoff=1000),
        found="has 184 bytes",
        expected="its headers speak of 1,056",
    ),
    no_library(
        "103b",
        "a segment that ends behind the end",
        library(segment=5000),
        found="has 184 bytes",
        expected="its headers speak of 5,000",
    ),
    no_library("103c", "a library of nothing", library(phnum=0), found="has no segments or no section table"),
    no_library("103d", "symbols that end behind the end", library(symbols=5000), found="has a damaged symbol table"),
    Held(
        "104",
        "a library damaged anywhere",
        "bad_plugins/a library cut or damaged anywhere is refused or loads, and takes nothing down",
        "4",
    ),
    evil(
        "105",
        "a library that is no plugin",
        "no_symbol",
        found="does not export 'alidade_plugin'",
        expected="is no Alidade plugin",
        fix="ALIDADE_PLUGIN(",
    ),
    evil(
        "106",
        "a symbol that is something else",
        "wrong_magic",
        found="a symbol 'alidade_plugin' that",
        expected="ALIDADE_PLUGIN() did not write",
        fix=REBUILD,
    ),
    evil(
        "107", "another version of the SDK", "wrong_sdk", found="SDK 0.0", expected="this program has 0.1", fix=REBUILD
    ),
    evil("107a", "another compiler", "wrong_toolchain", found="cxx11-abi 0", expected='this program "', fix=REBUILD),
    evil(
        "108",
        "other headers of the same version",
        "wrong_layout",
        found="layout 0000000000001234",
        expected="this program's",
        fix=REBUILD,
    ),
    evil(
        "109",
        "a symbol that is defined nowhere",
        "undefined_symbol",
        found="'acme::device_speed(int)' is defined nowhere",
        fix="link what is missing",
    ),
    evil("110", "a library whose own library is gone", "missing_library", found="libalidade_absent.so", fix="ldd"),
    NotApplicable("111", "a library that needs a newer C++ library", "the loader's own sentence, as that of 110"),
    evil(
        "112",
        "a library that aborts while it is loaded",
        "aborts_while_loading",
        found="(signal 6, SIGABRT)",
        fix=TAKE_OUT,
    ),
    evil("113", "a library that ends the program", "exits_while_loading", found="(exit status 0)", fix=TAKE_OUT),
    evil(
        "114",
        "a library that never finishes loading",
        "hangs_while_loading",
        found="did not finish",
        expected="within 3 seconds",
        fix=TAKE_OUT,
    ),
    evil(
        "115",
        "a library that throws while it lists its components",
        "throws_in_enlist",
        found="threw std::runtime_error",
        fix="tell its author",
    ),
    evil(
        "116",
        "a library that opens a connection while it is loaded",
        "connects_while_loading",
        found="tried to open a network connection",
        fix=TAKE_OUT,
        confined=True,
    ),
    NotApplicable(
        "117",
        "two libraries that register one message of protobuf",
        "no library of ours links protobuf, and no two are loaded into one probe",
    ),
    evil(
        "118", "a component twice in one library", "offers_twice", found="offers 'offers_twice' twice", fix="each once"
    ),
    evil(
        "118a",
        "a component of another library's name",
        "wrong_prefix",
        found="'other.second'",
        expected="wrong_prefix.so",
        fix="name components after their library",
    ),
    NotApplicable(
        "119",
        "a plugin folder that others can write to",
        "SECURITY.md asks for folders that only you can write to; a group that shares one is no mistake",
    ),
    evil("120", "a component that is made of nothing", "makes_nothing", place=".so", fix="tell its author"),
    evil(
        "121",
        "a component that throws when it is made",
        "throws_in_make",
        found="threw",
        place=".so",
        fix="tell its author",
    ),
    evil(
        "121a",
        "a component that throws what is no exception",
        "throws_odd_type",
        found="threw",
        place=".so",
        fix="tell its author",
    ),
    Case(
        "122",
        "a component that crashes when it is asked",
        "plugins check {bad_plugins}/crashes_when_asked.so",
        1,
        says=("it crashed (signal 11, SIGSEGV)",),
    ),
    Case(
        "124",
        "a component that answers differently each time",
        "plugins check {bad_plugins}/untidy.so",
        1,
        says=("asked twice, it answers differently",),
    ),
    evil(
        "124a",
        "a time that is infinite",
        "untidy.endless",
        2,
        place="m.alg",
        found="would take inf s for node 'y'",
        expected="at most 1e+18 s make sense",
        fix="look at its options",
    ),
    evil("124b", "a component without end in memory", "runs_out_of_memory", 7, place="", found="memory"),
    Case(
        "124d",
        "a word about an operator that 63 bits do not hold",
        "run p.toml",
        4,
        {
            "p.toml": PIPELINE.replace("[[hardware]]", "[[operator]]").format("bad_rule"),
            "m.alg": small('%y = opaque(%x) : f32[4] as "acme::twist"'),
            "out.json": "an older report\n",
        },
        env=PATH,
        place="bad_rule.so",
        found="gave a figure that does not fit 63 bits",
        fix="tell its author",
    ),
    Case(
        "124e",
        "a formula on a device whose model states no peak",
        "formula m.alg --on box.toml",
        2,
        {"box.toml": 'schema = "alidade.device/1"\nname = "A box"\nuse = "good.second"\n', "m.alg": small()},
        env=PATH,
        place="--on",
        found="states no peak and bandwidth",
        fix="'alidade hardware list'",
    ),
    reader(
        "125",
        "a frontend that computes forever",
        "spin",
        7,
        found="more than 1 CPU seconds",
        fix="--set limits.cpu_s=2",
    ),
    reader(
        "125a", "a frontend that waits forever", "sleep", 7, found="more than 1 seconds", fix="--set limits.wall_s=2"
    ),
    Case(
        "34",
        "a file that is cut while it is read",
        "run p.toml",
        3,
        {"p.toml": READER.format("cut", 30), "m.alg": small()},
        env=PATH,
        place="m.alg",
        found="the file was cut short while the 'bad_reader.cut' frontend read it (SIGBUS)",
        fix="run again once the file is whole",
    ),
    Case(
        "34a",
        "a file that is cut while the program itself reads it",
        "run p.toml --trust",
        3,
        {"p.toml": READER.format("cut", 30), "m.alg": small()},
        env=PATH,
        place="while bad_reader.cut was reading",
        found="a file that is read was cut short meanwhile",
        fix="run again once the file is whole",
    ),
    reader("127", "a frontend that crashes", "crash", 3, found="(signal 11, SIGSEGV)", fix="the file is damaged"),
    reader("127a", "a frontend that ends its process", "exit", 4, found="without an answer", fix="tell its author"),
    reader(
        "127b",
        "a frontend that answers nonsense",
        "garbage",
        4,
        found="something that is no answer",
        fix="tell its author",
    ),
    reader(
        "127c", "a frontend that throws", "throw", 4, found="threw std::out_of_range: tensor 7", fix="tell its author"
    ),
    analysis(
        "123", "an analysis that uses up its stack", "recurse", 4, found="crashed (SIGSEGV)", fix="tell its author"
    ),
    analysis("123a", "an analysis that crashes", "crash", 4, found="crashed (SIGSEGV)", fix="tell its author"),
    analysis("123b", "an analysis that aborts", "abort", 4, found="crashed (SIGABRT)", fix="tell its author"),
    analysis(
        "123c",
        "an analysis that throws where nothing may be thrown",
        "throw_late",
        4,
        found="threw std::runtime_error: too late",
        fix="tell its author",
    ),
    analysis("123d", "an analysis that ends the program", "leave", 4, found="ended the program", fix="tell its author"),
    Held(
        "123e",
        "a device that crashes, waits or leaves in a sweep",
        "bad_plugins/a device that crashes, waits or leaves in a sweep loses the points where it does",
        "5",
    ),
    Held(
        "123f",
        "a device that writes into the answer of its process",
        "bad_plugins/a device that writes into the answer of its process loses what it was to answer",
        "5",
    ),
    analysis(
        "121b",
        "an analysis that throws a number",
        "throw_number",
        5,
        found="threw int",
        fix="tell its author",
        writes=WRITTEN,
    ),
    analysis(
        "121c",
        "an analysis that throws a null pointer",
        "throw_nothing",
        5,
        found="threw",
        fix="tell its author",
        writes=WRITTEN,
    ),
    analysis("124c", "an analysis whose figure is no number", "nan", 0, writes=WRITTEN),
    analysis(
        "126",
        "an analysis that writes into the graph, of which it has a copy",
        "vandal",
        5,
        found="wrote into the graph, which is there to be read",
        fix="tell its author",
        writes=WRITTEN,
    ),
    analysis(
        "128",
        "an analysis that leaves the working folder",
        "folder",
        5,
        found="left the working folder changed",
        fix="tell its author",
        writes=WRITTEN,
    ),
    analysis(
        "128a",
        "an analysis that changes how numbers are rounded",
        "rounding",
        5,
        found="left the rounding changed",
        fix="tell its author",
        writes=WRITTEN,
    ),
    analysis(
        "128b",
        "an analysis that ignores interrupts from then on",
        "signals",
        5,
        found="left the handling of signals changed",
        fix="tell its author",
        writes=WRITTEN,
    ),
    Held(
        "129",
        "a library that prints while it is loaded",
        "bad_plugins/what a library prints while it loads stays out of the way",
        "loads",
    ),
    Case(
        "129a",
        "an analysis that prints into the result",
        "run p.toml --set report.json.path=-",
        0,
        {"m.alg": small(), "p.toml": PIPELINE.replace("[[hardware]]", "[[analysis]]").format("bad_pass.print")},
        env=PATH,
        stdout_is_json=True,
        says=("computing...",),
    ),
    Held(
        "130",
        "a library that is exchanged between probe and load",
        "bad_plugins/a library that is exchanged after it was tried is not used",
        "4",
    ),
    NotApplicable("131", "a library that is unloaded while something of it lives", "no library is ever unloaded"),
    Case(
        "132",
        "a folder of 1,000 libraries",
        "plugins list",
        0,
        prepare=thousand,
        env=HERE,
        seconds=5,
        says=("p999.so",),
    ),
    Case(
        "133",
        "a plugin folder that is not there",
        "profile m.alg",
        0,
        {"m.alg": small()},
        env={"ALIDADE_PLUGIN_PATH": "/nowhere"},
    ),
    reader(
        "127d", "a frontend that refuses the file", "refuse", 3, found="3 bytes are no model", fix="export it again"
    ),
    reader("127e", "a frontend with nothing wrong", "fine", 0, writes=WRITTEN),
    evil("127f", "a library with nothing wrong", "good.second", 0, writes=WRITTEN),
    Held("127g", "a frontend that allocates forever", "bad_plugins/a frontend that allocates forever is stopped", "7"),
    Held(
        "133a",
        "a frontend that does more than read",
        "bad_plugins/a frontend that does more than read is ended and named",
        "3",
    ),
    Held(
        "133b",
        "a worker whose program is killed",
        "bad_plugins/a worker dies with the program, however that ends",
        "it ends, too",
    ),
    Case(
        "133c",
        "a component that there is not",
        "run p.toml",
        2,
        {"p.toml": PIPELINE.format("good.secnd"), "m.alg": small()},
        env=PATH,
        place="p.toml:6:7",
        found="good.secnd",
        fix="it has: good.second",
    ),
]

TABLE = Table("Plugins", ROWS)
