"""`hubcards check --fix` mends what has one right answer, and nothing else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cards.catalog import problems_of
from generator.cards.hubconf import read_own_hub
from generator.diagnostics import Diagnostic, Severity
from generator.fixing.mending import as_diff, mended_files
from tests.cards.writing import card_text, python
from tests.cards.writing import settings as hub_settings
from tests.test_cli import hubcards

SETTINGS = hub_settings()
HUB = read_own_hub(SETTINGS)


def judge(path: Path, data: bytes) -> tuple[Diagnostic, ...]:
    return problems_of(path, data, SETTINGS, HUB)


def mended(text: str, folder: Path) -> str:
    """What becomes of a card with this text."""
    path = folder / "card.md"
    path.write_bytes(text.encode())
    for item in mended_files(judge(path, path.read_bytes()), judge):
        return item.after.decode()
    return text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (card_text(en="text \n\nmore\t"), card_text(en="text\n\nmore")),
        (card_text().rstrip("\n"), card_text()),
        (card_text().replace("[vision]", "[Vision]"), card_text()),
        (
            card_text(en="```Py\nx = 1\n```", zh="```python\nx = 1\n```"),
            card_text(en="```python\nx = 1\n```", zh="```python\nx = 1\n```"),
        ),
        (
            card_text(zh=python("x = [1,\n     2]"), en=python("x = [1,\n         2]")),
            card_text(zh=python("x = [1,\n     2]"), en=python("x = [1,\n     2]")),
        ),
        (
            card_text(zh=python("x = 1"), en="- a\n\n  ```python\n  x  = 1\n  ```"),
            card_text(zh=python("x = 1"), en="- a\n\n  ```python\n  x = 1\n  ```"),
        ),
        (
            card_text(zh=python("x = 1\n\n\ny = 1"), en="> ```python\n> x = 1\n> \n> y = 1\n> ```"),
            card_text(
                zh=python("x = 1\n\n\ny = 1"), en="> ```python\n> x = 1\n>\n>\n> y = 1\n> ```"
            ),
        ),
        (
            card_text(zh="```python\nx = 1 \n```", en=python("x = 1")),
            card_text(zh=python("x = 1").rstrip(), en=python("x = 1")),
        ),
        (card_text(en="The paramters."), card_text(en="The parameters.")),
        (
            card_text().replace("[vision]", '["Vision", visoin]'),
            card_text().replace("[vision]", '["vision", visoin]'),
        ),
        (card_text().replace("[vision]", "[visoin]"), card_text()),
        (
            card_text().replace("[vision]", "['clasification']"),
            card_text().replace("[vision]", "['classification']"),
        ),
        (card_text().replace("[vision]", "[vision] "), card_text()),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_has_one_right_answer_is_mended(
    tmp_path: Path, wrong: str, right: str, end: str
) -> None:
    assert mended(wrong.replace("\n", end), tmp_path) == right.replace("\n", end)


@pytest.mark.parametrize(
    "text",
    [
        card_text(en="a line  \nthat is broken"),
        card_text(en="```python\nx = 1 \n```", zh="```python\nx = 1 \n```"),
        card_text().replace("[vision]", "[something]"),
        card_text().replace("[vision]", "[nlg]"),
        card_text().replace("[vision]", '["visi\\u006fm"]'),
        card_text(en="    code\n  \n    more"),
        card_text(en="```pyhton {a}\nx = 1\n```"),
        card_text(en="See http://example.org/."),
    ],
)
def test_what_means_something_or_has_several_answers_is_left_alone(
    tmp_path: Path, text: str
) -> None:
    assert mended(text, tmp_path) == text


def test_what_a_card_allows_or_the_hub_does_not_ask_for_is_left_alone(tmp_path: Path) -> None:
    allowed = '<!-- hubcards: allow E740 reason="aligned" -->\ntext \n'
    assert mended(card_text(en=allowed), tmp_path) == card_text(en=allowed)


SCRAPS = ["a", " ", "  ", "\t", "\n", "\n\n", "`x`", "paramters", "中文", "# h", "- i", "> q"]
SCRAPS += [
    "```python\nx = 1\n```",
    "```py\nx = 1 \n```",
    "| a | b |",
    "<b>",
    "http://a.example",
    "\\",
]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join),
    st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join),
    st.sampled_from(["\n", "\r\n"]),
)
def test_mending_twice_is_mending_once_and_brings_no_new_error(
    tmp_path_factory: pytest.TempPathFactory, zh: str, en: str, end: str
) -> None:
    folder = tmp_path_factory.mktemp("card")
    text = card_text(zh=zh, en=en).replace("\n", end)
    once = mended(text, folder)
    assert mended(once, folder) == once
    path = folder / "card.md"
    errors = [
        [item.code for item in judge(path, data.encode()) if item.severity is Severity.ERROR]
        for data in (text, once)
    ]
    assert set(errors[1]) <= set(errors[0])
    if end == "\r\n":
        assert once.count("\n") == once.count("\r\n")


def write(folder: Path, text: str) -> Path:
    path = folder / "someone_vision_model.md"
    path.write_bytes(text.encode())
    path.chmod(0o640)
    return path


def test_the_diff_comes_first_and_without_yes_nothing_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, card_text(en="text "))
    shown = hubcards("check", "--fix", str(path))
    assert "-text \n+text\n" in shown.stdout
    assert "--yes" in shown.stderr
    assert path.read_bytes() == card_text(en="text ").encode()


def test_with_yes_it_is_written_and_what_remains_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, card_text("print(missing)", en="text "))
    done = hubcards("check", "--fix", "--yes", str(path))
    assert "mended: 1 file" in done.stdout
    assert "E502" in done.stdout
    assert "E740" not in done.stdout
    assert done.returncode == 1
    assert path.read_bytes() == card_text("print(missing)", en="text").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_diff_alone_fails_when_there_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, card_text(en="text "))
    shown = hubcards("check", "--fix", "--diff", str(path))
    assert shown.returncode == 1
    assert shown.stdout.startswith(f"--- a{path}\n+++ b{path}\n")
    path.write_bytes(card_text().encode())
    assert hubcards("check", "--fix", "--diff", str(path)).returncode == 0


def test_yes_and_diff_need_fix() -> None:
    for option in ("--yes", "--diff"):
        refused = hubcards("check", option)
        assert refused.returncode == 2
        assert "--fix" in refused.stderr


@pytest.mark.parametrize(("answer", "is_mended"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks(tmp_path: Path, answer: str, is_mended: bool) -> None:
    path = write(tmp_path, card_text(en="text "))
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "generator", "check", "--fix", str(path)]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        os.write(parent, answer.encode())
        output = b""
        while True:
            try:
                piece = os.read(parent, 4096)
            except OSError:
                break
            if not piece:
                break
            output += piece
        process.wait(60)
    os.close(parent)
    assert b"[y/N]" in output
    assert (path.read_bytes() == card_text(en="text").encode()) == is_mended


def test_a_diff_is_harmless_to_a_terminal(tmp_path: Path) -> None:
    path = write(tmp_path, card_text(en="\x1b[31mtext "))
    for item in mended_files(judge(path, path.read_bytes()), judge):
        assert "\x1b" not in as_diff(item, str(path))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.md"
    real.write_bytes(card_text(en="text ").encode())
    link = tmp_path / "someone_vision_model.md"
    link.symlink_to(real)
    hubcards("check", "--fix", "--yes", str(link))
    assert link.is_symlink()
    assert real.read_bytes() == card_text(en="text").encode()
