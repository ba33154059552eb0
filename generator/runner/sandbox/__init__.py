"""What keeps the code of a card from everything that is not its own."""
