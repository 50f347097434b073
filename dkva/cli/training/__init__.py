"""`dkva train`, step by step: read the videos, keep what is there, write the model."""
