"""Recordings: from a file of video, or a folder of images, to the features of frames that are cut."""
