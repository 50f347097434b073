"""`dkva align`, step by step: find two videos, match their frames, write what matches."""
