"""`hubcards new`: a card to begin from, out of what is known of its model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from generator.authoring.answers import Answers
from generator.authoring.draft import Draft, draft_text
from generator.authoring.errors import AuthoringError
from generator.authoring.reading import (
    read_entrypoints,
    read_id_part,
    read_languages,
    read_tags,
    read_text,
)
from generator.authoring.repository import ModelRepository, read_repository
from generator.authoring.typesetting import ways_to_set
from generator.cards import hubconf
from generator.cards.catalog import name_problem, parse_catalog
from generator.cards.examination import examine
from generator.cards.files import address_key, card_files
from generator.cards.hubconf import HUBCONF, Entrypoints, OwnHub, read_own_hub
from generator.cards.model import Card
from generator.cards.parse import parse_card
from generator.cards.schema import schema_address
from generator.cards.variants import MAX_VARIANTS
from generator.config import Settings
from generator.diagnostics import Diagnostic, Severity, in_source_order
from generator.files import write_new

REQUIRED = ("organisation", "task", "model")
"""What has no default."""


class _Surroundings(Struct, frozen=True):
    """The hub as it is before the card: `cards` are those of `folder` that can be read."""

    settings: Settings
    folder: Path
    cards: tuple[Card, ...]
    hub: OwnHub


def begin_card(
    settings: Settings, folder: Path, answers: Answers, hubconf_path: Path | None
) -> Path:
    """The card that was written into `folder`, after what `answers` say.

    `hubconf_path` is the `hubconf.py`, or the folder with it, of a repository that is not this
    checkout. It is read, and never run. Raises `AuthoringError` when no card can be made of it;
    no file is ever overwritten. `OSError` when it can't be written.
    """
    answers.require(REQUIRED)
    cards = parse_catalog([folder], settings).cards if folder.is_dir() else ()
    around = _Surroundings(settings, folder, cards, read_own_hub(settings))
    draft = _draft(around, answers, hubconf_path)
    path = folder / draft.file_name
    _refuse_errors(_problems(around, draft))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, _content(around, draft))
    except FileExistsError:
        raise _in_use(draft.card_id, path) from None
    return path


def _draft(around: _Surroundings, answers: Answers, hubconf_path: Path | None) -> Draft:
    settings = around.settings
    draft = _unknown_model(settings)
    organisations = (card.id.split("_")[0] for card in around.cards)
    written: dict[str, str] = {}

    def id_part(name: str) -> Callable[[str], str]:
        def read(text: str) -> str:
            written[name] = text
            return read_id_part(text)

        return read

    usual = _most_common(organisations)
    organisation = answers.get(
        "organisation", "Organisation that publishes it", usual, id_part("organisation")
    )
    tasks = ", ".join(settings.tags)
    task = answers.get("task", f"Task, such as {tasks or 'vision'}", None, id_part("task"))

    def model_part(text: str) -> str:
        part = id_part("model")(text)
        _refuse_id("_".join((organisation, task, part)), around.folder)
        return part

    model = answers.get("model", "Model, such as ResNet", None, model_part)
    draft = replace(draft, organisation=organisation, task=task, model=model)
    codes = ", ".join(language.code for language in settings.languages)
    languages = answers.get(
        "languages", "Languages", codes, lambda text: read_languages(text, settings)
    )
    draft = replace(draft, languages=languages)
    read_title = _fitting(around, draft, partial(_titled, draft), ways_to_set)
    usual_title = _acceptable(written["model"], read_title)
    draft = answers.get("title", "Title of the page", usual_title, read_title)
    usual = _most_common(card.front_matter.author for card in around.cards)
    draft = answers.get(
        *("author", "Author", usual or written["organisation"]),
        _fitting(around, draft, partial(_by, draft)),
    )
    tags = answers.get(
        "tags",
        f"Tags, of {tasks}" if tasks else "Tags",
        task if task in settings.tags else "",
        lambda text: read_tags(text, settings),
    )
    draft = replace(draft, tags=tags)
    draft = answers.get(
        *("repository", "Repository with its hubconf.py", settings.repository),
        _fitting(around, draft, partial(_loading_from, draft, around.hub.entrypoints)),
    )
    offered = _offered(around.hub, draft.repository, hubconf_path)
    names = sorted(offered.lines) if offered else None
    return answers.get(
        "entrypoints",
        f"Entrypoints, of {', '.join(names)}" if names else "Entrypoints in its hubconf.py",
        ", ".join(_usual_entrypoints(offered, model, around.cards)) or None,
        _fitting(around, draft, partial(_with_entrypoints, draft, offered)),
    )


def _unknown_model(settings: Settings) -> Draft:
    """A card without problems, in which what is known of the model takes the place of the rest."""
    return Draft(
        organisation="organisation",
        task="task",
        model="model",
        title="Net",
        author="Author",
        languages=tuple(language.code for language in settings.languages),
        tags=tuple(settings.tags)[:1],
        repository=read_repository("owner/name"),
        entrypoints=("net",),
        pretrained=frozenset(),
    )


def _fitting(
    around: _Surroundings,
    before: Draft,
    read: Callable[[str], Draft],
    ways: Callable[[str], Iterable[str]] = lambda _: (),
) -> Callable[[str], Draft]:
    """`read`, which refuses what would give the card a problem that it had not `before`.

    The `ways` are how the answer may have been meant: one without problems is offered.
    """
    had = {(item.code, item.message) for item in _problems(around, before)}

    def problem_of(text: str) -> Diagnostic | None:
        found = _problems(around, read(text))
        return next((item for item in found if (item.code, item.message) not in had), None)

    def judged(text: str) -> Draft:
        problem = problem_of(text)
        if problem:
            mended = next((way for way in ways(text) if problem_of(way) is None), None)
            raise AuthoringError(f"{problem.message}; {problem.hint}", mended)
        return read(text)

    return judged


def _acceptable(text: str, read: Callable[[str], object]) -> str:
    """`text`, or what `read` would have in its place."""
    try:
        read(text)
    except AuthoringError as error:
        return error.mended or text
    return text


def _titled(draft: Draft, text: str) -> Draft:
    return replace(draft, title=read_text(text))


def _by(draft: Draft, text: str) -> Draft:
    return replace(draft, author=read_text(text))


def _loading_from(draft: Draft, own: Entrypoints | None, text: str) -> Draft:
    # Which are loaded is asked next: till then it is one that cannot be wrong.
    some = tuple(sorted(own.loadable or ())[:1]) if own else ()
    return replace(draft, repository=read_repository(text), entrypoints=some or draft.entrypoints)


def _with_entrypoints(draft: Draft, offered: Entrypoints | None, text: str) -> Draft:
    names = _read_entrypoints(text, offered)
    # Where nobody can look it up, it is likely: a hub is for models that were trained.
    pretrained = offered.pretrained if offered else frozenset(names)
    return replace(draft, entrypoints=names, pretrained=pretrained)


def _read_entrypoints(text: str, offered: Entrypoints | None) -> tuple[str, ...]:
    known = offered and offered.loadable
    names = read_entrypoints(text, sorted(known) if known else None)
    if len(names) > MAX_VARIANTS + 1:
        raise AuthoringError(f"name at most {MAX_VARIANTS + 1:,}, since each is executed by itself")
    return names


def _offered(
    hub: OwnHub, repository: ModelRepository, hubconf_path: Path | None
) -> Entrypoints | None:
    """What the repository offers, if its hubconf.py is at hand."""
    if hubconf_path is not None:
        path = hubconf_path / HUBCONF if hubconf_path.is_dir() else hubconf_path
        try:
            return hubconf.read_entrypoints(path)
        except OSError as error:
            raise AuthoringError(f"{path} can't be read: {error.strerror or error}") from None
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = " ".join(str(error).split())
            raise AuthoringError(f"{path} is no Python: {reason}; correct it first") from None
    is_own = any(
        (own.host, own.name, own.branch)
        == (repository.host, repository.name.lower(), repository.branch)
        for own in hub.repositories
    )
    if is_own and hub.problem:
        raise AuthoringError(f"{hub.path} can't be read: {hub.problem}; correct it first")
    return hub.entrypoints if is_own else None


def _usual_entrypoints(
    offered: Entrypoints | None, model: str, cards: Sequence[Card]
) -> Sequence[str]:
    """Those that sound like the model, and of these, or of all, those that no card speaks of."""
    if offered is None:
        return ()
    spoken_of = {word for card in cards for word in re.findall(r"\w+", card.text)}
    alike = [name for name in offered.lines if _folded(name).startswith(_folded(model))]
    new = [name for name in alike or offered.lines if name not in spoken_of]
    return new or alike


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _most_common(texts: Iterable[str]) -> str | None:
    return next((text for text, _ in Counter(texts).most_common(1)), None)


def _refuse_id(card_id: str, folder: Path) -> None:
    path = folder / f"{card_id}.md"
    problem = name_problem(path)
    if problem:
        raise AuthoringError(f"{problem.message}; {problem.hint}")
    for other in card_files([folder]) if folder.is_dir() else ():
        if address_key(other.id) == address_key(card_id):
            raise _in_use(card_id, Path(other.path))


def _in_use(card_id: str, path: Path) -> AuthoringError:
    return AuthoringError(f'the id "{card_id}" is in use: {path}; name the model differently')


def _refuse_errors(problems: Iterable[Diagnostic]) -> None:
    error = next((item for item in problems if item.severity is Severity.ERROR), None)
    if error:
        raise AuthoringError(f"the card would have an error: {error.message}; {error.hint}")


def _problems(around: _Surroundings, draft: Draft) -> tuple[Diagnostic, ...]:
    """What is wrong with the card that would be written."""
    path = around.folder / draft.file_name
    parsed = parse_card(path, _content(around, draft), around.settings)
    examined = examine(parsed.card, around.settings, around.hub) if parsed.card else ()
    return in_source_order([*parsed.diagnostics, *examined])


def _content(around: _Surroundings, draft: Draft) -> bytes:
    return draft_text(draft, schema_address(around.settings.base_url)).encode()
