"""The application: commands, services, pages, wall."""
