"""The front matter: its shape, and what the hub's settings allow in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from generator.cards import rules
from generator.cards.document import Document
from generator.cards.metric_data import MetricsShape, metric_tables, metrics_problems
from generator.cards.model import FrontMatter
from generator.cards.slips import is_slip
from generator.config import Settings
from generator.diagnostics import Diagnostic, Edit, did_you_mean, shortened
from generator.source import Span
from generator.validation import ShapeError, ShapeProblemKind, last_name, name_of, shaped
from generator.yamltree import (
    MappingNode,
    Node,
    PlainPath,
    SequenceNode,
    YamlError,
    compose,
    key_span,
    plain,
    value_span,
)

TEMPLATES = ("hub1",)


_Text = Annotated[str, Meta(min_length=1, max_length=1000)]


class _FrontMatterShape(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    template: _Text
    title: _Text
    summary: dict[str, _Text]
    author: _Text
    tags: tuple[_Text, ...]
    github_link: _Text
    metrics: dict[str, MetricsShape] | None = None


_VALUE_HINTS = {
    "template": "add the line template: hub1",
    "title": "write the model's name, as in title: ResNet",
    "author": "write who publishes the model, as in author: MegEngine Team",
    "tags": "write the tags as a list, as in tags: [vision, classification]",
    "dataset": "write its name, or one for each language, as in dataset: ImageNet",
    "columns": "write a line for each, as in top-1: Top-1 (%)",
    "values": "write a line for each entrypoint, as in resnet18: {top-1: 70.312}",
    "github-link": "write the address of the source, as in github-link: https://github.com/owner/name",
}
_RULES = {
    ShapeProblemKind.UNKNOWN_KEY: rules.UNKNOWN_KEY,
    ShapeProblemKind.MISSING_KEY: rules.MISSING_KEY,
    ShapeProblemKind.WRONG_VALUE: rules.BAD_VALUE,
}
_EXAMPLE_HINT = "begin the file with a line ---, the front matter, and another line ---"


class ReadFrontMatter(Struct, frozen=True):
    """The front matter, as far as it can be used, and what is wrong with it."""

    front_matter: FrontMatter | None
    diagnostics: tuple[Diagnostic, ...]


def shape_schema() -> dict[str, Any]:
    """The JSON Schema of the shape alone, without what the hub's settings allow in it."""
    _, parts = msgspec.json.schema_components([_FrontMatterShape])
    return {**parts.pop(_FrontMatterShape.__name__), "$defs": parts}


def read_front_matter(document: Document, settings: Settings) -> ReadFrontMatter:
    """The front matter of `document`, typed, with every problem in it."""
    path = document.path
    source = document.front_matter
    if source is None:
        message = "the card has no front matter"
        return _refused(rules.NO_FRONT_MATTER.at(path, Span.at(1, 1, 0), message, _EXAMPLE_HINT))
    if not source.is_closed:
        span = Span.at(source.first_line - 1, 1, 3)
        message = "the front matter that begins here is never closed"
        hint = "put a line with only --- behind its last key"
        return _refused(rules.UNCLOSED_FRONT_MATTER.at(path, span, message, hint))
    try:
        node = compose(source.text, source.first_line)
    except YamlError as error:
        rule = rules.DUPLICATE_KEY if error.duplicate_key else rules.BAD_YAML
        return _refused(rule.at(path, error.span, error.message, error.hint))
    if not isinstance(node, MappingNode):
        message = "the front matter must be keys with values"
        hint = "write lines such as title: ResNet"
        return _refused(rules.BAD_VALUE.at(path, node.span, message, hint))
    hints = _value_hints(settings)
    try:
        shape = shaped(node, _FrontMatterShape, hints)
    except ShapeError as error:
        shape = None
        diagnostics = [
            _RULES[item.kind].at(path, item.span, item.message, item.hint)
            for item in error.problems
        ]
    else:
        diagnostics = []
    diagnostics += _line_diagnostics(path, node, (), hints)
    diagnostics += _value_diagnostics(path, node, settings)
    if shape is None or diagnostics:
        usable = _usable(node, _unusable(node, diagnostics), settings)
        return ReadFrontMatter(usable, tuple(diagnostics))
    return ReadFrontMatter(_typed(node, shape), ())


def _refused(diagnostic: Diagnostic) -> ReadFrontMatter:
    return ReadFrontMatter(None, (diagnostic,))


def _typed(node: MappingNode, shape: _FrontMatterShape) -> FrontMatter:
    return FrontMatter(
        template=shape.template.strip(),
        title=shape.title.strip(),
        summary={language: text.strip() for language, text in shape.summary.items()},
        author=shape.author.strip(),
        tags=tuple(tag.strip() for tag in shape.tags),
        github_link=shape.github_link.strip(),
        spans=dict(_spans(node, ())),
        metrics=metric_tables(node),
    )


def _unusable(node: MappingNode, diagnostics: Sequence[Diagnostic]) -> frozenset[str]:
    """The keys that are missing, or that one of the diagnostics is about."""
    wrong = {
        entry.key
        for entry in node.entries
        for item in diagnostics
        if entry.key_span.start <= item.span.start <= entry.value.span.end
    }
    written = {entry.key for entry in node.entries}
    known = msgspec.structs.fields(_FrontMatterShape)
    # What may be missing is so by mistake, perhaps, where there is a key that nobody knows.
    is_any_unknown = not written <= {key.encode_name for key in known}
    wanted = {key.encode_name for key in known if key.required or is_any_unknown}
    return frozenset(wrong | (wanted - written))


