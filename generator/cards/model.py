"""A card as plain immutable data, with the source position of everything in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct, field

from generator.source import Span

PYTHON_INFO_STRINGS = frozenset({"python", "python3"})


class LineKind(Enum):
    """What a source line is, in the sense of the CommonMark block structure."""

    BLANK = "blank"
    TEXT = "text"
    HEADING = "heading"
    SETEXT_UNDERLINE = "setext underline"
    THEMATIC_BREAK = "thematic break"
    INDENTED_CODE = "indented code"
    HTML = "html"
    FENCE_OPEN = "fence open"
    FENCE_CODE = "fence code"
    FENCE_CLOSE = "fence close"


class ContainerKind(Enum):
    """A block that holds other blocks."""

    QUOTE = "quote"
    BULLET_ITEM = "bullet item"
    ORDERED_ITEM = "ordered item"


class Container(Struct, frozen=True):
    """A block quote or list item that is open on a line.

    `first_line` is the line that opens it; two items with one `list_line` are in one list.
    `marker` is `-`, `+`, `*` or, for an ordered item, `.` or `)`; `number` an ordered item's.
    """

    kind: ContainerKind
    first_line: int
    list_line: int
    marker: str = ""
    number: int = 0


class Line(Struct, frozen=True):
    """One source line: what it is, in which containers, and its text without their prefixes.

    `content` begins at `column`; a tab that a container's prefix took a part of is spaces.
    """

    number: int
    kind: LineKind
    containers: tuple[Container, ...]
    content: str
    column: int


class Heading(Struct, frozen=True):
    """A heading of a section; `text` is its Markdown source."""

    level: int
    text: str
    span: Span


class LinkKind(Enum):
    """How a link is written."""

    INLINE = "inline"
    IMAGE = "image"
    AUTOLINK = "autolink"
    DEFINITION = "definition"
    HTML = "html"


class Link(Struct, frozen=True):
    """A link or image; `span` is where its target stands."""

    kind: LinkKind
    target: str
    span: Span


class Treatment(Enum):
    """What becomes of a fence when the card is run; each has exactly one."""

    EXECUTE = "executed"
    COMPILE = "compiled only"
    RAISE = "expected to fail"
    SKIP = "skipped"
    NOT_CODE = "not code"


class Attributes(Struct, frozen=True):
    """What a fence's info string says behind the language, of how the code is to be run.

    `skip` is the reason why it is not; `raises` the name of the exception that it is expected
    to raise; `timeout` is in seconds, for this block alone; `runtime` is one of the hub's.
    `spans` has the place of each attribute by its name.
    """

    skip: str | None = None
    compile_only: bool = False
    raises: str | None = None
    timeout: float | None = None
    runtime: str | None = None
    varying_output: bool = False
    spans: Mapping[str, Span] = field(default_factory=dict)


class CodeBlock(Struct, frozen=True):
    """A fenced block.

    `code` has no container prefixes, and a newline at the end of each line. Its first line
    stands in `code_line`; `code_columns` has for each of its lines the column of its first
    character. `info` is the whole info string, `info_span` its place (of the fence marker
    when there is none), `span` reaches from the opening marker to the end of the closing one.
    """

    info: str
    code: str
    code_line: int
    code_columns: tuple[int, ...]
    span: Span
    info_span: Span
    is_closed: bool
    attributes: Attributes = Attributes()

    @property
    def language(self) -> str:
        """The first word of the info string, in lower case; empty when there is none."""
        words = self.info.split(maxsplit=1)
        return words[0].lower() if words else ""

    @property
    def is_python(self) -> bool:
        """Whether this block is Python, and so an example."""
        return self.language in PYTHON_INFO_STRINGS

    @property
    def treatment(self) -> Treatment:
        """What becomes of this block when the card is run."""
        if not self.is_python:
            return Treatment.NOT_CODE
        if self.attributes.skip is not None:
            return Treatment.SKIP
        if self.attributes.compile_only:
            return Treatment.COMPILE
        return Treatment.EXECUTE if self.attributes.raises is None else Treatment.RAISE


class Section(Struct, frozen=True):
    """What the card says in one language. `span` is that of its section comment."""

    language: str
    span: Span
    lines: tuple[Line, ...]
    headings: tuple[Heading, ...]
    code_blocks: tuple[CodeBlock, ...]
    links: tuple[Link, ...]


class MetricRow(Struct, frozen=True):
    """What is measured of one entrypoint: each value as it is written, by its column's name.

    `span` is the place of the entrypoint, `spans` those of the values; `model` is how readers
    know it, and may be empty.
    """

    entrypoint: str
    model: str
    values: Mapping[str, str]
    span: Span
    spans: Mapping[str, Span]


class MetricTable(Struct, frozen=True):
    """Metrics on one dataset: the titles of the columns by their names, and the rows.

    A title, and `dataset`, is by language code; what is the same in all has the code "".
    """

    dataset: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    rows: tuple[MetricRow, ...]
    span: Span


class FrontMatter(Struct, frozen=True):
    """The facts at a card's head. `summary` is by language code.

    `spans` has the place of each value by its path: `("title",)`, `("summary", "zh_CN")`,
    `("tags", 0)`. `metrics` are tables by their names. `unusable` are the keys that are missing,
    or whose values are wrong and so left out here; a valid card has none.
    """

    template: str
    title: str
    summary: Mapping[str, str]
    author: str
    tags: tuple[str, ...]
    github_link: str
    spans: Mapping[tuple[str | int, ...], Span]
    metrics: Mapping[str, MetricTable] = field(default_factory=dict)
    unusable: frozenset[str] = frozenset()


class Allowance(Struct, frozen=True):
    """A problem that the author knows of and lets be, in these lines; `span` is its code's."""

    code: str
    reason: str
    span: Span
    first_line: int
    last_line: int


class Card(Struct, frozen=True):
    r"""One model's document, valid by the format.

    `id` is the file's name without its ending. `text` is the whole source with `\n` line
    ends and no byte-order mark. `sample` is the sample code that all languages share;
    `sections` are in source order, at most one a language.
    """

    id: str
    path: Path
    text: str
    front_matter: FrontMatter
    sample: CodeBlock
    sections: tuple[Section, ...]
    allowances: tuple[Allowance, ...] = ()

    def section(self, language: str) -> Section | None:
        """The section written in the language with this code, if there is one."""
        return next((s for s in self.sections if s.language == language), None)
