"""The paper's method, whole: kernels, MMD, settings, learning, the estimator, many videos at once."""
