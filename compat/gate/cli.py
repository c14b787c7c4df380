"""Cases of the command: what it prints and its exit code (diagnostics-json.md section 10).

What the command should do is worked out from the reference's answers `run` and `ast_text`. It is
compared as far as these say it: extensions, audit data and time stamps depend on the configuration
that the command makes and are the business of the mode `diag`. How text shows control bytes and
bytes that are not UTF-8 is the component's choice, so they are not for these cases.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from answers import Answer, fixed_environment
from child import ChildFailed, run_once

FILE_NAME = "case.reml"
METADATA = re.compile(r"^(?:拡張\[|監査: |タイムスタンプ: )", re.MULTILINE)

SEVERITY_LABELS = {"error": "エラー", "warning": "警告", "info": "情報", "hint": "ヒント"}
DOMAIN_LABELS = {"parser": "構文解析", "effect": "効果", "config": "設定"}
KIND_LABELS = {
    "keyword": "キーワード",
    "token": "トークン",
    "class": "文字クラス",
    "rule": "規則",
    "not": "否定",
    "custom": "その他",
    "type": "型",
    "trait": "境界",
    "eof": "入力終端",
}

# Members of a diagnostic in the order of section 10.2, and those that a result tells.
MEMBERS = (
    "severity message schema_version location code codes domain id timestamp severity_hint notes "
    "hints fixits structured_hints extensions audit_metadata audit expected"
).split()
TOLD = ("severity", "message", "location", "code", "codes", "domain", "expected")

Parts = dict[str, Any]


# --- what the command does ---


def run_command(program: Path, arguments: list[str], source: bytes, timeout: float) -> Answer:
    """Runs the command on the source: the part `cli`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE_NAME).write_bytes(source)
        words = [str(program), "--profile", "reference", *arguments, FILE_NAME]
        try:
            code, out, err = run_once(words, folder, fixed_environment(), timeout)
        except ChildFailed as failure:
            return Answer(failure=f"{program.name}: {failure}")
    return Answer({"cli": _part(code, _decoded(out), _read_stderr(arguments, _decoded(err)))})


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _part(code: int, stdout: str, stderr: Any) -> Parts:
    return {"exit": code, "stdout": stdout, "stderr": stderr}


def _read_stderr(arguments: list[str], text: str) -> Any:
    if _option(arguments, "--format", "text") == "text":
        return METADATA.split(text, maxsplit=1)[0]
    try:
        printed = json.loads(text) if text else {"diagnostics": []}
    except (ValueError, RecursionError):
        return {"not JSON": text}
    whole = {"diagnostics": [printed]} if _mode(arguments) == "lines" and text else printed
    if not isinstance(whole, dict) or not isinstance(whole.get("diagnostics"), list):
        return {"not diagnostics": whole}
    return [_told(diagnostic) for diagnostic in whole["diagnostics"]]


def _told(diagnostic: Any) -> Any:
    if not isinstance(diagnostic, dict):
        return diagnostic
    names = [name for name in diagnostic if name in MEMBERS]
    ordered = names == sorted(names, key=MEMBERS.index) and len(names) == len(diagnostic)
    return {"in order": ordered} | {name: diagnostic[name] for name in TOLD if name in diagnostic}


def _option(arguments: list[str], name: str, default: str) -> str:
    """The value of an option that flags.py has read, so that it follows its name."""
    return arguments[arguments.index(name) + 1] if name in arguments else default


def _mode(arguments: list[str]) -> str:
    return _option(arguments, "--json-mode", "pretty")


# --- what it should do ---


def prints_tree(arguments: list[str]) -> bool:
    """Whether an accepted file has output."""
    return "--emit-ast" in arguments


def expected_part(arguments: list[str], run: Parts, ast_text: Any, source: bytes) -> Parts:
    """The part `cli` that follows from the reference's answers."""
    is_text = _option(arguments, "--format", "text") == "text"
    if run["accepted"]:
        stdout = f"{ast_text}\n" if prints_tree(arguments) else ""
        return _part(0, stdout, "" if is_text else [])
    first = run["diagnostics"][0]
    if not is_text:
        return _part(1, "", [_json_form(first)])
    snippet = "" if "--no-snippet" in arguments else _snippet(source, first["span"])
    return _part(1, "", _header(first) + snippet + _expectation(first["expected"]) + _notes(first))


def _header(diagnostic: Parts) -> str:
    line, column, _ = diagnostic["span"]["start"]
    name = diagnostic["domain"]
    domain = f" ({DOMAIN_LABELS.get(name, name)})" if name else ""
    code = f" [{diagnostic['codes'][0]}]" if diagnostic["codes"] else ""
    severity = SEVERITY_LABELS[diagnostic["severity"]]
    return f"{FILE_NAME}:{line}:{column}: {severity}{domain}{code}: {diagnostic['message']}\n"


def _snippet(source: bytes, span: Parts) -> str:
    """The line with the span, one before and one after; a caret for each byte."""
    lines = dict(enumerate(re.split(b"\r\n|\r|\n", source), start=1))
    number, column, start = span["start"]
    end_line, _, end = span["end"]
    middle = lines.get(number, b"")
    width = end - start if end_line == number else len(middle) - column + 1
    blanks, carets = 7 + min(column - 1, len(source)), min(max(1, width), len(source) + 1)
    shown = [_source_line(number, middle), " " * blanks + "^" * carets + "\n"]
    if number - 1 in lines:
        shown.insert(0, _source_line(number - 1, lines[number - 1]))
    if lines.get(number + 1) or number + 2 in lines:
        shown.append(_source_line(number + 1, lines[number + 1]))
    return "".join(shown)


def _source_line(number: int, line: bytes) -> str:
    return f"{number:4} | {_decoded(line)}\n"


def _expectation(expected: Parts | None) -> str:
    if expected is None:
        return ""
    labels = [
        KIND_LABELS.get(kind, kind) + ("" if kind == "eof" else f" '{label}'")
        for kind, label in expected["alternatives"]
    ]
    humanized = f"{expected['humanized']}\n" if expected["humanized"] else ""
    return f"期待される入力: {', '.join(labels)}\n{humanized}"


def _notes(diagnostic: Parts) -> str:
    return "".join(f"補足: {note}\n" for note in diagnostic["notes"])


def _json_form(diagnostic: Parts) -> Parts:
    line, column, _ = diagnostic["span"]["start"]
    end_line, end_column, _ = diagnostic["span"]["end"]
    location = {
        "file": FILE_NAME,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    form = {
        "in order": True,
        "severity": diagnostic["severity"],
        "message": diagnostic["message"],
        "location": location,
    }
    if diagnostic["codes"]:
        form |= {"code": diagnostic["codes"][0], "codes": diagnostic["codes"]}
    if diagnostic["domain"]:
        form["domain"] = diagnostic["domain"]
    if diagnostic["expected"]:
        form["expected"] = _expected_json(diagnostic["expected"])
    return form


def _expected_json(expected: Parts) -> Parts:
    """Section 3; members that are absent or empty count as equal."""
    names = ("locale_args", "context_note", "humanized", "message_key")
    members = {name: expected[name] for name in names if expected[name] is not None}
    return members | {"alternatives": [_alternative(*pair) for pair in expected["alternatives"]]}


def _alternative(kind: str, label: str) -> Parts:
    return {"kind": kind} if kind == "eof" else {"kind": kind, "value": label}