def _usable(node: MappingNode, unusable: frozenset[str], settings: Settings) -> FrontMatter:
    """What the front matter says in the values that are right."""
    values: Mapping[str, Any] = plain(node)
    texts = {
        key: value.strip() if isinstance(value, str) and key not in unusable else ""
        for key, value in values.items()
    }
    tags = values.get("tags")
    return FrontMatter(
        template=texts.get("template", ""),
        title=texts.get("title", ""),
        summary={} if "summary" in unusable else values["summary"],
        author=texts.get("author", ""),
        tags=tuple(tag for tag in settings.tags if isinstance(tags, list) and tag in tags),
        github_link=texts.get("github-link", ""),
        spans=dict(_spans(node, ())),
        metrics={} if "metrics" in unusable else metric_tables(node),
        unusable=unusable,
    )


def _spans(node: Node, path: PlainPath) -> Iterator[tuple[PlainPath, Span]]:
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield from _spans(entry.value, (*path, entry.key))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from _spans(item, (*path, index))
    if path:
        yield path, node.span


def _value_hints(settings: Settings) -> Mapping[str, str]:
    codes = ", ".join(f"{language.code}: …" for language in settings.languages)
    summary = f"write summary: and below it an indented line for each language, as in {codes}"
    return {**_VALUE_HINTS, "summary": summary}


def _line_diagnostics(
    path: str, node: Node, place: PlainPath, hints: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """What is no line of text, of all texts from this place on but those of metrics."""
    if isinstance(node, MappingNode):
        for entry in node.entries:
            if (*place, entry.key) != ("metrics",):
                yield from _line_diagnostics(path, entry.value, (*place, entry.key), hints)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from _line_diagnostics(path, item, (*place, index), hints)
    elif isinstance(node.value, str) and node.value:
        line = node.value.strip()
        wrong = "must be one line of printable text" if line else "must not be empty"
        if not line.isprintable() or not line:
            hint = hints.get(last_name(place), "write it differently")
            yield rules.BAD_VALUE.at(path, node.span, f"{name_of(place)} {wrong}", hint)


def _value_diagnostics(path: str, node: MappingNode, settings: Settings) -> Iterator[Diagnostic]:
    values: Mapping[str, Any] = plain(node)
    template = values.get("template")
    if isinstance(template, str) and template not in TEMPLATES:
        span = value_span(node, ("template",))
        message = f'unknown template "{shortened(template)}"'
        yield rules.UNKNOWN_TEMPLATE.at(path, span, message, did_you_mean(template, TEMPLATES))
    link = values.get("github-link")
    if isinstance(link, str) and not _is_web_address(link):
        span = value_span(node, ("github-link",))
        message = "github-link is not an http or https address"
        yield rules.BAD_LINK.at(path, span, message, _VALUE_HINTS["github-link"])
    yield from metrics_problems(path, node, settings)
    yield from _tag_diagnostics(path, node, values.get("tags"), settings)
    yield from _summary_diagnostics(path, node, values.get("summary"), settings)


def _tag_diagnostics(
    path: str, node: MappingNode, tags: Any, settings: Settings
) -> Iterator[Diagnostic]:
    if not isinstance(tags, list):
        return
    taken = {tag for tag in tags if isinstance(tag, str)}
    for index, tag in enumerate(tags):
        span = value_span(node, ("tags", index))
        if not isinstance(tag, str):
            continue
        if tag not in settings.tags:
            message = f'unknown tag "{shortened(tag)}"'
            hint = did_you_mean(tag, list(settings.tags))
            edits = _tag_edits(span, tag, taken, settings)
            taken |= {edit.text for edit in edits}
            yield rules.UNKNOWN_TAG.at(path, span, message, hint, edits)
        elif tag in tags[:index]:
            message = f'the tag "{tag}" stands here a second time'
            yield rules.DUPLICATE_TAG.at(path, span, message, "remove it")


def _tag_edits(span: Span, tag: str, taken: Set[str], settings: Settings) -> tuple[Edit, ...]:
    """The tag as the vocabulary spells it, where it is written without escapes and not `taken`."""
    start, width = span.start, span.end.column - span.start.column
    quotes = (width - len(tag)) // 2
    is_as_read = span.end.line == start.line and quotes in (0, 1) and width == len(tag) + 2 * quotes
    meant = [name for name in settings.tags if _letters(name) == _letters(tag)]
    meant = meant or [name for name in settings.tags if is_slip(tag.casefold(), name.casefold())]
    if not is_as_read or len(meant) != 1 or meant[0] in taken or not meant[0][0].isalpha():
        return ()
    return (Edit(Span.at(start.line, start.column + quotes, len(tag)), meant[0]),)


def _letters(tag: str) -> str:
    """The tag without what spellings differ in: capitals, hyphens, and the plural."""
    return re.sub(r"[\W_]+", "", tag.casefold()).removesuffix("s")


def _summary_diagnostics(
    path: str, node: MappingNode, summary: Any, settings: Settings
) -> Iterator[Diagnostic]:
    if not isinstance(summary, dict):
        return
    codes = [language.code for language in settings.languages]
    for code in summary:
        if code not in codes:
            span = key_span(node, ("summary", code))
            message = f'unknown language "{shortened(code)}" of a summary'
            hint = did_you_mean(code, codes)
            yield rules.UNKNOWN_SUMMARY_LANGUAGE.at(path, span, message, hint)
    for language in settings.required_languages:
        if language.code not in summary:
            span = key_span(node, ("summary",))
            message = f"the summary in {language.code} ({language.name}) is missing"
            hint = f"add the line {language.code}: … below summary:"
            yield rules.MISSING_SUMMARY.at(path, span, message, hint)


def _is_web_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
        # Reading the port is what makes urlsplit check it.
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not any(char.isspace() or char in '<>"\\' for char in link)
    )
