"""The site: cards as pages and as a JSON API. Nothing here executes a card's code."""
