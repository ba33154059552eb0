"""Checks of what fences say of themselves: their language and their attributes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.cards import rules
from generator.cards.attributes import read_attributes
from generator.cards.document import Document
from generator.cards.meant_python import meant_as_python
from generator.cards.model import CodeBlock
from generator.config import Settings
from generator.diagnostics import Diagnostic, Edit, did_you_mean
from generator.source import Span


def check_attributes(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """The attributes of Python fences can be understood, and agree with each other."""
    for block in _python_blocks(document):
        for problem in read_attributes(block.info, block.info_span.start).problems:
            yield problem.rule.at(document.path, problem.span, problem.message, problem.hint)


def check_runtimes(document: Document, settings: Settings) -> Iterator[Diagnostic]:
    """Each runtime is one of the hub's, and the whole card runs in one of them."""
    wanted = settings.default_runtime
    for block in document.preamble.code_blocks[:1]:
        wanted = block.attributes.runtime or wanted
    for block in _python_blocks(document):
        name = block.attributes.runtime
        if name is None:
            continue
        span = block.attributes.spans["runtime"]
        if name not in settings.runtimes:
            message = f'unknown runtime "{name}"'
            hint = did_you_mean(name, list(settings.runtimes))
            yield rules.UNKNOWN_RUNTIME.at(document.path, span, message, hint)
        elif name != wanted:
            message = f'this block asks for the runtime "{name}", the sample code for "{wanted}"'
            hint = f"write runtime={name} at the sample code, and it holds for the whole card"
            yield rules.DIFFERENT_RUNTIME.at(document.path, span, message, hint)


def check_languages(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """A fence in a section that was meant to be executed says that it is Python."""
    samples = document.preamble.code_blocks
    for section in document.sections:
        for block in meant_as_python(section, samples[0] if samples else None):
            message = "this is Python, but its fence names no language: it will not be executed"
            hint = "write ```python at its beginning, or ```text if it is only to be shown"
            if block.info:
                message = f'"{block.language}" is not taken for Python: this will not be executed'
                hint = "write ```python at its beginning, and attributes behind a space"
            edits = with_python(block)
            yield rules.NEARLY_PYTHON.at(document.path, block.info_span, message, hint, edits)


def with_python(block: CodeBlock) -> tuple[Edit, ...]:
    """Python for the first word, where the word is nothing but a language, or there is none."""
    if not block.info:
        end = block.info_span.end
        return (Edit(Span(end, end), "python"),)
    word = block.info.split(maxsplit=1)[0]
    start = block.info_span.start
    return (Edit(Span.at(start.line, start.column, len(word)), "python"),) if word.isalnum() else ()


def _python_blocks(document: Document) -> Iterator[CodeBlock]:
    for section in (document.preamble, *document.sections):
        yield from (block for block in section.code_blocks if block.is_python)
