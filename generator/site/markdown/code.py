"""A fenced block as it stands on a page."""

from __future__ import annotations

from html import escape

from generator.site.highlight import highlight, language_name

FIGURE_START = '<figure class="code"'
"""How the HTML of each block begins; text in it never looks so."""


def code_figure(block_id: str, language: str, code: str) -> str:
    """The HTML of a block; with `block_id`, evidence and links can point at it."""
    name = escape(language_name(language))
    identifier = f' id="{escape(block_id)}"' if block_id else ""
    caption = f"<figcaption>{name}</figcaption>" if name else ""
    return (
        f"{FIGURE_START}{identifier}>{caption}"
        f'<pre tabindex="0"><code>{highlight(language, code)}</code></pre></figure>'
    )
