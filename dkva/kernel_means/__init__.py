"""This project's own training-free method for one video: kernel mean segments, and their hierarchy."""
