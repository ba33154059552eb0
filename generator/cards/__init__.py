"""The card as data: what the file says, where it says it, and what is wrong with it."""
