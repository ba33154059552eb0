"""`hubcards list`, `show` and `completion`: cards, found and read in a terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.authoring.arguments import TEST_OPTIONS
from tests.authoring.hubs import ROOT, hubcards, in_terminal, write_hub

COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m")
GIVEN = ("--organisation", "a", "--task", "vision", "--entrypoints", "net_small")


@pytest.fixture(scope="module")
def untouched_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with two cards, of which one is in Chinese only."""
    root = write_hub(tmp_path_factory.mktemp("hubs") / "hub")
    assert hubcards(root, "new", *GIVEN, "--model", "one").returncode == 0
    two = ("--model", "two", "--languages", "zh_CN", "--tags", "nlp")
    assert hubcards(root, "new", *GIVEN, *two).returncode == 0
    return root


@pytest.fixture
def hub(untouched_hub: Path, tmp_path: Path) -> Path:
    return shutil.copytree(untouched_hub, tmp_path / "hub")


def ids(root: Path, *arguments: str) -> list[str]:
    result = hubcards(root, "list", "--format", "json", *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    return [card["id"] for card in json.loads(result.stdout)]


def test_list_has_each_card_in_a_line(hub: Path) -> None:
    result = hubcards(hub, "list")
    assert result.stderr == ""
    heading, _, *lines = result.stdout.splitlines()
    assert heading.split() == ["id", "title", "languages", "tags", "evidence"]
    assert [re.split("  +", line) for line in lines] == [
        ["a_vision_one", "one", "zh_CN, en_US", "vision", "none"],
        ["a_vision_two", "two", "zh_CN", "nlp", "none"],
    ]


def test_list_is_narrowed_by_tag_and_language(hub: Path) -> None:
    assert ids(hub) == ["a_vision_one", "a_vision_two"]
    assert ids(hub, "--tag", "nlp") == ["a_vision_two"]
    assert ids(hub, "--language", "en-US") == ["a_vision_one"]
    assert ids(hub, "--tag", "nlp", "--tag", "vision") == []
    assert hubcards(hub, "list", "--tag", "nlp", "--language", "en_US").stdout == "no card\n"


def test_list_says_what_the_evidence_of_this_hubs_cards_shows() -> None:
    cards = json.loads(hubcards(ROOT, "list", "--format", "json").stdout)
    states = {card["id"]: card["evidence"] for card in cards}
    assert states["megengine_vision_resnet"] in {"executed", "reproduced"}


def test_evidence_that_no_longer_holds_is_not_claimed(tmp_path: Path) -> None:
    card = (ROOT / "cards" / "megengine_vision_resnet.md").read_text(encoding="utf-8")
    (tmp_path / "megengine_vision_resnet.md").write_text(card, encoding="utf-8")
    listed = hubcards(ROOT, "list", "--format", "json", "--cards", tmp_path)
    assert [item["evidence"] for item in json.loads(listed.stdout)] == ["none"]


def test_cards_that_cannot_be_read_are_counted(hub: Path) -> None:
    (hub / "cards" / "broken.md").write_text("text", encoding="utf-8")
    result = hubcards(hub, "list")
    assert result.stderr == "1 card can't be read; hubcards check tells why\n"
    assert "a_vision_one" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "--tag", "nlq"), 'unknown tag "nlq"; did you mean "nlp"?'),
        (("list", "--language", "zh_TW"), 'unknown language "zh_TW"; did you mean "zh_CN"?'),
        (("show", "a_vision_on"), 'no card "a_vision_on"; did you mean "a_vision_one"?'),
        (("show", "zzz"), 'no card "zzz"; hubcards list tells which there are'),
        (("show", "a_vision_one", "--language", "en"), 'unknown language "en"; known: zh_CN'),
        (("show", "a_vision_two", "--language", "en_US"), "not written in en_US, but in zh_CN"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(
    hub: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = hubcards(hub, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr


@pytest.mark.parametrize(
    ("environment", "heading"),
    [
        ({"LANG": "en_GB.UTF-8"}, "Usage"),
        ({"LANG": "en_US.UTF-8"}, "Usage"),
        ({"LANG": "zh_CN.UTF-8"}, "使用"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "Usage"),
        ({"LANG": "C"}, "使用"),
    ],
)
def test_a_card_is_shown_in_the_readers_language(
    hub: Path, environment: dict[str, str], heading: str
) -> None:
    cleared = {"LC_ALL": "", "LC_MESSAGES": "", **environment}
    text = hubcards(hub, "show", "a_vision_one", **cleared).stdout
    assert heading in text.split("\n")
    assert "model = megengine.hub.load('example/models', 'net_small', pretrained=True)" in text


def test_a_card_is_shown_in_the_language_that_is_asked_for(hub: Path) -> None:
    chinese = hubcards(hub, "show", "cards/a_vision_one.md", "--language", "zh-CN", LANG="en_US")
    assert "使用" in chinese.stdout
    assert "Usage" not in chinese.stdout


def test_what_a_card_says_is_harmless_to_the_terminal(hub: Path) -> None:
    path = hub / "cards" / "a_vision_one.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nsafe \u200eevil \u00adx [red]y[/red]\n", encoding="utf-8")
    shown = hubcards(hub, "show", "a_vision_one", "--language", "en_US").stdout
    assert r"safe \u200eevil \xadx [red]y[/red]" in shown


def test_colours_are_for_terminals_that_want_them(hub: Path) -> None:
    arguments = ["show", "a_vision_one"]
    assert "\x1b" not in hubcards(hub, *arguments).stdout
    assert COLOUR.search(in_terminal(hub, arguments)[1])
    assert not COLOUR.search(in_terminal(hub, arguments, NO_COLOR="1")[1])


def completions(root: Path, line: str) -> set[str]:
    """What bash offers behind `line`, with the command on its path."""
    folder = Path(sys.executable).parent
    script = """
        eval "$(hubcards completion bash)"
        function=$(complete -p hubcards | grep -o -- "-F [^ ]*")
        COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9 COMP_WORDBREAKS=" "
        "${function#-F }" hubcards
        printf "%s\\n" "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line],
        cwd=root,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return {word.strip() for word in done.stdout.split("\n") if word.strip()}


def test_bash_completes_commands_ids_tags_and_languages(hub: Path) -> None:
    assert {"new", "check", "test", "list", "show"} <= completions(hub, "hubcards ")
    assert completions(hub, "hubcards show a_v") == {"a_vision_one", "a_vision_two"}
    assert completions(hub, "hubcards list --tag n") == {"nlp"}
    assert completions(hub, "hubcards show --language e") == {"en_US"}
    assert "--hubconf" in completions(hub, "hubcards new --h")


def test_bash_completes_codes_runtimes_and_the_options_of_test(hub: Path) -> None:
    assert completions(hub, "hubcards explain E60") >= {"E601", "E605"}
    assert completions(hub, "hubcards explain e741") == {"e741"}
    assert completions(hub, "hubcards runtime p") == {"plain"}
    assert completions(hub, "hubcards test --f") == {"--fresh"}
    assert completions(hub, "hubcards test --fresh --n") == {"--network"}
    assert completions(hub, "hubcards test ca") == {"cards/"}


def test_every_option_of_test_that_help_names_is_completed() -> None:
    told = hubcards(ROOT, "test", "--help", LC_ALL="C").stdout
    assert set(re.findall(r"(?m)^  (--[a-z-]+)", told)) == set(TEST_OPTIONS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_completion_for_each_shell(hub: Path, shell: str) -> None:
    result = hubcards(hub, "completion", shell)
    assert result.returncode == 0
    assert "hubcards" in result.stdout


def test_outside_of_a_hub_completion_still_knows_the_commands(tmp_path: Path) -> None:
    assert "build" in completions(tmp_path, "hubcards b")
    assert completions(tmp_path, "hubcards show x") == set()
