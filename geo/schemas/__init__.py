"""See the modules: schemas."""
