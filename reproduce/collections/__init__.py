"""The collections of videos that tables and studies run on."""
