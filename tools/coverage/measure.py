"""Captures models and has them counted by the other tools; what is found is kept beside each captured file."""

import json
import multiprocessing
import os
import pathlib
import resource
import time

LIMIT_S = 1200
MEMORY = 3 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4  # of one child: the machine lives on
TOOLS = ("torch", "fvcore")


def facts_of(name: str, folder: pathlib.Path) -> pathlib.Path:
    return folder / f"{name.partition(':')[2].replace('/', '--')}.json"


def kept(name: str, folder: pathlib.Path) -> dict:
    """What is known of a model; its file, when it was captured, by path."""
    facts = json.loads(facts_of(name, folder).read_text())
    return facts | ({"file": folder / facts["file"]} if "file" in facts else {})


def once(name: str, folder: pathlib.Path, again: bool) -> str:
    """Measures what is not known yet. Says what was found, nothing when nothing was to be done."""
    path = facts_of(name, folder)
    facts = json.loads(path.read_text()) if path.exists() else {}
    if again:
        facts = {} if "failed" in facts else {k: v for k, v in facts.items() if not k.endswith("_why")}
    missing = [tool for tool in TOOLS if tool not in facts and f"{tool}_why" not in facts]
    if "failed" in facts or ("file" in facts and not missing):
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    if "file" not in facts:
        facts = in_child(captured, name, path.with_suffix(""))
    for tool in missing if "file" in facts else ():
        told = in_child(counted, name, tool)
        facts |= {f"{tool}_why": told["failed"]} if "failed" in told else {tool: told}
    path.write_text(json.dumps(facts, indent=0) + "\n")
    return facts.get("failed") or ", ".join(
        f"{tool} {facts[tool]['total'] if tool in facts else facts[f'{tool}_why']}" for tool in TOOLS)


def captured(name: str, stem: pathlib.Path, request=None) -> dict:
    from alidade.capture.request import Request
    from alidade.capture.sources import resolve
    from alidade.capture.strategy import capture
    started = time.monotonic()
    made = capture(resolve(name), request or Request(), lambda line: None)
    file = made.write(stem.with_name(stem.name + made.captured.suffix))
    return {"file": file.name, "route": made.route, "graphs": made.captured.graphs(),
            "seconds": round(time.monotonic() - started, 1),
            "parameters": sum(p.numel() for p in made.built.model.parameters())}


def counted(name: str, tool: str, request=None) -> dict:
    from alidade.capture.reference import count
    from alidade.capture.request import Request
    from alidade.capture.sources import resolve
    return count(resolve(name), request or Request(), tool)


def child(answers, work, arguments) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from alidade.capture.faults import first_cause
    from alidade.capture.quiet import quiet_libraries
    with quiet_libraries():
        try:
            answers.send(work(*arguments))
        except Exception as reason:
            answers.send({"failed": first_cause(reason)})


def in_child(work, *arguments) -> dict:
    """A crash or a hang of one model costs that model alone."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=child, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(LIMIT_S) else {"failed": f"more than {LIMIT_S} s"}
    except EOFError:
        return {"failed": f"the process ended with status {process.exitcode}"}
    finally:
        process.kill()
        process.join()
