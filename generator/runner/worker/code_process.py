"""The process in which all the code of a group runs: what it does before any of that."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
from typing import Any

from . import confinement
from .execution import execute_requests
from .supervisor import CodeProcess

_SEED = 0
# The permissions that a reader's files have.
_UMASK = 0o022


def run_code(process: CodeProcess) -> None:
    """Become as a reader's interpreter is in the beginning, shut in, then execute blocks."""
    assignment, descriptors = process.assignment, process.descriptors
    _use_standard_streams(descriptors.stdout, descriptors.stderr)
    os.umask(_UMASK)
    os.chdir(assignment.work)
    os.environ.clear()
    os.environ.update(assignment.environment)
    tempfile.tempdir = None
    limits = dict(assignment.limits)
    if not process.around.has_namespaces or os.getuid() == 0:
        # It would count all processes of the user; and it does not hold for root.
        del limits["threads"]
    missing = confinement.shut_in(
        descriptors.ruleset,
        assignment.landlock,
        assignment.system_calls,
        limits,
        process.around,
    )
    if descriptors.ruleset is not None:
        os.close(descriptors.ruleset)
    for name in assignment.seed:
        _seed(name)
    execute_requests(descriptors.requests, descriptors.reports, process.stack, missing)


def _use_standard_streams(stdout: int, stderr: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (stdout, 1), (stderr, 2)):
        os.dup2(descriptor, number)
        os.close(descriptor)


def _seed(name: str) -> None:
    """Give the random numbers of a module that is there a fixed beginning."""
    if name not in sys.modules and name.partition(".")[0] not in _STANDARD:
        return
    with contextlib.suppress(Exception):
        importlib.import_module(name).seed(_SEED)


# Older Pythons do not list the modules of their library.
_STANDARD: Any = getattr(sys, "stdlib_module_names", ("random",))
