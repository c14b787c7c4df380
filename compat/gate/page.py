"""The report of a gate run as one HTML page that needs no network (gates.md sections 2, 5, 6).

`render` takes plain data, so that the page can be looked at without running a gate:

    verdict       "pass" or "fail"
    generated_at, platform, profile, commit, command   texts
    gates         of selfhost.json: gate, status, checked, failed, failures
    sections      of the metrics files: section, metrics, summary
    history       rows of roadmap/metrics.md, oldest first: date, commit and the FIGURES below
    allowlist     lists of texts: used, stale, expired, added
    differences   case, area, reason, path, source, expected, actual (the last four may be None)
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

GATE_TITLES = {
    "S1": "Parity with the recorded answers",
    "S2": "The inventory parses",
    "S3": "Its tables are generated again",
    "S4": "Fixed point",
    "S5": "Source of the tree parses to the tree",
    "S6": "AST text is stable",
    "S7": "Independence of the build",
    "S8": "Stream closure",
    "generated": "Checked-in lexer and tables are up to date",
}

# What is charted of the history: column, title, unit, digits.
FIGURES = [
    ("parse_mb_s", "Parsing", "MB/s", 0),
    ("lex_ratio", "Parsing / lexing", "", 2),
    ("stream_4k_ratio", "Streaming 4 KiB / batch", "", 2),
    ("stream_memory_ratio", "Peak memory of a stream / input", "", 2),
]

STATE_WORDS = {"pass": "pass", "fail": "fail", "warn": "warn", "skipped": "skipped"}
MOST_FAILURES = 20
MOST_LINES = 12


def text(value: object) -> str:
    """A value as HTML text."""
    return escape(str(value))


def chip(state: str) -> str:
    """A state as a word in a colored box: the word says it, the color only helps."""
    return f'<span class="chip {text(state)}">{text(STATE_WORDS.get(state, state))}</span>'


def count(number: int) -> str:
    """A number with thin separators."""
    return f"{number:,}"


# --- the head ---


def head(report: dict) -> str:
    """Verdict first: what a person opens the page for."""
    failed = [gate["gate"] for gate in report["gates"] if gate["status"] == "fail"]
    broken = [
        metric["metric"]
        for section in report["sections"]
        for metric in section["metrics"]
        if metric["status"] == "fail"
    ]
    sentence = "Everything that was checked holds."
    if report["verdict"] != "pass":
        names = failed + broken or ["the case list"]
        sentence = f"Not ready: {', '.join(names)}."
    facts = [
        ("commit", report["commit"]),
        ("platform", report["platform"]),
        ("profile", report["profile"]),
        ("made", report["generated_at"]),
    ]
    pairs = "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    return (
        f'<header class="{text(report["verdict"])}"><h1>remlparse gate {chip(report["verdict"])}'
        f"</h1><p>{text(sentence)}</p><dl>{pairs}</dl>"
        f'<p class="command"><code>{text(report["command"])}</code></p></header>'
    )


# --- gates ---


def failure_list(failures: list) -> str:
    """The first failures of a gate or metric, folded away."""
    if not failures:
        return ""
    shown = "".join(f"<li>{text(failure_text(one))}</li>" for one in failures[:MOST_FAILURES])
    more = len(failures) - MOST_FAILURES
    rest = f"<li>and {count(more)} more</li>" if more > 0 else ""
    title = "1 failure" if len(failures) == 1 else f"{count(len(failures))} failures"
    return f"<details><summary>{title}</summary><ul>{shown}{rest}</ul></details>"


def failure_text(failure: object) -> str:
    """A failure is a text, or an object of gates.md section 2."""
    if not isinstance(failure, dict):
        return str(failure)
    parts = [failure.get(name) for name in ("source", "case", "path", "reason")]
    return ": ".join(str(part) for part in parts if part)


def gate_row(gate: dict) -> str:
    title = GATE_TITLES.get(gate["gate"], "")
    return (
        f'<tr><th scope="row">{text(gate["gate"])}</th><td>{text(title)}'
        f'{failure_list(gate.get("failures", []))}</td>'
        f'<td class="n">{count(gate["checked"])}</td><td class="n">{count(gate["failed"])}</td>'
        f'<td>{chip(gate["status"])}</td></tr>'
    )


def gate_table(gates: list) -> str:
    rows = "".join(gate_row(gate) for gate in gates)
    return (
        '<section><h2>Self-host gates</h2><div class="scroll"><table><thead><tr><th>gate</th>'
        '<th>what it says</th><th class="n">checked</th><th class="n">failed</th><th>state</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


# --- metrics ---


def bar(metric: dict) -> str:
    """The pass rate of a metric, with what is missing to the threshold visible."""
    rate = metric["pass_rate"]
    if rate is None:
        return '<span class="quiet">nothing to check</span>'
    width = max(0.0, min(1.0, float(rate))) * 100
    return (
        f'<span class="bar" role="img" aria-label="{width:.1f} percent">'
        f'<span class="{text(metric["status"])}" style="width:{width:.2f}%"></span></span>'
        f'<span class="fraction">{text(metric["pass_fraction"])}</span>'
    )


def metric_row(metric: dict) -> str:
    below = failure_list(metric["failures"])
    if metric["status"] in ("skipped", "warn"):
        below = "".join(f"<br><small>{text(one['reason'])}</small>" for one in metric["failures"])
    return (
        f'<tr><th scope="row">{text(metric["metric"])}{below}</th>'
        f'<td class="rate">{bar(metric)}</td><td>{chip(metric["status"])}</td></tr>'
    )


def section_table(section: dict) -> str:
    rows = "".join(metric_row(metric) for metric in section["metrics"])
    summary = section["summary"]
    title = section["section"].capitalize().replace("-", ", profile ")
    counts = ", ".join(f"{summary[state]} {state}" for state in STATE_WORDS if summary.get(state))
    return (
        f'<section><h2>{text(title)} <small>{text(counts)}</small></h2>'
        '<div class="scroll"><table class="metrics"><thead><tr><th>metric</th>'
        f"<th>samples that hold</th><th>state</th></tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


# --- history ---


def points(values: list[float], width: int, height: int) -> list[tuple[float, float]]:
    """Values from left to right, the scale from 0 so that small changes look small."""
    top = max(values) * 1.15 or 1.0
    step = width / max(1, len(values) - 1)
    return [(i * step, height - value / top * height) for i, value in enumerate(values)]


def chart(rows: list, column: str, title: str, unit: str, digits: int) -> str:
    """One figure against the recorded ones; the last point is this run's."""
    known = [(row["date"], float(row[column])) for row in rows if row.get(column) not in (None, "")]
    if not known:
        return ""
    width, height = 240, 64
    line = points([value for _, value in known], width, height)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if i == len(line) - 1 else 2.5}">'
        f"<title>{text(date)}: {value:.{digits}f} {unit}</title></circle>"
        for i, ((x, y), (date, value)) in enumerate(zip(line, known))
    )
    return (
        f'<figure><figcaption>{text(title)}<b>{known[-1][1]:.{digits}f} {text(unit)}</b>'
        f'</figcaption><svg viewBox="-6 -6 {width + 12} {height + 12}" role="img" '
        f'aria-label="{text(title)}: {known[-1][1]:.{digits}f} {text(unit)}">'
        f'<line x1="0" y1="{height}" x2="{width}" y2="{height}"/><polyline points="{path}"/>{dots}'
        f'</svg><span class="quiet">{text(known[0][0])} to {text(known[-1][0])}</span></figure>'
    )


