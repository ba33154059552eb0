"""What a page says of how the code of its card was run: verification records in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from generator.cards.examples import SAMPLE, Example, language_groups
from generator.cards.model import Card, Treatment
from generator.diagnostics import printable
from generator.evidence.model import ArraySummary, CardEvidence, Claim, Record
from generator.site import formats
from generator.site.strings import Strings
from generator.untrusted import harmless

Records: TypeAlias = Mapping[str, Record]
"""Records by the ids of the examples that they are of, or by the labels of variants."""

LONG_OUTPUT_LINES = 12
LONG_OUTPUT_CHARACTERS = 1_200
"""Output of more than this many lines or characters is folded."""

_STRONGEST_FIRST = (Claim.REPRODUCED, Claim.EXECUTED, Claim.COMPILED)
_VARIANT_GROUP = re.compile(rf"{SAMPLE}\[(.+)\]", re.DOTALL)
_RUN = frozenset({Claim.REPRODUCED, Claim.EXECUTED})


class ShownOutput(Struct, frozen=True):
    """What a block printed; `size` says how many lines that are.

    `caveat` says what it is not to be taken for, if there is such a thing.
    """

    text: str
    size: str
    caveat: str
    is_long: bool


class ShownArray(Struct, frozen=True):
    """An array that a block has left behind; `range` is empty when it has none."""

    name: str
    kind: str
    shape: str
    dtype: str
    range: str


class ShownRecord(Struct, frozen=True):
    """A verification record, in the words of a language.

    `when` is the time as machines read it. Without `has_run` there is no duration, memory or
    output to speak of. `raised` and `exception` are empty, unless one was expected.
    """

    claim: str
    word: str
    meaning: str
    has_run: bool
    when: str
    day: str
    day_and_time: str
    versions: tuple[str, ...]
    duration: str
    peak_memory: str
    raised: str
    exception: str
    output: ShownOutput | None
    arrays: tuple[ShownArray, ...]
    variants: tuple[str, ...]
    variants_count: str


class BlockEvidence(Struct, frozen=True):
    """What stands at a block: its record, or that it is not meant to be run, and why."""

    record: ShownRecord | None
    reason: str = ""


class _ClaimWords(Struct, frozen=True):
    word: str
    meaning: str
    share: str


def language_records(language: str, evidence: CardEvidence | None) -> Records:
    """The records of the sample code and of the section in the language with this code."""
    return evidence.records(language) if evidence else {}


def variant_records(
    card: Card,
    label: str,
    language: str,
    evidence: CardEvidence | None,
    as_executed: Collection[str],
) -> Records:
    """The records of a variant for the page that shows it with the section in a language.

    Variants are executed with the first section: what they show is that of another one only as
    far as the two have the same code. `as_executed` are the ids of the section's blocks that
    the page shows as the card has them.
    """
    if evidence is None:
        return {}
    own, first = (evidence.records(code) for code in (language, card.sections[0].language))
    same = {example for example, record in own.items() if _has_code_of(record, first.get(example))}
    return {
        example: record
        for example, record in evidence.records(f"{SAMPLE}[{label}]").items()
        if example == SAMPLE or (example in as_executed and example in same)
    }


def _has_code_of(record: Record, other: Record | None) -> bool:
    return other is not None and record.code == other.code


def records_of_variants(evidence: CardEvidence | None) -> Records:
    """The records of the variants of the sample code, by their labels."""
    # Named by the records, which are valid: looking for them in the card costs more than a page.
    found = {}
    for run in evidence.runs if evidence else ():
        for name in run.groups:
            label = _VARIANT_GROUP.fullmatch(name)
            if label and SAMPLE in run.records:
                found[label.group(1)] = run.records[SAMPLE]
    return found


def blocks_evidence(
    card: Card, language: str, records: Records, variants: Records, text: Strings
) -> Mapping[str, BlockEvidence]:
    """What there is to say of the sample code and the blocks of the section in `language`.

    By the example's id. A block without a record is not in it, unless it is not meant to be
    run at all. `variants` are to be told of at the sample code, by their labels.
    """
    shown = {}
    for example in _examples(card, language):
        its_variants = variants if example.id == SAMPLE else {}
        block = _block_evidence(example, records.get(example.id), its_variants, text)
        if block:
            shown[example.id] = block
    return shown


def evidence_in_short(card: Card, language: str, records: Records, text: Strings) -> str:
    """How many of the blocks that a page in `language` shows have a record, for each claim.

    Empty when none has.
    """
    if not records:
        return ""
    examples = _examples(card, language)
    counts = Counter(
        records[example.id].claim
        for example in examples
        if example.id in records and example.block.treatment is not Treatment.SKIP
    )
    shares = [
        _claim_words(claim, text).share.format(
            count=formats.number(text, counts[claim]), total=formats.number(text, len(examples))
        )
        for claim in _STRONGEST_FIRST
        if counts[claim]
    ]
    listed = text["list_separator"].join(shares)
    return text["code_blocks_shares"].format(shares=listed) if shares else ""


def _examples(card: Card, language: str) -> tuple[Example, ...]:
    groups = (group for group in language_groups(card) if group.name == language)
    return next((group.examples for group in groups), ())


def _block_evidence(
    example: Example, record: Record | None, variants: Records, text: Strings
) -> BlockEvidence | None:
    treatment = example.block.treatment
    if treatment is Treatment.SKIP:
        return BlockEvidence(None, printable(example.block.attributes.skip or ""))
    if record:
        return BlockEvidence(_shown_record(record, variants, text))
    if treatment is Treatment.COMPILE:
        return BlockEvidence(None, text["compile_only"])
    return None


def _shown_record(record: Record, variants: Records, text: Strings) -> ShownRecord:
    moment = formats.from_iso_time(record.when)
    words = _claim_words(record.claim, text)
    has_run = record.claim in _RUN
    exception = harmless(record.exception or "").rstrip()
    raised = printable(exception.partition(":")[0])
    count = formats.number(text, len(variants))
    return ShownRecord(
        claim=record.claim.value,
        word=words.word,
        meaning=words.meaning,
        has_run=has_run,
        when=record.when,
        day=formats.day(text, moment),
        day_and_time=formats.day_and_time(text, moment),
        versions=tuple(printable(f"{name} {item}") for name, item in record.versions.items()),
        duration=formats.duration(text, record.duration) if has_run else "",
        peak_memory=formats.memory(text, record.peak_memory) if has_run else "",
        raised=text["raised_as_expected"].format(exception=raised) if exception else "",
        exception=exception,
        output=_shown_output(record, text),
        arrays=tuple(_shown_array(array, text) for array in record.arrays),
        variants=tuple(_variant_lists(variants, text)),
        variants_count=text["variants_count"].format(count=count) if variants else "",
    )


def _shown_output(record: Record, text: Strings) -> ShownOutput | None:
    shown = harmless(record.stdout).strip("\n")
    if not shown.strip():
        return None
    lines = shown.count("\n") + 1
    is_long = lines > LONG_OUTPUT_LINES or len(shown) > LONG_OUTPUT_CHARACTERS
    size = text["lines_count"].format(count=formats.number(text, lines))
    caveat = text["without_published_weights"] if record.claim is Claim.EXECUTED else ""
    return ShownOutput(shown, size, caveat, is_long)


def _shown_array(array: ArraySummary, text: Strings) -> ShownArray:
    numbers = ", ".join(map(str, array.shape))
    return ShownArray(
        name=printable(array.name),
        kind=printable(array.kind),
        shape=f"({numbers},)" if len(array.shape) == 1 else f"({numbers})",
        dtype=printable(array.dtype),
        range=_range(array.minimum, array.maximum, text),
    )


def _range(minimum: float | None, maximum: float | None, text: Strings) -> str:
    if minimum is None or maximum is None:
        return ""
    low, high = formats.number(text, minimum), formats.number(text, maximum)
    return low if low == high else text["range"].format(minimum=low, maximum=high)


def _variant_lists(variants: Records, text: Strings) -> Iterator[str]:
    for claim in _STRONGEST_FIRST:
        labels = [printable(label) for label, record in variants.items() if record.claim is claim]
        if labels:
            items = text["list_separator"].join(labels)
            yield text["variants_list"].format(claim=_claim_words(claim, text).word, variants=items)


def _claim_words(claim: Claim, text: Strings) -> _ClaimWords:
    if claim is Claim.REPRODUCED:
        return _ClaimWords(text["reproduced"], text["reproduced_means"], text["reproduced_share"])
    if claim is Claim.EXECUTED:
        return _ClaimWords(text["executed"], text["executed_means"], text["executed_share"])
    return _ClaimWords(text["compiled"], text["compiled_means"], text["compiled_share"])
