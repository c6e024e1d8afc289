"""The process that does long work beside the web server."""
