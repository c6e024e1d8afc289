"""See the modules: risk."""