def history(rows: list) -> str:
    charts = "".join(chart(rows, *figure) for figure in FIGURES)
    if not charts:
        charts = '<p class="quiet">Nothing is recorded yet: <code>make gate-record</code>.</p>'
    return f'<section><h2>Throughput and memory</h2><div class="charts">{charts}</div></section>'


# --- differences ---


def excerpt(source: str) -> str:
    lines = source.splitlines()
    shown = "\n".join(lines[:MOST_LINES])
    rest = f"\n… {len(lines) - MOST_LINES} more lines" if len(lines) > MOST_LINES else ""
    return f"<pre>{text(shown)}{rest}</pre>"


def side(name: str, value: object) -> str:
    if value is None:
        return ""
    shown = str(value)
    clipped = shown if len(shown) <= 400 else shown[:400] + " …"
    return f"<dt>{name}</dt><dd><code>{text(clipped)}</code></dd>"


def difference(one: dict) -> str:
    path = f' at <code>{text(one["path"])}</code>' if one.get("path") else ""
    source = excerpt(one["source"]) if one.get("source") else ""
    return (
        f'<article><h3>{text(one["case"])} <small>{text(one["area"])}</small></h3>'
        f'<p>{text(one["reason"])}{path}</p>{source}<dl class="sides">'
        f'{side("reference", one.get("expected"))}{side("component", one.get("actual"))}'
        "</dl></article>"
    )


def differences(all_of_them: list) -> str:
    body = "".join(difference(one) for one in all_of_them[:MOST_FAILURES])
    if not all_of_them:
        body = '<p class="quiet">None: every compared part is the same.</p>'
    more = len(all_of_them) - MOST_FAILURES
    if more > 0:
        body += f"<p>and {count(more)} more; the metrics files have them all.</p>"
    return f"<section><h2>Differences</h2>{body}</section>"


def allow_list(entries: dict) -> str:
    """Entries used, stale, expired, added (gates.md section 6 rule 8)."""
    parts = []
    for state in ("expired", "stale", "added", "used"):
        for entry in entries.get(state, []):
            parts.append(f"<li>{chip(state)} {text(entry)}</li>")
    body = f'<ul class="plain">{"".join(parts)}</ul>' if parts else '<p class="quiet">Empty.</p>'
    return f"<section><h2>Allow-list</h2>{body}</section>"


def render(report: dict) -> str:
    """The whole page."""
    page = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
    body = [
        head(report),
        gate_table(report["gates"]),
        *(section_table(section) for section in report["sections"]),
        history(report["history"]),
        differences(report["differences"]),
        allow_list(report["allowlist"]),
    ]
    return page.substitute(verdict=text(report["verdict"]), body="\n".join(body))
