"""The onnx-tool process: peer_onnx_tool.py MODEL [NAME=SIZE...] profiles one file, symbolic dimensions bound."""

import sys

import numpy
import onnx
import onnx_tool


def inputs(path: str, sizes: dict[str, int]) -> dict[str, numpy.ndarray] | None:
    """What model_profile wants for a graph with symbolic dimensions: an array for each input."""
    if not sizes:
        return None
    graph = onnx.load(path, load_external_data=False).graph
    shape = {value.name: [sizes.get(dim.dim_param, dim.dim_value) for dim in value.type.tensor_type.shape.dim]
             for value in graph.input}
    return {name: numpy.ones(dims, numpy.int64) for name, dims in shape.items()}


if __name__ == "__main__":
    bound = {name: int(size) for name, size in (word.split("=") for word in sys.argv[2:])}
    onnx_tool.model_profile(sys.argv[1], inputs(sys.argv[1], bound))
