"""`dkva embed`, step by step: find the videos, embed each, write what comes."""
