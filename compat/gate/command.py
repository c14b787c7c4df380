"""The command line of the gate: sub-commands and exit codes.

Exit codes: 0 the gate is passed; 1 it is not; 2 wrong usage, or an input that cannot be used.
"""

from __future__ import annotations

import argparse
import sys

import gate
import merge
import run
from errors import GateError

PASSED, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

# A tree is nested as deep as its source; Python's own limit is lower than that of the goldens.
RECURSION_LIMIT = 5000

SUBCOMMANDS = {"gate": gate, "run": run, "merge": merge}


def parser() -> argparse.ArgumentParser:
    """The parser of all sub-commands; each module adds its own arguments."""
    top = argparse.ArgumentParser(prog="compat", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True)
    for name, module in SUBCOMMANDS.items():
        title = module.__doc__.splitlines()[0]
        module.add_arguments(commands.add_parser(name, help=title, description=title))
    return top


def main(arguments: list[str]) -> int:
    """Runs one sub-command; the exit code."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    options = parser().parse_args(arguments)
    try:
        return PASSED if SUBCOMMANDS[options.command].execute(options) else FAILED
    except GateError as error:
        print(f"compat: {error}", file=sys.stderr)
        return UNUSABLE
    except OSError as error:
        print(f"compat: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
