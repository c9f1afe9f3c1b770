"""The manifest of a bundle: partitions in order of execution, joined by the tensors that went from one to another."""

import dataclasses

Place = tuple[int, int]  # partition, number of its input or output


@dataclasses.dataclass
class Partition:
    """One execution of a graph; the same graph may run several times with other weights."""

    program: object
    reason: str
    place: str
    weights: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Recording:
    """Tensors are told apart by identity: inputs and weights are known before, results as they come."""

    inputs: dict[int, str]
    weight_names: dict[int, tuple[str, str]]
    partitions: list[Partition] = dataclasses.field(default_factory=list)
    fed: dict[str, list[Place]] = dataclasses.field(default_factory=dict)
    edges: list[tuple[Place, Place]] = dataclasses.field(default_factory=list)
    results: list[Place] = dataclasses.field(default_factory=list)
    made: dict[int, Place] = dataclasses.field(default_factory=dict)

    def add(self, partition: Partition, args: tuple, result) -> None:
        here = len(self.partitions)
        names = partition.program.graph_signature.user_inputs
        for number, (tensor, name) in enumerate(zip(args, names, strict=True)):
            if id(tensor) in self.weight_names:
                partition.weights[name] = self.weight_names[id(tensor)]
            elif id(tensor) in self.made:
                self.edges.append((self.made[id(tensor)], (here, number)))
            elif id(tensor) in self.inputs:
                self.fed.setdefault(self.inputs[id(tensor)], []).append((here, number))
        for number, tensor in enumerate(result):
            self.made.setdefault(id(tensor), (here, number))
        self.partitions.append(partition)

    def ends_with(self, tensors: list) -> None:
        self.results = [self.made[id(tensor)] for tensor in tensors if id(tensor) in self.made]


def manifest(recording: Recording, model: str, files: list[str]) -> dict:
    made = {"schema": "alidade.bundle/1", "model": model,
            "inputs": [{"name": name, "to": places} for name, places in recording.fed.items()],
            "edges": [{"from": source, "to": target} for source, target in recording.edges],
            "partitions": [described(part, number, file)
                           for number, (part, file) in enumerate(zip(recording.partitions, files, strict=True))]}
    for key in ("reason", "file_line"):  # after the last one nothing breaks
        made["partitions"][-1].pop(key, None)
    if recording.results:
        made["outputs"] = [{"from": place} for place in recording.results]
    return made


def described(part: Partition, number: int, file: str) -> dict:
    found: dict = {"name": f"partition {number}", "file": file}
    if part.reason:
        found |= {"reason": part.reason, "file_line": part.place}
    if part.weights:
        found["weights"] = {name: {"name": weight, "kind": kind} for name, (weight, kind) in part.weights.items()}
    return found
