"""`dkva transfer`, step by step: find a labelled video and others, give these its labels, write them."""
