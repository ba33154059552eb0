"""How `hubcards check` shows problems to people and to other programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, ValidationError
from wcwidth import wcswidth

from generator.diagnostics import Diagnostic, Severity
from generator.excerpt import excerpt
from generator.reports import as_github, as_sarif
from generator.source import Position, Span
from tests.test_cli import CARD, ROOT, hubcards

SARIF = Draft4Validator(
    json.loads((ROOT / "tests" / "data" / "sarif" / "sarif-2.1.0-rtm.5.json").read_text("utf-8")),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
"""What tells whether a log is as SARIF's published schema has it."""


def problem(line: int, column: int, length: int, path: str = "a.md") -> Diagnostic:
    span = Span.at(line, column, length)
    return Diagnostic(path, span, "E209", Severity.ERROR, "100% wrong", "a, b: c")


def broken_card(folder: Path, old: str, new: str) -> Path:
    path = folder / "someone_vision_model.md"
    text = CARD.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_mark_stands_under_the_span() -> None:
    assert excerpt(["", "tags: [visoin]"], problem(2, 8, 6)) == (
        "  |",
        "2 | tags: [visoin]",
        "  |        ^^^^^^",
    )


def test_wide_characters_take_two_columns() -> None:
    assert excerpt(["模型 错误 x"], problem(1, 4, 2))[1:] == ("1 | 模型 错误 x", "  |      ^^^^")


def test_tabs_and_control_characters_keep_the_mark_in_place() -> None:
    lines = excerpt(["\t\x1b[31mred\u202e x"], problem(1, 12, 1))
    assert lines[1:] == (
        "1 |     \\x1b[31mred\\u202e x",
        "  | " + " " * 22 + "^",
    )


def test_a_span_at_the_end_of_a_line_has_a_mark() -> None:
    assert excerpt(["abc"], problem(1, 4, 0))[2] == "  |    ^"


def test_a_span_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    item = Diagnostic(
        "a.md", Span(Position(1, 2), Position(3, 1)), "E304", Severity.ERROR, "open", "close"
    )
    assert excerpt(["abcd", "", ""], item)[2] == "  |  ^^^"


def test_a_span_that_is_not_in_the_file_has_no_excerpt() -> None:
    assert excerpt([], problem(1, 1, 1)) == ()


@given(
    before=st.text(st.characters(blacklist_categories=["Cs"]), max_size=300),
    after=st.text(st.characters(blacklist_categories=["Cs"]), max_size=300),
)
def test_whatever_stands_around_it_what_is_marked_is_the_span(before: str, after: str) -> None:
    line = f"{before}@@@{after}"
    _, shown, mark = excerpt([line], problem(1, len(before) + 1, 3))
    assert shown.isprintable()
    assert wcswidth(mark) <= 4 + 110
    # Joined code points can be narrower together than one by one, but not those before ASCII.
    if before.isascii():
        assert shown[mark.index("^") :].startswith("@@@")
    assert mark.count("^") == 3


def test_check_shows_the_line(tmp_path: Path) -> None:
    path = broken_card(tmp_path, "vision, classification", "visoin")
    result = hubcards("check", path)
    assert f"{path}:8:8: error[E209]" in result.stdout
    assert "  8 | tags: [visoin" in result.stdout
    assert "    |        ^^^^^^\n" in result.stdout


