"""See the modules: patrol."""
