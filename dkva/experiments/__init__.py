"""Methods × collections × seeds in, rows of scores out."""
