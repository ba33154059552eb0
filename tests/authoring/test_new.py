"""`hubcards new`: a card that has no problems, from what somebody knows of a model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.authoring.draft import Draft, draft_text
from generator.authoring.errors import AuthoringError
from generator.authoring.reading import read_text
from generator.authoring.repository import read_repository
from generator.cards.catalog import read_catalog
from generator.cards.examples import groups_of
from generator.cards.model import Card
from generator.cards.parse import parse_card
from generator.config import load_settings
from generator.diagnostics import as_text
from tests.authoring.hubs import ROOT, SITE, hubcards, in_terminal, write_hub

GIVEN = ("new", "--organisation", "MegEngine", "--task", "vision", "--model", "Net")


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return write_hub(tmp_path / "hub")


def only_card(root: Path) -> Card:
    catalog = read_catalog([root / "cards"], load_settings(root))
    assert len(catalog.cards) == 1, as_text(catalog.diagnostics)
    return catalog.cards[0]


def test_a_new_card_has_no_problems_and_the_next_steps_are_named(hub: Path) -> None:
    result = hubcards(hub, *GIVEN)
    path = Path("cards", "megengine_vision_net.md")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"wrote {path}\n")
    for command in ("check", "test"):
        assert f"hubcards {command} {path}" in result.stdout
    comments = re.search(r"in place of the comments in lines (.*) of the file", result.stdout)
    assert comments
    lines = (hub / path).read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if re.match("<!-- (?!section)", line)]
    assert len(numbers) == 8
    assert comments[1] == ", ".join(map(str, numbers))
    checked = hubcards(hub, "check", path)
    assert checked.stdout == "1 card checked: 0 errors, 0 warnings\n"


@pytest.mark.parametrize("installed", [True, False])
def test_the_next_step_is_a_preview_only_where_that_is_installed(
    hub: Path, installed: bool, tmp_path: Path
) -> None:
    hidden = "import sys; sys.modules['watchfiles'] = None\n"
    (tmp_path / "sitecustomize.py").write_text("" if installed else hidden, encoding="utf-8")
    told = hubcards(hub, *GIVEN, PYTHONPATH=f"{ROOT}:{tmp_path}").stdout
    assert ("hubcards serve" in told, "hubcards build" in told) == (installed, not installed)


def test_entrypoints_come_from_the_hubs_own_hubconf_which_is_not_run(hub: Path) -> None:
    hubcards(hub, *GIVEN)
    card = only_card(hub)
    load = "megengine.hub.load('example/models', '{}', pretrained=True)"
    assert f"\nmodel = {load.format('net_small')}\n" in card.sample.code
    assert f"\n# model = {load.format('net_large')}\n" in card.sample.code
    assert "other" not in card.sample.code
    names = [group.name for group in groups_of(card)]
    assert names == ["zh_CN", "en_US", "sample[net_large]"]


def test_an_entrypoint_without_weights_is_loaded_without_them(hub: Path) -> None:
    hubcards(hub, *GIVEN, "--entrypoints", "other")
    assert "load('example/models', 'other')\n" in only_card(hub).sample.code


def test_entrypoints_of_another_repository_come_from_its_hubconf(hub: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = "def net(pretrained=False):\n    raise SystemExit\n"
    (other / "hubconf.py").write_text(text, encoding="utf-8")
    done = hubcards(hub, *GIVEN, "--repository", "someone/zoo:main", "--hubconf", other)
    assert done.returncode == 0, done.stderr
    assert "load('someone/zoo:main', 'net', pretrained=True)" in only_card(hub).sample.code
    assert only_card(hub).front_matter.github_link == "https://github.com/someone/zoo/tree/main"


def test_headings_correspond_in_all_languages(hub: Path) -> None:
    hubcards(hub, *GIVEN)
    chinese, english = only_card(hub).sections
    assert (chinese.language, english.language) == ("zh_CN", "en_US")
    levels = [heading.level for heading in chinese.headings]
    assert levels == [heading.level for heading in english.headings]
    assert len(levels) == 3
    assert [block.code for block in chinese.code_blocks] == [
        block.code for block in english.code_blocks
    ]


def test_a_language_of_which_no_words_are_known_gets_a_section_as_well(tmp_path: Path) -> None:
    site = SITE.replace(", name: English}", ", name: English}\n  - {code: ja_JP, name: 日本語}")
    for english in ("en_US: Model Hub", "en_US: Models", "en_US: Vision", "en_US: NLP"):
        site = site.replace(english, f"{english}, ja_JP: あ")
    root = write_hub(tmp_path / "hub", site)
    assert hubcards(root, *GIVEN).returncode == 0
    assert only_card(root).section("ja_JP") is not None


def test_editors_find_the_schema(hub: Path) -> None:
    hubcards(hub, *GIVEN)
    second_line = only_card(hub).text.split("\n")[1]
    address = "https://example.org/hub/schema/card.json"
    assert second_line == f"# yaml-language-server: $schema={address}"


def test_nothing_is_overwritten(hub: Path) -> None:
    hubcards(hub, *GIVEN)
    path = hub / "cards" / "megengine_vision_net.md"
    path.write_text("mine", encoding="utf-8")
    again = hubcards(hub, *GIVEN[:-1], "NET")
    assert again.returncode == 2
    assert again.stderr == (
        'hubcards: --model: the id "megengine_vision_net" is in use: '
        f"{path.relative_to(hub)}; name the model differently\n"
    )
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--tags", "visoin", 'unknown tag "visoin"; did you mean "vision"?'),
        ("--languages", "zh_CN,en_UK", 'unknown language "en_UK"; did you mean "en_US"?'),
        ("--languages", "en_US", "every card of this hub is written in zh_CN (简体中文); add it"),
        ("--entrypoints", "net_smal", 'unknown entrypoint "net_smal"; did you mean "net_small"?'),
        ("--entrypoints", "a-b", '"a-b" is no entrypoint: write the name of a function of'),
        ("--model", "../net", '"../net" has the character "/", which has no place in a file\'s'),
        ("--model", "a\x1bb", r'has the character "\x1b"'),
        ("--organisation", "  ", "write a name, with letters or digits"),
        ("--organisation", ".hidden", "\".hidden_vision_net\" can't be a card's address"),
        ("--model", "x" * 300, "can't be a card's address"),
        ("--title", "a\nb", r"has a character that can't be shown, \n; leave it out"),
        ("--repository", "models", '"models" names no repository; write owner/name'),
        ("--repository", "https://github.com/me", "is not the address of a repository"),
        ("--hubconf", "nowhere", "nowhere can't be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_told_with_the_remedy(
    hub: Path, option: str, value: str, told: str
) -> None:
    result = hubcards(hub, *GIVEN, option, value)
    assert result.returncode == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (hub / "cards").exists()


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("残差网络ResNet", '"ResNet" touches a Chinese character; put a space between them'),
        ("图片，分类(a）", "; for example: 图片，分类（a）\n"),
        ("A (unbalanced", '"(" is never closed; '),
    ],
)
def test_a_title_that_check_would_warn_of_is_refused_with_what_to_write(
    hub: Path, title: str, told: str
) -> None:
    result = hubcards(hub, *GIVEN, "--title", title)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("hubcards: --title: ")
    assert told in result.stderr
    assert not (hub / "cards").exists()


@pytest.mark.parametrize(
    ("title", "mended"),
    [
        ("残差网络ResNet", "残差网络 ResNet"),
        ("图片，分类(a）", "图片，分类（a）"),
        ("网络,ＡＢＣ(残差）", "网络，ABC（残差）"),
    ],
)
def test_what_a_title_could_be_instead_is_taken_by_enter(
    hub: Path, title: str, mended: str
) -> None:
    code, seen = in_terminal(hub, ["new"], ["O", "vision", "Net", "", title, *[""] * 5])
    assert code == 0, seen
    assert f"Title of the page [{mended}]: " in seen
    assert only_card(hub).front_matter.title == mended
    again = hubcards(hub, *GIVEN[:-1], "Two", "--title", mended, "--entrypoints", "other")
    assert again.returncode == 0, again.stderr
    assert hubcards(hub, "check").stdout.endswith("2 cards checked: 0 errors, 0 warnings\n")


def test_a_model_with_a_chinese_name_has_a_well_set_title(hub: Path) -> None:
    done = hubcards(hub, *GIVEN[:-1], "残差网络ResNet", "--entrypoints", "net_small")
    assert done.returncode == 0, done.stderr
    assert only_card(hub).front_matter.title == "残差网络 ResNet"


@pytest.mark.parametrize("title", ["Net!", "What?", "残差网络。", "残差网络（ResNet）"])
def test_a_title_that_ends_with_punctuation_is_no_problem(hub: Path, title: str) -> None:
    assert hubcards(hub, *GIVEN, "--title", title).returncode == 0
    assert only_card(hub).front_matter.title == title


def test_without_a_terminal_what_is_missing_is_named_and_nothing_asked(hub: Path) -> None:
    result = hubcards(hub, "new", "--task", "vision")
    assert (result.returncode, result.stdout) == (2, "")
    assert "give --organisation and --model" in result.stderr


def test_in_a_terminal_each_thing_is_asked_for_and_may_be_corrected(hub: Path) -> None:
    typed = ["MegEngine", "vision", "a/b", "Net", "", "Ein Netz", "", "visoin", "nlp", "", ""]
    code, seen = in_terminal(hub, ["new"], typed)
    assert code == 0, seen
    assert 'did you mean "vision"?' in seen
    assert '"a/b" has the character "/"' in seen
    card = only_card(hub)
    assert card.id == "megengine_vision_net"
    assert (card.front_matter.title, card.front_matter.tags) == ("Ein Netz", ("nlp",))
    assert card.front_matter.author == "MegEngine"


def test_in_a_terminal_nothing_is_asked_when_the_defaults_will_do(hub: Path) -> None:
    code, seen = in_terminal(hub, [*GIVEN, "--defaults"])
    assert code == 0
    assert seen.startswith("wrote ")


def test_when_the_answers_end_nothing_is_written(hub: Path) -> None:
    code, seen = in_terminal(hub, ["new"], ["MegEngine", "\x04"])
    assert code == 2
    assert "nothing was written" in seen
    assert not (hub / "cards").exists()


lines = st.text(min_size=1, max_size=40).map(str.strip).filter(bool)


@given(title=lines, author=lines)
@example(title="yes", author="2026-01-01")
@example(title="- [x](y) `z` | # a: b", author="'\"")
@example(title="<!-- section: en_US -->", author="*a &b !c %d @e {f} ~")
def test_whatever_the_title_and_author_the_card_says_them_and_has_no_problems(
    tmp_path_factory: pytest.TempPathFactory, title: str, author: str
) -> None:
    root = tmp_path_factory.mktemp("hub")
    settings = load_settings(write_hub(root / "hub"))
    try:
        title, author = read_text(title), read_text(author)
    except AuthoringError:
        return
    draft = Draft(
        *("a", "b", "c", title, author, ("zh_CN", "en_US"), ("vision",)),
        read_repository("someone/zoo"),
        ("net", "net2"),
        frozenset({"net"}),
    )
    path = root / draft.file_name
    parsed = parse_card(path, draft_text(draft, "https://x.org/s").encode(), settings)
    assert parsed.diagnostics == ()
    assert parsed.card
    assert (parsed.card.front_matter.title, parsed.card.front_matter.author) == (title, author)
    assert [len(section.headings) for section in parsed.card.sections] == [3, 3]
