"""Models of torch with real inputs."""

import importlib.metadata

import alidade
import pytest

torch = pytest.importorskip("torch")
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402


class Both(torch.nn.Module):
    """Takes ids and a mask by name, as models of language do."""

    def __init__(self):
        super().__init__()
        self.table, self.out = torch.nn.Embedding(50, 16), torch.nn.Linear(16, 50)

    def forward(self, input_ids, attention_mask=None):
        found = self.table(input_ids)
        return self.out(found if attention_mask is None else found * attention_mask.unsqueeze(-1))


def counted(model, *args, **kwargs) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(*args, **kwargs)
    return counter.get_total_flops() // 2


def net():
    return torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(288, 5))


def test_what_a_source_needs_and_is_not_installed_is_said_with_the_way_to_get_it(monkeypatch):
    def version(package: str) -> str:
        raise importlib.metadata.PackageNotFoundError(package)
    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(alidade.AlidadeError) as told:
        alidade.profile("torchvision:resnet18")
    assert (told.value.what, told.value.where, told.value.fix) == (
        'the Python package "torch" is not installed', "torchvision:resnet18",
        'run ./dev setup capture, or pip install "FOLDER[capture]", FOLDER being a checkout')


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_tensor_is_an_input_of_its_own_type(dtype):
    model, x = net().to(dtype), torch.randn(2, 3, 8, 8, dtype=dtype)
    found = alidade.profile(model, x)
    assert found.macs == counted(model, x)
    assert found[0].dtype == {torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16"}[dtype]


def test_ids_and_masks_come_by_name():
    model, ids = Both(), torch.randint(0, 50, (2, 7))
    given = {"input_ids": ids, "attention_mask": torch.ones(2, 7)}
    assert alidade.profile(model, given).macs == counted(model, **given)
    assert alidade.profile(model, (ids,)).macs == alidade.profile(model, ids).macs == counted(model, ids)


def test_an_exported_program_needs_no_inputs():
    program = torch.export.export(net(), (torch.randn(1, 3, 8, 8),))
    found = alidade.profile(program, name="mine")
    assert found.name == "mine" and found.macs == counted(net(), torch.randn(1, 3, 8, 8))


def test_a_model_that_was_captured_is_estimated_at_batches_without_a_capture():
    model = alidade.open(net(), torch.randn(1, 3, 8, 8), dynamic="batch=0", batch=1)
    rows = model.estimate("l4", batch=[1, 64]).rows
    assert [row.batch for row in rows] == [1, 64] and rows[0].time_s < rows[1].time_s


def test_profile_model_prints_a_table_and_returns_a_dict(capsys):
    found = alidade.profile_model(net(), input_shape=(1, 3, 8, 8), model_name="MyModel", show_shapes=True)
    said = capsys.readouterr().out
    assert found["model"] == "MyModel" and "MyModel" in said and "(1, 8, 6, 6)" in said or "1x8x6x6" in said


def test_a_bare_name_is_the_zoos_or_else_torchvisions():
    assert alidade.open("resnet18").name == "resnet18"
    pytest.importorskip("torchvision")
    assert alidade.profile("squeezenet1_1").params == 1_235_496  # torchvision's table of weights


def test_what_is_no_model_is_refused():
    with pytest.raises(alidade.AlidadeError, match="a model was expected, found int"):
        alidade.profile(5)
    with pytest.raises(alidade.AlidadeError, match="this is a class, and a model was expected"):
        alidade.profile(Both)
    with pytest.raises(alidade.AlidadeError, match="raised"):
        alidade.profile(net(), torch.randn(1, 4, 8, 8))
