"""See the modules: layers."""
