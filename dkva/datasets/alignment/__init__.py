"""Released layouts of the data sets that alignment is measured on: which files hold what."""
