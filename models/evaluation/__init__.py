"""See the modules: evaluation."""
