"""What the network is while a card runs: answers by address, and no other network."""
