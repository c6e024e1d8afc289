"""See the modules: pages."""
