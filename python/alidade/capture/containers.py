"""Objects that hold tensors (caches, dataclasses, classes of a user's own) as torch.utils._pytree sees through them."""

import copy
import dataclasses
import enum
import json
import types
from typing import Any

from alidade.capture.inputs import TensorSpec

PLAIN = (type(None), bool, int, float, complex, str, bytes, enum.Enum, type, types.FunctionType, types.MethodType,
         types.BuiltinFunctionType, types.ModuleType)
own: set[type] = set()  # what was registered here


@dataclasses.dataclass(eq=False)
class Rest:
    """What of an object is not a tensor, with the names of the attributes that are."""

    kind: type
    names: tuple[str, ...]
    attributes: dict[str, Any]

    def __eq__(self, other) -> bool:
        return isinstance(other, Rest) and (self.kind, self.names) == (other.kind, other.names)

    def __hash__(self) -> int:
        return hash((self.kind, self.names))


def attributes_of(value) -> dict[str, Any]:
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if
                hasattr(value, field.name)}
    return dict(vars(value))


def holds_tensors(value, above: tuple = ()) -> bool:
    import torch
    if isinstance(value, torch.Tensor | TensorSpec):
        return True
    if any(value is one for one in above) or isinstance(value, torch.nn.Module):
        return False
    return any(holds_tensors(part, (*above, value)) for part in parts_of(value))


def parts_of(value) -> list:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple):
        return list(value)
    return list(attributes_of(value).values()) if is_object(value) else []


def is_object(value) -> bool:
    """An object with attributes, of a class that torch does not know and that is no container by itself."""
    import torch
    if isinstance(value, (*PLAIN, list, tuple, dict, set, frozenset, torch.nn.Module, TensorSpec)):
        return False
    known = type(value).__module__.partition(".")[0] == "torch"
    return not known and (hasattr(value, "__dict__") or dataclasses.is_dataclass(value))


def flatten(value) -> tuple[list, Rest]:
    found = attributes_of(value)
    tensors = {name: part for name, part in found.items() if holds_tensors(part)}
    rest = {name: part for name, part in found.items() if name not in tensors}
    return list(tensors.values()), Rest(type(value), tuple(tensors), rest)


def flatten_with_keys(value) -> tuple[list, Rest]:
    from torch.utils._pytree import GetAttrKey
    parts, rest = flatten(value)
    return [(GetAttrKey(name), part) for name, part in zip(rest.names, parts, strict=True)], rest


def unflatten(parts, rest: Rest):
    """A new object; nothing of it that can change is shared with the one that was taken apart."""
    made = rest.kind.__new__(rest.kind)
    for name, part in {**dict(zip(rest.names, parts, strict=True)), **copied(rest.attributes)}.items():
        object.__setattr__(made, name, part)
    return made


def copied(value):
    """A deep copy, or the value itself where it cannot be copied (locks, open files)."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def register(value, above: tuple = ()) -> None:
    """Makes every class of object in `value` known to torch.utils._pytree."""
    from torch.utils import _pytree
    if any(value is one for one in above):  # it holds itself
        return
    if is_object(value) and type(value) not in _pytree.SUPPORTED_NODES:
        kind = type(value)
        _pytree._private_register_pytree_node(  # not with optree, where it could not be taken back
            kind, flatten, unflatten, serialized_type_name=name_of(kind),
            flatten_with_keys_fn=flatten_with_keys, to_dumpable_context=lambda rest: json.dumps(rest.names),
            from_dumpable_context=lambda text: Rest(kind, tuple(json.loads(text)), {}))
        own.add(kind)
    if hasattr(value, "_fields") and type(value) not in _pytree.SUPPORTED_SERIALIZED_TYPES:
        _pytree._register_namedtuple(type(value), serialized_type_name=name_of(type(value)))
    for part in parts_of(value):
        register(part, (*above, value))


def name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def forget() -> None:
    """torch sees the classes as it did before."""
    from torch.utils import _pytree
    while own:
        _pytree._deregister_pytree_node(own.pop())
