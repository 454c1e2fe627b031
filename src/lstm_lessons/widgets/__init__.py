"""What a reader operates: the gate console, panels, guesses, and how far they are."""
