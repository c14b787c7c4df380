"""The reference's recorded answers as a producer (compat/golden).

An answer is looked up by source, configuration and part; of a streaming case by its steps instead
of the source. Two things are no answers of the reference although they are recorded: inputs on
which it raised, and the text of trees with `perform` or `handle`, which it does not print
(golden/README.md). Both are given as exceptions (gates.md section 1.2).
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any, Iterator

from answers import Answer, Request, parse_json
from errors import GateError
from flags import config_key

FOLDER = Path(__file__).resolve().parents[1] / "golden"
CASES_CONFIG = {"experimental_effects": True}

# The large set comes last: it is read only for cases that no other set has.
SMALL_SETS = ("configs.jsonl", "exceptions.jsonl", "stream.jsonl")
LARGE_SETS = ("fuzz.jsonl.gz",)

UNPRINTED = (b'"kind":"Perform"', b'"kind":"Handle"')
UNPRINTED_TEXT = "the reference prints neither perform nor handle"

Key = tuple[str, bytes | str]


def source_key(source: bytes, config: dict[str, Any]) -> Key:
    """The key of a case with a source."""
    return config_key(config), source


def steps_key(steps: list[Any], config: dict[str, Any]) -> Key:
    """The key of a case with steps; a chunk is the same as text and in base64."""
    return config_key(config), json.dumps([_plain_step(step) for step in steps], sort_keys=True)


def _plain_step(step: Any) -> Any:
    if isinstance(step, dict) and "chunk_b64" in step:
        return {"chunk": b64decode(step["chunk_b64"]).decode("utf-8", "surrogateescape")}
    return step


class GoldenAnswers:
    """The recorded answers; sets are read when they are needed."""

    name = "recorded answers"
    fixed_time = True

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._index: dict[Key, list[bytes]] = {}
        self._unread = [self._read_small, self._read_large]

    def answer(self, request: Request) -> Answer:
        """The recorded parts that are wanted, as far as there are any."""
        parts: dict[str, Any] = {}
        for record in self._records(request):
            for name, value in _parts_of(record).items():
                parts.setdefault(name, value)
        wanted = {part.replace("run_noast", "run") for part in request.want}
        return Answer(parts={name: parts[name] for name in parts if name in wanted})

    def close(self) -> None:
        """Nothing was started."""

    def _records(self, request: Request) -> list[bytes]:
        keys = [source_key(request.source, request.config)]
        if request.steps is not None:
            keys.append(steps_key(request.steps, request.config))
        found = self._look_up(keys)
        while not found and self._unread:
            self._unread.pop(0)()
            found = self._look_up(keys)
        return found

    def _look_up(self, keys: list[Key]) -> list[bytes]:
        return [record for key in keys for record in self._index.get(key, [])]

    def _read_small(self) -> None:
        for path in sorted(self._folder.glob("cases/*/*.reml")):
            key = source_key(path.read_bytes(), CASES_CONFIG)
            layout_free = path.with_suffix(".json").read_bytes().replace(b"\n", b"")
            self._index.setdefault(key, []).append(layout_free)
        self._read_sets(SMALL_SETS)

    def _read_large(self) -> None:
        self._read_sets(LARGE_SETS)

    def _read_sets(self, names: tuple[str, ...]) -> None:
        for name in names:
            for key, line in _keyed_lines(self._folder / name):
                self._index.setdefault(key, []).append(line)


def _keyed_lines(path: Path) -> Iterator[tuple[Key, bytes]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as lines:
            for line in lines:
                yield _line_key(line), line
    except (EOFError, KeyError, ValueError, zlib.error) as error:
        raise GateError(f"{path}: not recorded answers: {error!r}") from None


def _line_key(line: bytes) -> Key:
    record = parse_json(line)
    if "steps" in record:
        return steps_key(record["steps"], record["config"])
    if "source_b64" in record:
        return source_key(b64decode(record["source_b64"]), record["config"])
    return source_key(record["source"].encode("utf-8", "surrogateescape"), record["config"])


def _parts_of(line: bytes) -> dict[str, Any]:
    record = parse_json(line)
    if "exception" in record:
        record["run"] = {"exception": record["exception"]}
    if "ast_text" in record and any(kind in line for kind in UNPRINTED):
        record["ast_text"] = {"exception": UNPRINTED_TEXT}
    return record
