"""What a reader operates: panels with sliders, the gate console, guesses and the progress."""
