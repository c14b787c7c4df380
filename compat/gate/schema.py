"""The forms of answers: diagnostics (diagnostics-json.md sections 2 and 3), results (driver.md
section 3) and outcomes of streaming (gates.md section 1.2).

A form is a function that yields what is wrong with a value. Metrics read only answers that have
their form.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, NamedTuple

from compare import ROOT, member_path

Form = Callable[[Any, str], Iterator[str]]


class Optional(NamedTuple):
    """A member that may be absent."""

    form: Form


# --- building forms ---


def _of_type(kind: type, name: str) -> Form:
    def check(value: Any, path: str) -> Iterator[str]:
        if type(value) is not kind:
            yield f"{path}: not {name}"

    return check


text = _of_type(str, "a text")
integer = _of_type(int, "an integer")
boolean = _of_type(bool, "true or false")
mapping = _of_type(dict, "an object")


def anything(value: Any, path: str) -> Iterator[str]:
    """Every value."""
    yield from ()


def one_of(*values: Any) -> Form:
    """One of these values."""

    def check(value: Any, path: str) -> Iterator[str]:
        if value not in values:
            yield f"{path}: not one of {', '.join(map(str, values))}"

    return check


def nullable(form: Form) -> Form:
    """The form, or null."""
    return lambda value, path: iter(()) if value is None else form(value, path)


def list_of(form: Form) -> Form:
    """A list whose items have the form."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        for index, item in enumerate(value):
            yield from form(item, f"{path}[{index}]")

    return check


def items(*forms: Form) -> Form:
    """A list with one item for each form."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list) or len(value) != len(forms):
            yield f"{path}: not a list of {len(forms)}"
            return
        for index, form in enumerate(forms):
            yield from form(value[index], f"{path}[{index}]")

    return check


def record(**members: Form | Optional) -> Form:
    """An object with these members in this order, and no others."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: not an object"
            return
        if list(value) != [name for name in members if name in value]:
            unknown = ", ".join(name for name in value if name not in members)
            yield f"{path}: unknown {unknown}" if unknown else f"{path}: members in disorder"
        for name, form in members.items():
            optional = isinstance(form, Optional)
            if name in value:
                inner = form.form if optional else form
                yield from inner(value[name], member_path(path, name))
            elif not optional:
                yield f"{path}: no {name}"

    return check


def any_of(problem: str, *forms: Form) -> Form:
    """One of these forms."""

    def check(value: Any, path: str) -> Iterator[str]:
        if all(any(form(value, path)) for form in forms):
            yield f"{path}: {problem}"

    return check


# --- diagnostics as JSON ---

SEVERITIES = ("error", "warning", "info", "hint")
DOMAINS = (
    "effect target plugin lsp runtime parser type config network data audit security cli other"
).split()
KINDS = "token keyword rule not class custom type trait".split()

FILE_SPAN = record(
    file=text, start_line=integer, start_col=integer, end_line=integer, end_col=integer
)

FIXIT = record(kind=one_of("insert", "replace", "delete"), range=FILE_SPAN, text=Optional(text))

EXPECTED = record(
    locale_args=Optional(list_of(text)),
    context_note=Optional(text),
    humanized=Optional(text),
    message_key=Optional(text),
    alternatives=list_of(
        any_of(
            "not an alternative",
            record(kind=one_of(*KINDS), value=text),
            record(kind=one_of("eof")),
        )
    ),
)

DIAGNOSTIC = record(
    expected=nullable(EXPECTED),
    audit=record(
        metadata=mapping, audit_id=text, change_set=mapping, capability=Optional(text)
    ),
    audit_metadata=mapping,
    extensions=mapping,
    schema_version=one_of("2.0.0-draft"),
    fixits=list_of(FIXIT),
    hints=list_of(record(message=Optional(text), actions=Optional(list_of(FIXIT)))),
    secondary=list_of(record(span=Optional(FILE_SPAN), message=Optional(text))),
    codes=list_of(text),
    primary=FILE_SPAN,
    severity_level=one_of(1, 2, 3, 4),
    severity=one_of(*SEVERITIES),
    message=text,
    id=Optional(text),
    domain=Optional(one_of(*DOMAINS)),
    severity_hint=Optional(one_of("rollback", "retry", "ignore", "escalate")),
    timestamp=text,
)

# --- results ---

POSITION = items(integer, integer, integer)
SPAN = record(start=POSITION, end=POSITION)
EXPECTATION = items(text, text)

SUMMARY = record(
    message_key=nullable(text),
    humanized=nullable(text),
    context_note=nullable(text),
    locale_args=list_of(text),
    alternatives=list_of(EXPECTATION),
)

SHORT_DIAGNOSTIC = record(
    severity=one_of(*SEVERITIES),
    domain=nullable(text),
    codes=list_of(text),
    message=text,
    span=SPAN,
    notes=list_of(text),
    expected=nullable(SUMMARY),
)

RESULT = record(
    accepted=boolean,
    ast=anything,
    span=nullable(SPAN),
    diagnostics=list_of(SHORT_DIAGNOSTIC),
    recovered=boolean,
    consumed=boolean,
    committed=boolean,
    farthest_error_offset=nullable(integer),
    legacy_error=nullable(
        record(span=SPAN, expected=list_of(EXPECTATION), committed=boolean, far_consumed=boolean)
    ),
    span_trace=nullable(list_of(record(label=nullable(text), span=SPAN))),
    packrat_stats=nullable(record(queries=integer, hits=integer)),
)

# --- streaming ---

DEMAND = record(
    action=one_of("pause", "continue"),
    min_bytes=nullable(integer),
    preferred_bytes=nullable(integer),
    resume_hint=nullable(text),
    reason=nullable(text),
)

META = record(
    bytes_consumed=integer,
    chunks_consumed=integer,
    await_count=integer,
    resume_count=integer,
    last_reason=nullable(text),
    memo_bytes=nullable(integer),
    backpressure_policy=nullable(text),
    backpressure_events=integer,
)

CONTINUATION = record(
    commit_watermark=integer,
    buffered_bytes=integer,
    resume_hint=DEMAND,
    expected_tokens=list_of(EXPECTATION),
    last_checkpoint=nullable(SPAN),
    resume_lineage=list_of(text),
    backpressure_counter=integer,
)

EVENTS = list_of(record(category=text, keys=list_of(text)))

COMPLETED = record(outcome=one_of("completed"), result=RESULT, meta=META, audit_events=EVENTS)

PENDING = record(
    outcome=one_of("pending"),
    demand=DEMAND,
    meta=META,
    continuation=CONTINUATION,
    diagnostics=list_of(SHORT_DIAGNOSTIC),
    audit_events=EVENTS,
)


def outcome(value: Any, path: str) -> Iterator[str]:
    """An outcome of streaming."""
    is_pending = isinstance(value, dict) and value.get("outcome") == "pending"
    yield from (PENDING if is_pending else COMPLETED)(value, path)


FORMS: dict[str, Form] = {
    "tokens": list_of(anything),
    "run": RESULT,
    "diag_json": list_of(DIAGNOSTIC),
    "run_partial": record(result=RESULT, rest=nullable(integer)),
    "ast_text": nullable(text),
    "stream": record(steps=list_of(outcome)),
}


def problems(parts: dict[str, Any]) -> dict[str, list[str]]:
    """For each part what is wrong with its form."""
    return {
        name: list(form(parts[name], ROOT)) for name, form in FORMS.items() if name in parts
    }
