"""What running the cards has shown, kept as verification records."""
