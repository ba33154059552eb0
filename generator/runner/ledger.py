"""The ledger of a run: what became of every fence of every card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from generator.cards.model import Card, Treatment

FAILED = "failed"
NOT_SELECTED = "not selected"

_TREATMENTS = tuple(treatment.value for treatment in Treatment)


class Source(Enum):
    """Where the outcome of an example is from."""

    EXECUTED = "executed"
    CREDITED = "credited"
    """From the execution of another group with the same code."""
    RECORD = "record"


@dataclass
class Ledger:
    """Counts, by card, of the fences that ended in each way.

    `fences` has the treatment of each fence of a card, by its line; `failed` and `seen` the
    lines of those of which something failed, and of those that were run or skipped.
    `unanswered` has the addresses that nothing answered though nothing failed, each with what
    to do about it.
    """

    fences: dict[str, dict[int, str]] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)
    failed: dict[str, set[int]] = field(default_factory=dict)
    examples: Counter[Source] = field(default_factory=Counter)
    unanswered: dict[str, dict[str, str]] = field(default_factory=dict)

    def add_card(self, path: str, fences: Mapping[int, str]) -> None:
        """Take in a card: each of its fences counts from now on, whatever becomes of it."""
        self.fences[path] = dict(fences)

    def add_example(self, path: str, line: int, *, has_failed: bool) -> None:
        """Take in what became of an example, by the line of its fence."""
        lines = self.failed if has_failed else self.seen
        lines.setdefault(path, set()).add(line)

    def add_source(self, source: Source) -> None:
        """Take in where the outcome of an example is from."""
        self.examples[source] += 1

    def add_unanswered(self, path: str, reasons: Mapping[str, str]) -> None:
        """Take in what nothing answered though the example did not fail: why, by the address."""
        self.unanswered.setdefault(path, {}).update(reasons)

    def as_data(self) -> dict[str, list[tuple[int, str]]]:
        """The fences, as what can be sent to another process."""
        return {path: list(fences.items()) for path, fences in self.fences.items()}

    def take_in(self, data: Mapping[str, Iterable[tuple[int, str]]]) -> None:
        """Take in what another process knows of the fences."""
        for path, fences in data.items():
            self.add_card(path, dict(fences))

    def counts(self, path: str) -> Counter[str]:
        """How many fences of a card ended in each way; their sum is that of its fences."""
        seen, failed = self.seen.get(path, set()), self.failed.get(path, set())
        counts: Counter[str] = Counter()
        for line, treatment in self.fences[path].items():
            if line in failed:
                counts[FAILED] += 1
            elif line in seen or treatment == Treatment.NOT_CODE.value:
                counts[treatment] += 1
            else:
                counts[NOT_SELECTED] += 1
        return counts

    def sources(self) -> str:
        """How many examples were run, and of how many a record was enough, in a line."""
        run = self.examples[Source.EXECUTED] + self.examples[Source.CREDITED]
        once = ""
        if self.examples[Source.CREDITED]:
            once = f" ({self.examples[Source.CREDITED]:,} by the same code of another group)"
        recorded = self.examples[Source.RECORD]
        return f"{run + recorded:,} examples: {run:,} run{once}, {recorded:,} taken from records"

    def unanswered_lines(self) -> Iterable[str]:
        """What nothing answered though nothing failed, a card after the other."""
        for path, reasons in sorted(self.unanswered.items()):
            for url, reason in reasons.items():
                yield f"{path}: nothing answered {url}, and no example failed for it"
                yield from (f"  {line}" for line in reason.splitlines())

    def lines(self) -> Iterable[str]:
        """The ledger as a table: a line a card, and one in total."""
        rows = [(path, self.counts(path)) for path in sorted(self.fences)]
        total: Counter[str] = Counter()
        for _, counts in rows:
            total += counts
        columns = [*_TREATMENTS, *(end for end in (FAILED, NOT_SELECTED) if total[end])]
        rows.append((f"total: {sum(total.values()):,} code blocks", total))
        width = max(len(label) for label, _ in rows)
        yield "  ".join((" " * width, *columns))
        for label, counts in rows:
            numbers = (f"{counts[column]:>{len(column)},}" for column in columns)
            yield "  ".join((f"{label:{width}}", *numbers))


def fences_of(card: Card) -> dict[int, str]:
    """The treatment of each fence of a card, by the fence's line."""
    blocks = [card.sample, *(block for part in card.sections for block in part.code_blocks)]
    return {block.span.start.line: block.treatment.value for block in blocks}
