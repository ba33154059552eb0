"""Hubs for tests of what authors do, and the command as they call it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

SITE = """\
title: {zh_CN: 模型中心, en_US: Model Hub}
description: {zh_CN: 模型, en_US: Models}
base-url: https://example.org/hub/
repository: https://github.com/example/models
languages:
  - {code: zh_CN, name: 简体中文, required: true}
  - {code: en_US, name: English}
tags:
  vision: {zh_CN: 视觉, en_US: Vision}
  nlp: {zh_CN: 自然语言处理, en_US: NLP}
runtimes:
  plain: {python: "3.10", requirements: models/requirements.txt}
default-runtime: plain
mirror:
  repositories:
    - {url: "https://github.com/example/models/archive/master.zip", include: [hubconf.py]}
"""

HUBCONF = """\
raise RuntimeError("this must never be run")
import megengine.hub as hub

@hub.pretrained("https://example.org/small.pkl")
def net_small():
    pass

@hub.pretrained("https://example.org/large.pkl")
def net_large():
    pass

def other():
    pass
"""


def write_hub(root: Path, site: str = SITE, hubconf: str = HUBCONF) -> Path:
    """The root of a hub without cards, whose checkout offers three entrypoints."""
    (root / "site").mkdir(parents=True)
    (root / "site" / "site.yaml").write_text(site, encoding="utf-8")
    (root / "hubconf.py").write_text(hubconf, encoding="utf-8")
    return root


def hubcards(
    root: Path, *arguments: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What the command says and does in the hub at `root`, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )


def in_terminal(
    root: Path, arguments: Sequence[str], typed: Sequence[str] = (), **environment: str
) -> tuple[int, str]:
    """The exit code, and all that is seen in a terminal in which each question is answered with
    the next of these lines."""
    terminal, its_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment},
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    ) as process:
        os.close(its_end)
        answers = iter(typed)
        seen, answered = b"", 0
        while select.select([terminal], [], [], 30)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            seen += part
            # Who types ahead is not understood in every mode of a terminal.
            if seen.endswith(b": ") and len(seen) > answered:
                answered = len(seen)
                os.write(terminal, next(answers, "\x04").encode() + b"\n")
        code = process.wait(10)
    os.close(terminal)
    return code, seen.decode().replace("\r\n", "\n")
