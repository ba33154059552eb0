"""The JSON Schema of the front matter: what editors tell authors is what the check tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from generator.cards.parse import parse_card
from generator.cards.schema import card_schema, schema_text
from generator.config import load_settings
from generator.yamltree import compose, plain
from tests.authoring.hubs import ROOT, hubcards

SETTINGS = load_settings(ROOT)
VALIDATOR = Draft7Validator(card_schema(SETTINGS, SETTINGS.base_url))
GOOD = {
    "template": "hub1",
    "title": "Net",
    "summary": {"zh_CN": "网络", "en_US": "Net"},
    "author": "Somebody",
    "tags": ["vision"],
    "github-link": "https://github.com/owner/name",
}
BODY = """
```python
x = 1
```

<!-- section: zh_CN -->

文字

<!-- section: en_US -->

text
"""


def is_refused(front_matter: object) -> bool:
    """Whether the parser refuses a card with this front matter."""
    head = yaml.safe_dump(front_matter, allow_unicode=True)
    parsed = parse_card(Path("a.md"), f"---\n{head}---\n{BODY}".encode(), SETTINGS)
    return parsed.card is None


def changed(**values: object) -> dict[str, object]:
    """The good front matter with other values; none stands for a key that is missing."""
    both = {**GOOD, **{key.replace("_", "-"): value for key, value in values.items()}}
    return {key: value for key, value in both.items() if value is not None}


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(VALIDATOR.schema)


def test_the_cards_of_this_hub_are_as_it_says() -> None:
    cards = list((ROOT / "cards").glob("*.md"))
    assert cards
    for path in cards:
        head = path.read_text(encoding="utf-8").split("---\n")[1]
        assert list(VALIDATOR.iter_errors(plain(compose(head)))) == []


def test_it_has_no_names_and_comments_of_the_program() -> None:
    text = schema_text(load_settings(ROOT), "https://example.org/")
    assert "Shape" not in text
    assert "\\n" not in text
    assert text.count('"#/$defs/table"') == 1


def test_every_key_is_explained() -> None:
    for name, part in VALIDATOR.schema["properties"].items():
        assert part.get("description"), name


@pytest.mark.parametrize(
    "front_matter",
    [
        *(changed(**{key.replace("-", "_"): None}) for key in GOOD),
        changed(titel="Net"),
        changed(template="hub2"),
        changed(title=""),
        changed(title="   "),
        changed(title=3),
        changed(title="x" * 1001),
        changed(title="two\nlines"),
        changed(title="a\x07b"),
        changed(summary="text"),
        changed(summary={"en_US": "Net"}),
        changed(summary={"zh_CN": "网络", "en_UK": "Net"}),
        changed(summary={"zh_CN": ""}),
        changed(summary={"zh_CN": 1}),
        changed(author=[]),
        changed(tags="vision"),
        changed(tags=["visoin"]),
        changed(tags=["vision", "vision"]),
        changed(tags=[1]),
        changed(github_link="github.com/owner/name"),
        changed(github_link="ftp://github.com/owner"),
        changed(github_link="https://"),
        changed(github_link="https://a b/"),
        changed(github_link='https://a/"'),
        [],
        "text",
    ],
    ids=str,
)
def test_what_the_parser_refuses_it_refuses(front_matter: object) -> None:
    assert is_refused(front_matter)
    assert not VALIDATOR.is_valid(front_matter)


@given(
    title=st.text(max_size=30),
    author=st.text(max_size=30),
    summary=st.dictionaries(st.sampled_from(["zh_CN", "en_US"]), st.text(max_size=10)),
    tags=st.lists(st.sampled_from([*SETTINGS.tags, "unknown"]), max_size=3),
    link=st.from_regex(r"https?://[^\s]{1,20}", fullmatch=True) | st.text(max_size=20),
)
def test_what_the_parser_accepts_it_accepts(
    title: str, author: str, summary: dict[str, str], tags: list[str], link: str
) -> None:
    front_matter = changed(title=title, author=author, summary=summary, tags=tags, github_link=link)
    if not is_refused(front_matter):
        assert list(VALIDATOR.iter_errors(front_matter)) == []


def test_the_command_prints_it_and_writes_it(tmp_path: Path) -> None:
    printed = hubcards(ROOT, "schema")
    assert json.loads(printed.stdout) == VALIDATOR.schema
    assert VALIDATOR.schema["$id"] == f"{SETTINGS.base_url}schema/card.json"
    file = tmp_path / "card.json"
    assert hubcards(ROOT, "schema", "--output", file).returncode == 0
    assert file.read_text(encoding="utf-8") == printed.stdout


def test_the_site_has_it_where_cards_look_for_it(tmp_path: Path) -> None:
    output = tmp_path / "public"
    address = "https://elsewhere.example/models/"
    built = hubcards(ROOT, "build", "--output", output, "--base-url", address, "--no-full-text")
    assert built.returncode == 0, built.stderr
    schema = json.loads((output / "schema" / "card.json").read_text(encoding="utf-8"))
    assert schema["$id"] == f"{address}schema/card.json"
    assert schema["properties"] == VALIDATOR.schema["properties"]
