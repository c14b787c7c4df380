"""Comparison of two normalised answers: the JSON paths that differ (gates.md section 1.3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator

ROOT = "$"
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SHOWN = 200


class _Absent:
    """A member or element that one side does not have."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """A place where the sides differ."""

    path: str
    reference: Any
    component: Any


def member_path(path: str, key: str) -> str:
    """The path of a member; keys with points and the like are quoted."""
    if PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}"
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def differences(reference: Any, component: Any, path: str = ROOT) -> Iterator[Difference]:
    """All places that differ, in order."""
    if isinstance(reference, dict) and isinstance(component, dict):
        for key in sorted(reference.keys() | component.keys()):
            yield from differences(
                reference.get(key, ABSENT), component.get(key, ABSENT), member_path(path, key)
            )
    elif isinstance(reference, list) and isinstance(component, list):
        for index in range(max(len(reference), len(component))):
            yield from differences(
                _element(reference, index), _element(component, index), f"{path}[{index}]"
            )
    elif type(reference) is not type(component) or reference != component:
        yield Difference(path, reference, component)


def _element(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT


def shown(value: Any) -> str:
    """A value in one short line."""
    text = repr(value) if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
