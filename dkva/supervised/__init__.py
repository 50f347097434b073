"""Methods that learn to segment from labels of frames: MS-TCN, ASFormer, RTK."""
