"""Sanling: `python app.py` serves the app; `python app.py COMMAND` does one job."""

from __future__ import annotations

from dashboard.cli import main

if __name__ == "__main__":
    main()
