"""Part 2: random configurations of operators, beside the shapes that onnxruntime really gives."""

import dataclasses
import pathlib
import tempfile
import zlib

import chains
import dependence
import loops
import onnx
import ort
import program
import random_movement
import random_products
import random_sequences
import random_windows
import recorder
import verdict
from trial import Dice, Trial
from truth import Truth
from verdict import Judged

FAMILIES = {"windowed": random_windows, "recurrent and attention": random_sequences,
            "movement": random_movement, "products and broadcasts": random_products}
TRIES = 6  # refused configurations in a row before an operator is given up
STATED, WORKED_OUT, SYMBOLS, UNKNOWN = range(4)


@dataclasses.dataclass
class Made:
    """One configuration: the file's text, how it is asked, what is true."""

    trial: Trial
    model: onnx.ModelProto
    bind: dict[str, int]
    inputs: dict[str, list[int]]
    truth: Truth


def suites(options) -> dict[str, dict[str, Judged]]:
    return {f"random, {family}": judged(made_all(module.OPERATORS, options.count, options.seed))
            for family, module in FAMILIES.items()}


def made_all(operators: dict, count: int, seed: int) -> dict[str, Made]:
    found = {}
    for op, make in operators.items():
        for number in range(count):
            made = first_valid(op, make, [seed, zlib.crc32(op.encode()), number])
            if made is not None:
                found[f"{op} {number}"] = made
    return found


def first_valid(op: str, make, seed: list[int]) -> Made | None:
    """The first configuration of this seed that runs."""
    for attempt in range(TRIES):
        dice = Dice([*seed, attempt])
        trial = make(dice)
        model = trial.model()
        try:
            outputs = real(model, trial.feeds())
        except Exception:  # not a valid one, or one that neither implementation has
            continue
        return stated(dice, trial, Truth(outputs, macs(trial, model.graph.node[0], outputs)))
    return None


def macs(trial: Trial, node: onnx.NodeProto, outputs: list) -> dict[str, int]:
    if not loops.counted(node.domain, node.op_type):
        return {}
    shapes = [data.shape if data is not None else None for data in trial.inputs.values()]
    made = dict(zip([name for name in trial.outputs if name], outputs, strict=True))
    return {node.op_type: loops.macs(node.domain, node.op_type, lambda key, default: ort.attribute(node, key, default),
                                     shapes, [made[name].shape if name else None for name in trial.outputs])}


def real(model: onnx.ModelProto, feeds: dict) -> list:
    try:
        return ort.outputs(model, feeds)
    except Exception:
        return recorder.run(model, feeds).outputs


def stated(dice: Dice, trial: Trial, truth: Truth) -> Made:
    """As it is; with lists of integers worked out by nodes; with symbols for a part of the sizes, bound; or with
    unknown sizes, given when the file is read."""
    way = dice.pick([STATED, WORKED_OUT, SYMBOLS, UNKNOWN])
    if way in (STATED, WORKED_OUT):
        model = trial.model()
        if way == WORKED_OUT:
            chains.works_out(dice, model)
        return Made(trial, model, {}, {}, truth)
    sizes = {name: list(data.shape) for name, data in trial.feeds().items()}
    given = {name: list(shape) for name, shape in sizes.items()}
    bind = {}
    for number, shape in enumerate(sizes.values()):
        for axis in range(len(shape)):
            if dice.flag(0.4):
                bind[f"s{number}_{axis}"] = shape[axis]
                shape[axis] = f"s{number}_{axis}" if way == SYMBOLS else None
    asked = ({}, {name: shape for name, shape in given.items() if None in sizes[name]})
    return Made(trial, trial.model(sizes), *((bind, {}) if way == SYMBOLS else asked), truth)


def judged(made: dict[str, Made]) -> dict[str, Judged]:
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, one in enumerate(made.values()):
            file = pathlib.Path(folder, f"{number}.onnx")
            file.write_bytes(one.model.SerializeToString())
            asked.append(program.Asked(file, one.bind, one.inputs))
        documents = program.profiles(asked)
    return {name: verdict.judge(document, one.model, one.truth, dependence.tensors_by_data(one.model))
            for (name, one), document in zip(made.items(), documents, strict=True)}
