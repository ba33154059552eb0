"""Whether the languages of a card keep up with each other, since they were last agreed to."""
