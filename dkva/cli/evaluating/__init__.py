"""`dkva evaluate`, step by step: find labels by their videos, read them in pairs, score them, print it."""
