"""See the modules: intake."""
