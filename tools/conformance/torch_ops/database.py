"""The samples of torch's own operator database: operators, in-place forms, modules; fixed and symbolic sizes."""

import dataclasses
import itertools
import sys
import types
import unittest
from collections.abc import Callable, Iterator

import torch
from torch.utils._pytree import tree_leaves

SAMPLES = 4  # of an operator, spread over what the database has
DTYPES = (torch.float32, torch.complex64, torch.int64, torch.bool)


def stand_in_for_expecttest() -> None:
    """The database's own imports want a package that only its tests use."""
    module = types.ModuleType("expecttest")
    module.TestCase = unittest.TestCase
    module.assert_expected_inline = None
    sys.modules.setdefault("expecttest", module)


stand_in_for_expecttest()
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.testing._internal.common_modules import module_db  # noqa: E402


@dataclasses.dataclass
class Sample:
    """One call: what is called, with what, and whether its sizes are left open."""

    name: str  # "linalg.inv/plain/0", also the file's
    call: Callable
    args: tuple
    kwargs: dict
    symbolic: bool = False


def operators() -> list[str]:
    return sorted({op.formatted_name for op in op_db} | {info.formatted_name for info in module_db})


def samples(name: str) -> Iterator[Sample]:
    """What the database has under a name; each in turn, as making one may fail."""
    for op in op_db:
        if op.formatted_name == name:
            yield from of_operator(op)
    for info in module_db:
        if info.formatted_name == name:
            yield from of_module(info)


def of_operator(op) -> Iterator[Sample]:
    usual = next((dtype for dtype in DTYPES if dtype in op.dtypes), None)
    if usual is None:
        return
    chosen = spread(op.sample_inputs("cpu", usual, requires_grad=False), SAMPLES)
    largest = max(range(len(chosen)), key=lambda at: elements(chosen[at]), default=0)
    for number, one in enumerate(chosen):
        given = (one.input, *one.args)
        yield Sample(f"{op.formatted_name}/plain/{number}", op.op, given, one.kwargs)
        if number in (0, largest):
            yield Sample(f"{op.formatted_name}/symbolic/{number}", op.op, given, one.kwargs, symbolic=True)
            if op.inplace_variant and not one.broadcasts_input:
                yield Sample(f"{op.formatted_name}/in_place/{number}", on_a_copy(op.inplace_variant), given, one.kwargs)
    if usual == torch.float32 and torch.complex64 in op.dtypes:
        for number, one in enumerate(spread(op.sample_inputs("cpu", torch.complex64, requires_grad=False), 1)):
            yield Sample(f"{op.formatted_name}/complex/{number}", op.op, (one.input, *one.args), one.kwargs)


def of_module(info) -> Iterator[Sample]:
    for training in (False, True):
        def made(training=training):
            return info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=False,
                                           training=training)
        mode = "train" if training else "eval"
        for number, one in enumerate(spread(made(), SAMPLES if not training else 1)):
            built, given = one.constructor_input, one.forward_input
            module = info.module_cls(*built.args, **built.kwargs).train(training)
            if given is None:
                continue
            yield Sample(f"{info.formatted_name}/{mode}/{number}", module, given.args, given.kwargs)
            if number == 0 and not training:
                yield Sample(f"{info.formatted_name}/symbolic/{number}", module, given.args, given.kwargs,
                             symbolic=True)


def on_a_copy(in_place: Callable) -> Callable:
    def call(first, *rest, **named):
        return in_place(first.clone(), *rest, **named)

    return call


def elements(sample) -> int:
    tensors = tree_leaves((sample.input, sample.args, sample.kwargs))
    return sum(leaf.numel() for leaf in tensors if isinstance(leaf, torch.Tensor))


def spread(found: Iterator, wanted: int) -> list:
    """As many as wanted, the first and the last among them, from at most a few hundred."""
    every = list(itertools.islice(found, 300))
    if len(every) <= wanted:
        return every
    return [every[at * (len(every) - 1) // max(1, wanted - 1)] for at in range(wanted)]
