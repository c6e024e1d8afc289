"""See the modules: figures."""
