"""Documents for people: what they hold, apart from how a file or a page shows it."""
