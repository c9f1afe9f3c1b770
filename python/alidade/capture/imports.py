"""The files of one's own code that a model was made of: those that its file imports, and they in turn."""

import hashlib
import pathlib
import sys
import sysconfig

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
PYTHONS = tuple(pathlib.Path(sysconfig.get_path(name)).resolve()
                for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def imported() -> dict[str, str]:
    """Each with a hash of its content; what is installed is known by its version instead."""
    paths = {pathlib.Path(file).resolve() for module in list(sys.modules.values())
             if (file := getattr(module, "__file__", None))}
    return {str(path): content_of(path) for path in sorted(paths) if path.is_file() and not is_installed(path)}


def is_installed(path: pathlib.Path) -> bool:
    return bool({"site-packages", "dist-packages"} & set(path.parts)) or \
        any(path.is_relative_to(root) for root in (PACKAGE, *PYTHONS))


def content_of(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unchanged(files: dict[str, str]) -> bool:
    """A file that is gone is an OSError."""
    return all(content_of(pathlib.Path(path)) == content for path, content in files.items())
