"""Segmentation learned from videos with true labels: networks, keypoints, their training."""
