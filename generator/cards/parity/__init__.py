"""Whether a card says the same in each of its languages.

Each section is held against the first one: headings are matched by their levels and order,
tables, code blocks and paragraphs by their places below them. What every language must
have are numbers, names of models and code, links, images and the values of tables; what is
in one language only is told in the other, where it should be. Words are not compared.
"""
