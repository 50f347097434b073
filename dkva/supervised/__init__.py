"""Networks that learn from labelled videos to name the action of each frame, and what they are trained by."""
