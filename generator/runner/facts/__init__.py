"""What can be counted of the models that a card loads: see `measuring`."""
