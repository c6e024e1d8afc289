"""See the modules: services."""