def with_lost_link(folder: Path) -> Path:
    old = "[Deep Residual"
    text = CARD.read_text(encoding="utf-8")
    path = folder / "someone_vision_model.md"
    path.write_text(text.replace(old, f"[VGG](someone_vision_vgg.md) {old}"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    return path


def test_check_tells_of_links_that_a_build_refuses_in_every_format(tmp_path: Path) -> None:
    card = with_lost_link(tmp_path)
    line = card.read_text(encoding="utf-8").split("[VGG]", 1)[0].count("\n") + 1
    result = hubcards("check", card)
    assert result.returncode == 1
    assert f"{card}:{line}:" in result.stdout
    assert 'error[E402]: there is no card "someone_vision_vgg"\n' in result.stdout
    assert "^" * len("someone_vision_vgg.md") in result.stdout
    found = json.loads(hubcards("check", card, "--format", "json").stdout)
    assert [item["code"] for item in found] == ["E402", "E402"]
    assert found[0]["line"] == line
    assert f"line={line}," in hubcards("check", card, "--format", "github").stdout
    sarif = json.loads(hubcards("check", card, "--format", "sarif").stdout)
    assert {item["ruleId"] for item in sarif["runs"][0]["results"]} == {"E402"}
    built = hubcards("build", "--cards", tmp_path, "--output", tmp_path / "site")
    assert built.returncode == 1
    assert result.stdout.rpartition("more about")[0] == built.stderr.rpartition("nothing was")[0]


def test_a_card_beside_the_one_that_is_checked_can_be_linked_to(tmp_path: Path) -> None:
    card = with_lost_link(tmp_path)
    card.with_name("someone_vision_vgg.md").write_text(CARD.read_text(encoding="utf-8"), "utf-8")
    result = hubcards("check", card)
    assert (result.returncode, result.stdout) == (0, "1 card checked: 0 errors, 0 warnings\n")


def test_settings_that_can_not_be_used_are_told_in_the_format_that_was_asked_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "site.yaml").write_text("titel: x\n", encoding="utf-8")

    def report(report_format: str) -> str:
        result = hubcards("--root", tmp_path, "check", "--format", report_format)
        assert (result.returncode, result.stderr) == (2, "")
        return result.stdout

    found = json.loads(report("json"))
    assert {item["code"] for item in found} == {"E001"}
    assert report("github").count("::error file=") == len(found)
    log = json.loads(report("sarif"))
    SARIF.validate(log)
    assert [item["ruleId"] for item in log["runs"][0]["results"]] == ["E001"] * len(found)


def test_annotations_for_github_escape_what_would_end_them() -> None:
    assert as_github([problem(2, 3, 4, "a,b:c%.md")]) == (
        "::error file=a%2Cb%3Ac%25.md,line=2,col=3,endLine=2,endColumn=7,"
        "title=hubcards E209::100%25 wrong%0Aa, b: c\n"
    )


def test_annotations_of_several_lines_have_no_columns() -> None:
    item = Diagnostic(
        "a.md", Span(Position(1, 2), Position(3, 1)), "E304", Severity.WARNING, "m", "h"
    )
    assert as_github([item]) == (
        "::warning file=a.md,line=1,endLine=3,title=hubcards E304::m%0Ah\n"
    )


def test_a_message_can_not_give_github_a_second_command() -> None:
    item = Diagnostic("a.md", Span.at(1, 1), "E209", Severity.ERROR, "x\n::stop-commands::y", "h")
    assert as_github([item]).count("\n") == 1


def test_sarif_refers_each_result_to_its_rule(tmp_path: Path) -> None:
    path = broken_card(tmp_path, "vision, classification", "visoin")
    result = hubcards("check", "--format", "sarif", path)
    assert result.returncode == 1
    log = json.loads(result.stdout)
    (run,) = log["runs"]
    (found,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert rules[found["ruleIndex"]]["id"] == found["ruleId"] == "E209"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == path.as_uri()
    assert place["region"] == {"startLine": 8, "startColumn": 8, "endLine": 8, "endColumn": 14}
    assert run["columnKind"] == "unicodeCodePoints"
    address = "https://megengine.github.io/models/en-US/guide/check-e209.html"
    assert rules[found["ruleIndex"]]["helpUri"] == address


def test_sarif_is_as_its_published_schema_has_it(tmp_path: Path) -> None:
    path = broken_card(tmp_path, "### Extract features\n", "### Extract features \n")
    log = json.loads(hubcards("check", "--format", "sarif", path).stdout)
    (found,) = log["runs"][0]["results"]
    replacement = {
        "deletedRegion": found["locations"][0]["physicalLocation"]["region"],
        "insertedContent": {"text": ""},
    }
    assert found["fixes"][0]["artifactChanges"][0]["replacements"] == [replacement]
    SARIF.validate(log)
    with pytest.raises(ValidationError):
        SARIF.validate({**log, "results": []})


def test_sarif_of_the_card_that_defines_the_format_is_valid() -> None:
    seed = ROOT / "tests" / "cards" / "data" / "as_found.md"
    log = json.loads(hubcards("check", "--format", "sarif", seed).stdout)
    SARIF.validate(log)
    assert len(log["runs"][0]["results"]) > 10


def test_a_problem_keeps_its_fingerprint_when_lines_are_added_above(tmp_path: Path) -> None:
    path = tmp_path / "a.md"

    def fingerprints(text: str, lines: tuple[int, ...]) -> list[dict[str, str]]:
        path.write_text(text, encoding="utf-8")
        items = [problem(line, 1, 3, str(path)) for line in lines]
        results = json.loads(as_sarif(items, {}, "1.0.0"))["runs"][0]["results"]
        return [result["partialFingerprints"] for result in results]

    before = fingerprints("bad\nbad\n", (1, 2))
    assert before[0] != before[1]
    assert fingerprints("new\nbad\nbad\n", (2, 3)) == before


def test_without_problems_sarif_is_a_run_without_results() -> None:
    result = hubcards("check", "--format", "sarif", cwd=ROOT)
    assert result.returncode == 0
    log = json.loads(result.stdout)
    SARIF.validate(log)
    assert log["runs"][0]["results"] == []


def on_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What the command writes to a terminal of 40 columns."""
    reader, terminal = os.openpty()
    known = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        cwd=ROOT,
        env={**known, "TERM": "xterm-256color", "COLUMNS": "40", **environment},
        stdout=terminal,
        stdin=subprocess.DEVNULL,
    ):
        os.close(terminal)
        parts = list(iter(lambda: _read(reader), b""))
    os.close(reader)
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 4096)
    except OSError:
        # The other end of a terminal is closed.
        return b""


def test_a_terminal_shows_the_same_in_colours_unless_they_are_not_wanted(tmp_path: Path) -> None:
    path = broken_card(tmp_path, "vision, classification", "visoin")
    plain = hubcards("check", path).stdout
    assert "\x1b" not in plain
    assert "error[E209]" in plain
    coloured = on_a_terminal("check", path)
    assert "\x1b[1;31merror[E209]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert on_a_terminal("check", path, NO_COLOR="1") == plain
