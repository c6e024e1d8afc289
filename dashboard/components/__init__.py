"""See the modules: components."""
