"""What the application can do, free of Dash and Flask: one file per subject."""
