"""What every command of reproduce uses: options, paths, stored rows, printed tables, methods."""
