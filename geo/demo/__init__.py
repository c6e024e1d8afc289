"""See the modules: demo."""
