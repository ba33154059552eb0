"""Clusters to test with: a real scheduler and real workers, on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(program: Path) -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(program), "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}


@dataclass
class Started:
    address: str
    scheduler: subprocess.Popen[str]
    workers: list[subprocess.Popen[str]]


@contextmanager
def process(*arguments: str, folder: Path, program: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=environment(program),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def heard(started: subprocess.Popen[str], pattern: str) -> str:
    seen = []
    for line in started.stderr:
        seen.append(line)
        if match := re.search(pattern, line):
            return match[1]
    raise AssertionError("".join(seen))


@contextmanager
def cluster(folder: Path, workers: int, program: Path = ROOT) -> Iterator[Started]:
    common = ("--host", "127.0.0.1")
    with ExitStack() as stack:
        command = ("distributed.cli.dask_scheduler", *common, "--port", "0", "--no-dashboard")
        scheduler = stack.enter_context(process(*command, folder=folder, program=program))
        address = heard(scheduler, r"Scheduler at: +(tcp://\S+)")
        command = ("distributed.cli.dask_worker", address, *common, "--nthreads", "1")
        options = ("--no-nanny", "--no-dashboard", "--local-directory", str(folder))
        started = [
            stack.enter_context(process(*command, *options, folder=folder, program=program))
            for _ in range(workers)
        ]
        for worker in started:
            heard(worker, r"(Registered to|Starting established connection)")
        yield Started(address, scheduler, started)
