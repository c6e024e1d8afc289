"""Does this add up? Official texts read for what can be recomputed. See the modules: check."""
