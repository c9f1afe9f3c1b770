"""What the project set out to reach, and whether a set of results does."""

from rows import ALIDADE, CNNS, EMPTY, FVCORE, INFER, LOAD, PARSE, PT2, SCRIPTS, STABLEHLO, TORCHVISION, WORKER

Results = dict
WALL, CPU = "median_ms", "cpu_ms"  # the two clocks
Aim = tuple[str, str, bool | None]  # the aim, what was measured, met or not; None: not measured


def millis(results: Results, row: str, column: str, clock: str = WALL) -> float | None:
    return results["cells"].get(row, {}).get(column, {}).get(clock)


def ratio(results: Results, row: str, over: str, under: str, clock: str = WALL) -> float | None:
    above, below = millis(results, row, over, clock), millis(results, row, under, clock)
    return above / below if above and below else None


def extreme(found: dict[str, float | None], pick, written: str, holds) -> tuple[str, bool | None]:
    """The worst row of several, by name; one row that is missing leaves the aim open."""
    known = {row: value for row, value in found.items() if value is not None}
    if not known or len(known) < len(found):
        return "not measured", None
    row = pick(known, key=known.__getitem__)
    return f"{written.format(known[row])} ({row})", holds(known[row])


def zoo(results: Results) -> list[str]:
    """The files that ship, all of which carry their shapes."""
    return [row["name"] for row in results["rows"]
            if not row["nodes"] and row["shapes"] and not row["name"].endswith((".pt", ".pt2", *STABLEHLO))]


def difference(results: Results, row: str, over: str, under: str, clock: str) -> float | None:
    above, below = millis(results, row, over, clock), millis(results, row, under, clock)
    return above - below if above and below else None


def single(value: float | None, written: str, holds) -> tuple[str, bool | None]:
    return ("not measured", None) if value is None else (written.format(value), holds(value))


def bytes_a_node(results: Results, row: str) -> float | None:
    peak = results["cells"].get(row, {}).get(ALIDADE, {}).get("peak_mb")
    nodes = next((r["nodes"] for r in results["rows"] if r["name"] == row), 0)
    return peak * 2**20 / nodes if peak and nodes else None


def growth(results: Results, clock: str, kind: str = "") -> float | None:
    """Time of a million nodes over that of a hundred thousand: 10 where it is linear."""
    big, small = (millis(results, f"chain 10^{power}{kind}", ALIDADE, clock) for power in (6, 5))
    return big / small if big and small else None


def zoo_aims(results: Results, clock: str) -> list[Aim]:
    return [
        ("under 20 ms for each CNN of the zoo",
         *extreme({row: millis(results, row, ALIDADE, clock) for row in CNNS}, max, "at most {:.1f} ms",
                  lambda x: x < 20)),
        ("within 3 times of the process that only parses, for each file of the zoo",
         *extreme({row: ratio(results, row, ALIDADE, PARSE, clock) for row in zoo(results)}, max, "at most {:.2f}",
                  lambda x: x <= 3)),
        ("a worker takes at most 1.5 ms more, for each file of the zoo",
         *extreme({row: difference(results, row, WORKER, ALIDADE, clock) for row in zoo(results)}, max,
                  "at most {:.2f} ms", lambda x: x <= 1.5)),
        ("at least 100 times faster than fvcore's process",
         *extreme({row: ratio(results, row, FVCORE, ALIDADE, clock) for row in TORCHVISION}, min, "at least {:,.0f}",
                  lambda x: x >= 100)),
    ]


def chain_aims(results: Results, clock: str) -> list[Aim]:
    chain, bare = "chain 10^6", "chain 10^6, no shapes"
    return [
        ("10^6 nodes with shapes: within 3 times of parsing",
         *single(ratio(results, chain, ALIDADE, PARSE, clock), "{:.2f}", lambda x: x <= 3)),
        ("10^6 nodes with shapes: under 2 kB of memory a node",
         *single(bytes_a_node(results, chain), "{:,.0f} bytes", lambda x: x < 2000)),
        ("linear: ten times the nodes, about ten times the time (at most 12)",
         *single(growth(results, clock), "{:.1f}", lambda x: x <= 12)),
        ("10^6 nodes without shapes: no slower than onnx's own inference",
         *single(ratio(results, bare, ALIDADE, INFER, clock), "{:.2f} of its time", lambda x: x <= 1)),
    ]


def pytorch_aims(results: Results, clock: str) -> list[Aim]:
    return [
        ("under 15 ms for each .pt2 file",
         *extreme({f"{name}.pt2": millis(results, f"{name}.pt2", ALIDADE, clock) for name in PT2}, max,
                  "at most {:.1f} ms", lambda x: x < 15)),
        ("TorchScript within 1.3 times of libtorch's own load of the file",
         *extreme({f"{name}.pt": ratio(results, f"{name}.pt", ALIDADE, LOAD, clock) for name in SCRIPTS}, max,
                  "at most {:.2f}", lambda x: x <= 1.3)),
    ]


