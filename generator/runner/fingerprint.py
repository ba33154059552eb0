"""What the outcome of an example depends on, as one short text: its fingerprint.

A chain: the fingerprint of an example is made of that of the example before it, so that it
covers all the code up to its end. At its beginning stands what all the examples of a runtime
depend on: its pins, its settings, and the program by which it executes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.cards.examples import Example, Group
from generator.cards.model import Treatment
from generator.config import Settings
from generator.evidence.model import Record
from generator.runner.errors import RunnerError

# To be raised when fingerprints are made of something else than before.
_VERSION = 1
_LENGTH = 32
_COUNTING = Path(__file__).with_name("facts")
_WORKER_FILES = ("worker/*.py", "sandbox/*.py")


class Fingerprint(Struct, frozen=True):
    """`whole` covers all that the outcome depends on; `code` the card's own part of it."""

    whole: str
    code: str


def pins_of(settings: Settings, name: str) -> str:
    """A digest of what defines the runtime called `name`, the same on every machine.

    Raises `RunnerError` when its requirements can't be read.
    """
    definition = settings.runtimes[name]
    try:
        requirements = (settings.root / definition.requirements).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RunnerError(
            f"the requirements of the runtime {name} can't be read: {error}"
        ) from None
    return _digest(definition.python, requirements)


def environment_of(settings: Settings, name: str) -> str:
    """What every example of the runtime called `name` depends on, as a digest.

    Raises `RunnerError` when that can't be read.
    """
    definition = settings.runtimes[name]
    worker = [path.read_bytes() for path in _worker_files()]
    return _digest(
        str(_VERSION),
        pins_of(settings, name),
        json.dumps([list(definition.preload), list(definition.seed)]),
        *(hashlib.sha256(source).hexdigest() for source in worker),
    )


def fingerprints(
    group: Group, environment: str, requests: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[Example, Fingerprint]]:
    """The fingerprint of each example that is compiled or executed, in order.

    `requests` has, by the example's id, what identified the answer at each address that was
    asked for while it ran. The chain ends before the first executed example that has none.
    """
    whole, code = environment, ""
    for example in group.examples:
        treatment = example.block.treatment
        if treatment in (Treatment.SKIP, Treatment.NOT_CODE):
            continue
        parts = (treatment.value, *_attributes(example), example.block.code)
        if treatment is Treatment.COMPILE:
            # What is only compiled leaves nothing to those after it.
            yield example, Fingerprint(_digest(whole, *parts), _digest(code, *parts))
            continue
        if example.id not in requests:
            return
        answers = json.dumps(sorted(requests[example.id].items()))
        whole, code = _digest(whole, *parts, answers), _digest(code, *parts)
        yield example, Fingerprint(whole, code)


def counting_code() -> str:
    """A digest of the code that counts what models have and compute."""
    sources = (path.read_bytes() for path in sorted(_COUNTING.glob("*.py")))
    return _digest(*(hashlib.sha256(source).hexdigest() for source in sources))


def measurement_fingerprint(record: Record, counting: str) -> str:
    """That of a measurement by the code `counting` that ended with the example of `record`."""
    return _digest(record.fingerprint, counting)


def valid_records(
    group: Group,
    records: Mapping[str, Record],
    environment: str,
    identify: Callable[[str], str],
) -> dict[str, Record]:
    """Those of a group's `records`, by example, that show what would be seen today as well.

    `identify` says what identifies the answer that the network would give at an address.
    """
    today = {
        example: {url: identify(url) for url in record.requests}
        for example, record in records.items()
    }
    return {
        example.id: records[example.id]
        for example, fingerprint in fingerprints(group, environment, today)
        if example.id in records and records[example.id].fingerprint == fingerprint.whole
    }


def code_of(examples: Sequence[Example]) -> str:
    """A digest of what is run of the examples; equal when one run stands for both."""
    return _digest(
        *(
            part
            for example in examples
            for part in (
                example.id,
                example.block.treatment.value,
                *_attributes(example),
                example.block.code,
            )
        )
    )


def _attributes(example: Example) -> tuple[str, ...]:
    attributes = example.block.attributes
    return (
        str(attributes.raises),
        str(attributes.timeout),
        str(attributes.runtime),
        str(attributes.varying_output),
    )


def _worker_files() -> list[Path]:
    folder = Path(__file__).parent
    return sorted(path for pattern in _WORKER_FILES for path in folder.glob(pattern))


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()[:_LENGTH]
