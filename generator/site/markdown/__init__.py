"""A card's Markdown as HTML, shaped as GitHub shapes it.

The block structure of each line is known from `generator.cards`; Python-Markdown turns what
stands inside the blocks into HTML, and the whole is sanitised once.
"""