def stablehlo_aims(results: Results, clock: str) -> list[Aim]:
    def vit(row: str, most: int) -> tuple[str, bool | None]:
        return single(millis(results, row, ALIDADE, clock), "{:.1f} ms", lambda x: x < most)

    return [
        ("a ViT in JAX as StableHLO: under 15 ms as text", *vit("vit_jax.mlir", 15)),
        ("a ViT in JAX as StableHLO: under 8 ms as portable artifact", *vit("vit_jax.mlirbc", 8)),
        ("a ViT in PyTorch, through torchax: under 15 ms as text", *vit("vit_torchax.mlir", 15)),
        ("a ViT in PyTorch, through torchax: under 8 ms as portable artifact", *vit("vit_torchax.mlirbc", 8)),
        ("StableHLO is linear: ten times the operators, about ten times the time (at most 12)",
         *single(growth(results, clock, ", StableHLO"), "{:.1f}", lambda x: x <= 12)),
    ]


def formula_aims(results: Results) -> list[Aim]:
    worst = max((row["us"] for row in results.get("formulas", [])), default=None)
    return [("every formula of a model for another binding: under 20 us", *single(worst, "at most {:.1f} us",
                                                                                   lambda x: x < 20))]


def inference_aims(results: Results) -> list[Aim]:
    large = results.get("inference", {}).get("1000000")
    return [("shapes of 10^6 nodes, inference alone: at least 4 times faster than onnx's",
             *single(large and large["onnx"] / large["own"], "{:.1f} times", lambda x: x >= 4))]


def pass_aims(results: Results) -> list[Aim]:
    cost = results.get("passes", {}).get("cost, every convention", {})
    worst = max(cost.values(), default=None)
    large = cost.get("100000")
    return [
        ("counting adds less than 1 us a node", *single(worst, "at most {:.2f} us", lambda x: x < 1)),
        ("10^5 nodes under every convention: under 0.1 s",
         *single(large and large / 10, "{:.3f} s", lambda x: x < 0.1)),
    ]


def sweep_aims(results: Results, clock: str) -> list[Aim]:
    found = results.get("sweep", {})
    took = found.get("wall_s" if clock == WALL else "cpu_s")
    most = 1 if clock == WALL else 2
    return [("960 points from 20 models: under 1 s on two cores", *single(took, "{:.2f} s", lambda x: x < most))]


def case(results: Results, title: str, figure: str) -> float | None:
    return results.get("cases", {}).get(title, {}).get(figure)


def limit_aims(results: Results, clock: str) -> list[Aim]:
    """Where one machine ends."""
    chain, inline = "chain 10^6", "weights, 1.9 GB inline"
    large, small = (case(results, f"chain, 10^{power}", clock) for power in (7, 6))
    return [
        ("ResNet-50: at most 2.5 times a process that does nothing",
         *single(over_nothing(results, "resnet50", clock), "{:.2f}", lambda x: x <= 2.5)),
        ("10^6 nodes with shapes: at most 0.6 of parsing",
         *single(ratio(results, chain, ALIDADE, PARSE, clock), "{:.2f}", lambda x: x <= 0.6)),
        ("10^6 nodes with shapes: at most 400 bytes of memory a node",
         *single(bytes_a_node(results, chain), "{:,.0f} bytes", lambda x: x <= 400)),
        ("10^7 nodes: ten times as long as 10^6 (at most 12)",
         *single(large and small and large / small, "{:.1f}", lambda x: x <= 12)),
        ("10^7 nodes: within 6 GiB",
         *single(case(results, "chain, 10^7", "peak_mb"), "{:,.0f} MB", lambda x: x <= 6144)),
        ("10^6 nodes, every analysis, six targets, a placement, table, CSV and trace: under 2.5 s",
         *single(case(results, "without JSON and page, chain of 10^6", clock), "{:,.0f} ms", lambda x: x <= 2500)),
        ("1.9 GB of weights in the file: under 6 ms",
         *single(case(results, inline, clock), "{:.1f} ms", lambda x: x <= 6)),
        ("1.9 GB of weights in the file: under 16 MB",
         *single(case(results, inline, "peak_mb"), "{:.1f} MB", lambda x: x <= 16)),
        ("model.profile() in Python: under 1 ms",
         *single(results.get("calls", {}).get("model.profile()"), "{:.2f} ms", lambda x: x < 1)),
    ]


def over_nothing(results: Results, row: str, clock: str) -> float | None:
    whole, nothing = millis(results, row, ALIDADE, clock), millis(results, "", EMPTY, clock)
    return whole / nothing if whole and nothing else None


def aims(results: Results, clock: str = WALL) -> list[Aim]:
    return zoo_aims(results, clock) + pytorch_aims(results, clock) + stablehlo_aims(results, clock) \
        + chain_aims(results, clock) + pass_aims(results) + sweep_aims(results, clock) + formula_aims(results) \
        + inference_aims(results) + limit_aims(results, clock)
