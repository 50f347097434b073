"""Makers of data sets: digits in, videos out; self-contained."""
