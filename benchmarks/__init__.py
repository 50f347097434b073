"""Speed and memory of dkva, each measured beside what a direct implementation costs.

`python -m benchmarks` runs all and writes one JSON file a benchmark and one table.
"""
