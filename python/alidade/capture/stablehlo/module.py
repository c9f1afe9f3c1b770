"""What jax.export made, as a file: text with the names of scopes and lines, or the portable artifact."""

import dataclasses
import json
import pathlib

TEXTS = (".mlir", ".stablehlo")
RECORD = "alidade.json"


@dataclasses.dataclass
class StableHlo:
    """A module in StableHLO."""

    exported: object
    symbols: dict[str, str]
    suffix = ".mlirbc"

    def module(self):
        from jax.interpreters.mlir import make_ir_context
        with make_ir_context():
            return self.exported.mlir_module(serialized=False)

    def graphs(self) -> int:
        return 1

    def operators(self) -> int:
        return sum(map(operators_in, self.module().body.operations))

    def breaks(self) -> int:
        return 0

    def programs(self) -> list:
        return []

    def views(self) -> list[tuple[str, object]]:
        return []

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        """Text where the name ends in .mlir or .stablehlo, else the artifact, as old as its reader may be."""
        from jax.extend.mlir.dialects import stablehlo
        module = self.module()
        with module.context:
            describe(module.operation, name, record)
            if path.suffix in TEXTS:
                path.write_text(module.operation.get_asm(enable_debug_info=True), encoding="utf-8")
            else:
                path.write_bytes(stablehlo.serialize_portable_artifact(module, stablehlo.get_minimum_version()))


def describe(module, name: str, record: dict) -> None:
    """The model's name, and the record as what XLA calls an attribute of a frontend."""
    from jax.extend.mlir import ir
    module.attributes["sym_name"] = ir.StringAttr.get(name)
    module.attributes["mhlo.frontend_attributes"] = ir.DictAttr.get({RECORD: ir.StringAttr.get(json.dumps(record))})


def operators_in(operation) -> int:
    """With those in its regions; what ends a region is none."""
    inside = [part for region in operation.regions for block in region for part in block.operations]
    return sum((not part.operation.name.endswith("return")) + operators_in(part.operation) for part in inside)
