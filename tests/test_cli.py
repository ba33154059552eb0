"""The `hubcards` command as people and scripts use it: its output and its exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CARD = ROOT / "cards" / "megengine_vision_resnet.md"


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A folder outside the hub, with a copy of one of its cards."""
    folder = tmp_path / "别人的 cards"
    folder.mkdir()
    shutil.copy(CARD, folder / "someone_vision_resnet.md")
    return folder


def hubcards(
    *arguments: str | Path,
    cwd: Path = ROOT,
    python: Sequence[str] = (sys.executable,),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python, "-m", "generator", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )


def break_card(folder: Path) -> Path:
    path = folder / "broken.md"
    text = CARD.read_text(encoding="utf-8").replace("vision, classification", "visoin", 1)
    assert "visoin" in text
    path.write_text(text, encoding="utf-8")
    return path


def test_check_says_how_many_cards_are_fine() -> None:
    result = hubcards("check")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "1 card checked: 0 errors, 0 warnings\n"


def test_check_names_place_problem_and_remedy(cards: Path) -> None:
    broken = break_card(cards)
    result = hubcards("--root", ROOT, "check", cards, cwd=cards)
    assert result.returncode == 1
    assert f'{broken}:8:8: error[E209]: unknown tag "visoin"\n' in result.stdout
    assert '  hint: did you mean "vision"?\n' in result.stdout
    assert result.stdout.endswith("2 cards checked: 1 error, 0 warnings\n")


def test_check_as_json_is_for_programs(cards: Path) -> None:
    broken = break_card(cards)
    result = hubcards("check", "--format", "json", "--cards", cards)
    assert result.returncode == 1
    (problem,) = json.loads(result.stdout)
    place = {"line": 8, "column": 8, "endLine": 8, "endColumn": 14}
    assert problem == {
        "path": str(broken),
        **place,
        "code": "E209",
        "severity": "error",
        "message": 'unknown tag "visoin"',
        "hint": 'did you mean "vision"?',
        "edits": [{**place, "text": "vision"}],
    }


def test_what_was_agreed_to_is_told_when_one_language_changes(cards: Path, tmp_path: Path) -> None:
    card = cards / "someone_vision_resnet.md"
    cache = {"HUBCARDS_CACHE_DIR": str(tmp_path / "cache")}
    agreed = hubcards("check", "--agree", card, **cache)
    assert (agreed.returncode, agreed.stderr.count("agreed: ")) == (0, 1)
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("准确率更高", "准确率略高", 1), encoding="utf-8")
    checked = hubcards("check", card, **cache)
    assert "warning[E620]: the text in zh_CN" in checked.stdout
    assert f"hubcards check --agree {card}" in checked.stdout
    broken = card.read_text(encoding="utf-8").replace("| 78.582 |", "| 78.528 |", 1)
    card.write_text(broken, encoding="utf-8")
    both = hubcards("check", card, **cache)
    assert both.returncode == 1
    assert "error[E604]" in both.stdout
    assert "warning[E620]: the text in zh_CN" in both.stdout
    (record,) = (tmp_path / "cache").rglob("*.translations.json")
    record.write_text("{", encoding="utf-8")
    damaged = hubcards("check", "--format", "json", card, **cache)
    assert damaged.returncode == 1
    assert (str(record), "E622") in [
        (item["path"], item["code"]) for item in json.loads(damaged.stdout)
    ]
    unnamed = hubcards("check", "--agree", **cache)
    assert unnamed.returncode == 2
    assert "name the cards" in unnamed.stderr


def test_check_of_the_working_folder_shows_short_paths(cards: Path) -> None:
    break_card(cards)
    result = hubcards("--root", ROOT, "check", "broken.md", cwd=cards)
    assert result.stdout.startswith("broken.md:8:8: error")


