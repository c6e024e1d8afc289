"""See the modules: patterns."""
