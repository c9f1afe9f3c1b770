#!/usr/bin/env python3
"""Makes the graph-only ONNX files of models/ and the variants of them that tests read; needs requirements.txt."""

import argparse
import multiprocessing
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS, VARIANTS = ROOT / "models", ROOT / "tests/data/zoo"
FORMS = (("legacy", "resnet18", "resnet18_legacy_noshapes"),
         ("folded", "resnet18", "resnet18_folded"),
         ("noshapes", "mobilenet_v2", "mobilenet_v2_noshapes"))


def write(model, path: pathlib.Path) -> None:
    """Deterministic serialisation: the same model gives the same bytes on every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path.stat().st_size:>9,}  {path.name}")


def make(form: str, name: str, path: pathlib.Path) -> None:
    import export
    write(getattr(export, form)(name), path)


def make_apart(form: str, name: str, path: pathlib.Path) -> None:
    """In a process of its own: torch numbers some symbols through the whole process, and the numbers reach the file."""
    process = multiprocessing.get_context("spawn").Process(target=make, args=(form, name, path))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{path.name} was not made")


def make_models(names: list[str], folder: pathlib.Path) -> None:
    for name in names:
        make_apart("dynamo", name, folder / f"{name}.onnx")


def make_variants(folder: pathlib.Path) -> None:
    for form, name, stem in FORMS:
        make_apart(form, name, folder / f"{stem}.onnx")


def command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="models to make (default: all)")
    parser.add_argument("--out", type=pathlib.Path, help="folder to write to (default: models/ or tests/data/zoo/)")
    parser.add_argument("--variants", action="store_true", help="make the test variants instead of the zoo")
    parser.add_argument("--check", action="store_true", help="make nothing; verify the files that are there")
    return parser.parse_args()


def main() -> int:
    options = command_line()
    if options.check:
        import check
        return check.main(MODELS, VARIANTS, {stem: (form, name) for form, name, stem in FORMS})
    import zoo_models
    unknown = sorted(set(options.names) - set(zoo_models.ZOO))
    if unknown:
        sys.exit(f"no such model: {', '.join(unknown)}; there are {', '.join(zoo_models.ZOO)}")
    if options.variants:
        make_variants(options.out or VARIANTS)
    else:
        make_models(options.names or list(zoo_models.ZOO), options.out or MODELS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
