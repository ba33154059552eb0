"""GitHub's own renderer, and the shape of HTML apart from what may rightly differ."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3
from cmarkgfm import cmark

VOID = {"br", "hr", "img", "input", "wbr"}
BLOCK = {
    "blockquote", "details", "div", "dl", "dd", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "th", "thead",
    "tr", "ul",
}  # fmt: skip
KEPT_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "input": {"checked", "disabled"},
    "div": {"align"},
    "details": {"open"},
}


def github(markdown: str) -> str:
    """What GitHub's renderer makes of the text, made harmless by a sanitiser of its own."""
    options = cmark.Options.CMARK_OPT_UNSAFE | cmark.Options.CMARK_OPT_FOOTNOTES
    html = cmark.github_flavored_markdown_to_html(markdown, options)
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"input", "section"},
        attributes={tag: set(names) for tag, names in KEPT_ATTRIBUTES.items()},
        link_rel=None,
    )


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list = ["root", {}, []]
        self.stack = [self.root]

    def handle_starttag(self, tag, attrs):
        kept = {k: v or "" for k, v in attrs if k in KEPT_ATTRIBUTES.get(tag, ())}
        node = [tag, kept, []]
        self.stack[-1][2].append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag):
        if tag not in VOID and len(self.stack) > 1:
            self.stack.pop()

    def handle_data(self, data):
        children = self.stack[-1][2]
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


def shape(html: str):
    """The elements and texts of `html`, without white space that no reader can see."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return _normal(parser.root)


def _normal(node):
    tag, attributes, children = node
    special = _special(node)
    if special:
        return special
    parts: list = []
    for child in children:
        if isinstance(child, str):
            _append(parts, _collapsed(child))
            continue
        part = _normal(child)
        # GitHub drops a strong element that stands directly in another.
        for inner in part[2] if tag == part[0] == "strong" else (part,):
            _append(parts, inner)
    return (tag, tuple(sorted(attributes.items())), tuple(_without_edges(tag, parts)))


def _special(node):
    tag, _, children = node
    if tag == "div" and len(children) == 1 and children[0][0] == "table":
        return _normal(children[0])
    if tag == "figure":
        return ("pre", _text(children[-1]).rstrip("\n"))
    if tag == "pre":
        return ("pre", _text(node).rstrip("\n"))
    if tag == "sup" and any(isinstance(child, list) and child[0] == "a" for child in children):
        return ("footnote", _text(node))
    if tag == "section":
        return ("footnotes", len(_find(node, "li")))
    return None


def _append(parts, part):
    if isinstance(part, str) and parts and isinstance(parts[-1], str):
        parts[-1] += part
    else:
        parts.append(part)


def _collapsed(text):
    words = " ".join(text.split())
    before = " " if text[:1].isspace() else ""
    return before + words + (" " if words and text[-1:].isspace() else "")


def _without_edges(tag, parts):
    is_block = tag in BLOCK or tag == "root"
    kept = []
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            kept.append(part)
            continue
        before = parts[index - 1] if index else None
        after = parts[index + 1] if index + 1 < len(parts) else None
        text = part
        if _is_block(before) or (before is None and is_block):
            text = text.lstrip()
        if _is_block(after) or (after is None and is_block):
            text = text.rstrip()
        if text:
            kept.append(text)
    return kept


def _is_block(part):
    return isinstance(part, tuple) and part[0] in BLOCK | {"br", "footnotes"}


def _text(node):
    if isinstance(node, str):
        return node
    return "".join(_text(child) for child in node[2])


def _find(node, tag):
    found = []
    for child in node[2]:
        if isinstance(child, list):
            found += [child] if child[0] == tag else []
            found += _find(child, tag)
    return found
