"""Numbers and names in the text of two parts that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from generator.cards import rules
from generator.cards.addresses import canonical_address
from generator.cards.parity.links import is_for_chinese
from generator.cards.parity.names import compact, find_names, stands_in
from generator.cards.parity.numbers import Key, all_values, find_quantities
from generator.cards.parity.parts import Part
from generator.cards.prose import Passage
from generator.cards.rules import Rule
from generator.diagnostics import Diagnostic, shortened
from generator.source import Span

_MOST_TOLD = 20
_MOST_SHOWN = 4
_MOST_MATCHED = 200


class Compared(Struct, frozen=True, eq=False):
    """A part of one language, and those of its passages that are compared."""

    language: str
    part: Part
    passages: tuple[Passage, ...]


class _Fact(Struct, frozen=True, eq=False):
    """A number or name in a passage; two with a key in common are the same."""

    keys: frozenset[Key]
    passage: Passage
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.passage.span(self.start, self.end)

    @property
    def text(self) -> str:
        text = shortened(self.passage.text[self.start : self.end])
        for span in self.passage.code_spans:
            if span.start <= self.start and self.end <= span.end and len(text) < len(span.code):
                return f"{text} in `{shortened(span.code)}`"
        return text


class _Side(Struct, frozen=True, eq=False):
    """The facts of one kind of one language's part, passage by passage."""

    language: str
    place: Span
    passages: Sequence[Passage]
    facts: Sequence[Sequence[_Fact]]

    def number_of(self, fact: _Fact) -> int:
        return next(i for i, passage in enumerate(self.passages) if passage is fact.passage)


def different_numbers(path: str, one: Compared, two: Compared) -> Iterator[Diagnostic]:
    """A diagnostic for each number that only one of two parts has; references are left out."""
    sides = _side(one, _numbers), _side(two, _numbers)
    lacks = _lacks_number(one.part), _lacks_number(two.part)
    yield from _differences(path, rules.NUMBERS_DIFFER, sides, *lacks)


def different_names(
    path: str,
    one: Compared,
    two: Compared,
    everything: tuple[Sequence[Passage], Sequence[Passage]],
) -> Iterator[Diagnostic]:
    """A diagnostic for each name in one of two parts that is nowhere in the other's section.

    `everything` has all the passages of the two sections.
    """
    sides = _side(one, _names), _side(two, _names)
    lacks = _lacks_name(everything[0]), _lacks_name(everything[1])
    yield from _differences(path, rules.NAMES_DIFFER, sides, *lacks)


_Lacks = Callable[[_Fact], bool]


def compared(language: str, part: Part, targets: frozenset[str]) -> Compared:
    """What is compared of a part, `targets` being those of the other section's links.

    It is all but references, and what is said of a site to which only readers of Chinese are
    led.
    """
    own = [
        link.span.start.line
        for link in part.links
        if is_for_chinese(link.target) and canonical_address(link.target) not in targets
    ]
    passages = [
        item
        for item in part.passages
        if not item.in_references
        and not any(item.lines[0].number <= line <= item.lines[-1].number for line in own)
    ]
    return Compared(language, part, tuple(passages))


def _side(one: Compared, find: Callable[[Passage], Sequence[_Fact]]) -> _Side:
    facts = [find(passage) for passage in one.passages]
    return _Side(one.language, one.part.place, one.passages, facts)


def _numbers(passage: Passage) -> Sequence[_Fact]:
    return [
        _Fact(item.number.keys, passage, item.start, item.end) for item in find_quantities(passage)
    ]


def _names(passage: Passage) -> Sequence[_Fact]:
    return [
        _Fact(frozenset({item.key}), passage, item.start, item.end) for item in find_names(passage)
    ]


def _lacks_number(part: Part) -> _Lacks:
    known: list[frozenset[Key]] = []

    def lacks(fact: _Fact) -> bool:
        if not known:
            # Only what seems to be missing is looked for in words and in names.
            known.append(all_values("\n".join(passage.text for passage in part.passages)))
        return not fact.keys & known[0]

    return lacks


def _lacks_name(passages: Sequence[Passage]) -> _Lacks:
    known: list[str] = []

    def lacks(fact: _Fact) -> bool:
        if not known:
            known.append(compact([passage.text for passage in passages]))
        return not any(stands_in(str(key), known[0]) for key in fact.keys)

    return lacks


def _differences(
    path: str, rule: Rule, sides: tuple[_Side, _Side], first_lacks: _Lacks, other_lacks: _Lacks
) -> Iterator[Diagnostic]:
    first, other = sides
    mine, theirs = _keys(first.facts), _keys(other.facts)
    only_first = [f for f in chain(*first.facts) if not f.keys & theirs and other_lacks(f)]
    only_other = [f for f in chain(*other.facts) if not f.keys & mine and first_lacks(f)]
    only_first, only_other = only_first[:_MOST_TOLD], only_other[:_MOST_TOLD]
    # What stands in place of another is one difference, told once.
    changed: set[_Fact] = set()
    for fact in only_other:
        partner = _replaced(fact, other, first, changed)
        if partner:
            changed |= {fact, partner}
            yield _changed(path, rule, partner, fact, first.language)
    for fact in only_first:
        partner = None if fact in changed else _replaced(fact, first, other, changed)
        if partner:
            changed |= {fact, partner}
            yield _changed(path, rule, fact, partner, first.language)
    yield from _missing(path, rule, [f for f in only_first if f not in changed], first, other)
    yield from _missing(path, rule, [f for f in only_other if f not in changed], other, first)


