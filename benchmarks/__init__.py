"""How fast the product is, beside its peers; see each file."""
