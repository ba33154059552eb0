"""What authors do with cards: begin one, look one up, and have their tools understand them."""
