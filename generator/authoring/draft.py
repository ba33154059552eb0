"""The text of a card to begin from."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from string import Template

import yaml
from msgspec import Struct

from generator.authoring.repository import GITHUB, ModelRepository
from generator.authoring.typesetting import behind_chinese
from generator.cards.front_matter import TEMPLATES
from generator.layout import CARD_SUFFIX
from generator.yamltree import YamlError, compose, plain

PLACEHOLDER = re.compile(r"<!-- (?!section: )")
"""A line of a card to begin from that says what is to be written in its place."""

_SKELETONS = Path(__file__).with_name("skeletons")
_COMMON_SKELETON = "en_US"
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~&]")


class Draft(Struct, frozen=True):
    """What is known of a model whose card is to be written.

    `organisation`, `task` and `model` make its id. `languages` are codes, each with a section.
    `entrypoints` are to be loaded, the first by the active line of the sample code, the others
    by commented alternatives; those in `pretrained` take `pretrained=True`.
    """

    organisation: str
    task: str
    model: str
    title: str
    author: str
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    repository: ModelRepository
    entrypoints: tuple[str, ...]
    pretrained: frozenset[str]

    @property
    def card_id(self) -> str:
        """The id of the card: the name of its file, without the ending."""
        return "_".join((self.organisation, self.task, self.model))

    @property
    def file_name(self) -> str:
        """The name of the card's file."""
        return self.card_id + CARD_SUFFIX


def draft_text(draft: Draft, schema: str) -> str:
    """The card's source; editors find the JSON Schema of its front matter at `schema`."""
    parts = [_front_matter(draft, schema), _sample_code(draft)]
    parts += [f"<!-- section: {code} -->\n\n{_section(draft, code)}" for code in draft.languages]
    return "\n".join(parts)


def _front_matter(draft: Draft, schema: str) -> str:
    summaries = (
        f"  {code}: {_yaml_text(_summary(draft.title, code))}\n" for code in draft.languages
    )
    tags = ", ".join(map(_yaml_text, draft.tags))
    return (
        "---\n"
        f"# yaml-language-server: $schema={schema}\n"
        f"template: {TEMPLATES[0]}\n"
        f"title: {_yaml_text(draft.title)}\n"
        "summary:\n"
        f"{''.join(summaries)}"
        f"author: {_yaml_text(draft.author)}\n"
        f"tags: [{tags}]\n"
        f"github-link: {_yaml_text(draft.repository.link)}\n"
        "---\n"
    )


def _summary(title: str, code: str) -> str:
    is_chinese = code.startswith("zh")
    return f"预训练的{behind_chinese(title)}" if is_chinese else f"Pre-trained {title}"


def _sample_code(draft: Draft) -> str:
    first, *others = (f"model = {_load(draft, name)}\n" for name in draft.entrypoints)
    alternatives = "# or any of these variants\n" if others else ""
    alternatives += "".join(f"# {line}" for line in others)
    return f"```python\nimport megengine.hub\n{first}{alternatives}model.eval()\n```\n"


def _load(draft: Draft, entrypoint: str) -> str:
    arguments = [f"'{draft.repository.loaded_from}'", f"'{entrypoint}'"]
    if entrypoint in draft.pretrained:
        arguments.append("pretrained=True")
    if draft.repository.host != GITHUB:
        arguments.append(f"git_host='{draft.repository.host}'")
    return f"megengine.hub.load({', '.join(arguments)})"


def _section(draft: Draft, code: str) -> str:
    title = _MARKDOWN.sub(r"\\\g<0>", draft.title)
    names = {name: name for name in draft.entrypoints} if draft.entrypoints[1:] else {}
    rows = "\n".join(f"| {names.get(name, title)} | `{name}` |" for name in draft.entrypoints)
    values: Mapping[str, str] = {
        "rows": rows,
        "repository": draft.repository.name,
        "link": draft.repository.link,
    }
    return Template(_skeleton(code)).substitute(values)


def _skeleton(code: str) -> str:
    for name in (code, _COMMON_SKELETON):
        path = _SKELETONS / f"{name}.md"
        if path.is_file():
            break
    return path.read_text(encoding="utf-8")


def _yaml_text(text: str) -> str:
    """`text` as YAML, in quotes only when it needs them, for us or for another reader of YAML."""
    text = unicodedata.normalize("NFC", text)
    is_plain = text.isprintable() and not re.search(r"[\[\]{},#]|: |:$", text)
    if is_plain and _read_back(text) == (text, text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _read_back(text: str) -> tuple[object, object]:
    try:
        ours, theirs = plain(compose(f"key: {text}")), yaml.safe_load(f"key: {text}")
    except (YamlError, yaml.YAMLError, ValueError):
        return None, None
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return None, None
    return ours.get("key"), theirs.get("key")
