"""Pages in Markdown that are generated from the stored results."""
