"""Labels in, files and pictures out."""
