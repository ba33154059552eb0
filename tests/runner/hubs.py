"""Hubs and cards to test the runner with."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.config import Settings, load_settings

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

SITE = f"""\
title: {{zh_CN: 模型, en_US: Models}}
description: {{zh_CN: 模型, en_US: Models}}
base-url: https://example.org/
repository: https://github.com/example/models
languages:
  - {{code: zh_CN, name: 简体中文, required: true}}
  - {{code: en_US, name: English}}
tags:
  vision: {{zh_CN: 视觉, en_US: Vision}}
runtimes:
  plain: {{python: "{VERSION}", requirements: models/requirements.txt}}
default-runtime: plain
time-limit: 60
mirror:
  repositories:
    - url: https://github.com/example/models/archive/master.zip
      include: [hubconf.py, models]
  weights:
    - url: https://data.example.org/weights/*
  files:
    - url: https://data.example.org/images/cat.jpg
      path: mirror/cat.jpg
"""

HEAD = """\
---
template: hub1
title: Card
summary: {zh_CN: 卡, en_US: Card}
author: Somebody
tags: [vision]
github-link: https://github.com/example/models
---

"""


def card_text(sample: str, zh_cn: Sequence[str] = (), en_us: Sequence[str] | None = None) -> str:
    """A card with this sample code, and sections that are Markdown, given by parts."""
    sample = textwrap.dedent(sample).strip("\n")
    parts = [f"{HEAD}```python\n{sample}\n```\n", "<!-- section: zh_CN -->\n", *zh_cn]
    if en_us is not None:
        parts += ["<!-- section: en_US -->\n", *en_us]
    text = "\n".join(parts)
    return text if en_us is not None else text.replace(", en_US: Card", "")


def python(code: str) -> str:
    """A fence of Python."""
    body = textwrap.dedent(code).strip("\n")
    return f"```python\n{body}\n```\n"


GOOD_CARD = card_text(
    "x = 1", [python("print('zh', x)")], [python("print('en', x)"), python("x += 1")]
)


def write_card(path: Path, text: str) -> Path:
    """The card's file, written with the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, part: str) -> int:
    """The number of the one line of `text` that has `part` in it."""
    (number,) = [n for n, line in enumerate(text.split("\n"), 1) if part in line]
    return number


def write_hub(root: Path) -> Settings:
    """A hub at `root`, whose runtime is this Python with no packages."""
    for folder in ("site/mirror", "models", "cards"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "site" / "site.yaml").write_text(SITE, encoding="utf-8")
    (root / "site" / "mirror" / "cat.jpg").write_bytes(b"\xff\xd8 a cat")
    (root / "models" / "requirements.txt").write_text("# none\n", encoding="utf-8")
    (root / "models" / "tiny.py").write_text("WIDTH = 8\n", encoding="utf-8")
    (root / "hubconf.py").write_text("from models.tiny import WIDTH\n", encoding="utf-8")
    return load_settings(root)


def is_alive(process: int) -> bool:
    """Whether a process with this id runs, zombies not counted."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def processes_in(folder: Path) -> list[int]:
    """The processes that run in the folder or below, as they are known outside of namespaces."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            place = (entry / "cwd").readlink()
        except OSError:
            continue
        if place.is_relative_to(folder):
            found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Returns when the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
