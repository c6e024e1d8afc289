"""See the modules: store."""
