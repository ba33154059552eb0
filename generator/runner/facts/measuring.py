"""Counting what the models of a group have and compute, while the group's code calls them.

In a process of its own, so that what is shown of the card's code is what it shows by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from generator.cards.examples import Example, Group
from generator.cards.model import Attributes, Treatment
from generator.evidence.model import ModelFacts
from generator.runner.facts import counting
from generator.runner.session import Outcome

_BEGIN = "begin-counting"
_TELL = "tell-counted-"
_MODULE = "_hubcards_counting"


class Counted(Struct, frozen=True):
    """What was counted, up to the example with the id `example`."""

    example: str
    models: tuple[ModelFacts, ...]


@dataclass
class MeasuringError(Exception):
    """Nothing could be counted, and why."""

    message: str

    def __str__(self) -> str:
        return self.message


def measuring_group(group: Group, models: Mapping[str, str]) -> Group:
    """The group with examples of ours that count what is in the variables `models`.

    `models` has the entrypoint by the name of the variable.
    """
    sample, *others = group.examples
    examples = [sample, _own(sample, _BEGIN, _beginning(models))]
    for number, example in enumerate((sample, *others)):
        if number:
            examples.append(example)
        if _is_executed(example):
            examples.append(_own(sample, f"{_TELL}{number}", f"{_MODULE}.tell()\n"))
    return replace(group, examples=tuple(examples))


def count(group: Group, outcome_of: Callable[[Example], Outcome]) -> Counted:
    """What is counted when a group that `measuring_group` has made is executed.

    No further than to the example in which the last model is called. Raises `MeasuringError`.
    """
    told, last = _Told(), group.examples[0]
    for example in group.examples:
        outcome = outcome_of(example)
        if outcome.failure is not None:
            raise MeasuringError(outcome.failure.summary.partition("\n")[0])
        if example.id.startswith(_TELL):
            told = _parsed(outcome.stdout)
            if told.is_complete:
                break
        elif example.id != _BEGIN and _is_executed(example):
            last = example
    return Counted(last.id, tuple(_facts(told)))


def _is_executed(example: Example) -> bool:
    return example.block.treatment in (Treatment.EXECUTE, Treatment.RAISE)


def _own(sample: Example, name: str, code: str) -> Example:
    columns = (1,) * code.count("\n")
    block = replace(sample.block, code=code, code_columns=columns, attributes=Attributes())
    return Example(name, block)


def _beginning(models: Mapping[str, str]) -> str:
    source = Path(counting.__file__).read_text(encoding="utf-8")
    held = ", ".join(f"{entry!r}: globals().get({name!r})" for name, entry in models.items())
    return (
        f"{_MODULE} = __import__('types').ModuleType({_MODULE!r})\n"
        f"exec(compile({source!r}, {_MODULE!r}, 'exec', 0, True), {_MODULE}.__dict__)\n"
        f"{_MODULE}.begin({{{held}}})\n"
    )


_Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
_Shapes = Annotated[
    tuple[Annotated[tuple[_Count, ...], Meta(max_length=64)], ...], Meta(max_length=64)
]


class _ToldFacts(Struct, frozen=True, forbid_unknown_fields=True):
    parameters: _Count
    weight_bytes: _Count
    inputs: _Shapes
    outputs: _Shapes
    multiply_adds: _Count | None
    activations: _Count | None


class _Told(Struct, frozen=True, forbid_unknown_fields=True):
    is_complete: bool = True
    models: dict[str, _ToldFacts] = {}


def _parsed(stdout: str) -> _Told:
    # The card's code can print at any time, so the last line that is ours is looked for.
    lines = [line for line in stdout.splitlines() if line.startswith(counting.MARK)]
    try:
        return msgspec.json.decode(lines[-1].removeprefix(counting.MARK), type=_Told)
    except (IndexError, ValueError, RecursionError):
        raise MeasuringError("what was counted was not told in a form that can be read") from None


def _facts(told: _Told) -> Iterable[ModelFacts]:
    for entrypoint, facts in told.models.items():
        yield ModelFacts(entrypoint, **msgspec.structs.asdict(facts))
