"""How visitors search the site, with nothing but files.

There are two indexes, because neither is enough by itself. The *list* has what is short and
most asked for (titles, summaries, headings, tags, entrypoints), and is searched by substring,
from a disk, too. *Pagefind* has all the words of every card, in small pieces of which a visitor
loads those that a query needs.
"""