def _replaced(fact: _Fact, here: _Side, there: _Side, changed: set[_Fact]) -> _Fact | None:
    """The fact that the passage's counterpart has where this one is, and the passage has not."""
    index = here.number_of(fact)
    counterpart = _counterpart(index, here, there)
    if counterpart is None or _counterpart(counterpart, there, here) != index:
        return None
    own = _surplus(here.facts[index], there.facts[counterpart])
    found = _surplus(there.facts[counterpart], here.facts[index])
    candidates = [item for item in found if item not in changed]
    if not candidates or fact not in own:
        return None
    return candidates[min(own.index(fact), len(candidates) - 1)]


def _surplus(these: Sequence[_Fact], those: Sequence[_Fact]) -> Sequence[_Fact]:
    """The facts that are left when each one of those stands for one of these."""
    left = list(those[:_MOST_MATCHED])
    found: list[_Fact] = []
    for fact in these[:_MOST_MATCHED]:
        same = next((item for item in left if item.keys & fact.keys), None)
        if same:
            left.remove(same)
        else:
            found.append(fact)
    return found


def _counterpart(index: int, here: _Side, there: _Side) -> int | None:
    """Which passage of the other language most likely says the same."""
    if not there.passages:
        return None
    mine = _keys([here.facts[index]])
    passage = here.passages[index]
    position = index / max(len(here.passages) - 1, 1)

    def likeness(number: int) -> tuple[int, bool, float]:
        other = there.passages[number]
        shared = len(mine & _keys([there.facts[number]]))
        is_alike = (other.kind, len(other.lines[0].containers)) == (
            passage.kind,
            len(passage.lines[0].containers),
        )
        distance = abs(number / max(len(there.passages) - 1, 1) - position)
        return shared, is_alike, -distance

    return max(range(len(there.passages)), key=likeness)


def _keys(facts: Sequence[Sequence[_Fact]]) -> frozenset[Key]:
    return frozenset(key for group in facts for fact in group for key in fact.keys)


def _changed(path: str, rule: Rule, one: _Fact, two: _Fact, language: str) -> Diagnostic:
    line = one.span.start.line
    message = f"{two.text} stands here, {one.text} in line {line} ({language})"
    hint = "make them the same, or say in both what only one says"
    return rule.at(path, two.span, message, hint, counterpart=one.span)


def _missing(
    path: str, rule: Rule, facts: Sequence[_Fact], there: _Side, here: _Side
) -> Iterator[Diagnostic]:
    """What is missing here: one diagnostic for all of a line there."""
    lines: dict[int, list[_Fact]] = {}
    for fact in facts:
        lines.setdefault(fact.span.start.line, []).append(fact)
    for line, group in lines.items():
        shown = ", ".join(dict.fromkeys(fact.text for fact in group[:_MOST_SHOWN]))
        more = f" and {len(group) - _MOST_SHOWN} more" if len(group) > _MOST_SHOWN else ""
        span = _place(group[0], there, here)
        message = f"{shown}{more} of line {line} ({there.language}) is not said here"
        hint = f"say it in {here.language} as well, or in neither language"
        yield rule.at(path, span, message, hint, counterpart=group[0].span)


def _place(fact: _Fact, there: _Side, here: _Side) -> Span:
    """The line that most likely says what the fact's line says."""
    counterpart = _counterpart(there.number_of(fact), there, here)
    if counterpart is None:
        return here.place
    passage, line = here.passages[counterpart], fact.span.start.line
    mine = _keys_by_line(there.facts[there.number_of(fact)]).get(line, frozenset())
    theirs = _keys_by_line(here.facts[counterpart])
    offset = (line - fact.passage.lines[0].number) / max(len(fact.passage.lines) - 1, 1)

    def likeness(index: int) -> tuple[int, float]:
        shared = mine & theirs.get(passage.lines[index].number, frozenset())
        return len(shared), -abs(index / max(len(passage.lines) - 1, 1) - offset)

    best = passage.lines[max(range(len(passage.lines)), key=likeness)]
    return Span.at(best.number, best.column, len(best.content.rstrip()))


def _keys_by_line(facts: Sequence[_Fact]) -> Mapping[int, frozenset[Key]]:
    lines: dict[int, list[_Fact]] = {}
    for fact in facts:
        lines.setdefault(fact.span.start.line, []).append(fact)
    return {line: _keys([group]) for line, group in lines.items()}
