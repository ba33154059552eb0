"""What a card seems to link to inside of the site, found without rendering it.

Nothing that is a link there is left out; what only looks like one may be among it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from generator.cards.model import Card, LineKind, Section

_CODE = frozenset({LineKind.FENCE_OPEN, LineKind.FENCE_CODE, LineKind.FENCE_CLOSE})
_TARGET = re.compile(
    r"""(?:\]\(|^\s*\[(?!\^)[^\]\n]*\]:)\s*(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s()<>"']*))
    |\b(?:href|src)\s*=\s*(?:"(?P<double>[^"]*)|'(?P<single>[^']*)|(?P<bare>[^\s<>"']*))""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def leads_elsewhere(target: str) -> bool:
    """Whether a link's target is an address of another site, as browsers read it."""
    return bool(_ELSEWHERE.match(target.replace("\\", "/")))


def local_targets(card: Card) -> Iterator[tuple[str, str]]:
    """The targets that seem to be in the site, each behind the code of its section's language."""
    for section in card.sections:
        for match in _TARGET.finditer(_text(section)):
            named = unescape(_ESCAPE.sub(r"\1", match[str(match.lastgroup)]))
            # As the renderer writes it; else a browser's reading of it would be looked for.
            target = named.replace(" ", "%20").replace("\\", "%5C")
            if not leads_elsewhere(target):
                yield section.language, target


def _text(section: Section) -> str:
    return "\n".join(line.content for line in section.lines if line.kind not in _CODE)
