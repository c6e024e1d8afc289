"""Places, times, coordinates, facts."""