def test_output_is_utf_8_in_any_locale(cards: Path) -> None:
    text = CARD.read_text(encoding="utf-8").replace("vision, classification", "视觉", 1)
    (cards / "broken.md").write_text(text, encoding="utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    # In this locale Python's own site module fails where the checkout's path is not ASCII.
    packages = os.pathsep.join([str(ROOT), *map(sysconfig.get_path, ("purelib", "platlib"))])
    python = (sys.executable, "-S")
    result = hubcards("check", cards, python=python, PYTHONPATH=packages, **locale)
    assert 'unknown tag "视觉"' in result.stdout


def test_names_and_texts_can_not_write_to_the_terminal(cards: Path) -> None:
    path = cards / "\x1b[31mred.md"
    path.write_text("---\n\x1b]0;title\x07: 1\n---\n", encoding="utf-8")
    result = hubcards("check", cards)
    assert result.returncode == 1
    assert "\x1b" not in result.stdout


def test_build_writes_the_site_where_it_is_told(cards: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    result = hubcards(
        *("build", "--cards", cards, "--output", output, "--base-url", "https://example.org/x/"),
        *("--jobs", "2", "--no-cache", "--no-full-text"),
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("1 card, ")
    page = output / "zh-CN" / "someone_vision_resnet" / "index.html"
    assert "https://example.org/x/zh-CN/someone_vision_resnet/" in page.read_text("utf-8")
    models = json.loads((output / "api" / "v1" / "models.json").read_text("utf-8"))
    assert [model["id"] for model in models["models"]] == ["someone_vision_resnet"]


def test_build_publishes_nothing_when_a_card_has_an_error(cards: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    assert hubcards("build", "--cards", cards, "--output", output).returncode == 0
    before = sorted(output.rglob("*"))
    broken = break_card(cards)
    result = hubcards("build", "--cards", cards, "--output", output)
    assert result.returncode == 1
    assert f"{broken}:8:8: error" in result.stderr
    assert "nothing was published" in result.stderr
    assert sorted(output.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "no-such-card.md"], "no-such-card.md does not exist"),
        (["check", "--cards", "no-such-folder"], "no-such-folder is not a folder"),
        (["build", "--jobs", "0"], "not a whole number above 0"),
        (["build", "--base-url", "example.org/hub"], "not an http or https address"),
        (["check", "--format", "xml"], "invalid choice"),
        (["publish"], "invalid choice"),
        ([], "COMMAND"),
        (["runtime", "megengin"], 'did you mean "megengine"?'),
        (["--root", "cards", "check"], "site.yaml:1:1: error[E001]: can't be read"),
    ],
)
def test_wrong_usage_is_said_in_a_line(arguments: list[str], message: str) -> None:
    result = hubcards(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_cards_is_wrong_usage(tmp_path: Path) -> None:
    result = hubcards("check", tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is no card" in result.stderr


def test_the_hub_is_found_from_a_folder_inside_it() -> None:
    result = hubcards("check", cwd=ROOT / "generator" / "cards")
    assert (result.returncode, result.stderr) == (0, "")


def test_version_and_help() -> None:
    assert hubcards("--version").stdout.startswith("hubcards ")
    text = hubcards("--help").stdout
    assert all(command in text for command in ("build", "check", "test", "runtime"))
    assert "--time-limit" in hubcards("test", "--help").stdout


def test_a_reader_that_stops_reading_is_no_error(cards: Path) -> None:
    for number in range(200):
        (cards / f"card-{number}.md").write_text("no card\n", encoding="utf-8")
    command = f"'{sys.executable}' -m generator check '{cards}' | head -n 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


def test_publishing_needs_nothing_of_the_runtime(tmp_path: Path) -> None:
    """Neither the runtime's packages nor those that run cards are imported for a build."""
    heavy = ("megengine", "numpy", "cv2", "pytest", "mitmproxy", "_pytest")
    code = (
        "import sys\nfrom generator.cli.main import main\n"
        f"code = main(['build', '--output', {str(tmp_path / 'out')!r}])\n"
        f"loaded = [name for name in {heavy!r} if name in sys.modules]\n"
        "sys.exit(code or bool(loaded) and str(loaded))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=100
    )
    assert (result.returncode, result.stderr) == (0, "")


def copied_hub(folder: Path) -> Path:
    root = folder / "hub"
    for name in ("cards", "evidence", "models", "site"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("public"))
    shutil.copy(ROOT / "hubconf.py", root)
    return root


def recorded(folder: Path, root: Path, url: str, body: bytes) -> Path:
    """As if this had been recorded; the cache with the body."""
    sha256 = hashlib.sha256(body).hexdigest()
    entry = {"sha256": sha256, "size": len(body), "type": "x/y", "when": "2026-01-31T12:00:00Z"}
    index = root / "site" / "mirror" / "recorded.json"
    index.write_text(json.dumps({url: entry}), encoding="utf-8")
    (folder / "cache" / "recorded").mkdir(parents=True)
    (folder / "cache" / "recorded" / sha256).write_bytes(body)
    return folder / "cache"


def test_mirror_lists_what_cards_ask_for_and_what_answers(tmp_path: Path) -> None:
    root = copied_hub(tmp_path)
    url = "https://data.example.org/old.bin"
    cache = recorded(tmp_path, root, url, b"12345")
    result = hubcards("--root", root, "mirror", HUBCARDS_CACHE_DIR=str(cache))
    assert (result.returncode, result.stderr) == (0, "")
    assert (
        "https://data.megengine.org.cn/images/cat.jpg\n"
        "  file: site/mirror/cat.jpg\n"
        "  asked for by megengine_vision_resnet\n"
    ) in result.stdout
    sha256 = hashlib.sha256(b"12345").hexdigest()
    assert (
        f"{url}\n  recorded on 2026-01-31: 5 bytes, sha256 {sha256}\n"
        "  asked for by no card that was run\n"
    ) in result.stdout
    assert "  stand-in weights, as the published ones are not recorded\n" in result.stdout


def test_mirror_can_be_read_by_programs_and_tells_what_is_damaged(tmp_path: Path) -> None:
    root = copied_hub(tmp_path)
    url = "https://data.example.org/old.bin"
    cache = recorded(tmp_path, root, url, b"12345")
    (body,) = (cache / "recorded").iterdir()
    body.write_bytes(b"54321")
    result = hubcards("--root", root, "mirror", "--format", "json", HUBCARDS_CACHE_DIR=str(cache))
    (entry,) = [item for item in json.loads(result.stdout) if item["url"] == url]
    assert (entry["kind"], entry["cards"], entry["size"]) == ("recorded", [], 5)
    assert "is damaged" in entry["problem"]


def test_mirror_keeps_small_recordings_in_the_hub_and_forgets_them(tmp_path: Path) -> None:
    root = copied_hub(tmp_path)
    url = "https://data.example.org/old.bin"
    environment = {"HUBCARDS_CACHE_DIR": str(recorded(tmp_path, root, url, b"12345"))}
    kept = hubcards("mirror", "--keep", url, cwd=root, **environment)
    path = root / kept.stdout.removeprefix("kept as ").rstrip("\n")
    assert path.read_bytes() == b"12345"
    assert hubcards("mirror", "--forget", url, cwd=root, **environment).returncode == 0
    assert not path.exists()
    again = hubcards("mirror", "--forget", url, cwd=root, **environment)
    assert (again.returncode, again.stderr) == (2, f"hubcards: nothing was recorded at {url}\n")


def test_what_can_not_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "schema.json"
    result = hubcards("schema", "--output", target)
    message = f"can't write {target} (name another place with --output): there is no folder"
    assert result.returncode == 2
    assert result.stderr == f"hubcards: {message} {target.parent}\n"
    result = hubcards("schema", "--output", target, LANG="zh_CN.UTF-8", LC_ALL="")
    assert f"（请用 --output 指定别处）：没有文件夹 {target.parent}" in result.stderr
    (tmp_path / "file").write_text("x", encoding="utf-8")
    cards = tmp_path / "file" / "cards"
    new = ("new", "--cards", cards, "--defaults", "--organisation", "me", "--model", "net")
    result = hubcards(*new, "--task", "vision", "--title", "Net")
    assert result.returncode == 2
    assert result.stderr.startswith(f"hubcards: can't write {cards} (name another place with --c")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", [["check"], ["test", "--collect-only", "-q"]])
def test_output_that_can_not_be_written_is_a_message_and_no_verdict(arguments: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=100,
        )
    assert result.returncode == 2
    assert result.stderr.startswith("hubcards: ")
    assert "Traceback" not in result.stderr


def test_closed_streams_do_not_change_the_verdict(cards: Path) -> None:
    break_card(cards)
    for folder, verdict in ((ROOT / "cards", 0), (cards, 1)):
        command = f'exec "{sys.executable}" -m generator check "{folder}" >&- 2>&-'
        assert subprocess.run(["sh", "-c", command], cwd=ROOT, timeout=100).returncode == verdict
