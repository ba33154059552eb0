"""What can be found out about a card's code, and about what its text says of it, by reading.

Nothing is run, and nothing is imported. This is the dear part of checking a card, and so
stands apart from parsing it: what is only shown need not be examined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from generator.cards import rules
from generator.cards.accuracy import wrong_accuracies
from generator.cards.agreement import differences_of_languages
from generator.cards.allowances import not_allowed, unused_in_text
from generator.cards.entrypoints import Load, find_loads, unknown_entrypoints
from generator.cards.examples import Group, language_groups
from generator.cards.hubconf import OwnHub
from generator.cards.meant_python import as_meant
from generator.cards.model import Card, CodeBlock, Treatment
from generator.cards.names import undefined_names
from generator.cards.parity.compare import differences_of_texts
from generator.cards.preprocessing import wrong_constants
from generator.cards.python_code import ParsedCode, parse_code
from generator.cards.stated_metrics import wrong_metrics
from generator.cards.texts import SectionText, section_text
from generator.cards.variants import FoundVariants, find_variants, useless_alternatives
from generator.config import Settings
from generator.diagnostics import Diagnostic, Severity, in_source_order
from generator.levels import Level, at_levels

Proofreading: TypeAlias = Callable[
    [Card, Sequence[SectionText], Settings, Sequence[str]], Iterator[Diagnostic]
]

_STYLE = "E7"
_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
_BASES_OF_SYNTAX_ERRORS = frozenset({"Exception", "BaseException"})


def examine(card: Card, settings: Settings, hub: OwnHub) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the card's code, its claims and its text, in source order."""
    return _told(card, settings, _problems(card, settings, hub, _proofread))


def examination_errors(card: Card, settings: Settings, hub: OwnHub) -> tuple[Diagnostic, ...]:
    """Of what `examine` gives the errors, for which less has to be read."""
    strict = {code for code, level in settings.checks.items() if level is Level.ERROR}
    is_style_free = not any(
        code.startswith(_STYLE) or code == rules.UNUSED_ALLOWANCE.code for code in strict
    )
    found = _problems(card, settings, hub, _read_over if is_style_free else _proofread)
    return tuple(item for item in _told(card, settings, found) if item.severity is Severity.ERROR)


def _proofread(
    card: Card, texts: Sequence[SectionText], settings: Settings, loaded: Sequence[str]
) -> Iterator[Diagnostic]:
    # Dear to import, and of no use to those who only want to know what keeps a card from running.
    from generator.cards.proofreading import proofread

    return proofread(card, texts, settings, loaded)


def _read_over(*_text: object) -> Iterator[Diagnostic]:
    """Nothing, where what proofreading finds would be no error."""
    return iter(())


def _told(
    card: Card, settings: Settings, diagnostics: Iterable[Diagnostic]
) -> tuple[Diagnostic, ...]:
    found = tuple(diagnostics)
    told = [*not_allowed(found, card.allowances)]
    # What was left out may have shown what they are for.
    if not card.front_matter.unusable:
        told += unused_in_text(str(card.path), found, card.allowances)
    return in_source_order(at_levels(told, settings.checks))


def _problems(
    card: Card, settings: Settings, hub: OwnHub, proofreading: Proofreading
) -> Iterator[Diagnostic]:
    path = str(card.path)
    python = _python(card, settings)
    groups = language_groups(card)
    parsed = {block.code_line: parse_code(block, python) for block in _blocks(groups)}
    for code in parsed.values():
        yield from _syntax_problem(path, code)
    found = find_variants(card.sample) if card.sample.is_python else FoundVariants()
    yield from useless_alternatives(path, found)
    loads: list[Load] = []
    complete: set[tuple[object, ...]] = set()
    for group in groups:
        codes = [parsed[example.block.code_line] for example in group.examples]
        loads += find_loads(codes, hub)
        # Languages mostly have the same code: what misses no name in one misses none in another.
        key = tuple((code.block.code, code.block.treatment) for code in codes)
        missing = [] if key in complete else list(_missing_names(path, group, parsed, python))
        yield from missing
        if not missing:
            complete.add(key)
    for variant in found.variants:
        loads += find_loads([variant.code], hub)
    yield from unknown_entrypoints(path, loads, hub)
    everything = list(parsed.values())
    # What is told of a fence that does not say it is Python is not told of it once more.
    meant = as_meant(card)
    compared = groups if meant is card else language_groups(meant)
    for block in _blocks(compared):
        if block.code_line not in parsed:
            parsed[block.code_line] = parse_code(block, python)
    required = [language.code for language in settings.required_languages]
    yield from differences_of_languages(path, compared, parsed, required)
    yield from wrong_accuracies(card, loads, hub)
    for group, section in zip(groups, card.sections, strict=True):
        own = [parsed[example.block.code_line] for example in group.examples]
        yield from wrong_constants(path, section, own, everything)
    texts = tuple(section_text(card, section) for section in card.sections)
    yield from proofreading(card, texts, settings, [load.repository for load in loads])
    # A table that is written out in one language may be taken from the metrics in another.
    if "metrics" not in card.front_matter.unusable:
        same = texts if meant is card else tuple(section_text(meant, s) for s in meant.sections)
        yield from differences_of_texts(path, same)
    yield from wrong_metrics(card, texts)


def _python(card: Card, settings: Settings) -> str:
    name = card.sample.attributes.runtime or settings.default_runtime
    return settings.runtimes[name].python


def _blocks(groups: Sequence[Group]) -> tuple[CodeBlock, ...]:
    found = {
        example.block.code_line: example.block for group in groups for example in group.examples
    }
    return tuple(found.values())


def _syntax_problem(path: str, code: ParsedCode) -> Iterator[Diagnostic]:
    block, fault = code.block, code.fault
    if fault is None or block.treatment is Treatment.SKIP:
        return
    expected = (block.attributes.raises or "").rpartition(".")[2]
    if expected in _SYNTAX_ERRORS | _BASES_OF_SYNTAX_ERRORS:
        return
    if fault.is_certain:
        message = f"the code is not Python: {fault.message}"
        yield rules.SYNTAX_ERROR.at(
            path, fault.span, message, _syntax_hint(code, fault.span.start.line)
        )
    else:
        hint = "it will be judged when it is run"
        yield rules.NOT_EXAMINED.at(path, fault.span, fault.message, hint)


def _syntax_hint(code: ParsedCode, line: int) -> str:
    text = code.text(line).lstrip()
    if text.startswith(("!", "%", "$")):
        return "what is for a shell or a notebook goes into a block of its own, as in ```console"
    if text.startswith((">>>", "...")):
        return "leave out the prompts, or write ```pycon for a session that is only shown"
    return 'correct it; code that is only shown takes the attribute skip="…" with the reason'


def _missing_names(
    path: str, group: Group, parsed: dict[int, ParsedCode], python: str
) -> Iterator[Diagnostic]:
    try:
        yield from undefined_names(path, group, parsed, python)
    except RecursionError:
        span = group.examples[0].block.info_span
        message = "the code is nested too deeply to be examined"
        yield rules.NOT_EXAMINED.at(path, span, message, "it will be judged when it is run")
