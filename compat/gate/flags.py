"""Flags of a case (gates.md section 3): what they make of the run configuration and the steps.

Flags are options of the command (diagnostics-json.md section 10) as far as they have a place in the
RunConfig of a case (section 1.1), and two that the command does not have:

    --config NAME=JSON   a field (`locale="ja"`) or a key of an extension (`lex.hash_inline=true`)
    --steps JSON         the script of a streaming case (streaming-reference.md section 9), in which
                         a number stands for a chunk: the next so many bytes of the source
"""

from __future__ import annotations

import json
import shlex
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

DEFAULTS = {
    "require_eof": False,
    "packrat": False,
    "left_recursion": "auto",
    "trace": False,
    "merge_warnings": True,
    "legacy_result": False,
    "experimental_effects": False,
    "locale": None,
}
ABSENT = object()
CHUNK_SIZE = 4096


class FlagError(Exception):
    """A flag that cannot be used."""


@dataclass
class Settings:
    """What the flags of a case say to one producer."""

    arguments: list[str] = field(default_factory=list)  # those that the command takes
    config: dict[str, Any] = field(default_factory=dict)
    steps: list[Any] | None = None  # numbers are not resolved yet
    commands_only: list[str] = field(default_factory=list)  # flags about the command's output
    lists_only: list[str] = field(default_factory=list)  # flags that the command does not have


# --- values ---


def _choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise FlagError(f"must be one of {', '.join(names)}, not {text!r}")
        return text

    return read


def _text(text: str) -> str:
    return text


def _stage(text: str) -> str:
    return text.strip().lower()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise FlagError(f"must be a number of at least 0, not {text!r}")
    return int(text)


def _ratio(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise FlagError(f"must be a number from 0.0 to 1.0, not {text!r}")
    return number


# --- tables ---

SWITCHES: dict[str, tuple[str, bool]] = {
    "--packrat": ("packrat", True),
    "--trace": ("trace", True),
    "--require-eof": ("require_eof", True),
    "--no-merge-warnings": ("merge_warnings", False),
    "--experimental-effects": ("experimental_effects", True),
    "-Zalgebraic-effects": ("experimental_effects", True),
}

VALUES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--left-recursion": ("left_recursion", _choice("off", "on", "auto")),
    "--lex-profile": ("lex.profile", _text),
    "--lex-identifier-profile": ("lex.identifier_profile", _text),
    "--effect-stage": ("effects.stage", _stage),
    "--stream-checkpoint": ("stream.checkpoint", str.strip),
    "--stream-resume-hint": ("stream.resume_hint", str.strip),
    "--stream-demand-min": ("stream.demand_min_bytes", _count),
    "--stream-demand-min-bytes": ("stream.demand_min_bytes", _count),
    "--stream-demand-preferred": ("stream.demand_preferred_bytes", _count),
    "--stream-demand-preferred-bytes": ("stream.demand_preferred_bytes", _count),
    "--stream-chunk-size": ("stream.chunk_size", _count),
    "--stream-flow": ("stream.flow_policy", _choice("auto", "manual")),
    "--stream-flow-policy": ("stream.flow_policy", _choice("auto", "manual")),
    "--stream-flow-max-lag": ("stream.flow_max_lag_bytes", _count),
    "--stream-flow-debounce-ms": ("stream.flow_debounce_ms", _count),
    "--stream-flow-throttle": ("stream.flow_throttle_ratio", _ratio),
}

OUTPUT_SWITCHES = {"--emit-ast", "--no-snippet"}

OUTPUT_VALUES: dict[str, Callable[[str], Any]] = {
    "--format": _choice("text", "json"),
    "--json-mode": _choice("pretty", "compact", "lines"),
    "--verbose": _choice("0", "1", "2", "3"),
}


# --- reading ---


def set_config(config: dict[str, Any], name: str, value: Any) -> None:
    """Sets a field, or with a point in the name a key of an extension."""
    namespace, point, key = name.partition(".")
    if point:
        config.setdefault("extensions", {}).setdefault(namespace, {})[key] = value
    else:
        config[name] = value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FlagError(f"{text!r} is not JSON: {error}") from None


