"""Recordings in, features of their frames out."""
