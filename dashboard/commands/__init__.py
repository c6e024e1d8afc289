"""The commands of `python app.py`: one file per subject."""
