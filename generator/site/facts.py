"""What a page says of what its models have and compute: measurements in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from generator.cards.accuracy import stated_accuracies
from generator.cards.model import Card
from generator.diagnostics import printable
from generator.evidence.model import CardEvidence, ModelFacts
from generator.site import formats
from generator.site.strings import Strings

_MILLION = 1_000_000
_BILLION = 1_000_000_000
_LEAST_IN_DIGITS = 0.01


class ShownModel(Struct, frozen=True):
    """A model's row; what is not known of it is empty. Shapes are one a text."""

    entrypoint: str
    parameters: str
    weights: str
    multiply_adds: str
    activations: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    top_1: str


class Point(Struct, frozen=True):
    """A model of which both are known; `parameters` in millions, `accuracy` in percent."""

    entrypoint: str
    parameters: float
    accuracy: float


class ShownFacts(Struct, frozen=True):
    """What was counted of a card's models, in the words of a language.

    `claim` says when and with what. The columns of which no model has anything are not shown.
    """

    models: tuple[ShownModel, ...]
    claim: str
    has_operations: bool
    has_shapes: bool
    has_accuracy: bool
    points: tuple[Point, ...]


def shown_facts(
    card: Card, language: str, evidence: CardEvidence | None, text: Strings
) -> ShownFacts | None:
    """What there is to say of the models of a card whose section in `language` is shown.

    None when nothing was counted.
    """
    counted = evidence.models if evidence else ()
    if not counted:
        return None
    section = card.section(language)
    names = [facts.entrypoint for facts, _ in counted]
    accuracies = stated_accuracies(card, section, names) if section else {}
    models = tuple(_shown_model(facts, accuracies, text) for facts, _ in counted)
    days = dict.fromkeys(
        formats.day(text, formats.from_iso_time(when))
        for when in sorted(measurement.when for _, measurement in counted)
    )
    first, *_, last = [*days, *days]
    versions = dict.fromkeys(
        printable(f"{name} {version}")
        for _, measurement in counted
        for name, version in measurement.versions.items()
    )
    return ShownFacts(
        models=models,
        claim=text["facts_claim"].format(
            day=_from_to(first, last, text),
            versions=text["list_separator"].join(versions),
        ),
        has_operations=any(model.multiply_adds for model in models),
        has_shapes=any(model.inputs or model.outputs for model in models),
        has_accuracy=any(model.top_1 for model in models),
        points=tuple(
            Point(
                printable(facts.entrypoint),
                facts.parameters / _MILLION,
                float(accuracies[facts.entrypoint]),
            )
            for facts, _ in counted
            if facts.entrypoint in accuracies
        ),
    )


def headline_figures(
    card: Card,
    language: str,
    entrypoints: Sequence[str],
    evidence: CardEvidence | None,
    text: Strings,
) -> tuple[str, ...]:
    """What a card's models reach and take, from the least to the most; what is not known is not in.

    `language` is the code of the section whose tables are read.
    """
    counted = [facts for facts, _ in evidence.models] if evidence else []
    names = dict.fromkeys([*entrypoints, *(facts.entrypoint for facts in counted)])
    section = card.section(language)
    accuracies = stated_accuracies(card, section, names) if section and names else {}
    figures = []
    if accuracies:
        least, most = min(accuracies.values()), max(accuracies.values())
        shown = _from_to(_as_stated(least, text), _as_stated(most, text), text)
        figures.append(text["headline_top_1"].format(accuracy=shown))
    if counted:
        sizes = sorted(facts.parameters for facts in counted)
        least_size, most_size = (_amount(size, _MILLION, text) for size in (sizes[0], sizes[-1]))
        shown = _from_to(least_size, most_size, text)
        figures.append(text["headline_parameters"].format(parameters=shown))
    return tuple(figures)


def _from_to(least: str, most: str, text: Strings) -> str:
    return least if least == most else text["range"].format(minimum=least, maximum=most)


def _shown_model(facts: ModelFacts, accuracies: Mapping[str, Decimal], text: Strings) -> ShownModel:
    accuracy = accuracies.get(facts.entrypoint)
    return ShownModel(
        entrypoint=printable(facts.entrypoint),
        parameters=_amount(facts.parameters, _MILLION, text),
        weights=formats.memory(text, facts.weight_bytes),
        multiply_adds=_amount(facts.multiply_adds, _BILLION, text),
        activations=_amount(facts.activations, _MILLION, text),
        inputs=tuple(map(_shape, facts.inputs)),
        outputs=tuple(map(_shape, facts.outputs)),
        top_1="" if accuracy is None else _as_stated(accuracy, text),
    )


def _amount(count: int | None, unit: int, text: Strings) -> str:
    if count is None:
        return ""
    amount = count / unit
    has_digits = amount == 0 or amount >= _LEAST_IN_DIGITS
    return formats.decimal(text, amount, 2) if has_digits else formats.number(text, amount)


def _as_stated(accuracy: Decimal, text: Strings) -> str:
    exponent = accuracy.as_tuple().exponent
    return formats.decimal(text, accuracy, -exponent if isinstance(exponent, int) else 0)


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"
