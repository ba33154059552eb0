"""A fenced block as it stands on a page."""

from __future__ import annotations

from html import escape

from generator.site.highlight import highlight, language_name


def code_figure(block_id: str, language: str, code: str) -> str:
    """The HTML of a block; with `block_id`, evidence and links can point at it."""
    name = escape(language_name(language))
    identifier = f' id="{escape(block_id)}"' if block_id else ""
    caption = f"<figcaption>{name}</figcaption>" if name else ""
    return (
        f'<figure class="code"{identifier}>{caption}'
        f'<pre tabindex="0"><code>{highlight(language, code)}</code></pre></figure>'
    )
