"""Writes archives: the JSON texts of a .pt2 deflated and without weights, and what is recorded beside them."""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import zipfile

from alidade.capture.interrupt import check

DATE = (1980, 1, 1, 0, 0, 0)
SCHEMA = "alidade.capture/1"


@contextlib.contextmanager
def whole_or_absent(path: pathlib.Path):
    """A path to write to that takes the place of `path` when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    partial = pathlib.Path(name)
    try:
        yield partial
        check()
        partial.chmod(0o666 & ~current_umask())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def program_text(program) -> bytes:
    """The JSON of an exported program, as torch.export.save writes it, without touching a weight."""
    from torch._export.serde.serialize import serialize
    program._example_inputs = None  # they would be pickled beside it
    return serialize(program, serialize_state_dict=False, serialize_constants=False).exported_program


def weights_text(program) -> str:
    """Which weights are one tensor: the part of the archive's list that needs no weights."""
    seen: dict[tuple, str] = {}
    config = {}
    for name, tensor in program.state_dict.items():
        place = seen.setdefault(identity(tensor), f"weight_{len(seen)}")
        meta = {"device": {"type": "cpu", "index": None}, "storage_offset": {"as_int": 0},
                "strides": [{"as_int": stride} for stride in tensor.stride()]}
        config[name] = {"path_name": place, "tensor_meta": meta}
    return json.dumps({"config": config})


def identity(tensor) -> tuple:
    """Equal for two names of one tensor; detaching makes a new object over the same storage."""
    import torch
    try:
        return tensor.untyped_storage()._cdata, tensor.storage_offset(), tuple(tensor.shape)
    except (RuntimeError, torch._subclasses.fake_tensor.DataDependentOutputException):
        return id(tensor), 0, ()


def graph_only(program, name: str, record: dict) -> bytes:
    """The .pt2 of a program with nothing in it but the graph and the record."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry, text in (("archive_format", b"pt2"), ("archive_version", b"0"),
                            ("models/model.json", program_text(program)),
                            ("data/weights/model_weights_config.json", weights_text(program)),
                            ("extra/alidade.json", json.dumps(record))):
            archive.writestr(zipfile.ZipInfo(f"{name}/{entry}", DATE), text, zipfile.ZIP_DEFLATED, compresslevel=6)
    return out.getvalue()


def bundled(manifest: dict, parts: list[tuple[str, bytes]], record: dict) -> bytes:
    """The manifest first, then each partition stored as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry, text in (("alidade_bundle.json", manifest), ("extra/alidade.json", record)):
            archive.writestr(zipfile.ZipInfo(entry, DATE), json.dumps(text), zipfile.ZIP_DEFLATED)
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, DATE), data)
    return out.getvalue()


def record_of(path: pathlib.Path) -> dict:
    """What a capture wrote about itself into an archive; empty for files of other makers."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("extra/alidade.json")]
            return json.loads(archive.read(names[0])) if names else {}
    except zipfile.BadZipFile:
        return {}


def below(path: str) -> str:
    """A path as every machine sees it: below site-packages, or below the folder we are in."""
    short = path.split("/site-packages/")[-1]
    return short.removeprefix(f"{pathlib.Path.cwd()}/")
