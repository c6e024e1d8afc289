"""The monthly bulletin: its figures, its editions and what changed between them."""