def _set_json(settings: Settings, text: str) -> None:
    name, equals, value = text.partition("=")
    if not equals or name.startswith(".") or name.endswith("."):
        raise FlagError(f"must be NAME=JSON, not {text!r}")
    if "." not in name and name not in DEFAULTS:
        raise FlagError(f"{name!r} is not a field of the run configuration")
    set_config(settings.config, name, _json(value))


def _set_steps(settings: Settings, text: str) -> None:
    steps = _json(text)
    if not isinstance(steps, list):
        raise FlagError("must be a JSON list")
    for step in steps:
        _check_step(step)
    settings.steps = steps


def _check_step(step: Any) -> None:
    is_chunk = type(step) is int and step >= 0
    is_word = step in ("await", "closed")
    is_object = (
        isinstance(step, dict)
        and len(step) == 1
        and (isinstance(step.get("await"), dict) or isinstance(step.get("error"), str))
    )
    if not (is_chunk or is_word or is_object):
        raise FlagError(f"{json.dumps(step)} is not a step")


def _apply_value(settings: Settings, name: str, value: str) -> None:
    if name == "--config":
        _set_json(settings, value)
        settings.lists_only.append(name)
    elif name == "--steps":
        _set_steps(settings, value)
        settings.lists_only.append(name)
    elif name in OUTPUT_VALUES:
        settings.arguments += [name, OUTPUT_VALUES[name](value)]
        settings.commands_only.append(name)
    else:
        key, read = VALUES[name]
        set_config(settings.config, key, read(value))
        settings.arguments += [name, value]


def _apply_switch(settings: Settings, name: str) -> None:
    settings.arguments.append(name)
    if name in OUTPUT_SWITCHES:
        settings.commands_only.append(name)
    else:
        set_config(settings.config, *SWITCHES[name])


def _apply(settings: Settings, word: str, rest: Iterator[str]) -> None:
    name, equals, value = word.partition("=")
    if not equals and (word in SWITCHES or word in OUTPUT_SWITCHES):
        _apply_switch(settings, word)
        return
    if name not in VALUES and name not in OUTPUT_VALUES and name not in ("--config", "--steps"):
        raise FlagError(f"unknown flag {word!r}")
    if not equals:
        value = next(rest, None)
    if value is None:
        raise FlagError(f"{name} needs a value")
    try:
        _apply_value(settings, name, value)
    except FlagError as error:
        raise FlagError(f"{name} {error}") from None


def read_flags(*texts: str) -> Settings:
    """The settings that these texts of flags make, one after the other."""
    settings = Settings()
    for text in texts:
        try:
            words = iter(shlex.split(text))
        except ValueError as error:
            raise FlagError(f"{text!r}: {error}") from None
        for word in words:
            _apply(settings, word, words)
    return settings


# --- what producers are told ---


def config_key(config: dict[str, Any]) -> str:
    """The same text for configurations that say the same: what is default or empty is not said."""
    said = {name: value for name, value in config.items() if value != DEFAULTS.get(name, ABSENT)}
    said["extensions"] = {
        namespace: keys for namespace, keys in config.get("extensions", {}).items() if keys
    }
    return json.dumps(said, sort_keys=True)


def _chunk(text: bytes) -> dict[str, str]:
    return {"chunk_b64": b64encode(text).decode()}


def default_steps(source: bytes, config: dict[str, Any]) -> list[Any]:
    """Chunks of the chunk size and the end: how the command cuts a file (section 10)."""
    stream = config.get("extensions", {}).get("stream", {})
    size = stream.get("chunk_size")
    if type(size) is not int or size <= 0:
        size = CHUNK_SIZE
    return [_chunk(source[at : at + size]) for at in range(0, len(source), size)] + ["closed"]


def resolve_steps(settings: Settings, source: bytes) -> list[Any]:
    """The steps of a case in the form of section 1.1."""
    if settings.steps is None:
        return default_steps(source, settings.config)
    at = 0
    steps = []
    for step in settings.steps:
        if isinstance(step, int):
            steps.append(_chunk(source[at : at + step]))
            at += step
        else:
            steps.append(step)
    if at != len(source):
        raise FlagError(f"--steps has chunks of {at} bytes, the source has {len(source)}")
    return steps
