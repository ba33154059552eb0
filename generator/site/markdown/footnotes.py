"""Footnotes: numbered as they are referred to, and listed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString
from msgspec import Struct

REFERENCE_TAG = "footnote-reference"
LABEL = "label"


class FootnoteNames(Struct, frozen=True):
    """How footnotes are called: `heading` of their list, `back` of the link to number {number}."""

    heading: str
    back: str


@dataclass(slots=True)
class _Note:
    number: int
    references: list[str] = field(default_factory=list)


def reference(label: str) -> Element:
    """The place of a reference to the footnote with this label."""
    return Element(REFERENCE_TAG, {LABEL: label})


def append_footnotes(
    root: Element,
    content: Callable[[str], Element],
    own_id: Callable[[str], str],
    names: FootnoteNames,
) -> None:
    """Numbers the references in `root` in their order, and lists what they refer to below.

    `content` gives the content of the footnote with a label, which may refer to further ones;
    `own_id` makes an id of a name.
    """
    notes: dict[str, _Note] = {}
    _number_references(root, notes, own_id)
    items: list[tuple[_Note, Element]] = []
    for label in _growing(notes):
        item = Element("li", {"id": own_id(f"fn-{notes[label].number}")})
        item[:] = list(content(label))
        _number_references(item, notes, own_id)
        items.append((notes[label], item))
    if not items:
        return
    section = SubElement(root, "section", {"class": "footnotes"})
    heading = SubElement(section, "h2", {"class": "footnotes-heading"})
    heading.text = AtomicString(names.heading)
    listed = SubElement(section, "ol")
    for note, item in items:
        _append_back_links(item, note, names)
        listed.append(item)


def _growing(notes: dict[str, _Note]) -> Iterator[str]:
    position = 0
    while position < len(notes):
        yield list(notes)[position]
        position += 1


def _number_references(
    element: Element, notes: dict[str, _Note], own_id: Callable[[str], str]
) -> None:
    for mark in element.iter(REFERENCE_TAG):
        label = mark.attrib.pop(LABEL)
        note = notes.setdefault(label, _Note(len(notes) + 1))
        repetition = f"-{len(note.references) + 1}" if note.references else ""
        name = own_id(f"fnref-{note.number}{repetition}")
        note.references.append(name)
        mark.tag = "sup"
        mark.set("class", "footnote-ref")
        link = SubElement(mark, "a", {"id": name, "href": "#" + own_id(f"fn-{note.number}")})
        link.text = AtomicString(str(note.number))


def _append_back_links(item: Element, note: _Note, names: FootnoteNames) -> None:
    last = item[-1] if len(item) and item[-1].tag == "p" else SubElement(item, "p")
    for name in note.references:
        if len(last):
            last[-1].tail = f"{last[-1].tail or ''} "
        else:
            last.text = f"{last.text or ''} "
        label = names.back.format(number=note.number)
        link = SubElement(
            last, "a", {"href": f"#{name}", "class": "footnote-back", "aria-label": label}
        )
        link.text = AtomicString("↩")
