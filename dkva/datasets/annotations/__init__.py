"""What annotators export: frame-wise labels, lists of segments, BORIS, ELAN, one-hot tables."""
