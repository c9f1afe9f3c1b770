"""The ways into a graph, one file each; every one takes a Built model and a Request."""

import importlib

MODULES = {"export": "export", "nonstrict": "export", "strict": "export", "fx": "fx", "dynamo": "dynamo",
           "trace": "trace", "onnx": "onnx", "jax": "stablehlo"}


def take(route: str, built, request):
    """The model as the route captured it; raises what the route raised."""
    return importlib.import_module(f"alidade.capture.routes.{MODULES[route]}").capture(built, request, route)
