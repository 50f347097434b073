"""What all folders stand on: checks, errors, segments, files, provenance, tables of names; no JAX."""
