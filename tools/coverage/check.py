"""What the program reads in captured files, and how its counts compare with those of the other tools."""

import concurrent.futures
import json
import os
import subprocess
import tempfile

from alidade.native import NativeError, program
from measure import TOOLS

SHOWN = 3  # unexplained rows of one model that the results keep


def rows(facts: dict[str, dict]) -> dict[str, dict]:
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(facts, pool.map(row, facts.values()), strict=True))


def row(facts: dict) -> dict:
    """One model's line of the page."""
    if "file" not in facts:
        return {"failed": "capture", "why": facts["failed"]}
    known = {key: facts[key] for key in ("route", "graphs", "parameters", "seconds")}
    known |= {"bytes": facts["file"].stat().st_size}
    known |= {f"{tool}_why": facts[f"{tool}_why"] for tool in TOOLS if tool not in facts}
    try:
        told = crosscheck(facts["file"], [facts[tool] for tool in TOOLS if tool in facts])
    except NativeError as reason:
        return known | {"failed": "read", "why": str(reason).splitlines()[0]}
    totals, checked = told["totals"], told["analyses"].get("crosscheck", {"tools": []})
    warned = [w for w in told["warnings"] if w["severity"] == "warning"]
    return known | {"macs": totals["macs"], "params": totals["params"], "ops": totals["ops"],
                    "opaque": totals["opaque_ops"],
                    "warnings": sorted({(w["code"], w["text"]) for w in warned}),
                    **{tool["tool"]: compared(tool) for tool in checked["tools"]}}


def crosscheck(file, references: list[dict]) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as given:
        json.dump(references, given)
        given.flush()
        verb = ("crosscheck", file, "--references", given.name) if references else ("profile", file)
        done = subprocess.run([program(), *verb, "--format", "json"], capture_output=True, text=True)
    if not done.stdout:
        raise NativeError(done.stderr.strip() or f"alidade ended with status {done.returncode}")
    return json.loads(done.stdout)


def compared(tool: dict) -> dict:
    """Both totals, each cause with what it accounts for, and the first differences without a cause."""
    apart = [found for found in tool["modules"] or tool["classes"] if found["ours"] != found["theirs"]]
    causes: dict[str, int] = {}
    for found in apart:
        if found["cause"]:
            causes[found["cause"]] = causes.get(found["cause"], 0) + found["ours"] - found["theirs"]
    unexplained = [{key: found[key] for key in ("name", "ours", "theirs")} for found in apart if not found["cause"]]
    return {"ours": tool["ours"], "theirs": tool["theirs"], "unexplained": tool["unexplained"], "causes": causes,
            "first_unexplained": unexplained[:SHOWN]}
