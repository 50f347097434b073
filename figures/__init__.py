"""One function a figure: arrays in, matplotlib figure out; nothing is computed or saved here."""
