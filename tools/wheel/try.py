"""What a wheel has to do where it is installed alone: `try.py [FOLDER]`, the folder that torch is in, if any."""

import subprocess
import sys
import tempfile
from pathlib import Path

import alidade
from alidade.native import program


def say(what: str, found: object) -> None:
    print(f"  {what}: {found}")


def read_in_worker() -> int:
    """A frontend in a process of its own, which is the program of the wheel and not this Python."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Path(folder) / "p.toml"
        path = Path(alidade.profile("resnet18").document["path"]).absolute()  # a pipeline's paths are seen from it
        pipeline.write_text(f'[[model]]\npath = "{path}"\n[frontend.onnx]\nworker = true\n'
                            f'[[analysis]]\nuse = "cost"\n[[report]]\nuse = "json"\npath = "{folder}/out.json"\n')
        return alidade.run(pipeline).document["totals"]["macs"]


def read_script(folder: str) -> int:
    sys.path.append(folder)
    import torch
    with tempfile.TemporaryDirectory() as made:
        path = str(Path(made) / "net.pt")
        torch.jit.trace(torch.nn.Linear(8, 4), torch.ones(2, 8)).save(path)
        return alidade.profile(path, input_shape=(2, 8)).macs


def main() -> None:
    assert Path(alidade.__file__).is_relative_to(sys.prefix), alidade.__file__
    assert Path(program()).is_relative_to(sys.prefix), program()
    found = alidade.profile("resnet18")
    assert found.macs == 1_814_073_344
    say("resnet18", found)
    say("estimate", [f"{row.target} {row.time_s:.6f} s" for row in alidade.estimate("resnet18", on=["h100_sxm", "l4"])])
    say("placement", alidade.place("resnet18", target="neuron"))
    assert read_in_worker() == found.macs
    said = subprocess.run([Path(sys.executable).with_name("alidade"), "doctor"], capture_output=True, text=True).stdout
    print(said, end="")
    sweep = [Path(sys.executable).with_name("alidade"), "sweep", "resnet18", "--on", "l4", "-o", "s.db"]
    fleet = subprocess.run([*sweep, "--engine", "ray"], capture_output=True, text=True).stderr
    assert "the Python package ray is not installed" in fleet, fleet
    if len(sys.argv) > 1 and sys.argv[1]:
        assert read_script(sys.argv[1]) == 2 * 8 * 4
        say("torchscript", "read with the torch that is installed")


main()
