"""Case lists (gates.md section 3): what is compared.

    # flags: --packrat --left-recursion off        for both producers
    # flags.reference: ...                         for one of them, after the others
    # flags.component: ...
    # tests: stream,diag                           modes; tokens,ast,diag if not given
    name::inline::TEXT with \\n, \\r, \\t, \\s (a blank) and \\\\
    name::file::path/relative/to/the/list.reml

Lines with `#` and a word that ends with a colon apply to the next case; other lines with `#` are
comments. The first part of a name, up to `_` or `-`, is the group of the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import GateError
from flags import FlagError, Settings, read_flags, resolve_steps

MODES = ("tokens", "ast", "diag", "stream", "cli")
DEFAULT_TESTS = ("tokens", "ast", "diag")
SIDES = ("reference", "component")

# The least number of cases of each group.
MINIMUM = {
    "lexer": 8,
    "grammar": 12,
    "ast": 8,
    "diagnostics": 10,
    "recover": 5,
    "config": 8,
    "streaming": 10,
    "cli": 3,
}

NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
DIRECTIVE = re.compile(r"#\s*([A-Za-z.]+):(.*)")
ESCAPE = re.compile(r"\\(.?)")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "\\": "\\"}
DIRECTIVES = ("tests", "flags", *(f"flags.{side}" for side in SIDES))


@dataclass(frozen=True)
class Case:
    """One case; settings and steps for each side."""

    name: str
    source_list: str
    line: int
    source: bytes
    tests: tuple[str, ...]
    settings: dict[str, Settings]
    steps: dict[str, list[Any] | None]

    @property
    def group(self) -> str:
        """The first part of the name."""
        return group_of(self.name)


def group_of(name: str) -> str:
    """The group of the case with this name."""
    return re.split("[_-]", name, maxsplit=1)[0]


class _Line:
    """A line of a list, for messages."""

    def __init__(self, path: str, number: int, text: str) -> None:
        self.path, self.number, self.text = path, number, text

    def error(self, problem: str) -> GateError:
        return GateError(f"{self.path}:{self.number}: {problem}")


def read_lists(paths: list[str]) -> list[Case]:
    """The cases of all lists in order; names are unique over all of them."""
    cases: dict[str, Case] = {}
    for path in paths:
        for case in _read_list(path):
            if case.name in cases:
                first = cases[case.name]
                raise GateError(
                    f"{path}:{case.line}: the name {case.name!r} is used already, in "
                    f"{first.source_list}:{first.line}"
                )
            cases[case.name] = case
    if not cases:
        raise GateError(f"{', '.join(paths)}: no cases")
    return list(cases.values())


def _read_text(path: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise GateError(f"{path}: not UTF-8 at byte {error.start}") from None


def _read_list(path: str) -> list[Case]:
    cases = []
    said: dict[str, str] = {}
    line = _Line(path, 0, "")
    for number, text in enumerate(_read_text(path).split("\n"), start=1):
        line = _Line(path, number, text.removesuffix("\r"))
        if not line.text.strip():
            continue
        if line.text.startswith("#"):
            _read_directive(line, said)
            continue
        cases.append(_read_case(line, said))
        said = {}
    if said:
        raise line.error(f"no case follows `# {next(iter(said))}:`")
    return cases


def _read_directive(line: _Line, said: dict[str, str]) -> None:
    match = DIRECTIVE.match(line.text)
    if match is None:
        return
    name, text = match.groups()
    if name not in DIRECTIVES:
        raise line.error(f"unknown line `# {name}:`, known are {', '.join(DIRECTIVES)}")
    if name in said:
        raise line.error(f"`# {name}:` is there twice for one case")
    said[name] = text.strip()


def _read_case(line: _Line, said: dict[str, str]) -> Case:
    fields = line.text.split("::", 2)
    if len(fields) != 3:
        raise line.error("a case must be name::inline::TEXT or name::file::PATH")
    name, kind, text = fields
    if not NAME.fullmatch(name):
        raise line.error(f"{name!r} is not a name of letters, digits, '_' and '-'")
    source = _read_source(line, kind, text)
    tests = _read_tests(line, said.get("tests"))
    settings = {side: _read_settings(line, said, side, tests) for side in SIDES}
    return Case(
        name=name,
        source_list=line.path,
        line=line.number,
        source=source,
        tests=tests,
        settings=settings,
        steps={side: _read_steps(line, settings[side], source, tests) for side in SIDES},
    )


def _read_source(line: _Line, kind: str, text: str) -> bytes:
    if kind == "inline":
        return _unescape(line, text).encode("utf-8")
    if kind != "file":
        raise line.error(f"{kind!r} is neither inline nor file")
    path = Path(line.path).parent / text
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise line.error(f"{path} cannot be read: {getattr(error, 'strerror', error)}") from None


def _unescape(line: _Line, text: str) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match[1] not in ESCAPES:
            raise line.error(f"unknown escape {match[0]!r}, known are \\n \\r \\t \\s \\\\")
        return ESCAPES[match[1]]

    return ESCAPE.sub(replacement, text)


def _read_tests(line: _Line, text: str | None) -> tuple[str, ...]:
    if text is None:
        return DEFAULT_TESTS
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in MODES:
            raise line.error(f"unknown test {word!r}, known are {', '.join(MODES)}")
    if len(set(words)) != len(words):
        raise line.error(f"a test is there twice in {text!r}")
    return tuple(mode for mode in MODES if mode in words)


def _read_settings(
    line: _Line, said: dict[str, str], side: str, tests: tuple[str, ...]
) -> Settings:
    try:
        settings = read_flags(said.get("flags", ""), said.get(f"flags.{side}", ""))
    except FlagError as error:
        raise line.error(str(error)) from None
    if settings.commands_only and "cli" not in tests:
        raise line.error(f"{settings.commands_only[0]} is only for cases with the test cli")
    if settings.lists_only and "cli" in tests:
        raise line.error(f"{settings.lists_only[0]} is not an option of the command")
    if settings.steps is not None and "stream" not in tests:
        raise line.error("--steps is only for cases with the test stream")
    return settings


def _read_steps(
    line: _Line, settings: Settings, source: bytes, tests: tuple[str, ...]
) -> list[Any] | None:
    if "stream" not in tests:
        return None
    try:
        return resolve_steps(settings, source)
    except FlagError as error:
        raise line.error(str(error)) from None


def shard_of(cases: list[Case], index: int, count: int) -> list[Case]:
    """Shard number `index` (from 1) of `count`: every count-th case."""
    return cases[index - 1 :: count]
