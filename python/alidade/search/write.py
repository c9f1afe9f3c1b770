"""What a search found, as text, CSV, JSON or a page."""

import csv
import html
import io
import json
from typing import Any

from alidade.search.run import Point
from alidade.search.space import Space

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em}
body{color:#222;background:#fff}svg{width:100%;height:auto}
table{border-collapse:collapse}td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #ccc}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}td,th{border-color:#444}text{fill:#ddd}}"""


def columns(space: Space, points: list[Point]) -> list[str]:
    found = dict.fromkeys(name for point in points for name in point.found)
    return [one.name for one in space.varied] + list(found) + ["allowed", "front", "why"]


def row(point: Point) -> dict[str, Any]:
    return point.varied | point.found | {"allowed": point.goals is not None, "front": point.front, "why": point.why}


def as_json(space: Space, points: list[Point]) -> str:
    return json.dumps({"schema": "alidade.search/1", "space": space.file, "method": space.method, "seed": space.seed,
                       "goals": [{"way": way, "of": goal.text} for way, goal in space.goals],
                       "points": [row(point) for point in points]}, indent=2) + "\n"


def as_csv(space: Space, points: list[Point]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(space, points), restval="")
    writer.writeheader()
    writer.writerows(row(point) for point in points)
    return out.getvalue()


def front(points: list[Point]) -> list[Point]:
    return sorted((point for point in points if point.front), key=lambda point: point.goals or ())


def front_columns(space: Space) -> list[str]:
    return [one.name for one in space.varied] + list(space.figures) + [goal.text for _, goal in space.goals
                                                                       if goal.text not in space.figures]


def front_rows(space: Space, points: list[Point]) -> list[list[str]]:
    out = []
    for point in front(points):
        names = point.varied | point.found
        goals = [goal for _, goal in space.goals if goal.text not in space.figures]
        values = [names[name] for name in [one.name for one in space.varied] + list(space.figures)]
        out.append([shown(value) for value in values + [goal.value(names) for goal in goals]])
    return out


def shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def summary(points: list[Point]) -> str:
    allowed = sum(point.goals is not None for point in points)
    return f"{len(points)} devices, {allowed} of them allowed; {len(front(points))} that no other one beats"


def as_text(space: Space, points: list[Point]) -> str:
    rows = [front_columns(space), *front_rows(space, points)]
    widths = [max(len(one[column]) for one in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(one, widths, strict=True)) for one in rows]
    return "\n".join([summary(points) + ":", *lines]) + "\n"


def as_html(space: Space, points: list[Point]) -> str:
    """One file without a script; two goals are drawn, the first to the right and the second upwards."""
    title = html.escape(f"{space.device}, as it might be, for {', '.join(space.models)}")
    head = "".join(f"<th>{html.escape(name)}</th>" for name in front_columns(space))
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in one)}</tr>"
                   for one in front_rows(space, points))
    goals = " and ".join(html.escape(f"{way} {goal.text}") for way, goal in space.goals)
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
            f'content="default-src \'none\'; style-src \'unsafe-inline\'"><meta name="viewport" '
            f'content="width=device-width"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>'
            f"<p>{html.escape(summary(points))}. Goals: {goals}.</p>{chart(space, points)}"
            f"<table><tr>{head}</tr>{body}</table></html>\n")


def chart(space: Space, points: list[Point]) -> str:
    known = [point for point in points if point.goals is not None]
    if len(space.goals) < 2:
        return ""
    wide, high, edge = 1000, 520, 60
    signs = [-1 if way == "maximise" else 1 for way, _ in space.goals]
    xs, ys = ([signs[axis] * (point.goals or ())[axis] for point in known] for axis in (0, 1))

    def place(value: float, values: list[float], start: float, end: float) -> float:
        least, most = min(values), max(values)
        return start + (end - start) * (0.5 if most == least else (value - least) / (most - least))
    dots = "".join(
        f'<circle cx="{place(x, xs, edge, wide - edge):.1f}" cy="{place(y, ys, high - edge, edge):.1f}" '
        f'r="{5 if point.front else 3}" fill="{"#d9480f" if point.front else "#8aa"}"><title>'
        f"{html.escape(', '.join(f'{name} {shown(value)}' for name, value in point.varied.items()))}</title></circle>"
        for point, x, y in sorted(zip(known, xs, ys, strict=True), key=lambda one: one[0].front))
    names = [html.escape(goal.text) for _, goal in space.goals]
    return (f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="{names[1]} over {names[0]}">{dots}'
            f'<text x="{edge}" y="{high - 20}">{names[0]}: {shown(min(xs))} to {shown(max(xs))}</text>'
            f'<text x="{edge}" y="30">{names[1]}: {shown(min(ys))} to {shown(max(ys))}</text></svg>')
