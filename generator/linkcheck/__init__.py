"""Whether the links of cards to elsewhere still lead somewhere; needs the network."""
