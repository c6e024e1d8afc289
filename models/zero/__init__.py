"""See the modules: zero."""
