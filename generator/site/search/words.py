"""Where words end in what is indexed."""

from __future__ import annotations

import re

UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""The characters, as ranges, that are written with no spaces between words: Han and kana.

A class of characters for regular expressions of Python and of browsers.
"""

# Only compiled, which takes long, where there is something to be indexed.
_EACH = f"[{UNSPACED}]"


def spaced(text: str) -> str:
    """`text` in which each unspaced character is a word of its own.

    So any characters that stand side by side are found as a phrase, wherever a dictionary
    would have a word begin or end.
    """
    return re.sub(_EACH, r" \g<0> ", text)


def tag_word(tag: str) -> str:
    """A word that stands for a tag in what is indexed, and for nothing else.

    Pagefind's own filters are written in an order of chance, so that no two builds were the
    same. `search.js` makes the same word of a tag.
    """
    return f"zq{tag.encode().hex()}"
