"""`dkva retrieve`, step by step: find the query and the other videos, write what is found."""
