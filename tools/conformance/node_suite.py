"""Part 1: the models of the onnx package, in every form."""

import pathlib
import tempfile

import cases
import dependence
import forms
import onnx
import program
import truth
import verdict
from cases import Case
from truth import Truth
from verdict import Judged

EXPANDED = "_expanded"


NODES, OTHERS = "ONNX node suite", "other models of the package"


def suites(options) -> dict[str, dict[str, Judged]]:
    """By suite and form, then by model; there is nothing to choose in `options`."""
    return {**by_form(NODES, cases.node_cases()), **by_form(OTHERS, cases.other_cases())}


def sample(every: int) -> dict[str, dict[str, Judged]]:
    """The first model of each operator, its expanded form, and one of so many others."""
    suite, chosen, seen = cases.node_cases(), [], set()
    for number, case in enumerate(suite):
        fresh = {node.op_type for node in case.model.graph.node} - seen
        follows = EXPANDED in case.name and parent(case.name) in {one.name for one in chosen}
        if fresh or follows or number % every == 0:
            chosen.append(case)
            seen |= fresh
    return by_form(NODES, chosen)


def by_form(title: str, suite: list[Case]) -> dict[str, dict[str, Judged]]:
    made = {case.name: forms.forms(case) for case in suite}
    truths = settled({case.name: truth.of(case) for case in suite})
    data = {case.name: truth.feeds(case) if case.inputs is not None else {} for case in suite}
    documents = read_all({(name, form): model for name, each in made.items() for form, model in each.items()}, data)
    found: dict[str, dict[str, Judged]] = {f"{title}, {form}": {} for form in forms.NAMES}
    for (name, form), document in documents.items():
        of_operator = made.get(parent(name), made[name]).get(form, made[name][form])
        waiting = dependence.tensors_by_data(of_operator)  # an expanded one waits where its operator may
        found[f"{title}, {form}"][name] = verdict.judge(document, made[name][form], truths[name], waiting)
    for judged in found.values():
        compare_expanded(judged)
    return found


def parent(name: str) -> str:
    return name.partition(EXPANDED)[0]


def settled(truths: dict[str, Truth]) -> dict[str, Truth]:
    """An operator without a count of its own has that of its body, which the suite holds in expanded form."""
    for name, known in truths.items():
        if EXPANDED in name and parent(name) in truths and known.macs is not None:
            whole = truths[parent(name)]
            if whole.macs and sum(whole.macs.values()) != sum(known.macs.values()):
                raise AssertionError(f"{name}: loops count {known.macs}, and {whole.macs} unexpanded")
            whole.macs = known.macs
    return truths


def compare_expanded(found: dict[str, Judged]) -> None:
    for name, judged in found.items():
        whole = found.get(parent(name)) if EXPANDED in name else None
        if whole and judged.read and whole.read and judged.macs != whole.macs:
            judged.failures.append(f"{judged.macs} MACs expanded, {whole.macs} as one operator")


def read_all(models: dict[tuple[str, str], onnx.ModelProto], data: dict[str, dict]) -> dict[tuple[str, str], dict]:
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, ((name, _), model) in enumerate(models.items()):
            file = pathlib.Path(folder, f"{number}.onnx")
            file.write_bytes(model.SerializeToString())
            asked.append(program.Asked(file, inputs=truth.given_sizes(model, data[name])))
        return dict(zip(models, program.profiles(asked), strict=True))
